"""Heaters, G-code and the connection on a real server."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import pytest


def targets(server: Any) -> Dict[str, float]:
    return {heater: reading["target"] for heater, reading in server.get("/api/printer")["temperature"].items()}


def test_targets_are_shown_by_the_printer(server: Any) -> None:
    data = server.cli("temp", "--tool", "50", "--bed", "40").data
    assert data["set"] == {"tool0": 50, "bed": 40}
    assert targets(server) == {"tool0": 50, "bed": 40}
    off = server.cli("temp", "--off").data["temperature"]
    assert {heater: reading["target"] for heater, reading in off.items()} == targets(server) == {"tool0": 0, "bed": 0}


def test_invalid_target_is_refused_before_sending(server: Any) -> None:
    for value in ("301", "nan", "inf", "-5", "hot", ""):
        assert server.cli("temp", f"--tool={value}", expect=4).code in ("LIMIT_EXCEEDED", "INVALID_VALUE"), value
        assert targets(server)["tool0"] == 0, value


def test_missing_heater_is_an_error(server: Any) -> None:
    for option in (["--chamber", "40"], ["--tool1", "50"], ["--tool", "3=50"]):
        assert server.cli("temp", *option, expect=4).code == "NOT_FOUND"
    assert targets(server) == {"tool0": 0, "bed": 0}


@pytest.fixture
def big(server: Any) -> Iterator[Any]:
    """The same printer with a second hotend and a heated chamber."""
    configure(server, extruders=2, chamber=True)
    yield server
    configure(server, extruders=1, chamber=False)


def configure(server: Any, extruders: int, chamber: bool) -> None:
    virtual = {"numExtruders": extruders, "hasChamber": chamber}
    server.post("/api/settings", {"plugins": {"virtual_printer": virtual}})
    profile = {"extruder": {"count": extruders}, "heatedChamber": chamber}
    patch(server, "/api/printerprofiles/_default", {"profile": profile})
    server.post("/api/connection", {"command": "disconnect"})
    server.until(server.job, lambda job: job["state"].startswith("Offline"))
    server.reset()


def patch(server: Any, path: str, body: Dict[str, Any]) -> None:
    import requests

    response = requests.patch(server.host + path, headers={"X-Api-Key": server.key}, json=body, timeout=30)
    assert response.ok, response.text


def test_every_heater_can_be_seen_and_set(big: Any) -> None:
    big.until(lambda: targets(big), lambda heaters: set(heaters) == {"tool0", "tool1", "bed", "chamber"})
    big.cli("temp", "--tool", "1=45", "--tool0", "40", "--chamber", "30")
    assert targets(big) == {"tool0": 40, "tool1": 45, "bed": 0, "chamber": 30}
    assert list(big.cli("status").data["temperature"]) == ["tool0", "tool1", "bed", "chamber"]
    assert big.cli("temp", "--chamber", "81", expect=4).code == "LIMIT_EXCEEDED"
    big.cli("temp", "--off")
    assert set(targets(big).values()) == {0}


def test_gcode_reaches_the_printer_in_order(server: Any) -> None:
    assert server.cli("gcode", "M104 S30", "M104 S35", "M140 S33").data["commands"] == ["M104 S30", "M104 S35", "M140 S33"]
    server.until(lambda: targets(server), lambda heaters: heaters == {"tool0": 35, "bed": 33})
    server.cli("temp", "--off")


def test_harmful_gcode_needs_confirm(server: Any) -> None:
    for command in ("M500", "m502", "M81", "M997", "M30 x.gco", "M28 x.gco", "N5 M501*7"):
        assert server.cli("gcode", command, expect=4).code == "CONFIRMATION_REQUIRED"
    assert server.cli("gcode", "M500", "--confirm").data["action"] == "sent"


def test_gcode_beyond_a_limit_or_malformed_is_refused(server: Any) -> None:
    assert server.cli("gcode", "M104 S999", expect=4).code == "LIMIT_EXCEEDED"
    for command in ("", "; nothing", "G28\nM104 S200", "G28\x1b", "X10"):
        assert server.cli("gcode", command, expect=4).code == "INVALID_VALUE"
    assert targets(server)["tool0"] == 0


def test_motion_during_job_is_refused_and_query_is_sent(server: Any, slow: Any) -> None:
    server.cli("print", slow, "--confirm")
    assert server.cli("gcode", "G28", expect=3).code == "PRINTER_BUSY"
    assert server.cli("gcode", "M105").data["action"] == "sent"
    server.cli("pause")
    assert server.cli("gcode", "G1 Z5 F300").data["action"] == "sent"
    server.cli("cancel", "--confirm")


def test_emergency_stop_is_sent_during_a_job(server: Any, slow: Any) -> None:
    server.cli("print", slow, "--confirm")
    server.cli("gcode", "M112")
    server.until(server.job, lambda job: job["state"].startswith("Offline"))
    assert server.cli("status", expect=1).code == "PRINTER_HALTED"


def test_connect_and_disconnect_take_effect_before_returning(server: Any) -> None:
    data = server.cli("disconnect").data
    assert (data["connected"], data["changed"], data["state"]) == (False, True, "Offline")
    assert server.get("/api/connection")["current"]["port"] is None
    assert server.cli("disconnect").data["changed"] is False
    data = server.cli("connect", "--port", "VIRTUAL").data
    assert (data["connected"], data["changed"], data["port"]) == (True, True, "VIRTUAL")
    assert server.job()["state"] == "Operational"
    assert server.cli("connect").data["changed"] is False


def test_connect_with_other_settings_reconnects_with_them(server: Any) -> None:
    assert server.cli("connect", "--baudrate", "250000").data["baudrate"] == 250000
    assert server.get("/api/connection")["current"]["baudrate"] == 250000
    server.cli("connect", "--baudrate", "115200")


def test_connect_refuses_unknown_port_baudrate_and_profile(server: Any) -> None:
    server.cli("disconnect")
    for option in (["--port", "/dev/nowhere"], ["--baudrate", "5"], ["--profile", "nobody"]):
        assert server.cli("connect", *option, expect=4).code == "NOT_FOUND"
    assert server.job()["state"].startswith("Offline")


def test_disconnect_during_job_needs_confirm(server: Any, slow: Any) -> None:
    server.cli("print", slow, "--confirm")
    assert server.cli("disconnect", expect=3).code == "PRINTER_BUSY"
    assert server.cli("connect", "--baudrate", "250000", expect=3).code == "PRINTER_BUSY"
    assert server.job()["state"] == "Printing"
    server.cli("disconnect", "--confirm")
    assert server.job()["state"].startswith("Offline")
