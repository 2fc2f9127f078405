"""`FaultServer`: a fake OctoPrint on a real loopback socket, HTTP or HTTPS, with a record of all it did, and faults.

    with FaultServer() as server:
        server.octoprint.printing()
        server.fail("POST", "/api/job", faults.cut_after, times=1)
        result = run("cancel", "--confirm", "--json", env=server.env)
        assert [str(act) for act in server.acts] == ['POST /api/job {"command": "cancel"}']

What the answers say is in `octoprint` and `routes`; what can go wrong is in `faults`.
"""

from __future__ import annotations

import base64
import contextlib
import selectors
import socket
import ssl
import threading
from typing import Any, Callable, Dict, List, Optional, Set, Tuple, Type
from urllib.parse import urlsplit

from octoprint_cli.testing.octoprint.fake_octoprint import FakeOctoPrint
from octoprint_cli.testing.octoprint.reply import Reply, page
from octoprint_cli.testing.server import routes, websocket
from octoprint_cli.testing.server.exchange import Exchange, Handler
from octoprint_cli.testing.server.fault_plan import Fault, Plan, matches
from octoprint_cli.testing.server.push_session import PushSocket, serve_push
from octoprint_cli.testing.server.request import Request

#: Distinctive, so that a leak of it is found anywhere.
KEY = "K3y-0nly-F0r-Th1s-T3st-Zq9"
#: No thread of the server takes as long to end, on a busy octoprint either.
_SECONDS = 20.0
_BARE_REFUSAL = b"HTTP/1.1 400 Bad Request\r\n\r\n"


