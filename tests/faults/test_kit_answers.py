"""The kit's other answers and spoilt answers: each is on the wire what it says."""

from __future__ import annotations

import gzip
import http.client
import json
import zlib
from typing import Any

import pytest
import requests

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.server import faults

from .kit import LIMIT, acts, ask, cancel, connect, get, head, post, reading, rest


def failed(fault: Any, method: str = "GET", **how: Any) -> requests.Response:
    """What a request for the job gets."""
    with FaultServer() as server:
        server.octoprint.printing()
        server.fail(method, "/api/job", fault)
        response = ask(server, method, "/api/job", **how)
        assert server.acts == []
        assert len(server.requests) == 1
        return response


def test_answer_fault_sends_json_text_or_bytes() -> None:
    as_json = failed(faults.answer(418, {"error": "teapot"}, headers={"X-Pot": "tea"}))
    assert (as_json.status_code, as_json.json()) == (418, {"error": "teapot"})
    assert as_json.headers["Content-Type"] == "application/json"
    assert as_json.headers["X-Pot"] == "tea"
    as_text = failed(faults.answer(503, "busy", "text/html"), "POST", json={"command": "cancel"})
    assert (as_text.status_code, as_text.text, as_text.headers["Content-Type"]) == (503, "busy", "text/html")
    assert failed(faults.answer(200, b"\xff\x00")).content == b"\xff\x00"


def test_html_fault_sends_a_web_page() -> None:
    page = failed(faults.html(502))
    assert page.status_code == 502
    assert page.headers["Content-Type"].startswith("text/html")
    assert "502 Bad Gateway" in page.text
    assert "X-Clacks-Overhead" not in page.headers  # it is not OctoPrint that answers


def test_redirect_and_retry_after_faults_set_their_headers() -> None:
    moved = failed(faults.redirect("http://elsewhere.test/", 307))
    assert (moved.status_code, moved.headers["Location"]) == (307, "http://elsewhere.test/")
    later = failed(faults.retry_after(429, 7))
    assert (later.status_code, later.headers["Retry-After"]) == (429, "7")


def test_wrong_shape_and_invalid_json_faults() -> None:
    assert failed(faults.wrong_shape([1, None])).json() == [1, None]
    assert failed(faults.wrong_shape("text")).json() == "text"
    broken = failed(faults.not_json)
    assert (broken.status_code, broken.headers["Content-Type"]) == (200, "application/json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        broken.json()


def test_raw_fault_sends_bytes_that_are_not_http() -> None:
    with FaultServer() as server:
        server.fail("GET", "/api/job", faults.raw(b"Not found"))
        with connect(server) as connection:
            connection.sendall(head(server, "GET", "/api/job"))
            assert rest(connection) == b"Not found"


def test_nulls_fault_keeps_keys_and_removes_values() -> None:
    with FaultServer() as server:
        before = get(server, "/api/job")
        server.fail("GET", "/api/job", faults.nulls)
        after = get(server, "/api/job")
    assert before["state"] == "Operational"
    assert after["state"] is None
    assert set(after) == set(before)
    assert after["progress"] == dict.fromkeys(before["progress"])


def test_truncated_fault_sends_less_than_content_length() -> None:
    with FaultServer() as server:
        server.octoprint.printing()
        whole = ask(server, "GET", "/api/job").content
        server.fail("*", "/api/job", faults.truncated)
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LIMIT)
        client.request("GET", "/api/job", headers={"X-Api-Key": server.key})
        with pytest.raises(http.client.IncompleteRead) as short:
            client.getresponse().read()
        client.close()
        assert whole.startswith(short.value.partial)
        assert 0 < len(short.value.partial) < len(whole)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            ask(server, "POST", "/api/job", json={"command": "cancel"})
        assert acts(server) == ["POST /api/job"]  # it was done all the same


def test_overlong_fault_sends_more_than_content_length() -> None:
    with FaultServer() as server, connect(server) as connection:
        whole = ask(server, "GET", "/api/job").content
        server.fail("GET", "/api/job", faults.overlong)
        connection.sendall(head(server, "GET", "/api/job") + head(server, "GET", "/online.txt", Connection="close"))
        first, _, body = rest(connection).partition(b"\r\n\r\n")
    length = int(next(line.split(b":")[1] for line in first.splitlines() if line.lower().startswith(b"content-length")))
    assert body.startswith(whole)
    assert length == len(whole) // 2
    assert body[len(whole) :].startswith(b"HTTP/1.1 200")


