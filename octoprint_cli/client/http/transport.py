"""Transport adapter for requests: it limits the time of each request, and records how far the request got.

The time limits of requests are for each single read: a server that sends a byte a second never meets
them. Here the socket is shut down when the time of the request as a whole is up.
"""

from __future__ import annotations

import contextlib
import functools
import http.cookiejar
import socket
import ssl
import time
import weakref
from types import TracebackType
from typing import Any, Callable, Optional, Type

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from octoprint_cli.client.http.deadlines import WATCHDOG, Deadline
from octoprint_cli.client.http.server_address import ServerAddress, Tls
from octoprint_cli.errors import ConfigError

#: Connecting on a network that a printer stands in takes milliseconds; a dead host should not cost 30 s.
CONNECT_TIMEOUT = 5.0
#: Bytes of a body that go to the socket at once; with the library's 16 KiB an upload is half as fast.
BLOCK = 1024 * 1024


def require_usable(tls: Tls) -> None:
    """Raise ConfigError for files that OpenSSL cannot use, or whose password it would ask for."""
    context = ssl.create_default_context()
    try:
        if isinstance(tls.verify, str):
            context.load_verify_locations(tls.verify)
        if tls.client_cert:
            context.load_cert_chain(tls.client_cert, tls.client_key, password=lambda: b"-")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"a file of ca_bundle, client_cert or client_key cannot be used: {reason}",
            hint="octoprint-cli config show  # use PEM files without a password",
        ) from error


class InFlightRequest(Deadline):
    """A request under way: its time limit, and how far it got.

    `allowance` returns the seconds that are left after each piece that was sent or received: the limit is then for
    time without progress. Without it, `seconds` limits the whole request.
    """

    def __init__(self, seconds: float, allowance: Optional[Callable[[], float]] = None) -> None:
        self.opened = False  # a connection was made
        self.sent = False  # a byte of the request went out
        self.expired = False  # the time was up, and the connection was shut down
        self.seconds = seconds
        self._allowance = allowance
        self.deadline = time.monotonic() + seconds
        self._socket: Optional[socket.socket] = None
        self._copy: Optional[socket.socket] = None

    @property
    def never_sent(self) -> bool:
        """Whether certainly no byte of the request was sent."""
        return self.opened and not self.sent

    def __enter__(self) -> InFlightRequest:
        WATCHDOG.watch(self)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        WATCHDOG.forget(self)
        if self._copy is not None:
            self._copy.close()

    def connected(self, sock: socket.socket) -> None:
        """Record that a connection was made; a TLS handshake may follow, and then takes the socket over."""
        self.opened = True
        sock.settimeout(self.seconds)  # urllib3 would leave the connect timeout, for each write
        self._copy = sock.dup()

    def sending(self, sock: Optional[socket.socket]) -> None:
        """Record that the next piece of the request is about to be sent."""
        self.sent, self._socket = True, sock

    def progressed(self) -> None:
        """Record that a piece was sent or received, and extend the deadline."""
        if self._allowance is not None:
            self.deadline = time.monotonic() + self._allowance()

    def end(self) -> None:
        """Shut the connection down, because the time is up."""
        self.expired = True
        for sock in (self._copy, self._socket):
            if sock is not None:
                with contextlib.suppress(OSError):  # ended already
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not TLS's own, which says goodbye first


class _Watched:
    """Mixin for a connection that reports what happens on its socket to the request under way."""

    sock: Any
    host: str

    def __init__(self, *args: Any, wire: Transport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host += wire.zone
        self._wire: Transport = weakref.proxy(wire)  # urllib3 keeps a pool's connections until the pool is gone: no way back to it

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        self._wire.exchange.connected(sock)
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined] # http.client's send would, too late to record it
        exchange = self._wire.exchange
        exchange.sending(self.sock)
        try:
            super().send(data)  # type: ignore[misc]
        except ssl.SSLEOFError as error:  # on this, but not on that one, urllib3 reads what the server said before it hung up
            raise BrokenPipeError(error.errno, str(error)) from error
        exchange.progressed()


class _PlainConnection(_Watched, HTTPConnection):
    pass


class _TlsConnection(_Watched, HTTPSConnection):
    pass


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Transport(HTTPAdapter):
    """A transport adapter that never retries. `exchange` is the request under way."""

    def __init__(self, zone: str = "") -> None:
        self.zone = zone  # of an IPv6 address: see `ServerAddress.zone`
        super().__init__(max_retries=0)
        self.exchange = InFlightRequest(0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, blocksize=BLOCK, **kwargs)
        pools = {"http": _PlainPool, "https": _TlsPool}
        self.poolmanager.pool_classes_by_scheme = {scheme: functools.partial(pool, wire=self) for scheme, pool in pools.items()}

    def forget_connections(self) -> None:
        """Drop the kept connections, so that the next request opens a new one."""
        self.poolmanager.clear()


def session(wire: Transport, address: ServerAddress) -> requests.Session:
    """Make a session on the transport, without redirects, cookies, and the environment's proxy and .netrc."""
    tls = address.tls
    if tls != Tls():
        require_usable(tls)
    made = requests.Session()
    # It looks at a redirect's target even where it is not to follow it: reads all of the page, and fails at what is no address.
    made.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    # A proxy from the environment would see the key, and .netrc would add an Authorization header.
    made.trust_env = False
    # A session cookie would win over the key, and then the server wants a CSRF token.
    made.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    made.verify = tls.verify
    made.cert = (tls.client_cert, tls.client_key) if tls.client_cert and tls.client_key else tls.client_cert
    if tls.verify is False:  # the application warns once, in its own words
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    # A cache in front would show what the printer was doing, and which bytes a file had, a moment ago.
    made.headers.update({"Cache-Control": "no-cache", "Pragma": "no-cache"})
    if address.api_key:
        made.headers["X-Api-Key"] = address.api_key
    if address.zone:  # else http.client takes it from the connection
        made.headers["Host"] = address.authority
    for scheme in ("http://", "https://"):
        made.mount(scheme, wire)
    return made
