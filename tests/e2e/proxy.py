"""An HTTP proxy in front of a server that misbehaves as a test says: with the answers, the repetition or the age of requests.

On the loopback, on a free port; it ends with its `with`. It knows no websockets: a push socket is refused.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable, List, NamedTuple, Optional, Type

import requests

_SECONDS = 30


class Passed(NamedTuple):
    """A request as it came, and how to pass it on to the server."""

    method: str
    path: str
    body: bytes
    forward: Callable[..., requests.Response]

    @property
    def line(self) -> str:
        return f"{self.method} {self.path.partition('?')[0]}"


class Answer(NamedTuple):
    """An answer of the proxy's own: HTML, unless it says otherwise."""

    status: int
    body: bytes = b"<html><body>proxy</body></html>"
    kind: str = "text/html"


#: What to answer instead of the server's answer, None for that; it may pass the request on, or wait, or both.
Behaviour = Callable[[Passed], Any]


class Proxy:
    """Passes requests on, and answers as `behaviour` says. `seen` has the first line of each request, in order."""

    def __init__(self, host: str, behaviour: Behaviour) -> None:
        self._host, self._behaviour = host, behaviour
        self.seen: List[str] = []
        #: Set at the end: what waits in the behaviour waits for this.
        self.over = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy._answer(self, body)

            do_GET = do_POST = handle_one

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.block_on_close = True, False
        self.host = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        def forward(content: bytes = body) -> requests.Response:
            headers = {name: value for name, value in handler.headers.items() if name not in ("Host", "Content-Length")}
            url, seconds = self._host + handler.path, _SECONDS
            return requests.request(handler.command, url, headers=headers, data=content or None, timeout=seconds)

        request = Passed(handler.command, handler.path, body, forward)
        self.seen.append(request.line)
        found = Answer(404) if request.path.startswith("/sockjs") else self._behaviour(request)
        if found is None:
            found = forward()
        if isinstance(found, requests.Response):
            found = Answer(found.status_code, found.content, found.headers.get("Content-Type", ""))
        handler.send_response(found.status)
        handler.send_header("Content-Type", found.kind)
        if found.status != 204:
            handler.send_header("Content-Length", str(len(found.body)))
        handler.end_headers()
        if found.status != 204:
            handler.wfile.write(found.body)
