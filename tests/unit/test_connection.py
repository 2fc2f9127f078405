"""connect, disconnect: success means connected, or closed, within a time limit."""

from __future__ import annotations

import pytest

PATH = "/api/connection"
UP = {"connected": True, "state": "Operational", "port": "VIRTUAL", "baudrate": 115200, "profile": "_default"}


def closed(server):
    return "Offline" if server.is_2 else "Closed"


@pytest.fixture
def off(each_server):
    """Not connected; a POST connects, with the states that a serial port goes through."""
    each_server.job("Offline")
    each_server.links(closed(each_server), after=[["Detecting serial connection", "Connecting", "Operational"]])
    return each_server


def test_connect_succeeds_once_printer_is_operational(off, clock):
    assert off.run_ok("connect") == {**UP, "changed": True}
    assert off.sent == [(PATH, {"command": "connect"})]
    assert clock.slept > 0


def test_connect_sends_only_given_options(off):
    off.run_ok("connect", "--port", "VIRTUAL", "--baudrate", "115200", "--profile", "_default")
    assert off.sent == [(PATH, {"command": "connect", "port": "VIRTUAL", "baudrate": 115200, "printerProfile": "_default"})]


def test_connect_accepts_auto_port_and_baudrate(off):
    off.run_ok("connect", "--port", "AUTO", "--baudrate", "0")
    assert off.sent == [(PATH, {"command": "connect", "port": "AUTO", "baudrate": 0})]


@pytest.mark.parametrize(
    "options", [(), ("--port", "VIRTUAL"), ("--baudrate", "115200"), ("--port", "AUTO"), ("--profile", "_default")], ids=str
)
def test_connect_to_matching_connection_changes_nothing(each_server, options):
    each_server.links("Operational")
    assert each_server.run_ok("connect", *options) == {**UP, "changed": False}
    assert each_server.sent == []


def test_connect_while_printing_changes_nothing(each_server):
    each_server.links("Printing")
    assert each_server.run_ok("connect")["changed"] is False
    assert each_server.sent == []


def test_connect_with_other_settings_disconnects_first(each_server):
    server = each_server
    new = server.link("Operational", baudrate=250000)
    server.links("Operational", after=[[closed(server)], ["Connecting", new]])
    assert server.run_ok("connect", "--baudrate", "250000")["baudrate"] == 250000
    assert [body["command"] for _, body in server.sent] == ["disconnect", "connect"]


@pytest.mark.parametrize("state", ["Printing", "Paused", "Sending file to SD"])
def test_reconnecting_would_kill_a_job_and_is_refused(each_server, state):
    each_server.job(each_server.reading(state, "a.gcode"))
    each_server.links(each_server.link(state, port="VIRTUAL", baudrate=115200))
    each_server.run_error(3, "PRINTER_BUSY", "connect", "--port", "/dev/ttyS0")
    assert each_server.sent == []


def test_unknown_port_is_refused_with_available_ports(off):
    result = off.run_error(4, "NOT_FOUND", "connect", "--port", "/dev/ttyUSB0")
    assert result.envelope["error"]["details"]["ports"] == ["/dev/ttyS0", "VIRTUAL"]
    assert off.sent == []


def test_connect_wait_waits_for_port_to_appear(each_server, clock):
    server = each_server
    late = server.link("Operational", port="/dev/ttyUSB0")
    there = server.link(closed(server))
    there["options"]["ports"].append("/dev/ttyUSB0")
    server.links(*[closed(server)] * 9, there, after=[["Connecting", late]])
    assert server.run_ok("connect", "--port", "/dev/ttyUSB0", "--wait", "60")["port"] == "/dev/ttyUSB0"
    assert clock.slept > 2


def test_connect_wait_times_out(off, clock):
    off.run_error(4, "NOT_FOUND", "connect", "--port", "/dev/ttyUSB0", "--wait", "7")
    assert 7 <= clock.slept < 8
    assert off.sent == []


@pytest.mark.parametrize("option", [("--profile", "mk3"), ("--baudrate", "12345")], ids=lambda words: words[0])
def test_unknown_profile_or_baudrate_is_refused(off, option):
    off.run_error(4, "NOT_FOUND", "connect", *option)
    assert off.sent == []


