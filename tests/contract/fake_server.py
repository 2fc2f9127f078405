"""A fake OctoPrint on a real loopback socket: routes, the key, a record of every request, and faults.

    with FakeServer() as server:
        server.octoprint.printing()
        server.fail("GET", "/api/job", answer(503))

What the answers say is in `fake_octoprint`.
"""

from __future__ import annotations

import json
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

from .fake_octoprint import FakeOctoPrint, Reply

#: Distinctive, so that a leak of it is found anywhere.
KEY = "K3y-0nly-F0r-Th1s-T3st-Zq9"

_FORBIDDEN: Reply = (403, {"error": "You don't have the permission to access the requested resource."})
_CSRF: Reply = (400, {"error": "CSRF validation failed"})
_NOBODY = {"groups": ["guests"], "name": None, "permissions": []}
_SOMEBODY = {"groups": ["users"], "name": "bob", "permissions": ["STATUS", "FILES_LIST"]}


class Request(NamedTuple):
    """What one request said."""

    method: str
    path: str
    headers: Dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# -- faults -----------------------------------------------------------------------------------------

Fault = Callable[["_Handler"], None]


def answer(status: int, body: Any = None, kind: str = "application/json", **headers: str) -> Fault:
    """This status, with a body: text as it is, anything else as JSON."""
    content = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    return lambda handler: handler.reply(status, content.encode(), kind, {key.replace("_", "-"): headers[key] for key in headers})


def html(status: int = 200) -> Fault:
    """A login page."""
    return answer(status, "<html><body>Log in</body></html>", "text/html")


def redirect(location: str) -> Fault:
    """Look elsewhere."""
    return answer(302, "", "text/html", Location=location)


def raw(content: bytes) -> Fault:
    """Bytes that are no HTTP, and the end of the connection."""

    def fault(handler: _Handler) -> None:
        handler.wfile.write(content)
        handler.close_connection = True

    return fault


def truncated(handler: _Handler) -> None:
    """An answer that ends before it should."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"state": "Oper')
    handler.close_connection = True


def close(handler: _Handler) -> None:
    """The connection ends without an answer."""
    handler.close_connection = True


def hang(handler: _Handler) -> None:
    """No answer as long as the test lasts."""
    handler.server.owner.closing.wait(60)
    handler.close_connection = True


# -- the server -------------------------------------------------------------------------------------


class FakeServer:
    """The server. `octoprint` is its state, `requests` what it was asked."""

    def __init__(self) -> None:
        self.octoprint = FakeOctoPrint()
        self.requests: List[Request] = []
        self.closing = threading.Event()
        self._arrived = threading.Condition()
        self._faults: Dict[Tuple[str, str], Fault] = {}
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join(10)
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def fail(self, method: str, path: str, fault: Fault) -> None:
        """From now on this route does not do what it should; a path may end in `*`."""
        self._faults[(method, path)] = fault

    def fault_for(self, method: str, path: str) -> Optional[Fault]:
        for (wanted, pattern), fault in self._faults.items():
            if wanted == method and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path):
                return fault
        return None

    def record(self, request: Request) -> None:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()

    def wait_for(self, path: str, seconds: float = 20) -> None:
        """Until a request for the path has arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: any(request.path == path for request in self.requests), seconds), path

    def changes(self) -> List[Request]:
        """The requests that were meant to change something."""
        return [request for request in self.requests if request.method != "GET"]

    def reply_to(self, request: Request) -> Reply:
        path = urlsplit(request.path).path
        allowed = request.headers.get("x-api-key") == KEY
        if path == "/api/currentuser":
            return 200, _SOMEBODY if allowed else _NOBODY
        if not allowed:
            return _FORBIDDEN if request.method == "GET" else _CSRF
        return _route(self.octoprint, request, path)


def _route(octoprint: FakeOctoPrint, request: Request, path: str) -> Reply:
    if request.method == "GET":
        return _read(octoprint, path)
    heater = re.fullmatch("/api/printer/(tool|bed|chamber)", path)
    file = re.fullmatch("/api/files/(local|sdcard)/(.+)", path)
    if heater:
        return octoprint.set_target(heater.group(1), request.json)
    if file:
        return octoprint.select(file.group(1), file.group(2), request.json)
    if path in ("/api/files/local", "/api/files/sdcard"):
        return octoprint.upload(path.rsplit("/", 1)[-1], *_form(request))
    acts = {
        "/api/job": octoprint.act_on_job,
        "/api/connection": octoprint.act_on_connection,
        "/api/printer/command": octoprint.send,
    }
    return acts[path](request.json) if path in acts else (404, {"error": "not found"})


def _read(octoprint: FakeOctoPrint, path: str) -> Reply:
    fixed: Dict[str, Callable[[], Reply]] = {
        "/api/version": lambda: (200, {"api": "0.1", "server": "1.11.8", "text": "OctoPrint 1.11.8"}),
        "/api/job": octoprint.job,
        "/api/printer": octoprint.printer,
        "/api/printer/sd": lambda: (200, {"ready": octoprint.connected}),
        "/api/connection": octoprint.connection,
        "/api/files": lambda: octoprint.listing(None),
    }
    if path in fixed:
        return fixed[path]()
    file = re.fullmatch("/api/files/([^/]+)(?:/(.+))?", path)
    if file is None:
        return 404, {"error": "not found"}
    return octoprint.info(file.group(1), file.group(2)) if file.group(2) else octoprint.listing(file.group(1))


def _form(request: Request) -> Tuple[str, str, bytes]:
    """The name, the folder and the content of an upload."""
    boundary = request.headers["content-type"].split("boundary=")[1].encode()
    fields: Dict[str, bytes] = {}
    name = ""
    for part in request.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        fields[re.findall(rb'[; ]name="([^"]*)"', head)[0].decode()] = content[:-2]
        name = "".join(found.decode() for found in re.findall(rb'filename="([^"]*)"', head)) or name
    return name, fields.get("path", b"").decode(), fields["file"]


class _Server(ThreadingHTTPServer):
    owner: FakeServer

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks a name server for our name
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def reply(self, status: int, content: bytes, kind: str, headers: Dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        owner = self.server.owner
        owner.record(request._replace(path=urlsplit(self.path).path))
        fault = owner.fault_for(self.command, urlsplit(self.path).path)
        if fault:
            fault(self)
            return
        status, answered = owner.reply_to(request)
        content = b"" if answered is None else json.dumps(answered).encode()
        self.reply(status, content, "application/json" if content else "text/plain", {})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _handle
