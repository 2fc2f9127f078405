"""gcode: one request, in order; consent, limits and motion; and M112 with nothing in its way."""

from __future__ import annotations

import pytest

PATH = "/api/printer/command"
MOVING = ["Starting", "Printing", "Printing from SD", "Pausing", "Resuming", "Cancelling", "Finishing"]


@pytest.fixture
def ready(each_server):
    each_server.on("POST", PATH, status_code=204)
    return each_server


def commands(*lines):
    return [(PATH, {"commands": list(lines)})]


def test_one_command_is_one_request(ready):
    assert ready.run_ok("gcode", "M105") == {"action": "sent", "commands": ["M105"]}
    assert ready.sent == commands("M105")
    assert ready.reads == []


def test_several_commands_are_sent_in_order_in_one_request(ready):
    ready.run_ok("gcode", "M105", "G28 X", "m114", "M117 50% done")
    assert ready.sent == commands("M105", "G28 X", "m114", "M117 50% done")


def test_dash_reads_commands_from_stdin_without_comments_and_blank_lines(ready):
    ready.run_ok("gcode", "M105", "-", "M114", stdin="; start\nG28\r\n\n  \nG1 X10 ; go\n")
    assert ready.sent == commands("M105", "G28", "G1 X10 ; go", "M114")


def test_last_stdin_line_without_newline_counts(ready):
    ready.run_ok("gcode", "-", stdin="M105\nM114")
    assert ready.sent == commands("M105", "M114")


@pytest.mark.parametrize("stdin", ["", "\n\n", "; nothing\n"])
def test_stdin_without_commands_is_refused(server, stdin):
    server.run_error(4, "INVALID_VALUE", "gcode", "-", stdin=stdin)
    assert server.requests == []


def test_dash_with_terminal_stdin_is_a_usage_error(server):
    server.run_error(4, "USAGE_ERROR", "gcode", "-", stdin="M105\n", terminal=True)
    assert server.requests == []


@pytest.mark.parametrize("text", ["", "  ", ";x", "G28\nM500", "G28\rM500", "G28\x00", "X10"])
def test_invalid_command_is_refused_and_nothing_is_sent(server, text):
    server.run_error(4, "INVALID_VALUE", "gcode", "M105", text)
    assert server.requests == []


def test_gcode_without_commands_is_a_usage_error(server):
    server.run_error(4, "USAGE_ERROR", "gcode")
    assert server.requests == []


def test_oversized_request_is_refused(server):
    server.run_error(4, "INVALID_VALUE", "gcode", "-", stdin="M117 " + "x" * 100_000 + "\n")
    assert server.requests == []


@pytest.mark.parametrize("text", ["M500", "m502", "M 81", "M997", "M30 a.gco", "G28 M500", "N1 M500*3", "@cancel"])
def test_harmful_command_needs_confirm_before_any_request(ready, text):
    result = ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", "M105", text)
    assert result.envelope["error"]["hint"].endswith("--confirm")
    assert ready.requests == []


def test_confirmed_harmful_commands_are_sent_once(ready):
    ready.run_ok("gcode", "M500", "M502", "--confirm")
    assert ready.sent == commands("M500", "M502")


def test_harmful_command_from_stdin_needs_confirm(ready):
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", "-", stdin="M105\nM500\n")
    assert ready.requests == []


@pytest.mark.parametrize("state", ["Printing", "Paused", "Operational", "Offline after error", "Druckt gerade"])
@pytest.mark.parametrize("text", ["M112", "m112"])
def test_emergency_stop_makes_no_other_request(ready, state, text):
    ready.job(state)
    ready.run_ok("gcode", text)
    assert [request.method for request in ready.requests] == ["POST"]
    assert ready.sent == commands(text)


def test_emergency_stop_works_with_invalid_limits(server, home):
    server.on("POST", PATH, status_code=204)
    home.mkdir()
    (home / "config.yaml").write_text("limits: {tool: hot}\n")
    server.run_ok("gcode", "M112")


def test_emergency_stop_with_harmful_command_needs_confirm(ready):
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", "M112", "M500")
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", "M112 M500")
    assert ready.requests == []


