"""How the last job ended, from what the server still has of it: the job, the file's history, the terminal, its error."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.history import Recent
from octoprint_cli.client.push.socket import SocketLost
from octoprint_cli.client.tracking.last_job import last_ending
from octoprint_cli.client.tracking.terminal_traces import firmware_error_in, outcome_in
from octoprint_cli.errors import AuthError

from .scripted_push import client


def changes(*states):
    """The terminal's lines for a way through these states, with other lines between."""
    lines = ["Recv: ok"]
    for before, after in zip(states, states[1:]):
        lines += [f'Changing monitoring state from "{before}" to "{after}"', "Recv: T:21.3 /0.0 B:21.3 /0.0"]
    return lines


@pytest.fixture
def terminal(monkeypatch):
    """The lines that the push socket's history has; by default it is refused."""

    def set_lines(*lines, fails=None, last_report=None):
        def recent(http):
            if fails is not None:
                raise fails
            return Recent(list(lines), last_report)

        monkeypatch.setattr("octoprint_cli.client.push.history.recent", recent)

    set_lines(fails=SocketLost("refused"))
    return set_lines


def printed(server, path="cube.gcode", date=1795398168.5, succeeded=False, **more):
    server.add_file(path, prints={"success": 1, "failure": 1, "last": {"date": date, "success": succeeded}}, **more)


def last_ending_for(server, state="Operational", file="cube.gcode", completion=None, **more):
    server.job(server.reading(state, file, completion=completion, **more))
    ours = client()
    return last_ending(ours, ours.job.current())


# -- the terminal ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (("Printing", "Cancelling", "Operational"), "cancelled"),
        (("Printing", "Finishing", "Operational"), "finished"),
        (("Printing", "Error", "Offline after error"), "failed"),
        (("Printing", "Offline"), "failed"),
        (("Printing", "Offline after error"), "failed"),
        (("Paused", "Offline"), "failed"),
        (("Cancelling", "Offline"), "failed"),
        (("Printing", "Operational"), "failed"),
        (("Printing from SD", "Finishing", "Operational"), "finished"),
        (("Printing", "Pausing", "Paused"), None),
        (("Offline", "Opening serial connection", "Connecting", "Operational"), None),
        ((), None),
    ],
)
def test_terminal_state_changes_tell_job_outcome(states, outcome):
    assert outcome_in(changes(*states)) == outcome


def test_last_state_change_decides_outcome():
    lines = changes("Printing", "Cancelling", "Operational", "Starting", "Printing", "Finishing", "Operational", "Offline")
    assert outcome_in(lines) == "finished"


def test_firmware_output_is_not_taken_for_a_state_change():
    assert outcome_in(['Recv: Changing monitoring state from "Printing" to "Operational"']) is None
    assert outcome_in(['Recv: echo:from "Printing" to "Operational"', 'Send: M117 "Cancelling" to "Operational"']) is None


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("Recv: Error:Thermal Runaway, system stopped! Heater_ID: bed", "Thermal Runaway, system stopped! Heater_ID: bed"),
        ("<<< Error: MINTEMP triggered", "MINTEMP triggered"),
        ("Recv: !! Shutdown due to M112 command", "Shutdown due to M112 command"),
        ("Send: M117 Error:none", None),
        ("Recv: echo:Error:none", None),
    ],
)
def test_firmware_error_is_found_in_both_log_formats(line, error):
    assert firmware_error_in(["Recv: Error:an earlier one", "Recv: ok"] * bool(error) + [line, "Recv: ok"]) == error


def test_halt_message_is_appended_to_firmware_error():
    lines = ["Recv: Error:Thermal Runaway", "Recv: Error:Printer halted. kill() called!"]
    assert firmware_error_in(lines) == "Thermal Runaway - Printer halted. kill() called!"


# -- all together ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["Printing", "Paused", "Cancelling", "Finishing", "Sending file to SD", "Druckt gerade"])
def test_last_job_is_not_looked_up_while_a_job_may_be_active(each_server, terminal, state):
    assert last_ending_for(each_server, state) is None and each_server.reads == ["/api/job"]


def test_last_job_is_none_if_nothing_was_ever_printed(each_server, terminal):
    each_server.add_file("cube.gcode")
    assert last_ending_for(each_server) is None


def test_completed_job_is_finished_with_end_time_from_file_history(each_server, terminal):
    printed(each_server, succeeded=True)
    assert last_ending_for(each_server, completion=100.0)[:6] == ("finished", None, "cube.gcode", "local", 1795398168.5, True)


@pytest.mark.parametrize("selected", [None, "other.gcode"])
def test_finished_job_of_a_file_that_is_not_shown_is_not_certain(each_server, terminal, selected):
    """Another job may have been the last one: a deleted file, or one that was uploaded anew, has no history."""
    printed(each_server, succeeded=True)
    ending = last_ending_for(each_server, file=selected)
    assert (ending.outcome, ending.file, ending.certain) == ("finished", "cube.gcode", False)


@pytest.mark.parametrize("succeeded", [True, False])
def test_wait_does_not_count_a_job_whose_file_is_not_shown(each_server, terminal, succeeded):
    printed(each_server, succeeded=succeeded)
    each_server.job("Operational")
    result = each_server.run_error(4, "NO_ACTIVE_JOB", "wait")
    outcome = "finished" if succeeded else "unfinished"
    assert result.envelope["error"]["details"]["last_job"] == {"file": "cube.gcode", "outcome": outcome}
    assert result.data["last_job"]["certain"] is False


def test_file_history_shows_finished_job_after_another_file_is_selected(each_server, terminal):
    printed(each_server, succeeded=True)
    printed(each_server, "older.gcode", 1795390000.0)
    assert last_ending_for(each_server, file="other.gcode")[:3] == ("finished", None, "cube.gcode")


