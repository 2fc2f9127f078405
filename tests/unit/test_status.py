"""status: what it says of a printer in every state, and what it does not make up."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.history import Recent
from octoprint_cli.framework.printer_status import unknown_summary

UNKNOWN = {"actual": None, "target": None}


def test_idle_printer_has_nulls_for_unknown_values(each_server):
    data = each_server.run_ok("status")
    assert data["state"] == "Operational" and data["phase"] == "idle"
    assert data["temperature"] == {"tool0": {"actual": 21.3, "target": 0.0}, "bed": {"actual": 21.1, "target": 0.0}}
    assert set(data["job"].values()) == {None}
    assert data["error"] is None
    assert each_server.sent == []


def test_print_status_has_raw_numbers(each_server):
    each_server.job(each_server.reading("Printing", "slow.gcode", completion=0.879, left=93))
    data = each_server.run_ok("status")
    assert data["state"] == data["phase"].capitalize() == "Printing"
    wanted = {"file": "slow.gcode", "location": "local", "completion": 0.879, "print_time": 0, "print_time_left": 93, "size": 21953}
    assert {name: data["job"][name] for name in wanted} == wanted
    assert data["job"]["estimated_print_time"] == 93
    assert data["flags"]["printing"] is True and data["flags"]["paused"] is False


def test_paused_job_is_not_flagged_as_printing(each_server):
    each_server.job(each_server.reading("Paused", "slow.gcode", completion=50.0))
    data = each_server.run_ok("status")
    assert data["phase"] == "paused"
    assert data["flags"]["paused"] is True and data["flags"]["printing"] is False


@pytest.mark.parametrize("senseless", [-100, -0.5, 100.1, 1e9, "12", True, None])
def test_invalid_completion_is_null(server, senseless):
    server.job(server.reading("Printing", "empty.gcode", completion=senseless))
    assert server.run_ok("status")["job"]["completion"] is None


@pytest.mark.parametrize("percent", [0, 0.0, 50.5, 100.0])
def test_valid_completion_is_passed_on(server, percent):
    server.job(server.reading("Printing", "a.gcode", completion=percent))
    assert server.run_ok("status")["job"]["completion"] == percent


def test_a_negative_time_left_is_null(server):
    server.job(server.reading("Printing", "a.gcode", completion=1.0, left=-5))
    assert server.run_ok("status")["job"]["print_time_left"] is None


def test_heaters_are_listed_with_tools_first(each_server):
    each_server.octoprint.heaters = {
        "chamber": [30.0, 40.0],
        "tool10": [1.0, 0.0],
        "bed": [60, 60],
        "tool1": [20.5, None],
        "tool0": [200.0, 210.0],
    }
    temperature = each_server.run_ok("status")["temperature"]
    assert list(temperature) == ["tool0", "tool1", "tool10", "bed", "chamber"]
    assert temperature["tool1"] == {"actual": 20.5, "target": None}
    assert temperature["chamber"] == {"actual": 30.0, "target": 40.0}


def test_missing_temperature_is_null_not_zero(server):
    server.octoprint.heaters = {}
    data = server.run_ok("status")
    assert data["temperature"] == dict.fromkeys(("tool0", "bed"), UNKNOWN)
    assert data["unknown"]["temperature"] == "the printer has not reported any temperature yet"


def test_heaters_of_the_profile_are_there_before_the_first_report(server):
    server.octoprint.heaters = {"tool1": [None, 60.0]}  # a target that was set makes an entry of its own
    server.octoprint.profiles["_default"]["heatedChamber"] = True
    server.octoprint.profiles["_default"]["extruder"]["count"] = 2
    shown = server.run_ok("status")["temperature"]
    assert list(shown) == ["tool0", "tool1", "bed", "chamber"] and shown["tool1"]["target"] == 60.0


def test_unreadable_profile_leaves_the_first_tool_alone(server):
    server.octoprint.heaters = {}
    server.on("GET", "/api/printerprofiles", status_code=403, json={"error": "no"})
    data = server.run_ok("status")
    assert list(data["temperature"]) == ["tool0"] and "profile cannot be read" in data["unknown"]["temperature"]


def test_last_job_that_cannot_be_known_is_told_as_unknown(server):
    server.on("GET", "/api/files/local", status_code=403, json={"error": "no"})
    data = server.run_ok("status")
    assert data["last_job"] is None and "FILES_LIST" in data["unknown"]["last_job"]


def test_job_of_the_global_key_is_shown_as_such(server):
    server.job(server.reading("Printing", "cube.gcode", completion=1.0, user="_api"))
    assert server.run_ok("status")["job"]["user"] == "_api"
    assert "_api" not in server.run("status").stdout and "global API key" in server.run("status", "-f", "table").stdout


def test_unknown_temperature_entry_is_left_out(server):
    server.octoprint.heaters = {"tool0": [1.0, 0.0], "W": [3.0, 0.0], "bed": [None, None]}
    assert list(server.run_ok("status")["temperature"]) == ["tool0"]


@pytest.mark.parametrize(
    "body",
    [
        {"job": {"filament": {}, "file": {}}, "progress": {}, "state": "Operational"},
        {"job": None, "progress": None, "state": "Operational"},
        {"state": "Operational"},
    ],
    ids=["2.0 with the header", "nulls", "absent"],
)
def test_missing_and_null_job_keys_are_null(server, body):
    server.job(body)
    assert set(server.run_ok("status")["job"].values()) == {None}


def test_sd_card_job_has_location_sdcard_on_every_server(each_server):
    each_server.job(each_server.reading("Printing from SD", "longna~1.gco", completion=3.0, origin=each_server.card))
    job = each_server.run_ok("status")["job"]
    assert (job["file"], job["location"]) == ("longna~1.gco", "sdcard")


def test_leading_slash_of_sd_card_path_is_removed(server):
    server.job(server.reading("Printing from SD", "/longna~1.gco", origin="sdcard"))
    assert server.run_ok("status")["job"]["file"] == "longna~1.gco"


def test_offline_printer_exits_1_with_known_data(each_server):
    each_server.offline()
    result = each_server.run_error(1, "PRINTER_OFFLINE", "status")
    assert result.data["state"] == "Offline" and result.data["phase"] == "offline"
    assert result.data["temperature"] == dict.fromkeys(("tool0", "bed"), UNKNOWN)
    assert result.envelope["error"]["hint"] == "octoprint-cli connect"
    assert result.envelope["error"]["retryable"] is True


def test_offline_after_error_includes_reason(server):
    reason = "Thermal Runaway, system stopped! Heater_ID: bed"
    server.job(server.reading("Offline after error", error=reason))
    result = server.run_error(1, "PRINTER_HALTED", "status")
    assert result.data["phase"] == "error" and result.data["error"] == reason
    assert result.envelope["error"]["retryable"] is False and "person" in result.envelope["error"]["hint"]
    assert "Thermal Runaway, system stopped; Heater_ID: bed" in result.envelope["error"]["message"]
    assert result.envelope["error"]["details"]["reason"] == reason
    assert result.envelope["error"]["details"] == {"state": "Offline after error", "reason": reason}


@pytest.mark.parametrize(
    ("said", "code"),
    [("Error:Thermal Runaway", "PRINTER_HALTED"), ("!! MCU 'mcu' shutdown", "PRINTER_HALTED"), ("ok T:20", "PRINTER_OFFLINE")],
)
def test_halt_is_found_in_the_terminal_of_octoprint_2(server_2, monkeypatch, said, code):
    lines = [f"<<< {said}", 'Changing monitoring state from "Operational" to "Error"']
    monkeypatch.setattr("octoprint_cli.client.push.history.recent", lambda http: Recent(lines))
    server_2.job("Offline after error")
    assert server_2.run_error(1, code, "status").envelope["error"]["retryable"] is False


def test_broken_cable_is_no_halt(server):
    server.job(server.reading("Offline after error", error="SerialTimeoutException: "))
    error = server.run_error(1, "PRINTER_OFFLINE", "status").envelope["error"]
    assert error["retryable"] is False and error["hint"] == "octoprint-cli status"


def test_offline_after_error_without_reason_on_octoprint_2(server_2):
    server_2.job("Offline after error")
    result = server_2.run_error(1, "PRINTER_OFFLINE", "status")
    assert result.data["phase"] == "error" and result.data["error"] is None
    assert "Offline after error" in result.envelope["error"]["message"]


@pytest.mark.parametrize("state", ["Opening serial connection", "Detecting serial connection", "Connecting"])
def test_connecting_printer_is_offline(server, state):
    server.job(state)
    assert server.run_error(1, "PRINTER_OFFLINE", "status").data["phase"] == "connecting"


def test_printer_lost_between_requests_is_offline(server):
    server.on("GET", "/api/printer", status_code=409, json={"error": "Printer is not operational"})
    assert server.run_error(1, "PRINTER_OFFLINE", "status").data["state"] == "Operational"


@pytest.mark.parametrize("body", [[], "Operational", 5, None])
def test_answer_that_is_no_object_is_unexpected(server, body):
    server.on("GET", "/api/job", json=body)
    server.run_error(4, "UNEXPECTED_RESPONSE", "status")


def test_status_table_has_units_and_dashes(server):
    server.octoprint.heaters = {"tool0": [201.25, 210.0], "bed": [21.3, 0]}
    server.job(server.reading("Printing", "slow.gcode", completion=12.345, left=3700))
    table = server.run("status", "-f", "table").stdout
    for shown in ("201.2 °C, target 210.0 °C", "21.3 °C (off)", "12.3 %", "1 h 01 min", "21.4 KiB", "printing"):
        assert shown in table
    assert "None" not in table and "null" not in table


def test_status_error_as_table_goes_to_stderr_only(server):
    server.offline()
    result = server.run("status")
    assert result.exit_code == 1 and result.stdout == ""
    assert result.stderr.splitlines() == [
        "Error: the printer is not connected to OctoPrint (Offline) (PRINTER_OFFLINE)",
        "Hint: octoprint-cli connect",
    ]


@pytest.mark.parametrize(
    ("state", "also"),
    [("Operational", "/api/files/local"), ("Printing", "/api/plugin/action_command_prompt")],
    ids=["idle", "busy"],
)
def test_status_makes_three_requests(server, state, also):
    """How the last job ended while none is active, and what the firmware asks a person while one is."""
    server.job(server.reading(state, "slow.gcode"))
    server.run_ok("status")
    assert server.reads == ["/api/job", also, "/api/printer"]
    assert all(request.headers["X-Api-Key"] for request in server.requests)


def test_what_could_not_be_read_has_a_heater_without_values():
    assert unknown_summary("no answer")["temperature"] == {"tool0": UNKNOWN}
