"""What a word's parameters ask of heaters is one thing, in a file and typed."""

from __future__ import annotations

from typing import Dict

import pytest

from octoprint_cli.gcode.command import parse_command

from .readings import read

PRINT = "G28\nG1 X10 Y10 Z0.2\nG1 X20 E1\nG1 X30 E2\n"
#: A line, and the highest temperature that it asks of each heater.
LINES = {
    "START_PRINT BED_TEMP=60 EXTRUDER_TEMP=210": {"bed": 60, "tool": 210},
    "START_PRINT EXTRUDER_TEMP=200,400": {"tool": 400},
    "START_PRINT EXTRUDER_TEMP=4e2": {"tool": 400},
    "START_PRINT EXTRUDER_TEMP=20 EXTRUDER_TEMP=400": {"tool": 400},
    "START_PRINT EXTRUDER_TEMP = 400": {"tool": 400},
    "START_PRINT HOTEND_TMP=400 TOOL_TARGET=390": {"tool": 400},
    "START_PRINT FIRST_LAYER_TEMP=400": {"tool": 400},
    "START_PRINT SOAK_TEMP=400": {"tool": 400},
    "START_PRINT TEMP=400": {"tool": 400},
    "START_PRINT PLATE_TEMP=150": {"bed": 150},
    "START_PRINT ENCLOSURE_TEMP=90": {"chamber": 90},
    "START_PRINT HEATER_BED_TEMP=150": {"bed": 150},
    "START_PRINT HEATER_BED=150": {"bed": 150},
    "START_PRINT BEDTEMP=150 TEMPEXTRUDER=400": {"bed": 150, "tool": 400},
    "START_PRINT BED=60 EXTRUDER=0 NOZZLE=0.4": {"bed": 60},
    "MY_MACRO MSG=it's EXTRUDER_TEMP=400": {"tool": 400},
    "MY_MACRO BED_TEMP_DELTA=300 TEMP_OFFSET=400 ATTEMPTS=400 TEMPLATE=400": {},
    "LED_ON BED=255": {},
    "LEVEL_BED BED_TEMP=150": {"bed": 150},
    "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=4e2": {"tool": 400},
    "SET_HEATER_TEMPERATURE HEATER=heater_bed TARGET=150": {"bed": 150},
    'SET_HEATER_TEMPERATURE TARGET="150" HEATER="heater_bed"': {"bed": 150},
    "SET_HEATER_TEMPERATURE HEATER=chamber_heater TARGET=90": {"chamber": 90},
}


def highest(targets: Dict[str, float]) -> Dict[str, float]:
    """Return the targets by kind, without the numbers of the tools."""
    return {heater.rstrip("0123456789"): degrees for heater, degrees in targets.items()}


@pytest.mark.parametrize("line", list(LINES))
def test_heat_of_a_word_is_the_same_in_a_file_and_typed(line: str) -> None:
    in_file = highest({heater: heat.highest for heater, heat in read(line + "\n" + PRINT).heat.items()})
    typed: Dict[str, float] = {}
    for heater, degrees in parse_command(line).targets:
        typed[heater] = max(degrees, typed.get(heater, degrees))
    assert (in_file, typed) == (LINES[line], LINES[line])