@pytest.mark.parametrize("state", [*MOVING, "Sending file to SD", "Druckt gerade"])
@pytest.mark.parametrize("text", ["g1 x10", "M105 G28"])
def test_motion_during_a_job_is_refused_and_nothing_is_sent(ready, state, text):
    ready.job(ready.reading(state, "a.gcode"))
    result = ready.run_error(3, "PRINTER_BUSY", "gcode", "M105", text)
    assert state in result.envelope["error"]["message"]
    assert ready.sent == []


def test_confirm_does_not_allow_motion_during_job(ready):
    ready.job(ready.reading("Printing", "a.gcode"))
    ready.run_error(3, "PRINTER_BUSY", "gcode", "M500", "G28", "--confirm")
    assert ready.sent == []


@pytest.mark.parametrize("state", ["Operational", "Paused"])
def test_motion_is_allowed_when_idle_or_paused(ready, state):
    ready.job(ready.reading(state, "a.gcode"))
    ready.run_ok("gcode", "G1 X5")
    assert ready.sent == commands("G1 X5")


@pytest.mark.parametrize("text", ["G28", "g28 X", "G29 P1"])
def test_homing_during_a_pause_wants_consent(ready, text):
    """The half-printed part is in the way."""
    ready.job(ready.reading("Paused", "a.gcode"))
    result = ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", text)
    assert "half-printed part" in result.envelope["error"]["message"] and ready.sent == []
    ready.run_ok("gcode", text, "--confirm")
    assert ready.sent == commands(text)


def test_homing_without_a_job_needs_no_consent(ready):
    ready.run_ok("gcode", "G28")
    assert ready.sent == commands("G28")


@pytest.mark.parametrize("text", ["M105", "M106 S255", "M117 G28", "G4 P10", "M104 S200", "M220 S90"])
def test_commands_without_motion_are_sent_during_job(ready, text):
    ready.job(ready.reading("Printing", "a.gcode"))
    ready.run_ok("gcode", text)
    assert ready.sent == commands(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("M104 S301", 300),
        ("m109 s999", 300),
        ("M104 S+999", 300),
        ("M109 R301", 300),
        ("M140 S121", 120),
        ("M190S200", 120),
        ("M141 S81", 80),
        ("M104 S200 M140 S250", 120),
    ],
)
def test_target_above_limit_is_refused_before_any_request(ready, text, limit):
    result = ready.run_error(4, "LIMIT_EXCEEDED", "gcode", "M105", text)
    assert result.envelope["error"]["details"]["limit"] == limit
    assert ready.requests == []


def test_confirm_does_not_override_temperature_limit(server):
    server.run_error(4, "LIMIT_EXCEEDED", "gcode", "M500", "M104 S999", "--confirm")
    assert server.requests == []


def test_gcode_limits_come_from_configuration(ready, home):
    home.mkdir()
    (home / "config.yaml").write_text("limits: {bed: 60}\n")
    ready.run_error(4, "LIMIT_EXCEEDED", "gcode", "M140 S61")
    ready.run_ok("gcode", "M140 S60")


def test_dry_run_needs_no_confirm_and_sends_nothing(ready):
    data = ready.run_ok("gcode", "M500", "M112", "--dry-run")
    assert data == {"dry_run": True, "requests": [{"method": "POST", "path": PATH, "json": {"commands": ["M500", "M112"]}}]}
    assert ready.sent == []


@pytest.mark.parametrize(
    ("answer", "exit_code", "code"),
    [
        ({"status_code": 409, "json": {"error": "Printer is not operational"}}, 1, "PRINTER_OFFLINE"),
        ({"status_code": 403, "json": {"error": "You don't have the permission"}}, 4, "PERMISSION_DENIED"),
        ({"status_code": 500, "json": {"error": "The server encountered an internal error"}}, 4, "OUTCOME_UNKNOWN"),
        ({"status_code": 504, "text": "<html>Gateway Timeout</html>"}, 4, "OUTCOME_UNKNOWN"),
    ],
)
def test_refused_command_is_an_error_and_is_not_repeated(server, answer, exit_code, code):
    server.on("POST", PATH, **answer)
    server.run_error(exit_code, code, "gcode", "M105")
    assert len(server.sent) == 1
