"""The end of a run that somebody broke off, or whose outcome is unknown: one document, what the server has now, and no waiting."""

from __future__ import annotations

import pytest

from octoprint_cli.errors import Terminated

from .driver import GONE

GCODE = ("gcode", "M117 hello")
COMMAND = "/api/printer/command"
STOPS = [(KeyboardInterrupt, 130, "INTERRUPTED", "interrupted"), (Terminated, 143, "TERMINATED", "terminated")]

each_stop = pytest.mark.parametrize(("stop", "exit_code", "code", "word"), STOPS, ids=["Ctrl-C", "SIGTERM"])


def stopping(server, method, path, stop, also=lambda: None):
    """The program is stopped while it waits for this answer."""

    def answer(request, context):
        also()
        raise stop

    server.on(method, path, text=answer)


@each_stop
def test_interrupt_before_any_change_reports_nothing_sent(server, stop, exit_code, code, word):
    stopping(server, "GET", "/api/job", stop)
    error = server.run_error(exit_code, code, "status").envelope["error"]
    assert error["message"] == f"{word}; nothing was sent that would change anything" and "details" not in error
    assert server.reads == ["/api/job"]


@each_stop
def test_interrupt_without_json_prints_one_error_line_and_a_hint(server, stop, exit_code, code, word):
    stopping(server, "GET", "/api/job", stop)
    result = server.run("status")
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert result.stderr == f"Error: {word}; nothing was sent that would change anything ({code})\nHint: octoprint-cli status\n"


@each_stop
def test_interrupt_after_sending_reports_printer_state(server, stop, exit_code, code, word):
    server.job(server.reading("Printing", "slow.gcode", completion=5.0))
    stopping(server, "POST", "/api/job", stop)
    error = server.run_error(exit_code, code, "cancel", "--confirm").envelope["error"]
    assert error["message"] == f"{word}; the job goes on: the printer is Printing with slow.gcode"
    assert error["details"] == {"state": "Printing", "file": "slow.gcode"}
    assert len(server.sent) == 1 and server.requests[-1].timeout == (3.0, 3.0)


@each_stop
def test_interrupt_while_waiting_for_effect_reports_printer_state(server, clock, stop, exit_code, code, word):
    server.job(server.reading("Printing", "slow.gcode", completion=5.0))
    server.accept_post("/api/job", server.reading("Cancelling", "slow.gcode"))
    sleep = clock.sleep

    def stopped(seconds):
        sleep(seconds)
        if clock.slept > 3:
            raise stop

    clock.sleep = stopped
    error = server.run_error(exit_code, code, "cancel", "--confirm").envelope["error"]
    assert error["message"] == f"{word}; the printer is Cancelling with slow.gcode"  # and does not go on


@pytest.mark.parametrize("arrived", [True, False])
def test_interrupted_upload_reports_whether_file_arrived(each_server, gcode_file, arrived):
    also = (lambda: each_server.add_file("quick.gcode", gcode_file.read_bytes())) if arrived else (lambda: None)
    stopping(each_server, "POST", "/api/files/local", KeyboardInterrupt, also)
    error = each_server.run_error(130, "INTERRUPTED", "print", str(gcode_file), "--confirm").envelope["error"]
    assert f"the upload of quick.gcode has {'' if arrived else 'not '}arrived" in error["message"]
    assert error["details"]["stored"] is arrived and len(each_server.sent) == 1


def test_interrupted_upload_does_not_mistake_older_file_for_new(each_server, gcode_file):
    each_server.add_file("quick.gcode", b"old")
    stopping(each_server, "POST", "/api/files/local", KeyboardInterrupt)
    error = each_server.run_error(130, "INTERRUPTED", "upload", str(gcode_file)).envelope["error"]
    assert error["details"] == {"state": "Operational", "file": None, "upload": "quick.gcode", "stored": False}


def test_interrupt_after_completed_upload_reports_no_upload_in_progress(server, gcode_file):
    server.accept_upload()
    stopping(server, "POST", "/api/files/local/quick.gcode", KeyboardInterrupt)
    error = server.run_error(130, "INTERRUPTED", "upload", str(gcode_file), "--select").envelope["error"]
    assert "upload" not in error["details"]


@each_stop
def test_interrupt_report_is_not_delayed_by_unresponsive_server(server, clock, stop, exit_code, code, word):
    stopping(server, "POST", COMMAND, stop, lambda: server.on("GET", "/api/job", exc=GONE))
    error = server.run_error(exit_code, code, *GCODE).envelope["error"]
    assert error["message"] == f"{word}; the outcome is not known: the server could not be asked"
    assert server.reads.count("/api/job") <= 2 and clock.slept < 0.5


@pytest.mark.parametrize("first", [KeyboardInterrupt, Terminated])
@pytest.mark.parametrize("second", [KeyboardInterrupt, Terminated])
def test_second_interrupt_ends_at_once(server, first, second):
    stopping(server, "POST", COMMAND, first, lambda: stopping(server, "GET", "/api/job", second))
    result = server.run(*GCODE, "--json")
    assert result.exit_code == (130 if first is KeyboardInterrupt else 143)
    assert result.code in ("INTERRUPTED", "TERMINATED") and result.stderr == ""


@pytest.mark.parametrize(
    "answer", [{"json": []}, {"text": "<html>"}, {"status_code": 403, "json": {"error": "no"}}, {"json": {}}], ids=str
)
def test_interrupt_report_survives_malformed_server_answers(server, answer):
    stopping(server, "POST", COMMAND, KeyboardInterrupt, lambda: server.on("GET", "/api/job", **answer))
    server.run_error(130, "INTERRUPTED", *GCODE)


# -- an outcome that is unknown -----------------------------------------------------------------------


def test_unknown_outcome_error_includes_current_server_state(server):
    server.job(server.reading("Printing", "slow.gcode", completion=5.0))
    server.on("POST", COMMAND, exc=GONE)
    error = server.run_error(4, "OUTCOME_UNKNOWN", *GCODE).envelope["error"]
    assert error["message"].endswith("; the job goes on: the printer is Printing with slow.gcode")
    assert error["details"]["now"] == {"state": "Printing", "file": "slow.gcode"} and error["details"]["stalled"] is False


def test_an_unknown_outcome_is_one_line_without_json(server):
    server.on("POST", COMMAND, exc=GONE)
    result = server.run(*GCODE)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.count("\n") == 2 and "(OUTCOME_UNKNOWN)\nHint: octoprint-cli status\n" in result.stderr


@each_stop
def test_interrupt_during_outcome_lookup_ends_with_the_error(server, stop, exit_code, code, word):
    def lost(request, context):
        stopping(server, "GET", "/api/job", stop)
        raise GONE

    server.on("POST", COMMAND, text=lost)
    try:
        result = server.run(*GCODE, "--json")
    except (KeyboardInterrupt, Terminated):
        pytest.fail("nothing was answered")
    assert result.code in ("OUTCOME_UNKNOWN", code)


def test_interrupt_report_escapes_hostile_names(server):
    server.job(server.reading("Print\x1b[2Jing", "a\x1b]0;b\u202e\n.gcode"))
    stopping(server, "POST", COMMAND, KeyboardInterrupt)
    shown = server.run(*GCODE).stderr
    assert not any(character in shown for character in ("\x1b", "\u202e")) and shown.count("\n") == 2