def test_cancellation_in_terminal_log_is_certain(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing", "Cancelling", "Operational"))
    assert last_ending_for(each_server)[:6] == ("cancelled", None, "cube.gcode", "local", 1795398168.5, True)


@pytest.mark.parametrize("fails", [SocketLost("refused"), AuthError("no"), None], ids=["refused", "no login", "no lines"])
def test_selected_file_without_terminal_log_was_probably_cancelled(each_server, terminal, fails):
    printed(each_server)
    terminal(fails=fails)
    assert last_ending_for(each_server)[:6] == ("cancelled", None, "cube.gcode", "local", 1795398168.5, False)


def test_unselected_file_without_terminal_log_is_unfinished(each_server, terminal):
    printed(each_server)
    assert last_ending_for(each_server, file=None).outcome == "unfinished"


@pytest.mark.parametrize(("last_report", "certain"), [(1795398166.0, True), (1795398600.0, False), (None, False)])
def test_failed_job_is_certain_if_it_ended_with_the_connection(server, terminal, last_report, certain):
    """Else a later job may have been the one that failed, whose file was deleted."""
    printed(server)
    terminal(*changes("Printing", "Offline after error"), last_report=last_report)
    ending = last_ending_for(server, "Offline after error", None, error="Thermal Runaway")
    assert (ending.outcome, ending.file, ending.certain) == ("failed", "cube.gcode", certain)


def test_failed_job_has_error_of_the_job_as_reason(server, terminal):
    printed(server)
    terminal(*changes("Printing", "Offline after error"), last_report=1795398168.0)
    ending = last_ending_for(server, "Offline after error", None, error="Thermal Runaway")
    assert (ending.outcome, ending.reason, ending.file, ending.certain) == ("failed", "Thermal Runaway", "cube.gcode", True)


def test_failed_job_has_printer_error_as_reason(each_server, terminal):
    printed(each_server)
    each_server.on("GET", "/api/printer/error", json={"error": "MINTEMP triggered", "reason": "firmware"})
    assert last_ending_for(each_server, "Offline after error", None)[:3] == ("failed", "MINTEMP triggered", "cube.gcode")


def test_failed_job_on_octoprint_2_has_terminal_error_as_reason(server_2, terminal):
    printed(server_2)
    terminal("<<< Error:Thermal Runaway", *changes("Printing", "Error", "Offline after error"))
    assert last_ending_for(server_2, "Offline after error", None)[:2] == ("failed", "Thermal Runaway")


def test_firmware_error_before_cancel_counts_as_failure(each_server, terminal):
    printed(each_server)
    said = f"{'<<<' if each_server.is_2 else 'Recv:'} Error:Heating failed"
    terminal(*changes("Operational", "Starting", "Printing"), said, *changes("Printing", "Cancelling", "Operational"))
    assert last_ending_for(each_server)[:2] == ("failed", "Heating failed")


def test_old_firmware_error_does_not_turn_cancelled_job_into_failed(each_server, terminal):
    printed(each_server)
    each_server.on("GET", "/api/printer/error", json={"error": "Heating failed"})
    before = ["Recv: Error:Heating failed", *changes("Printing", "Cancelling", "Operational")]
    terminal(*before, *changes("Operational", "Starting", "Printing", "Cancelling", "Operational"), "Recv: Error:Probing failed")
    assert last_ending_for(each_server)[:2] == ("cancelled", None)


def test_finished_sd_print_in_log_does_not_turn_cancelled_job_into_failed(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing from SD", "Finishing", "Operational"))
    assert last_ending_for(each_server)[0] == "cancelled"


def test_sd_card_job_is_known_only_if_finished(each_server, terminal):
    printed(each_server)
    card = {"origin": each_server.card}
    assert last_ending_for(each_server, file="a.gco", **card) is None
    assert last_ending_for(each_server, file="a.gco", completion=100.0, **card)[:4] == ("finished", None, "a.gco", "sdcard")


@pytest.mark.parametrize("path", ["/api/files/local", "/api/printer/error"])
@pytest.mark.parametrize(
    "answer", [{"status_code": 403, "json": {}}, {"status_code": 500, "text": ""}, {"json": []}, {"text": "<html>"}]
)
def test_unreadable_sources_leave_outcome_unknown_without_error(server, terminal, path, answer):
    printed(server)
    server.on("GET", path, **answer)
    ending = last_ending_for(server)
    assert ending is None if path.endswith("local") else ending.outcome == "cancelled"


def test_status_shows_last_job_without_failing(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing", "Cancelling", "Operational"))
    each_server.job(each_server.reading("Operational", "cube.gcode"))
    found = each_server.run_ok("status")["last_job"]
    assert found == {
        "outcome": "cancelled",
        "reason": None,
        "file": "cube.gcode",
        "location": "local",
        "ended": "2026-11-23T01:42:48.500000Z",
        "certain": True,
    }
    assert "cube.gcode was cancelled" in each_server.run("status").stdout


def test_status_names_job_ended_by_error(server, terminal):
    printed(server)
    server.job(server.reading("Offline after error", error="Thermal Runaway"))
    data = server.run_error(1, "PRINTER_HALTED", "status").data
    assert (data["last_job"]["outcome"], data["last_job"]["file"]) == ("failed", "cube.gcode") and data["job"]["file"] is None


def test_status_shows_firmware_prompt(server):
    server.job(server.reading("Paused", "cube.gcode", completion=50.0))
    server.octoprint.plugins["action_command_prompt"] = {"text": "Nozzle Parked", "choices": ["Continue", "Purge"]}
    assert server.run_ok("status")["prompt"] == {"text": "Nozzle Parked", "choices": ["Continue", "Purge"]}
    assert "Nozzle Parked" in server.run("status").stdout