class FaultServer:
    """The server, running inside `with`. A test may look at everything of it at any time.

    `octoprint` is what it serves (a 1.11.8 unless given), `key` the one API key that it takes, `tls` makes it HTTPS.
    `host` is the loopback address to listen on, `prefix` such as `/octoprint` is where a proxy put it, `basic_auth`
    the user and the password that such a proxy demands. Bodies are kept up to `keep` bytes, and counted to their end.
    """

    def __init__(
        self,
        octoprint: Optional[FakeOctoPrint] = None,
        key: str = KEY,
        tls: Optional[ssl.SSLContext] = None,
        *,
        host: str = "127.0.0.1",
        prefix: str = "",
        basic_auth: Optional[Tuple[str, str]] = None,
        keep: int = 64 * 1024 * 1024,
    ) -> None:
        self.octoprint = octoprint or FakeOctoPrint()
        self.key = key
        self.keep = keep
        #: Every request that arrived, whole or in part, in order of arrival.
        self.requests: List[Request] = []
        #: The requests that really changed something, in the order in which it was changed.
        self.acts: List[Request] = []
        #: How many connections were made to it.
        self.connections = 0
        #: Every push socket whose handshake was answered, in that order; each knows whether it is still `open`.
        self.sockets: List[PushSocket] = []
        #: Set when the server ends; whatever waits, waits for this.
        self.closing = threading.Event()
        self._tls, self._host, self._prefix, self._basic_auth = tls, host, prefix.rstrip("/"), basic_auth
        self._news = self.octoprint.changed  # one lock for all
        self._plan = Plan()
        self._bugs: List[BaseException] = []
        self._open: Set[socket.socket] = set()
        self._abandoned: Set[socket.socket] = set()
        self._threads: List[threading.Thread] = []
        self._acceptor: Optional[threading.Thread] = None
        self._listener = self._bound(0)
        self.port: int = self._listener.getsockname()[1]

    # -- starting and ending ----------------------------------------------------------------------

    def __enter__(self) -> FaultServer:
        self.listen()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *_: Any) -> None:
        self.closing.set()
        self._stop_listening()
        self._break_connections()
        for thread in self._threads:
            thread.join(_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "a connection of the fake server did not end"
        if self._bugs and kind is None:
            raise RuntimeError("the fake server, or a fault of the test's own, has a bug") from self._bugs[0]

    def listen(self) -> None:
        """Take connections, from the beginning or again after `refuse()`."""
        self._listener.listen(64)
        wake, self._stop = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, args=(self._listener, wake), daemon=True)
        self._acceptor.start()

    def refuse(self) -> None:
        """Nobody listens any more: connections are refused, and those that there were end. `listen()` ends it."""
        self._stop_listening()
        self._break_connections()
        self._listener = self._bound(self.port)  # bound, but deaf: nobody else gets the port meanwhile

    @property
    def url(self) -> str:
        """Its address, with the prefix, without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{self._prefix}"

    @property
    def env(self) -> Dict[str, str]:
        """The environment variables that point the program to it, for `run(..., env=server.env)`."""
        return {"OCTOPRINT_HOST": self.url, "OCTOPRINT_API_KEY": self.key}

    # -- what a test says -------------------------------------------------------------------------

    def fail(self, method: str, path: str, fault: Fault, times: Optional[int] = None, after: int = 0) -> None:
        """From now on this route does not do what it should.

        `method` may be `*`, and `path` (below the prefix, without the query) may have `*` in it, for anything. The first
        `after` requests for it are let through, then `times` of them fail (all, if it is None), then the route works
        again. Of several faults for a request the one that was set first comes first; one without `times` gives way
        to another for the same method and path.
        """
        with self._news:
            self._plan.add(method, path, fault, times, after)

    def mend(self) -> None:
        """Everything works again."""
        with self._news:
            self._plan.clear()

    def changes(self) -> List[Request]:
        """The requests that were meant to change something, done or not."""
        return [request for request in list(self.requests) if request.is_act]

    def wait_for(self, path: str, method: str = "*", count: int = 1, seconds: float = 20) -> Request:
        """Wait until `count` requests for the path have arrived; returns the last of them. Raises AssertionError."""

        def found() -> List[Request]:
            return [one for one in self.requests if matches(method, path, one.method, one.path)]

        self.wait_until(lambda: len(found()) >= count, seconds)
        return found()[count - 1]

    def wait_until(self, is_so: Callable[[], bool], seconds: float = 20) -> None:
        """Wait until it is so. Raises AssertionError.

        It is looked at whenever a connection was made, a request has arrived, something was done, or said on a push socket.
        """
        with self._news:
            said = f"not within {seconds:g} s; so far: {[str(request) for request in self.requests]}"
            assert self._news.wait_for(is_so, seconds), said

    # -- what connections ask ---------------------------------------------------------------------

    def serve(self, exchange: Exchange) -> None:
        """Answer one request, or fail to."""
        with self._news:
            fault = self._plan.fault_for(exchange.method, exchange.path)
        limit = self.octoprint.max_upload if exchange.path.startswith("/api/files/") else self.octoprint.max_body
        if fault:
            fault(exchange)
        elif "chunked" in exchange.headers.get("transfer-encoding", "").lower():
            exchange.reply(page(411, ("Connection", "close")))
            exchange.close()
        elif exchange.length > limit:
            exchange.receive(0)
            exchange.send(_BARE_REFUSAL)
            exchange.reset()
        elif (exchange.method, exchange.path) == ("GET", websocket.PATH):
            serve_push(exchange)
        else:
            exchange.reply(exchange.perform())

    def perform(self, request: Request) -> Reply:
        """Do what a request asks for; a proxy in front has its say first."""
        if not request.target.startswith(self._prefix + "/"):
            return page(404)
        if self._basic_auth and request.headers.get("authorization") != _basic(*self._basic_auth):
            return page(401, ("WWW-Authenticate", 'Basic realm="printers"'))
        with self.octoprint.lock:
            reply = routes.answer(self.octoprint, request, self.key)
            if reply.acted:
                self._note(self.acts, request)
        return reply

    def remember(self, request: Request) -> None:
        """A request has arrived."""
        self._note(self.requests, request)

    def joined(self, push_socket: PushSocket) -> None:
        """A push socket stands."""
        self._note(self.sockets, push_socket)

    @property
    def open_sockets(self) -> int:
        """How many push sockets stand."""
        return sum(push_socket.open for push_socket in list(self.sockets))

    def _note(self, where: List[Any], what: Any) -> None:
        with self._news:
            where.append(what)
            self._news.notify_all()

    def below_prefix(self, target: str) -> str:
        """The path that OctoPrint sees."""
        path = urlsplit(target).path
        return path[len(self._prefix) :] if path.startswith(self._prefix + "/") else path

    def abandon(self, connection: socket.socket) -> None:
        """The connection is to end without a goodbye."""
        self._abandoned.add(connection)

    # -- sockets ----------------------------------------------------------------------------------

    def _bound(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET6 if ":" in self._host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self._host, port))
        return listener

    def _stop_listening(self) -> None:
        if self._acceptor:
            self._stop.close()
            self._acceptor.join(_SECONDS)
            self._acceptor = None
        self._listener.close()

    def _break_connections(self) -> None:
        with self._news:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket, wake: socket.socket) -> None:
        with wake, selectors.DefaultSelector() as events:  # select() itself knows a thousand files at most
            events.register(listener, selectors.EVENT_READ)
            events.register(wake, selectors.EVENT_READ)
            while wake not in [key.fileobj for key, _ in events.select()]:
                with contextlib.suppress(OSError):  # it has gone again
                    self._spawn(*listener.accept())

    def _spawn(self, connection: socket.socket, address: Any) -> None:
        if self._tls:  # the handshake is the thread's own affair
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=self._converse, args=(connection, address), daemon=True)
        with self._news:
            self.connections += 1
            self._open.add(connection)
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
            thread.start()
            self._news.notify_all()

    def _converse(self, connection: socket.socket, address: Any) -> None:
        try:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            Handler(connection, address, self)  # type: ignore[arg-type]
        except ssl.SSLError:  # one of both does not trust the other
            self._linger(connection)
        except OSError:
            """The client has gone: its own affair."""
        except Exception as bug:
            self._bugs.append(bug)
        finally:
            self._hang_up(connection)

    @staticmethod
    def _linger(connection: socket.socket) -> None:
        """Swallow what still comes: or the alert that says what is wrong would be lost to a reset."""
        with contextlib.suppress(OSError):
            connection.settimeout(1)
            socket.socket.shutdown(connection, socket.SHUT_WR)
            while socket.socket.recv(connection, 65536):
                pass

    def _hang_up(self, connection: socket.socket) -> None:
        with self._news:
            self._open.discard(connection)
        if connection not in self._abandoned:
            with contextlib.suppress(OSError, ValueError):
                _say_goodbye(connection)
        connection.close()


def _say_goodbye(connection: socket.socket) -> None:
    """The end of the stream, in TLS's way too, without waiting for the other side's."""
    if isinstance(connection, ssl.SSLSocket):
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.unwrap()
    socket.socket.shutdown(connection, socket.SHUT_WR)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
