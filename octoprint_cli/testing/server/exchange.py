"""`Exchange`: one request on its socket, which a server or a fault can read, answer, cut off and delay."""

from __future__ import annotations

import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Dict, Optional, Protocol

from octoprint_cli.testing.octoprint.multipart import FormReader
from octoprint_cli.testing.octoprint.reply import Reply
from octoprint_cli.testing.server.request import Request

if TYPE_CHECKING:
    from octoprint_cli.testing.octoprint.fake_octoprint import FakeOctoPrint

_PIECE = 65536


class ExchangeServer(Protocol):
    """What an exchange asks of the server that it arrived at; `FaultServer` is one."""

    octoprint: FakeOctoPrint
    #: Bytes of a body that are kept.
    keep: int
    #: Set when the server ends.
    closing: threading.Event

    def serve(self, exchange: Exchange) -> None:
        """Answer a request, or fail to."""

    def perform(self, request: Request) -> Reply:
        """Do what a request asks for."""

    def remember(self, request: Request) -> None:
        """Note that a request has arrived."""

    def joined(self, push_socket: Any) -> None:
        """Note that a push socket is connected."""

    def below_prefix(self, target: str) -> str:
        """Return the path that OctoPrint sees."""

    def abandon(self, connection: socket.socket) -> None:
        """Let the connection end without an orderly shutdown."""


class Handler(BaseHTTPRequestHandler):
    """A connection that reads the head of each request and passes it on as an `Exchange`."""

    protocol_version = "HTTP/1.1"
    server: ExchangeServer  # type: ignore[assignment]
    connection: socket.socket
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def _handle(self) -> None:
        exchange = Exchange(self)
        self.server.serve(exchange)
        exchange.end()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _handle


class Exchange:
    """A request being served. A fault is called with it before any of the body was read."""

    def __init__(self, handler: Handler) -> None:
        self.server = handler.server
        self.method = handler.command
        self.target = handler.path
        self.headers: Dict[str, str] = {name.lower(): value for name, value in handler.headers.items()}
        self.path = self.server.below_prefix(self.target)
        #: The Content-Length of the request, in bytes.
        self.length = int(self.headers.get("content-length") or 0)
        self._handler = handler
        self._request: Optional[Request] = None

    # -- reading and acting -----------------------------------------------------------------------

    def receive(self, limit: Optional[int] = None) -> Request:
        """Read the body, or its first `limit` bytes, and record the request.

        Raises ConnectionError if the client disconnects before the end; what arrived is recorded.
        """
        if self._request is None:
            body, count, form = self._read(self.length if limit is None else min(limit, self.length))
            found = form.form if form else None
            head = (self.method, self.path, self.headers)
            self._request = Request(*head, bytes(body), self.target, count, count == self.length, found)
            self.server.remember(self._request)
            if count < self.length and limit is None:
                raise ConnectionError("the client left in the middle of a body")
        return self._request

    def perform(self) -> Reply:
        """Read the request, carry it out as OctoPrint does, and return OctoPrint's reply."""
        reply = self.server.perform(self.receive())
        if reply.status == 101:  # what follows is no HTTP
            self.close()
        return reply

    @property
    def connection(self) -> socket.socket:
        """The client's socket."""
        return self._handler.connection

    def _read(self, wanted: int) -> Any:
        boundary = re.search('boundary="?([^";]+)', self.headers.get("content-type", ""))
        form = FormReader(boundary.group(1), self.server.keep) if boundary else None
        body, count = bytearray(), 0
        while count < wanted:
            piece = self._handler.rfile.read(min(_PIECE, wanted - count))
            if not piece:
                break
            count += len(piece)
            body += piece[: max(0, self.server.keep - len(body))]
            if form:
                form.feed(piece)
        return body, count, form

    # -- answering --------------------------------------------------------------------------------

    def reply(self, reply: Reply, length: Optional[int] = None) -> None:
        """Read the request, unless that was done, and send the reply; `length` is a false Content-Length."""
        self.receive()
        self.send(self.head(reply, length) + (b"" if self.method == "HEAD" else reply.content))

    def head(self, reply: Reply, length: Optional[int] = None, **headers: str) -> bytes:
        """Return the status line and the headers of a reply, with the blank line. `Content_Encoding="gzip"` adds a header."""
        reason = self._handler.responses.get(reply.status, ("Unknown", ""))[0]
        lines = [f"HTTP/1.1 {reply.status} {reason}"]
        if reply.status != 101:
            lines.append(f"Content-Type: {reply.content_type}")
        if reply.status not in (101, 204):
            lines.append(f"Content-Length: {len(reply.content) if length is None else length}")
        lines += ["X-Clacks-Overhead: GNU Terry Pratchett"] if "html" not in reply.kind else []
        lines += [f"{name}: {value}" for name, value in reply.headers]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def send(self, data: bytes) -> None:
        """Send bytes as they are. Raises OSError when the client has gone."""
        self._handler.connection.sendall(data)

    # -- ending -----------------------------------------------------------------------------------

    def close(self) -> None:
        """End the connection after this request; the system resets it if the client sends more."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.abandon(self._handler.connection)
        self.close()

    def drain(self) -> None:
        """Read and discard the rest of the body, so that a reset does not destroy an early answer; then end the connection."""
        left = self.length - (self._request.size if self._request else 0)
        while left > 0:
            piece = self._handler.rfile.read(min(_PIECE, left))
            left = left - len(piece) if piece else 0
        self.close()

    def pause(self, seconds: Optional[float] = None) -> bool:
        """Wait for some seconds, or until the server ends. Return whether the server still runs."""
        return not self.server.closing.wait(seconds)

    def end(self) -> None:
        """Finish the request. A connection whose body was not read to its end is closed."""
        if self._request is None:
            self.receive(0)
        if self._request is None or not self._request.complete:
            self.close()
