"""The kit's uploads: read as they come, cut, stalled, answered early, stored wrong."""

from __future__ import annotations

import hashlib
import socket
from typing import Any, Iterator

import pytest
import requests

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.octoprint.multipart import FormReader
from octoprint_cli.testing.server import faults

from .kit import LIMIT, acts, ask, connect, get, head, reading, rest, upload

MIB = 1024 * 1024
#: The boundary is `b`; these come near it.
CONTENTS = {
    "empty": b"",
    "near": b"G28\r\n--a",
    "lines": b"\r\n" * 50,
    "bytes": bytes(range(256)) * 3,
    "end": b"\r\n--\r\n-b--\r\n-",
}
FORM = "multipart/form-data; boundary=b"


def body(content: bytes, name: str = 'filename="cube.gcode"') -> bytes:
    """A form with a file, by hand."""
    return b'--b\r\nContent-Disposition: form-data; name="file"; ' + name.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"


def request(server: FaultServer, form: bytes) -> bytes:
    """The head that belongs to it."""
    return head(server, "POST", "/api/files/local", len(form), Content_Type=FORM)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 10**6])
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_form_is_parsed_from_chunks_of_any_size(content: bytes, step: int) -> None:
    field = b'--b\r\nContent-Disposition: form-data; name="path"\r\n\r\nparts\r\n'
    whole = field + body(content)
    reader = FormReader("b", keep=100)
    for at in range(0, len(whole) - 4, step):
        reader.feed(whole[at : min(at + step, len(whole) - 4)])
    assert not reader.form.complete
    reader.feed(b"--\r\n")
    form = reader.form
    assert form.complete
    assert form.fields == {"path": "parts"}
    assert form.file is not None
    assert (form.file.filename, form.file.size) == ("cube.gcode", len(content))
    assert form.file.content == content[:100]
    assert form.file.sha1 == hashlib.sha1(content).hexdigest()


@pytest.mark.parametrize(
    "head", ['filename="müll.gcode"', "filename*=utf-8''m%C3%BCll.gcode", "filename=\"x\"; filename*=UTF-8''m%C3%BCll.gcode"]
)
def test_encoded_file_names_are_decoded(head: str) -> None:
    reader = FormReader("b", keep=100)
    reader.feed(body(b"G28", head))
    assert reader.form.file is not None
    assert reader.form.file.filename == "müll.gcode"


def test_a_large_upload_is_counted_and_hashed_but_not_kept() -> None:
    content = b"G1 X1\n" * 500_000
    with FaultServer(keep=MIB) as server:
        assert upload(server, content=content).status_code == 201
        arrived, stored = server.requests[0], server.octoprint.stored("cube.gcode")
        entry = get(server, "/api/files/local/cube.gcode")
    assert arrived.complete
    assert arrived.size > len(content)
    assert len(arrived.body) == MIB
    assert stored is not None
    assert len(stored.content) == MIB
    assert (entry["size"], entry["hash"]) == (len(content), hashlib.sha1(content).hexdigest())


@pytest.mark.parametrize("reset", [False, True])
def test_cut_upload_fault_stores_nothing(reset: bool, server: FaultServer) -> None:
    server.fail("POST", "/api/files/local", faults.cut_upload(1000, reset), times=1)
    form = body(b"G1 X1\n" * MIB)
    with connect(server) as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        connection.sendall(request(server, form) + form)  # the rest of the body brings the reset about
        rest(connection)
    cut = server.wait_for("/api/files/local")
    assert (cut.size, cut.complete) == (1000, False)
    assert server.acts == []
    assert server.octoprint.stored("cube.gcode") is None
    assert upload(server).status_code == 201
    assert acts(server) == ["POST /api/files/local"]


@pytest.mark.parametrize("reset", [False, True])
def test_cut_upload_fault_resets_only_if_requested(reset: bool, server: FaultServer) -> None:
    server.fail("POST", "/api/files/local", faults.cut_upload(5, reset))
    with connect(server) as connection:
        connection.sendall(request(server, b"12345678") + b"12345")
        if reset:
            with pytest.raises(ConnectionResetError):
                rest(connection)
        else:
            assert rest(connection) == b""


