"""file_temperatures, heated_bed, heated_chamber."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Severity
from octoprint_cli.gcode.analysis.contents import HeaterTargets
from octoprint_cli.preflight.checks.file_temperatures import FileTemperatures, HeatedBed, HeatedChamber

from .readings import read
from .subjects import judge, profile


@pytest.mark.parametrize(("heater", "limit"), [("tool0", 300), ("tool3", 300), ("bed", 120), ("chamber", 80)])
def test_file_temperature_up_to_limit_passes_and_above_fails(heater, limit):
    assert judge(FileTemperatures(), heat={heater: HeaterTargets(limit)}).said == "pass"
    found = judge(FileTemperatures(), heat={heater: HeaterTargets(limit + 0.1), "tool1": HeaterTargets(20)})
    assert found.said == "LIMIT_EXCEEDED"
    assert f"{heater} to {limit + 0.1:g} °C" in found.message and f"{limit:g} °C" in found.message and "tool1" not in found.message
    assert found.evidence[heater] == {"file": limit + 0.1, "limit": limit}


@pytest.mark.parametrize("name", ["dryer", "piezo", '"heater_generic dryer"'])
def test_heater_with_a_name_of_its_own_in_a_file_has_the_limit_of_a_tool(name):
    for degrees, said in ((300, "pass"), (301, "LIMIT_EXCEEDED")):
        heat = read(f"SET_HEATER_TEMPERATURE HEATER={name} TARGET={degrees}\n").heat
        assert (judge(FileTemperatures(), heat=heat).said, "tool0" in heat) == (said, False)


def test_every_overheated_heater_is_named():
    message = judge(FileTemperatures(), heat={"tool0": HeaterTargets(400), "bed": HeaterTargets(200)}).message
    assert "tool0 to 400" in message and "bed to 200" in message


def test_heaters_only_switched_off_are_skipped():
    assert judge(FileTemperatures(), heat={"tool0": HeaterTargets(0), "bed": HeaterTargets(0)}).said == "skip"
    assert judge(FileTemperatures()).said == "skip"


@pytest.mark.parametrize(("check", "heater", "has"), [(HeatedBed, "bed", "heatedBed"), (HeatedChamber, "chamber", "heatedChamber")])
def test_heater_used_by_file_must_exist_on_printer(check, heater, has):
    heats = {heater: HeaterTargets(60), "tool0": HeaterTargets(200)}
    assert judge(check(), of=profile(**{has: True}), heat=heats).said == "pass"
    found = judge(check(), of=profile(**{has: False}), heat=heats)
    assert (found.said, found.evidence) == ("WRONG_PRINTER", {"file": 60, "printer": False})
    assert f"{heater} to 60 °C" in found.message and f"no heated {heater}" in found.message
    assert judge(check(), of=profile(**{has: None}), heat=heats).said == "skip"


@pytest.mark.parametrize(("check", "heater", "has"), [(HeatedBed, "bed", "heatedBed"), (HeatedChamber, "chamber", "heatedChamber")])
def test_heater_unused_by_file_need_not_exist(check, heater, has):
    for heats in ({}, {heater: HeaterTargets(0)}, {"tool0": HeaterTargets(200)}):
        assert judge(check(), of=profile(**{has: False}), heat=heats).said == "pass"


def test_missing_heated_bed_blocks_and_missing_chamber_warns():
    assert (HeatedBed.severity, HeatedChamber.severity) == (Severity.BLOCK, Severity.WARN)
