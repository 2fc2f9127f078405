"""How the last job ended, from what the server still has of it: the job, the file's history, the terminal, its error."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.socket import Lost
from octoprint_cli.client.tracking.last_job import firmware_error_in, last_ending, outcome_in
from octoprint_cli.errors import AuthError

from .pushed import client


def changes(*states):
    """The terminal's lines for a way through these states, with other lines between."""
    lines = ["Recv: ok"]
    for before, after in zip(states, states[1:]):
        lines += [f'Changing monitoring state from "{before}" to "{after}"', "Recv: T:21.3 /0.0 B:21.3 /0.0"]
    return lines


@pytest.fixture
def terminal(monkeypatch):
    """The lines that the push socket's history has; by default it is refused."""

    def says(*lines, fails=None):
        def recent(http):
            if fails is not None:
                raise fails
            return list(lines)

        monkeypatch.setattr("octoprint_cli.client.push.history.recent_lines", recent)

    says(fails=Lost("refused"))
    return says


def printed(server, path="cube.gcode", date=1795398168.5, succeeded=False, **more):
    server.stores(path, prints={"success": 1, "failure": 1, "last": {"date": date, "success": succeeded}}, **more)


def last(server, state="Operational", file="cube.gcode", completion=None, **more):
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
def test_the_way_out_of_a_job_tells_how_it_ended(states, outcome):
    assert outcome_in(changes(*states)) == outcome


def test_the_last_way_out_counts():
    lines = changes("Printing", "Cancelling", "Operational", "Starting", "Printing", "Finishing", "Operational", "Offline")
    assert outcome_in(lines) == "finished"


def test_words_of_the_firmware_are_no_state():
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
def test_the_firmwares_error_in_both_dialects(line, error):
    assert firmware_error_in(["Recv: Error:an earlier one", "Recv: ok"] * bool(error) + [line, "Recv: ok"]) == error


def test_a_firmware_that_halts_says_so_after_the_reason():
    lines = ["Recv: Error:Thermal Runaway", "Recv: Error:Printer halted. kill() called!"]
    assert firmware_error_in(lines) == "Thermal Runaway - Printer halted. kill() called!"


# -- all together ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["Printing", "Paused", "Cancelling", "Finishing", "Sending file to SD", "Druckt gerade"])
def test_while_one_may_be_active_nothing_is_asked(each_server, terminal, state):
    assert last(each_server, state) is None and each_server.reads == ["/api/job"]


def test_where_nothing_was_ever_printed_there_is_nothing_to_tell(each_server, terminal):
    each_server.stores("cube.gcode")
    assert last(each_server) is None


def test_at_its_end_it_was_finished_and_when_is_in_the_files_history(each_server, terminal):
    printed(each_server, succeeded=True)
    assert last(each_server, completion=100.0)[:6] == ("finished", None, "cube.gcode", "local", 1795398168.5, True)


def test_the_history_tells_it_too_once_another_file_was_selected(each_server, terminal):
    printed(each_server, succeeded=True)
    printed(each_server, "older.gcode", 1795390000.0)
    assert last(each_server, file="other.gcode")[:3] == ("finished", None, "cube.gcode")