def test_early_answer_precedes_the_body(server: FaultServer) -> None:
    server.fail("POST", "/api/files/local", faults.early_answer(413, after=3))
    with connect(server) as connection:
        connection.sendall(request(server, b"x" * 16 * MIB) + b"xxx")
        said = connection.recv(65536)
        assert said.startswith(b"HTTP/1.1 413")
        assert b"text/html" in said
        connection.sendall(b"x" * (16 * MIB - 3))  # is swallowed: no reset
        rest(connection)
    assert [(arrived.size, arrived.complete) for arrived in server.requests] == [(3, False)]


def test_early_answer_is_received_by_client_still_sending(server: FaultServer) -> None:
    server.fail("POST", "/api/files/local", faults.early_answer(413))
    response = upload(server, content=b"G1 X1\n" * MIB)
    assert response.status_code == 413
    assert server.acts == []


def test_early_answer_without_linger_resets_the_connection(server: FaultServer) -> None:
    server.fail("POST", "/api/files/local", faults.early_answer(413, linger=False))
    form = body(b"G1 X1\n" * 4 * MIB)
    with connect(server) as connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        connection.sendall(request(server, form) + form)


def test_stall_reading_fault_blocks_the_sender() -> None:
    with FaultServer() as server:
        server.fail("POST", "/api/files/local", faults.stall_reading(1000))
        connection = connect(server)
        connection.sendall(request(server, b"x" * 100 * MIB))
        connection.settimeout(0.5)
        with pytest.raises(socket.timeout):
            connection.sendall(b"x" * 100 * MIB)
        assert server.wait_for("/api/files/local").size == 1000
    with connection, pytest.raises((ConnectionResetError, BrokenPipeError)):
        connection.sendall(b"x" * 100 * MIB)
    assert server.acts == []


@pytest.mark.parametrize("version", ["1.11.8", "2.0.0rc7"])
def test_upload_can_be_stored_corrupted(version: str, server: FaultServer) -> None:
    server.octoprint.corrupts_uploads = True
    upload(server, content=b"G28\n")
    assert ask(server, "GET", "/downloads/files/local/cube.gcode").content == b"G28?"
    entry = get(server, "/api/files/local/cube.gcode")
    assert (entry["size"], entry["hash"]) == (4, hashlib.sha1(b"G28?").hexdigest())


def test_upload_can_be_acknowledged_and_discarded(server: FaultServer) -> None:
    server.octoprint.ignored_verbs.add("upload")
    assert upload(server).status_code == 201
    assert ask(server, "GET", "/api/files/local/cube.gcode").status_code == 404
    assert server.acts == []


@pytest.mark.parametrize(("path", "limit"), [("/api/files/local", "max_upload"), ("/api/printer/command", "max_body")])
def test_oversized_body_is_cut_off(path: str, limit: str, server: FaultServer) -> None:
    setattr(server.octoprint, limit, 50_000)
    with connect(server) as connection:
        connection.sendall(head(server, "POST", path, 50_001))
        assert reading(connection, b"\r\n\r\n") == b"HTTP/1.1 400 Bad Request\r\n\r\n"
        with pytest.raises(ConnectionResetError):
            rest(connection)
    assert server.wait_for(path).size == 0
    assert server.acts == []


def test_body_without_content_length_is_refused(server: FaultServer) -> None:
    response = requests.post(server.url + "/api/files/local", data=iter([b"x"]), headers={"X-Api-Key": server.key}, timeout=LIMIT)
    assert (response.status_code, response.headers["Content-Type"][:9]) == (411, "text/html")


def test_expect_100_continue_is_answered(server: FaultServer) -> None:
    form = body(b"G28\n")
    with connect(server) as connection:
        connection.sendall(request(server, form)[:-2] + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        answered: Any = connection.recv(1000)
        assert answered.startswith(b"HTTP/1.1 100")
        connection.sendall(form)
        assert b"HTTP/1.1 201" in rest(connection)
