"""Temperatures by every word that a firmware or a server may read: macros' parameters, brackets, letters too many."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from octoprint_cli.preflight.checks.file_content import ColdExtrusion

from . import payloads
from .corpus import HOT, UNFILLED
from .readings import read
from .subjects import judge, profile

PRINT = "G28\nG1 X10 Y10 Z0.2\nG1 X20 E1\nG1 X30 E2\n"


def highest(text: str) -> Dict[str, float]:
    return {heater: heat.highest for heater, heat in read(text).heat.items()}


@pytest.mark.parametrize(
    ("line", "targets"),
    [
        ("PRINT_START TOOL=1 TOOL_TEMP=350 BED_TEMP=60", {"tool0": 350, "bed": 60}),
        ("PRINT_START NOZZLE_DIAMETER=0.4 EXTRUDER_TEMP=350", {"tool0": 350}),
        ('START_PRINT EXTRUDER_TEMP="350"', {"tool0": 350}),
        ("PRINT_BEGIN EXTRUDER_TEMP=350", {"tool0": 350}),
        ("START_PRINT PREHEAT_EXTRUDER_TEMP=150 EXTRUDER_TEMP=350", {"tool0": 350}),
        ("START_PRINT INITIAL_TOOL=1 EXTRUDER1_TEMP=400 BED_TEMP=60", {"tool1": 400, "bed": 60}),
        ("print_start bed=70 extruder=210", {"bed": 70, "tool0": 210}),
        ("START_PRINT FIRST_LAYER_BED_TEMPERATURE=65 CHAMBER_TEMP=45", {"bed": 65, "chamber": 45}),
        ("START_PRINT EXTRUDER_TEMP=210,230", {"tool0": 230}),
        ("M104 S200\nSTART_PRINT EXTRUDER_TEMP=400", {"tool0": 400}),
        ("HEAT_UP HOTENDTEMP=220 BEDTEMP=60", {"tool0": 220, "bed": 60}),
        ("MMU_START_SETUP INITIAL_TOOL=0 TOTAL_TOOLCHANGES=412", {}),
        ("PRINT_START BED_SIZE=300 TOOL=1 EXTRUDER=0 NOZZLE=0.4", {}),
        ("START_PRINT BED_TEMP_DELTA=300 NAME=bed_temp_400", {}),
        ("LED_ON BED=255", {}),
        ("M568 P1 R150 S220", {"tool1": 220}),
        ("G10 P0 R350 S220", {"tool0": 350}),
    ],
)
def test_parameters_that_name_a_heater_and_a_temperature_count(line: str, targets: Dict[str, float]) -> None:
    assert highest(line + "\n") == targets


@pytest.mark.parametrize("line", HOT, ids=repr)
def test_400_degrees_by_any_word_are_seen(line: bytes) -> None:
    assert max(highest("M104 S200\nM140 S60\n" + line.decode() + "\n" + PRINT).values()) == 400


@pytest.mark.parametrize("line", UNFILLED, ids=repr)
def test_unfilled_placeholder_is_seen(line: bytes) -> None:
    assert "placeholder" in [bad.kind for bad in read(line + b"\n" + PRINT.encode()).bad_lines]


@pytest.mark.parametrize(
    "line",
    [
        "M486 Abracket[left].stl",
        "EXCLUDE_OBJECT_START NAME=bracket_[left]_stl",
        "START_PRINT FILE_NAME=bracket_[left].gcode BED_TEMP=60",
        'RESPOND MSG="{now}"',
        "M23 part[1]_{final}.gco",
    ],
)
def test_names_and_messages_are_no_placeholders(line: str) -> None:
    assert read(line + "\n" + PRINT).bad_lines == ()


def test_message_in_another_encoding_is_no_damage() -> None:
    assert all(bad.comment for bad in read(b"M117 D\xfcse bereit\n" + PRINT.encode()).bad_lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("M302 S155\n" + PRINT, 4),
        ("M302 S0\n" + PRINT, None),
        ("M302 P1\n" + PRINT, None),
        ("M302\n" + PRINT, None),
        ("M302 P0\n" + PRINT, 4),
        ("G28\nG1 X5 E1\nM302 S0\n" + PRINT, 2),
        ("LED_ON\n" + PRINT, 4),
    ],
)
def test_only_m302_that_allows_it_excuses_cold_extrusion_from_there_on(text: str, line: Optional[int]) -> None:
    contents = read(text)
    assert contents.cold == line
    assert ([notable.code for notable in contents.notable] == ["M302"]) is any(
        allowed in text for allowed in ("M302 S0", "M302 P1", "M302\n")
    )
    assert contents.macro is None


def test_last_target_is_every_tools_where_tools_share_a_nozzle() -> None:
    text = "M109 S215\nG28\nT0\nG1 X5 E1\nM104 S205\nT2\nG1 E12\nG1 X9 E14\nM104 S0\n"
    contents = read(text)
    shown: Any = {name: getattr(contents, name) for name in ("cold", "cold_shared", "named_tools")}
    assert shown == {"cold": 7, "cold_shared": None, "named_tools": False}
    assert judge(ColdExtrusion(), **shown).said == "pass"
    named: Any = {**shown, "named_tools": True}
    assert judge(ColdExtrusion(), **named).said == "FILE_INVALID"
    shared = profile(extruder={"count": 5, "sharedNozzle": True})
    assert payloads.profile() and judge(ColdExtrusion(), of=shared, **named).said == "pass"


def test_cold_extrusion_says_that_no_temperature_is_set_only_if_none_is() -> None:
    hot, cold = read("G1 X1 E1\nM104 S200\nG1 X2 E2\n"), read("G1 X1 E1\n")
    assert "no hotend temperature is set" not in judge(ColdExtrusion(), cold=hot.cold, heat=hot.heat).message
    assert "no hotend temperature is set" in judge(ColdExtrusion(), cold=cold.cold, heat=cold.heat).message
