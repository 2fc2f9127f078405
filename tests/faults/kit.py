"""Asking the fake server as a plain client does: with requests, or with bytes on a socket."""

from __future__ import annotations

import socket
from typing import Any, Dict, Iterator, List, Optional

import requests

from octoprint_cli.testing import FakeOctoPrint, FaultServer

#: No answer takes as long, on a busy machine either.
LIMIT = 60
DIALECTS = ("1.11.8", "2.0.0rc7")
NAME = "cube.gcode"


def serving(version: str) -> Iterator[FaultServer]:
    """A server with a file."""
    with FaultServer(FakeOctoPrint(version)) as server:
        server.octoprint.store(NAME, b"G28\nG1 X1\n")
        yield server


def ask(server: FaultServer, method: str, path: str, key: Optional[str] = None, **how: Any) -> requests.Response:
    """One request, on a connection of its own."""
    headers = {"X-Api-Key": server.key if key is None else key, **how.pop("headers", {})}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, server.url + path, headers=headers, timeout=LIMIT, allow_redirects=False, **how)


def get(server: FaultServer, path: str, **how: Any) -> Any:
    """The JSON of a GET that must succeed."""
    response = ask(server, "GET", path, **how)
    assert response.status_code == 200, response.text
    return response.json()


def post(server: FaultServer, path: str, status: int = 204, **body: Any) -> requests.Response:
    """A JSON command that must be answered so."""
    response = ask(server, "POST", path, json=body)
    assert response.status_code == status, response.text
    return response


def upload(server: FaultServer, name: str = "cube.gcode", content: bytes = b"G28\n", to: str = "local", **fields: str) -> Any:
    """An upload, whatever comes of it."""
    return ask(server, "POST", f"/api/files/{to}", files={"file": (name, content)}, data=fields)


def acts(server: FaultServer) -> List[str]:
    """What was really done."""
    return [f"{act.method} {act.path}" for act in server.acts]


def head(server: FaultServer, method: str, path: str, length: int = 0, **headers: str) -> bytes:
    """The head of a request, with the key."""
    all_headers: Dict[str, Any] = {"Host": "printer", "X-Api-Key": server.key, "Content-Length": length, **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in all_headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def cancel(server: FaultServer) -> bytes:
    """A whole request that acts."""
    body = b'{"command": "cancel"}'
    return head(server, "POST", "/api/job", len(body), Content_Type="application/json") + body


def connect(server: FaultServer) -> socket.socket:
    """A connection to it."""
    return socket.create_connection(("127.0.0.1", server.port), LIMIT)


def rest(connection: socket.socket) -> bytes:
    """All that comes until the end of the stream. Raises ConnectionResetError where it is a reset."""
    found = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            return found
        found += piece


def reading(connection: socket.socket, what: bytes) -> bytes:
    """What comes, up to and with these bytes."""
    found = b""
    while not found.endswith(what):
        piece = connection.recv(1)
        assert piece, found
        found += piece
    return found


def state(server: FaultServer) -> str:
    """Return the state that it shows."""
    found: str = get(server, "/api/job")["state"]
    return found