def test_cancelled_by_the_terminal_is_certain(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing", "Cancelling", "Operational"))
    assert last(each_server)[:6] == ("cancelled", None, "cube.gcode", "local", 1795398168.5, True)


@pytest.mark.parametrize("fails", [Lost("refused"), AuthError("no"), None], ids=["refused", "no login", "no lines"])
def test_without_the_terminal_a_selected_file_was_cancelled_most_likely(each_server, terminal, fails):
    printed(each_server)
    terminal(fails=fails)
    assert last(each_server)[:6] == ("cancelled", None, "cube.gcode", "local", 1795398168.5, False)


def test_and_of_one_that_is_not_selected_any_more_nothing_says_which(each_server, terminal):
    printed(each_server)
    assert last(each_server, file=None).outcome == "unfinished"


def test_failed_with_the_jobs_own_error(server, terminal):
    printed(server)
    terminal(*changes("Printing", "Offline after error"))
    ending = last(server, "Offline after error", None, error="Thermal Runaway")
    assert (ending.outcome, ending.reason, ending.file, ending.certain) == ("failed", "Thermal Runaway", "cube.gcode", True)


def test_failed_with_the_printers_error(each_server, terminal):
    printed(each_server)
    each_server.on("GET", "/api/printer/error", json={"error": "MINTEMP triggered", "reason": "firmware"})
    assert last(each_server, "Offline after error", None)[:3] == ("failed", "MINTEMP triggered", "cube.gcode")


def test_failed_with_the_terminals_error_where_2_0_has_forgotten_it(server_2, terminal):
    printed(server_2)
    terminal("<<< Error:Thermal Runaway", *changes("Printing", "Error", "Offline after error"))
    assert last(server_2, "Offline after error", None)[:2] == ("failed", "Thermal Runaway")


def test_a_cancel_by_an_error_that_keeps_the_connection_is_a_failure(each_server, terminal):
    printed(each_server)
    said = f"{'<<<' if each_server.is_2 else 'Recv:'} Error:Heating failed"
    terminal(*changes("Operational", "Starting", "Printing"), said, *changes("Printing", "Cancelling", "Operational"))
    assert last(each_server)[:2] == ("failed", "Heating failed")


def test_an_error_of_long_ago_does_not_make_a_cancelled_job_a_failed_one(each_server, terminal):
    printed(each_server)
    each_server.on("GET", "/api/printer/error", json={"error": "Heating failed"})
    before = ["Recv: Error:Heating failed", *changes("Printing", "Cancelling", "Operational")]
    terminal(*before, *changes("Operational", "Starting", "Printing", "Cancelling", "Operational"), "Recv: Error:Probing failed")
    assert last(each_server)[:2] == ("cancelled", None)


def test_the_good_end_of_a_card_file_does_not_make_a_cancelled_job_a_failed_one(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing from SD", "Finishing", "Operational"))
    assert last(each_server)[0] == "cancelled"


def test_of_a_card_only_its_good_end_can_be_told(each_server, terminal):
    printed(each_server)
    card = {"origin": each_server.card}
    assert last(each_server, file="a.gco", **card) is None
    assert last(each_server, file="a.gco", completion=100.0, **card)[:4] == ("finished", None, "a.gco", "sdcard")


@pytest.mark.parametrize("path", ["/api/files/local", "/api/printer/error"])
@pytest.mark.parametrize(
    "answer", [{"status_code": 403, "json": {}}, {"status_code": 500, "text": ""}, {"json": []}, {"text": "<html>"}]
)
def test_what_may_not_be_read_is_not_known_and_no_failure(server, terminal, path, answer):
    printed(server)
    server.on("GET", path, **answer)
    ending = last(server)
    assert ending is None if path.endswith("local") else ending.outcome == "cancelled"


def test_status_says_it_and_is_no_error(each_server, terminal):
    printed(each_server)
    terminal(*changes("Printing", "Cancelling", "Operational"))
    each_server.job(each_server.reading("Operational", "cube.gcode"))
    told = each_server.does("status")["last_job"]
    assert told == {
        "outcome": "cancelled",
        "reason": None,
        "file": "cube.gcode",
        "location": "local",
        "ended": "2026-11-23T01:42:48.500000Z",
        "certain": True,
    }
    assert "cube.gcode was cancelled" in each_server.run("status").stdout


def test_status_names_the_job_that_an_error_took(server, terminal):
    printed(server)
    server.job(server.reading("Offline after error", error="Thermal Runaway"))
    data = server.refuses(1, "PRINTER_OFFLINE", "status").data
    assert (data["last_job"]["outcome"], data["last_job"]["file"]) == ("failed", "cube.gcode") and data["job"]["file"] is None


def test_status_says_what_the_firmware_asks(server):
    server.job(server.reading("Paused", "cube.gcode", completion=50.0))
    server.plugins["action_command_prompt"] = {"text": "Nozzle Parked", "choices": ["Continue", "Purge"]}
    assert server.does("status")["prompt"] == {"text": "Nozzle Parked", "choices": ["Continue", "Purge"]}
    assert "Nozzle Parked" in server.run("status").stdout