@pytest.mark.parametrize("option", ["--wait=0", "--wait=-1", "--wait=nan", "--wait=inf", "--wait=soon", "--baudrate=fast"])
def test_invalid_number_is_refused_before_any_request(server, option):
    result = server.run("connect", option, "--json")
    assert (result.exit_code, server.requests) == (4, [])


def test_connect_times_out_as_printer_offline(each_server, clock):
    each_server.links(closed(each_server), after=[["Connecting"]])
    result = each_server.run_error(1, "PRINTER_OFFLINE", "connect", "--wait", "9")
    assert "Connecting" in result.envelope["error"]["message"]
    assert 9 <= clock.slept < 10
    assert len(each_server.sent) == 1


def test_connect_fails_at_once_when_server_gives_up(each_server, clock):
    each_server.links(closed(each_server), after=[["Connecting", "Offline after error"]])
    result = each_server.run_error(1, "PRINTER_OFFLINE", "connect")
    assert "Offline after error" in result.envelope["error"]["message"]
    assert clock.slept < 3  # a second look, after the socket was refused


def test_connect_ignores_error_state_of_earlier_attempt(each_server):
    each_server.links("Offline after error", after=[["Offline after error", "Connecting", "Operational"]])
    assert each_server.run_ok("connect")["connected"] is True


def test_a_dry_run_of_connect_lists_the_request(off):
    data = off.run_ok("connect", "--port", "VIRTUAL", "--dry-run")
    assert data["requests"] == [{"method": "POST", "path": PATH, "json": {"command": "connect", "port": "VIRTUAL"}}]
    assert off.sent == []


@pytest.mark.parametrize("extra", [(), ("--confirm",)], ids=["bare", "confirmed"])
def test_disconnect_succeeds_once_connection_is_closed(each_server, clock, extra):
    each_server.links("Operational", after=[["Operational", closed(each_server)]])
    data = each_server.run_ok("disconnect", *extra)
    assert data == {"connected": False, "changed": True, "state": "Offline", "port": None, "baudrate": None, "profile": None}
    assert each_server.sent == [(PATH, {"command": "disconnect"})]
    assert clock.slept > 0


def test_disconnect_when_offline_changes_nothing(each_server):
    each_server.offline()
    data = each_server.run_ok("disconnect")
    assert data["changed"] is False and data["state"] == "Offline"
    assert each_server.sent == []


@pytest.mark.parametrize(
    "state", ["Printing", "Paused", "Pausing", "Resuming", "Cancelling", "Finishing", "Starting", "Sending file to SD"]
)
def test_disconnect_during_job_is_refused_without_confirm(each_server, state):
    each_server.job(each_server.reading(state, "a.gcode"))
    each_server.links("Printing")
    result = each_server.run_error(3, "PRINTER_BUSY", "disconnect")
    assert result.envelope["error"]["hint"] == "octoprint-cli disconnect --json --confirm"
    assert each_server.sent == []


def test_disconnect_during_job_succeeds_with_confirm(each_server):
    each_server.job(each_server.reading("Printing", "a.gcode"))
    each_server.links("Printing", after=[[closed(each_server)]])
    assert each_server.run_ok("disconnect", "--confirm")["connected"] is False
    assert len(each_server.sent) == 1


def test_disconnect_fails_if_connection_stays_open(each_server, clock):
    each_server.links("Operational", after=[["Operational"]])
    each_server.run_error(4, "STATE_NOT_REACHED", "disconnect")
    assert 15 <= clock.slept < 16


def test_a_dry_run_of_disconnect_lists_the_request(each_server):
    each_server.links("Operational")
    assert each_server.run_ok("disconnect", "--dry-run")["requests"][0]["json"] == {"command": "disconnect"}
    assert each_server.sent == []


@pytest.mark.parametrize("command", ["connect", "disconnect"])
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status_code": 403, "json": {"error": "You don't have the permission"}}, "PERMISSION_DENIED"),
        ({"status_code": 400, "json": {"error": "CSRF validation failed"}}, "AUTH_ERROR"),
        ({"status_code": 400, "json": {"error": "port is invalid"}}, "SERVER_ERROR"),
    ],
)
def test_connection_refusal_is_an_error(each_server, command, answer, code):
    each_server.links("Operational" if command == "disconnect" else closed(each_server))
    each_server.on("POST", PATH, **answer)
    each_server.run_error(4, code, command)
    assert len(each_server.sent) == 1
