"""power status, on, off: what they answer, what they send, and that what they say is so."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from psu_server import CONTROL, PATH, PsuControl, switches

from octoprint_cli.testing import (
    CliRunner,
    FaultServer,
    Reply,
    check_plugin,
)
from octoprint_cli.testing.server import faults

OPERATIONAL = {"connected": True, "state": "Operational"}
LINES = (("status",), ("on", "--confirm"), ("off", "--confirm"), ("off", "--confirm", "--emergency"))


def test_plugin_follows_the_plugin_rules() -> None:
    assert check_plugin("octoprint-cli-psucontrol") == []


# -- status -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("told", "power"), ((True, "on"), (False, "off"), (1, "on"), (0, "off"), (None, None), ("yes", None)))
def test_power_status_maps_the_plugins_answer(psu: PsuControl, octoprint_run: CliRunner, told: Any, power: Any) -> None:
    psu.on = told
    result = octoprint_run("power", "status")
    assert result.data == {"power": power, **OPERATIONAL}
    assert result.changes == []


def test_power_status_without_connected_printer(psu: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner) -> None:
    octoprint_server.octoprint.state = "Offline"
    assert octoprint_run("power", "status").data == {"power": "off", "connected": False, "state": "Offline"}


def test_power_status_as_table(psu: PsuControl, octoprint_run: CliRunner) -> None:
    assert "off" in octoprint_run("power", "status", "-f", "table").stdout


def test_unexpected_answer_is_not_taken_for_off(psu: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner) -> None:
    octoprint_server.fail("GET", PATH, lambda exchange: exchange.reply(Reply(200, {"on": True})))
    assert octoprint_run("power", "status", expect=4).code == "UNEXPECTED_RESPONSE"


# -- the plugin is not there, or not for everybody --------------------------------------------------


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_missing_server_plugin_is_an_error_with_install_hint(
    octoprint_run: CliRunner, octoprint_server: FaultServer, line: Any
) -> None:
    result = octoprint_run("power", *line, expect=4)
    assert (result.code, octoprint_server.acts) == ("PSUCONTROL_MISSING", [])
    error = result.envelope["error"]
    assert "PSU Control" in error["message"] and "Plugin Manager" in error["hint"] and not error["retryable"]


@pytest.mark.parametrize("line", LINES[1:3], ids=" ".join)
def test_missing_permission_is_named(psu: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner, line: Any) -> None:
    psu.on = line[0] == "off"
    octoprint_server.octoprint.permissions = {"STATUS"}
    result = octoprint_run("power", *line, expect=4)
    assert result.code == "PERMISSION_DENIED" and CONTROL in result.envelope["error"]["message"]
    assert psu.took == []


# -- on ---------------------------------------------------------------------------------------------


def test_power_on_waits_until_the_plugin_reports_on(psu: PsuControl, octoprint_run: CliRunner, octoprint_hurried: Any) -> None:
    psu.late = 3
    result = octoprint_run("power", "on", "--confirm")
    assert result.data == {"power": "on", **OPERATIONAL, "changed": True}
    assert switches(result) == psu.took == ["turnPSUOn"]
    assert psu._stale == []


def test_power_on_when_on_changes_nothing(psu: PsuControl, octoprint_run: CliRunner) -> None:
    psu.on = True
    result = octoprint_run("power", "on", "--confirm")
    assert (result.data["power"], result.data["changed"], result.changes) == ("on", False, [])


def test_unknown_power_state_is_switched(psu: PsuControl, octoprint_run: CliRunner) -> None:
    psu.on = None
    assert octoprint_run("power", "on", "--confirm").data["changed"] is True
    assert psu.took == ["turnPSUOn"]


@pytest.mark.parametrize("line", LINES[1:], ids=" ".join)
def test_switch_without_effect_is_an_error(
    psu: PsuControl, octoprint_run: CliRunner, octoprint_hurried: Callable[[], float], line: Any
) -> None:
    psu.on, psu.works = line[0] == "off", False
    begun = octoprint_hurried()
    result = octoprint_run("power", *line, expect=4)
    assert result.code == "STATE_NOT_REACHED"
    assert result.envelope["error"]["details"] == {"power": "off" if line[0] == "on" else "on", "wanted": line[0]}
    assert len(psu.took) == 1 and octoprint_hurried() - begun >= 20


@pytest.mark.parametrize("line", LINES[1:], ids=" ".join)
@pytest.mark.parametrize("fault", (faults.cut_after, faults.gateway_after()), ids=("cut", "gateway"))
def test_lost_answer_is_resolved_by_polling_without_resending(
    psu: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner, line: Any, fault: Any
) -> None:
    psu.on = line[0] == "off"
    octoprint_server.fail("POST", PATH, fault)
    assert octoprint_run("power", *line).data["power"] == line[0]
    assert len(psu.took) == 1


def test_power_on_is_refused_during_a_job(psu: PsuControl, octoprint_server: FaultServer, refused: Any) -> None:
    octoprint_server.octoprint.printing()
    refused(3, "PRINTER_BUSY", "power", "on", "--confirm")


@pytest.mark.parametrize("line", (("on",), ("off",), ("off", "--emergency"), ("on", "--connect")), ids=" ".join)
def test_power_without_confirm_sends_no_request(psu: PsuControl, octoprint_server: FaultServer, refused: Any, line: Any) -> None:
    assert refused(4, "CONFIRMATION_REQUIRED", "power", *line)["hint"].endswith("--confirm")
    assert octoprint_server.requests == []


@pytest.mark.parametrize(("word", "command"), (("on", "turnPSUOn"), ("off", "turnPSUOff")))
def test_power_dry_run_lists_the_request(psu: PsuControl, octoprint_run: CliRunner, word: str, command: str) -> None:
    psu.on = word == "off"
    result = octoprint_run("power", word, "--dry-run")
    assert result.data["requests"] == [{"method": "POST", "path": PATH, "json": {"command": command}}]
    assert (result.changes, psu.took) == ([], [])


# -- off --------------------------------------------------------------------------------------------


@pytest.fixture
def powered(psu: PsuControl) -> PsuControl:
    psu.on = True
    return psu


def test_power_off_waits_until_the_plugin_reports_off(
    powered: PsuControl, octoprint_run: CliRunner, octoprint_hurried: Any
) -> None:
    powered.late = 3
    result = octoprint_run("power", "off", "--confirm")
    assert result.data == {"power": "off", **OPERATIONAL, "changed": True}
    assert switches(result) == powered.took == ["turnPSUOff"]


def test_power_off_when_off_changes_nothing(psu: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner) -> None:
    octoprint_server.octoprint.state = "Offline"  # its temperature is unknown, and that does not matter
    result = octoprint_run("power", "off", "--confirm")
    assert (result.data["power"], result.data["changed"], result.changes) == ("off", False, [])


@pytest.mark.parametrize("state", ("Printing", "Paused", "Cancelling", "Sending file to SD", "Some plugin's own word"))
def test_power_off_is_refused_during_a_job(powered: PsuControl, octoprint_server: FaultServer, refused: Any, state: str) -> None:
    octoprint_server.octoprint.printing("cube.gcode", state)
    for more in ((), ("--allow-unknown",), ("--dry-run",)):
        error = refused(3, "PRINTER_BUSY", "power", "off", "--confirm", *more)
        assert error["details"]["state"] == state
        assert error["retryable"] is (state != "Paused")  # a paused job waits for a person


@pytest.mark.parametrize("heater", ("tool0", "tool1"))
def test_power_off_is_refused_while_a_hotend_is_hot(
    powered: PsuControl, octoprint_server: FaultServer, refused: Any, heater: str
) -> None:
    octoprint_server.octoprint.heaters[heater] = [50.1, 0.0]
    for more in ((), ("--allow-unknown",)):
        error = refused(3, "HOTEND_HOT", "power", "off", "--confirm", *more)
        assert error["details"] == {"hot": {heater: 50.1}, "limit": 50.0}
        assert "50.1" in error["message"] and error["hint"].startswith("octoprint-cli temp --off")


def test_power_off_is_allowed_with_warm_hotend_and_hot_bed(
    powered: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner
) -> None:
    octoprint_server.octoprint.heaters.update(tool0=[50.0, 0.0], bed=[90.0, 90.0])
    assert octoprint_run("power", "off", "--confirm").data["changed"] is True


def no_printer(octoprint: Any) -> None:
    octoprint.state = "Offline"


def no_reading(octoprint: Any) -> None:
    octoprint.heaters["tool0"] = [None, 0.0]


def one_reading(octoprint: Any) -> None:
    octoprint.heaters["tool1"] = [None, 0.0]


def no_hotend(octoprint: Any) -> None:
    del octoprint.heaters["tool0"]


@pytest.mark.parametrize("unknown", (no_printer, no_reading, one_reading, no_hotend))
def test_power_off_is_refused_if_temperature_is_unknown(
    powered: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner, refused: Any, octoprint_hurried: Any, unknown: Any
) -> None:
    unknown(octoprint_server.octoprint)
    refused(4, "TEMPERATURE_UNKNOWN", "power", "off", "--confirm")
    assert octoprint_run("power", "off", "--confirm", "--allow-unknown").data["power"] == "off"
    assert powered.took == ["turnPSUOff"]


# -- emergency --------------------------------------------------------------------------------------


def test_emergency_power_off_is_the_first_request(
    powered: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner
) -> None:
    octoprint_server.octoprint.printing()
    octoprint_server.octoprint.heaters["tool0"] = [215.0, 215.0]
    result = octoprint_run("power", "off", "--emergency", "--confirm")
    assert (result.requests[0].method, result.requests[0].path) == ("POST", PATH)
    assert result.data == {"power": "off", "connected": True, "state": "Printing", "changed": None}


def test_emergency_power_off_works_with_unreadable_server(
    powered: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner, octoprint_hurried: Any
) -> None:
    octoprint_server.fail("GET", "*", faults.answer(500))
    result = octoprint_run("power", "off", "--emergency", "--confirm", expect=4)
    assert (result.code, powered.on, powered.took) == ("OUTCOME_UNKNOWN", False, ["turnPSUOff"])


def test_power_off_is_reported_even_if_later_reading_fails(
    powered: PsuControl, octoprint_server: FaultServer, octoprint_run: CliRunner
) -> None:
    octoprint_server.fail("GET", "/api/connection", faults.answer(404))
    result = octoprint_run("power", "off", "--confirm", expect=None)
    assert result.envelope["error"]["message"].startswith("the power is off, but: ")
    assert result.data == {"power": "off", "changed": True}
