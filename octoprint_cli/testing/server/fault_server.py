"""`FaultServer`: a fake OctoPrint on a real loopback socket, HTTP or HTTPS, with faults and a record of all requests.

    with FaultServer() as server:
        server.octoprint.printing()
        server.fail("POST", "/api/job", faults.cut_after, times=1)
        result = run("cancel", "--confirm", "--json", env=server.env)
        assert [str(act) for act in server.acts] == ['POST /api/job {"command": "cancel"}']

The answers come from the folder `octoprint` and `routes`; what can go wrong is in `faults`.
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

#: The API key: distinctive, so that a leak of it is found anywhere.
KEY = "K3y-0nly-F0r-Th1s-T3st-Zq9"
#: Seconds within which every thread of the server ends, on a busy machine, too.
_SECONDS = 60.0
_BARE_REFUSAL = b"HTTP/1.1 400 Bad Request\r\n\r\n"


class FaultServer:
    """The server, which runs inside `with`. A test may read its attributes at any time.

    `octoprint` is what it serves (by default a 1.11.8), `key` the one API key that it accepts, `tls` makes it HTTPS.
    `host` is the loopback address to listen on, `prefix` a path such as `/octoprint` that a proxy adds, `basic_auth`
    the user and password that such a proxy demands. Bodies are kept up to `keep` bytes, and counted to their end.
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
        #: The requests that changed something, in the order of the changes.
        self.acts: List[Request] = []
        #: The number of connections that were made.
        self.connections = 0
        #: Every push socket whose handshake was answered, in that order; `open` says whether it still is.
        self.sockets: List[PushSocket] = []
        #: Set when the server ends; everything that waits also waits for this.
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
        """Accept connections: at the start, or again after `refuse()`."""
        self._listener.listen(64)
        wake, self._stop = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, args=(self._listener, wake), daemon=True)
        self._acceptor.start()

    def refuse(self) -> None:
        """Refuse new connections and end the open ones, until `listen()` is called."""
        self._stop_listening()
        self._break_connections()
        self._listener = self._bound(self.port)  # bound but not listening, so that nobody else gets the port

    @property
    def url(self) -> str:
        """The address of the server, with the prefix, without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{self._prefix}"

    @property
    def env(self) -> Dict[str, str]:
        """The environment variables that name this server and its key, for `run(..., env=server.env)`."""
        return {"OCTOPRINT_HOST": self.url, "OCTOPRINT_API_KEY": self.key}

    # -- what a test says -------------------------------------------------------------------------

    def fail(self, method: str, path: str, fault: Fault, times: Optional[int] = None, after: int = 0) -> None:
        """Make requests for a route fail.

        `method` may be `*`, and `path` (below the prefix, without the query) may contain `*`, for anything. The first
        `after` requests are let through, then `times` of them fail (all, if it is None), then the route works
        again. Of several faults for a request the one set first is applied; a fault without `times` is replaced by
        the next one for the same method and path.
        """
        with self._news:
            self._plan.add(method, path, fault, times, after)

    def clear_faults(self) -> None:
        """Remove all faults, so that every route works."""
        with self._news:
            self._plan.clear()

    mend = clear_faults  # the name in API version 1

    def changes(self) -> List[Request]:
        """Return the requests that were meant to change something, whether or not they did."""
        return [request for request in list(self.requests) if request.is_act]

    def wait_for(self, path: str, method: str = "*", count: int = 1, seconds: float = 60) -> Request:
        """Wait until `count` requests for the path have arrived, and return the last of them. Raises AssertionError."""

        def found() -> List[Request]:
            return [one for one in self.requests if matches(method, path, one.method, one.path)]

        self.wait_until(lambda: len(found()) >= count, seconds)
        return found()[count - 1]

    def wait_until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until `is_so` returns True. Raises AssertionError.

        It is called after each connection, request, change, and message on a push socket.
        """
        with self._news:
            said = f"not within {seconds:g} s; so far: {[str(request) for request in self.requests]}"
            assert self._news.wait_for(is_so, seconds), said

    # -- what connections ask ---------------------------------------------------------------------

    def serve(self, exchange: Exchange) -> None:
        """Answer one request, or apply the fault that is planned for it."""
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
        """Carry out a request, unless the simulated proxy refuses it first."""
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
        """Record that a request has arrived."""
        self._note(self.requests, request)

    def joined(self, push_socket: PushSocket) -> None:
        """Record that a push socket is connected."""
        self._note(self.sockets, push_socket)

    @property
    def open_sockets(self) -> int:
        """The number of push sockets that are open."""
        return sum(push_socket.open for push_socket in list(self.sockets))

    def _note(self, where: List[Any], what: Any) -> None:
        with self._news:
            where.append(what)
            self._news.notify_all()

    def below_prefix(self, target: str) -> str:
        """Return the path that OctoPrint sees, behind the proxy."""
        path = urlsplit(target).path
        return path[len(self._prefix) :] if path.startswith(self._prefix + "/") else path

    def abandon(self, connection: socket.socket) -> None:
        """Let the connection end without an orderly shutdown."""
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
        with wake, selectors.DefaultSelector() as events:  # select() itself supports 1,024 files at most
            events.register(listener, selectors.EVENT_READ)
            events.register(wake, selectors.EVENT_READ)
            while wake not in [key.fileobj for key, _ in events.select()]:
                with contextlib.suppress(OSError):  # the client has gone again
                    self._spawn(*listener.accept())

    def _spawn(self, connection: socket.socket, address: Any) -> None:
        if self._tls:  # the thread does the handshake
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=self._serve, args=(connection, address), daemon=True)
        with self._news:
            self.connections += 1
            self._open.add(connection)
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
            thread.start()
            self._news.notify_all()

    def _serve(self, connection: socket.socket, address: Any) -> None:
        try:
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            Handler(connection, address, self)  # type: ignore[arg-type]
        except ssl.SSLError:  # one side does not trust the other
            self._linger(connection)
        except OSError:
            """The client has gone, which is no fault of the server."""
        except Exception as bug:
            self._bugs.append(bug)
        finally:
            self._hang_up(connection)

    @staticmethod
    def _linger(connection: socket.socket) -> None:
        """Discard what still arrives: a reset would destroy the TLS alert that says what is wrong."""
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
    """Shut the connection down, with TLS's close_notify if it is TLS, without waiting for the client's."""
    if isinstance(connection, ssl.SSLSocket):
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.unwrap()
    socket.socket.shutdown(connection, socket.SHUT_WR)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
