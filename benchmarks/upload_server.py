"""A server that takes uploads as fast as it can, in the words of an OctoPrint 2.0.

    python benchmarks/sink.py [--swallow]       prints its port, and ends when its standard input does

It writes them to a temporary file, as OctoPrint does, and forgets it; with `--swallow` it throws the bytes away. It reads
64 KiB at a time, as Tornado, OctoPrint's server, does. It knows enough for `octoprint-cli upload FILE` and `status`.
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
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or head and body of an answer wait for each other
    stored: Dict[str, int] = {}  # noqa: RUF012 - one server, one storage

    def do_GET(self) -> None:
        path, _, name = self.path.partition("?")[0].rpartition("/")
        if path == "/api/files/local" and name in self.stored:
            self.answer(200, {"name": name, "path": name, "origin": "local", "type": "machinecode", "size": self.stored[name]})
        elif self.path == "/api/files":
            self.answer(200, {"files": [], "free": 2**40, "total": 2**40})
        elif path == "/api" and name in STATE:
            self.answer(200, STATE[name])
        else:
            self.answer(404, {"error": "The requested URL was not found on the server."})

    def do_POST(self) -> None:
        if self.path == "/api/files/test":
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(200, {"sanitized": asked["filename"]})
            return
        name, left = self.read_head(int(self.headers["Content-Length"]))
        self.stored[name] = left - len(self.headers["Content-Type"].partition("boundary=")[2]) - len("\r\n----\r\n")
        view = memoryview(bytearray(READ_SIZE))
        with Path(os.devnull).open("wb", buffering=0) if SWALLOW else tempfile.TemporaryFile(buffering=0) as out:
            while left:
                got = self.rfile.readinto1(view[:left])  # a recv_into: so much is never buffered
                if not got:
                    raise ConnectionError("the body is shorter than was announced")
                out.write(view[:got])
                left -= got
        entry = {"name": name, "display": name, "path": name, "origin": "local"}
        self.answer(201, {"done": True, "effectivePrint": False, "effectiveSelect": False, "files": {"local": entry}})

    def read_head(self, left: int) -> Tuple[str, int]:
        """The file's name, and the length of the body from its first byte on."""
        name = None
        while True:
            line = self.rfile.readline(READ_SIZE)
            left -= len(line)
            found = re.search(rb'filename="([^"]*)"', line)
            name = found.group(1).decode() if found else name
            if not line.strip() and name is not None:
                return name, left
            if not line:
                raise ConnectionError("the body is no form with a file")

    def answer(self, status: int, body: Any) -> None:
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
    sys.stdin.read()  # whoever started it holds the other end: it does not outlive them
    return 0


if __name__ == "__main__":
    sys.exit(main())
