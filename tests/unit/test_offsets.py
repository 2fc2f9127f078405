"""The server's temperature offsets: shown, and counted wherever a temperature is held against its limit."""

from __future__ import annotations

import pytest

from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.gcode.analysis.contents import HeaterTargets
from octoprint_cli.preflight.checks.file_temperatures import FileTemperatures
from octoprint_cli.preflight.checks.printer import Temperatures

from .driver import GCODE
from .subjects import judge

HOT = GCODE.replace("S200", "S280")
HEATERS = [("tool0", 300.0), ("tool1", 300.0), ("bed", 120.0), ("chamber", 80.0)]


def heated(heater, target, offset):
    return {heater: Temperature(20.0, target, offset)}


@pytest.fixture
def offset(each_server):
    """A server that adds 45 °C to what a file asks of the hotend."""
    each_server.octoprint.offsets["tool0"] = 45
    each_server.accept_targets()
    each_server.on("POST", "/api/printer/command", status_code=204)
    return each_server


@pytest.mark.parametrize("command", ["status", "temp"])
def test_offset_is_shown_with_the_heater(offset, command):
    heaters = offset.run_ok(command)["temperature"]
    assert heaters == {"tool0": {"actual": 21.3, "target": 0.0, "offset": 45}, "bed": {"actual": 21.1, "target": 0.0}}
    assert "offset +45.0 °C" in offset.run(command, "-f", "table").stdout


@pytest.mark.parametrize(("heater", "limit"), HEATERS)
@pytest.mark.parametrize(("added", "said"), [(0, "pass"), (5, "pass"), (5.5, "LIMIT_EXCEEDED"), (-50, "pass")])
def test_offset_counts_in_temperatures_of_the_file(heater, limit, added, said):
    found = judge(FileTemperatures(), heat={heater: HeaterTargets(limit - 5)}, heaters=heated(heater, 0.0, added))
    assert found.said == said
    assert found.evidence[heater].get("offset", 0) == added
    if said != "pass":
        assert f"offset of {added:+g} °C" in found.message and f"{limit + added - 5:g} °C" in found.message


def test_negative_offset_allows_no_more_than_the_limit():
    found = judge(FileTemperatures(), heat={"tool0": HeaterTargets(310)}, heaters=heated("tool0", 0.0, -20))
    assert found.said == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(("heater", "limit"), HEATERS)
def test_offset_counts_in_present_targets(heater, limit):
    assert judge(Temperatures(), heaters=heated(heater, limit - 5, 5)).said == "pass"
    assert judge(Temperatures(), heaters=heated(heater, limit - 5, 6)).said == "LIMIT_EXCEEDED"
    assert judge(Temperatures(), heaters=heated(heater, 0.0, 50)).said == "pass"  # a heater that is off stays off


def test_print_is_refused_if_file_and_offset_exceed_the_limit(offset, tmp_path):
    file = tmp_path / "hot.gcode"
    file.write_text(HOT)
    result = offset.run_error(4, "LIMIT_EXCEEDED", "print", str(file), "--confirm")
    assert "325 °C (280 °C and the server's offset of +45 °C)" in result.envelope["error"]["message"]
    assert offset.sent == []


def test_offset_is_not_added_to_a_file_on_the_sd_card(offset, tmp_path):
    file = tmp_path / "hot.gcode"
    file.write_text(HOT)
    assert offset.run_ok("preflight", str(file), "--location", "sdcard")["ready"] is True


@pytest.mark.parametrize("line", [("temp", "--tool", "280"), ("gcode", "M104 S280"), ("gcode", "M109 R280")], ids=" ".join)
def test_target_with_offset_above_the_limit_is_refused(offset, line):
    result = offset.run_error(4, "LIMIT_EXCEEDED", *line)
    heater = "tool0" if line[0] == "temp" else "tool"  # which tool is active, the server does not say
    assert result.envelope["error"]["details"] == {"heater": heater, "value": 280, "limit": 300, "offset": 45}
    assert offset.sent == []


@pytest.mark.parametrize("line", [("temp", "--tool", "255"), ("gcode", "M104 S255"), ("temp", "--bed", "100")], ids=" ".join)
def test_target_with_offset_up_to_the_limit_is_set(offset, line):
    offset.run_ok(*line)
    assert offset.sent != []


def test_offset_is_not_asked_for_where_it_cannot_matter(offset):
    offset.run_ok("gcode", "M104 S250", "M140 S0")
    assert "/api/printer" not in offset.reads
