"""A server that receives uploads as fast as it can, with the API of OctoPrint 2.0.

    python benchmarks/upload_server.py [--swallow]       prints its port, and ends when its standard input does

It writes uploads to a temporary file, as OctoPrint does, and deletes it; with `--swallow` it discards the bytes. It reads 64 KiB
at a time, as OctoPrint's server Tornado does. It has the endpoints for `octoprint-cli upload FILE` and `status`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, Tuple

STATE = {
    "job": {
        "job": {"file": {"name": None, "origin": None, "size": None}},
        "progress": {"completion": None},
        "state": "Operational",
    },
    "printer": {"state": {"text": "Operational", "flags": {"operational": True, "ready": True}}, "temperature": {}},
}
READ_SIZE = 64 * 1024
SWALLOW = "--swallow" in sys.argv


class Handler(BaseHTTPRequestHandler):
    """The endpoints."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # otherwise the head and the body of an answer wait for each other
    stored: Dict[str, int] = {}  # noqa: RUF012 - there is one server with one storage

    def do_GET(self) -> None:
        path, _, name = self.path.partition("?")[0].rpartition("/")
        if path == "/api/files/local" and name in self.stored:
            self.reply(200, {"name": name, "path": name, "origin": "local", "type": "machinecode", "size": self.stored[name]})
        elif self.path == "/api/files":
            self.reply(200, {"files": [], "free": 2**40, "total": 2**40})
        elif path == "/api" and name in STATE:
            self.reply(200, STATE[name])
        else:
            self.reply(404, {"error": "The requested URL was not found on the server."})

    def do_POST(self) -> None:
        if self.path == "/api/files/test":
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.reply(200, {"sanitized": body["filename"]})
            return
        name, left = self.read_head(int(self.headers["Content-Length"]))
        self.stored[name] = left - len(self.headers["Content-Type"].partition("boundary=")[2]) - len("\r\n----\r\n")
        self.receive(left)
        entry = {"name": name, "display": name, "path": name, "origin": "local"}
        self.reply(201, {"done": True, "effectivePrint": False, "effectiveSelect": False, "files": {"local": entry}})

    def receive(self, left: int) -> None:
        """Read the rest of the body into a temporary file, or nowhere."""
        view = memoryview(bytearray(READ_SIZE))
        with Path(os.devnull).open("wb", buffering=0) if SWALLOW else tempfile.TemporaryFile(buffering=0) as out:
            while left:
                got = self.rfile.readinto1(view[:left])  # reads from the socket without copying through a buffer
                if not got:
                    raise ConnectionError("the body is shorter than announced")
                out.write(view[:got])
                left -= got

    def read_head(self, left: int) -> Tuple[str, int]:
        """Read the form's head. Returns the file's name, and the length of the rest of the body."""
        name = None
        while True:
            line = self.rfile.readline(READ_SIZE)
            left -= len(line)
            found = re.search(rb'filename="([^"]*)"', line)
            name = found.group(1).decode() if found else name
            if not line.strip() and name is not None:
                return name, left
            if not line:
                raise ConnectionError("the body is not a form with a file")

    def reply(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


def main() -> int:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()  # the process that started it holds the other end, so it does not outlive that process
    return 0


if __name__ == "__main__":
    sys.exit(main())
