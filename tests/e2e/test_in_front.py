"""Proxies and caches that misbehave in front of a real server: what the server did is reported, and not what they say."""

from __future__ import annotations

import shlex
import threading
from pathlib import Path
from typing import Any

import pytest

from .prints import write
from .proxy import Answer, Passed, Proxy

START = "POST /api/files/local/slow.gcode"


def run_through(server: Any, proxy: Proxy, *line: Any, expect: Any = None, **how: Any) -> Any:
    return server.cli(*line, "--host", proxy.host, "--api-key", server.key, expect=expect, **how)


def failing(line: str, status: int) -> Any:
    """Passes the request on, and answers with a failure of its own."""

    def behaviour(request: Passed) -> Any:
        if request.line != line:
            return None
        request.forward()
        return Answer(status)

    return behaviour


def doubled(request: Passed) -> Any:
    """Sends each POST twice; the second answer counts."""
    if request.method == "POST":
        request.forward()


def test_failure_after_an_act_is_looked_into(server: Any, slow: Path) -> None:
    status = 503  # the faults ring has every one
    with Proxy(server.host, failing(START, status)) as proxy:
        assert run_through(server, proxy, "print", slow, "--confirm", expect=0).data["started"] is True
    with Proxy(server.host, failing("POST /api/job", status)) as proxy:
        assert run_through(server, proxy, "pause", expect=0).data["state"] == "Paused"
        assert run_through(server, proxy, "cancel", "--confirm", expect=0).data["file"] == "slow.gcode"
    assert server.state() == "Operational"
    with Proxy(server.host, failing("POST /api/printer/command", status)) as proxy:
        error = run_through(server, proxy, "gcode", "M117 hello", expect=4).error
        assert (error["code"], error["retryable"]) == ("OUTCOME_UNKNOWN", False)
        assert proxy.seen.count("POST /api/printer/command") == 1


def test_start_that_nothing_can_be_asked_about_is_unknown(server: Any, slow: Path) -> None:
    begun = threading.Event()

    def behaviour(request: Passed) -> Any:
        if request.line == START:
            request.forward()
            begun.set()
        return Answer(502) if begun.is_set() else None

    with Proxy(server.host, behaviour) as proxy:
        answer = run_through(server, proxy, "print", slow, "--confirm", expect=4, held={"LOST_SECONDS": 2.0})
    assert answer.code == "OUTCOME_UNKNOWN" and answer.envelope["data"]["started"] is None
    assert server.state().startswith("Printing")


@pytest.mark.parametrize("line", [("cancel", "--confirm"), ("temp", "--off")])
def test_stop_does_not_wait_for_reads_that_hang(server: Any, slow: Path, line: Any) -> None:
    server.cli("print", slow, "--confirm")
    server.past_heating()
    server.cli("temp", "--tool", "60")

    def behaviour(request: Passed) -> Any:
        if request.method == "GET":
            proxy.over.wait(60)
            return Answer(504)
        return None

    with Proxy(server.host, behaviour) as proxy:
        run = server.begin(*line, "--host", proxy.host, "--api-key", server.key)
        stopped = {
            "cancel": lambda: server.state() in ("Operational", "Cancelling"),
            "temp": lambda: server.get("/api/printer")["temperature"]["tool0"]["target"] == 0,
        }[line[0]]
        acts = lambda: [seen for seen in proxy.seen if seen.startswith("POST") and seen != "POST /api/login"]  # noqa: E731
        server.until(lambda: bool(acts()) and stopped(), bool)  # a read may take as long as the proxy holds it
        run.end()
    assert len(acts()) == 1


def test_start_that_a_proxy_sends_twice_is_not_a_busy_printer(server: Any, slow: Path) -> None:
    server.cli("upload", slow)
    with Proxy(server.host, doubled) as proxy:
        answer = run_through(server, proxy, "print", "--stored", "slow.gcode", "--confirm")
        assert answer.exit_code == 0 or answer.code == "OUTCOME_UNKNOWN", answer
        assert answer.envelope["data"]["started"] is not False
        assert server.state().startswith("Printing")
        assert run_through(server, proxy, "pause", expect=0).data["state"] == "Paused"
        run_through(server, proxy, "cancel", "--confirm")
    server.idle()


def test_upload_that_a_proxy_sends_twice_is_stored_once(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    quick.write_text(quick.read_text() + "; more\n")
    with Proxy(server.host, doubled) as proxy:
        data = run_through(server, proxy, "upload", quick, "--if-exists", "rename", expect=0).data
    assert server.names() == sorted(["quick.gcode", data["path"]]) and server.content(data["path"]) == quick.read_bytes()


def test_conflict_of_a_read_is_not_a_busy_printer(server: Any) -> None:
    with Proxy(server.host, lambda request: Answer(409)) as proxy:
        assert run_through(server, proxy, "status", expect=4).code == "UNEXPECTED_RESPONSE"


def test_cached_entry_of_the_earlier_file_is_not_corruption(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    quick.write_text(quick.read_text() + "; more\n")
    old, left = server.request("GET", "/api/files/local/quick.gcode"), [5]

    def behaviour(request: Passed) -> Any:
        if request.line != "GET /api/files/local/quick.gcode" or "POST /api/files/local" not in proxy.seen or not left[0]:
            return None
        left[0] -= 1
        return old

    with Proxy(server.host, behaviour) as proxy:
        data = run_through(server, proxy, "upload", quick, expect=0).data
    assert data["action"] == "uploaded" and left == [0] and server.content("quick.gcode") == quick.read_bytes()


# -- what the server itself makes of an upload ------------------------------------------------------


def test_rewritten_upload_names_both_sizes_and_leads_on(server: Any, quick: Path) -> None:
    def behaviour(request: Passed) -> Any:  # as a plugin does it, of the server
        body = request.body.replace(b"G1 X1 F6000", b"G1 X1 F6000\n; added by a plugin")
        return request.forward(body) if request.line == "POST /api/files/local" else None

    with Proxy(server.host, behaviour) as proxy:
        error = run_through(server, proxy, "upload", quick, expect=2).error
        line = error["hint"].replace("--api-key=KEY", f"--api-key={server.key}")  # no key is ever shown
        assert server.cli(*shlex.split(line, comments=True)[1:]).data["started"] is True
    size = quick.stat().st_size
    assert error["code"] == "UPLOAD_CORRUPT" and "plugin" in error["message"]
    assert f"{size} were sent" in error["message"] and f"({server.file('quick.gcode')['size']} bytes" in error["message"]
    assert error["details"]["sent"]["size"] == size
    server.idle()


def test_file_that_the_server_makes_of_an_upload_is_waited_for(server: Any, tmp_path: Path) -> None:
    made = write(tmp_path / "part.aw.gcode", "G1 X1 F6000\n")
    run = server.begin("print", "--stored", "part.aw.gcode", "--wait-stored", "60", "--confirm", "--wait")
    server.cli("upload", made)
    data = run.answer().data
    assert (data["file"], data["met"]) == ("part.aw.gcode", "done")


def test_file_that_never_comes_is_not_found(server: Any) -> None:
    error = server.cli("print", "--stored", "part.aw.gcode", "--wait-stored", "1", "--confirm", expect=2).error
    assert error["code"] == "FILE_NOT_FOUND" and "after 1 s" in error["message"]