def test_drip_fault_sends_one_byte_at_a_time() -> None:
    """With an hour between two bytes one of them has arrived when the server ends; never two."""
    with FaultServer() as server, connect(server) as in_body, connect(server) as in_head:
        server.octoprint.printing()
        server.fail("POST", "/api/job", faults.drip(3600))
        server.fail("GET", "/api/job", faults.drip(3600, header=True))
        in_body.sendall(cancel(server))
        in_head.sendall(head(server, "GET", "/api/job"))
        assert reading(in_head, b"H") == b"H"
        server.wait_until(lambda: bool(server.acts))
        assert b"204 No Content" in reading(in_body, b"\r\n\r\n")
        server.fail("GET", "/api/version", faults.drip(3600))
        with connect(server) as version:
            version.sendall(head(server, "GET", "/api/version"))
            reading(version, b"\r\n\r\n")
            assert reading(version, b"{") == b"{"
            server.closing.set()
            assert rest(version) == b""
        assert rest(in_head) == b""


@pytest.mark.parametrize("header", [False, True])
def test_drip_fault_without_pause_sends_complete_answer(header: bool) -> None:
    with FaultServer() as server:
        whole = get(server, "/api/job")
        server.fail("GET", "/api/job", faults.drip(0, header, size=900))
        response = ask(server, "GET", "/api/job")
    assert response.json() == whole
    assert len(response.content) == 900


@pytest.mark.parametrize("kind", ["gzip", "nested"])
def test_bomb_fault_is_valid_gzip_and_small_on_the_wire(kind: str) -> None:
    size = 3 * 1024 * 1024 + 12345
    with FaultServer() as server, connect(server) as connection:
        server.fail("GET", "/api/job", faults.bomb(kind, size))
        connection.sendall(head(server, "GET", "/api/job", Connection="close"))
        said, _, packed = rest(connection).partition(b"\r\n\r\n")
        body = gzip.decompress(packed)
        body = gzip.decompress(body) if kind == "nested" else body
    assert b"Content-Encoding: " + {"gzip": b"gzip\r", "nested": b"gzip, gzip"}[kind] in said + b"\r"
    assert len(packed) < size / 100
    assert len(body) == size
    assert set(json.loads(body)["state"]) == {"0"}


def test_bomb_fault_unpacks_to_200_mebibytes() -> None:
    with FaultServer() as server:
        server.fail("GET", "/api/job", faults.bomb())
        with ask(server, "GET", "/api/job", stream=True) as response:
            packed = response.raw.read(decode_content=False)
    unpacker, size = zlib.decompressobj(31), 0
    while packed and not unpacker.eof:
        size += len(unpacker.decompress(packed, 1024 * 1024))
        packed = unpacker.unconsumed_tail
    assert size == 200 * 1024 * 1024
    assert unpacker.eof


def test_plain_bomb_fault_is_streamed_and_stops_when_unread() -> None:
    size = 3 * 1024 * 1024 + 1
    with FaultServer() as server:
        server.fail("GET", "/api/job", faults.bomb("plain", size), times=1)
        body = ask(server, "GET", "/api/job").content
        assert len(body) == size
        assert set(json.loads(body)["state"]) == {"0"}
        server.fail("GET", "/api/job", faults.bomb("plain", 10**12))
        with ask(server, "GET", "/api/job", stream=True) as response:
            assert response.headers["Content-Length"] == str(10**12)
            assert response.raw.read(10) == b'{"state": '
        assert get(server, "/api/version")["server"] == "1.11.8"  # it serves on


def test_fault_leaving_the_body_unread_closes_the_connection() -> None:
    def deaf(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    with FaultServer() as server, connect(server) as connection:
        server.fail("POST", "/api/job", deaf)
        connection.sendall(head(server, "POST", "/api/job", 100))
        assert rest(connection) == b"HTTP/1.1 204 No Content\r\n\r\n"
        assert (server.requests[0].size, server.requests[0].complete) == (0, False)


def test_custom_fault_function_controls_the_answer() -> None:
    def teapot(exchange: Any) -> None:
        exchange.perform()
        exchange.send(b"HTTP/1.0 418 Teapot\r\n\r\n")
        exchange.close()

    with FaultServer() as server:
        server.fail("POST", "/api/printer/command", teapot)
        post(server, "/api/printer/command", 418, command="G28")
        assert server.octoprint.commands == ["G28"]
