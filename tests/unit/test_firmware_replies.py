"""Answers of real firmwares, as values."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from octoprint_cli.api import parsed_reply

from . import firmwares as seen


def heater(actual: Optional[float], target: Optional[float] = 0.0) -> Dict[str, Optional[float]]:
    return {"actual": actual, "target": target}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (seen.VIRTUAL_M105, {"tool0": heater(21.3), "bed": heater(21.3)}),
        (seen.MARLIN_M105_SENSOR, {"tool0": heater(25.5), "bed": heater(22.0)}),
        (seen.MARLIN_M105_TWO_TOOLS, {"tool0": heater(23.24), "tool1": heater(23.83), "bed": heater(24.1)}),
        (seen.PRUSA_MK3_M105, {"tool0": heater(29.0), "bed": heater(28.6)}),
        (seen.PRUSA_MINI_M105, {"tool0": heater(21.16), "bed": heater(21.87)}),
        (
            seen.PRUSA_XL_M109,
            {
                "tool0": heater(20.0),
                "tool1": heater(184.0, 185.0),
                "tool2": heater(22.0),
                "bed": heater(85.2, 85.0),
                "chamber": heater(-30.0),
            },
        ),
        (seen.KLIPPER_M105, {"tool0": heater(58.9), "bed": heater(30.5)}),
        (seen.KLIPPER_M105_NOT_READY, {"tool0": heater(0.0, None)}),
        (seen.SMOOTHIE_M105, {"tool0": heater(26.3, 100.0), "tool1": heater(None), "bed": heater(None)}),
        (seen.REPETIER_M105_SHAPED, {"tool0": heater(25.0), "bed": heater(24.03)}),
        (["T:20 /0", "ok T:21 /5"], {"tool0": heater(21.0, 5.0)}),
        (["ok T0:20 /0 T1:180 /180 T:180 /180"], {"tool0": heater(20.0), "tool1": heater(180.0, 180.0)}),
        (["ok T:20 /0 EXT:99 /9 HB:50 /5"], {"tool0": heater(20.0)}),
    ],
)
def test_m105_reply_is_parsed_into_temperatures(lines: List[str], expected: Dict[str, Any]) -> None:
    assert parsed_reply("M105", lines) == expected


def at(x: float, y: float, z: float, e: Optional[float], count: Optional[Dict[str, float]], **more: float) -> Dict[str, Any]:
    return {"x": x, "y": y, "z": z, "e": e, "count": count, **more}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (seen.VIRTUAL_M114, at(0.0, 0.0, 0.0, 0.0, {"a": 0.0, "b": 0.0, "c": 0.0})),
        (seen.MARLIN_M114, at(0.0, 127.0, 145.0, 0.0, {"x": 0.0, "y": 10160.0, "z": 116000.0})),
        (seen.MARLIN_M114_COREXY, at(130.0, 65.0, 10.0, 0.0, {"a": 15600.0, "b": 5200.0, "z": 4000.0})),
        (seen.MARLIN_1_0_M114, at(0.0, 0.0, 0.0, 0.0, {"x": 0.0, "y": 0.0, "z": 0.0})),
        (seen.PRUSA_MK3_M114_SHAPED, at(0.0, -4.0, 0.15, 0.0, {"x": 0.0, "y": -4.0, "z": 0.15, "e": 0.0})),
        (seen.KLIPPER_M114_SHAPED, at(10.0, 20.5, 0.3, -1.25, None)),
        (seen.REPRAP_M114, at(10.0, 20.0, 5.0, 51.0, {"x": 800.0, "y": 1600.0, "z": 2000.0})),
        (
            seen.REPRAP_M114_TOOLCHANGER,
            at(272.5, 140.0, 15.0, 0.0, {"x": 66000.0, "y": 21200.0, "z": 24000.0, "c": 7360.0}, c=4.6),
        ),
        (seen.SMOOTHIE_M114, at(0.0, 12.5, 0.0, 0.0, None, a=0.0, b=0.0, c=0.0)),
        (seen.REPETIER_M114_SHAPED, at(0.0, 0.0, 10.0, None, None)),
        (["X:1 Y:2 Z:3 E:4 Count 5 6 7 8"], at(1.0, 2.0, 3.0, 4.0, {"x": 5.0, "y": 6.0, "z": 7.0})),
        (["MaxE:9 X:1 Y:2 Z:3"], at(1.0, 2.0, 3.0, None, None)),
        (["X:1 Y:2 Z:3 E:4 Count X:5", "X:7 Y:7 Z:7 E:7"], at(1.0, 2.0, 3.0, 4.0, {"x": 5.0})),
    ],
)
def test_m114_reply_is_parsed_into_position(lines: List[str], expected: Dict[str, Any]) -> None:
    assert parsed_reply("M114", lines) == expected


OPEN, HIT = "open", "triggered"


@pytest.mark.parametrize(
    ("lines", "endstops", "filament"),
    [
        (seen.MARLIN_M119, {"x_min": OPEN, "y_min": OPEN, "z_min": HIT, "z_probe": OPEN}, {"filament": OPEN}),
        (["filament: open", "filament 2: TRIGGERED", "ok"], {}, {"filament": OPEN, "filament_2": HIT}),
        (seen.KLIPPER_M119, {"x": OPEN, "y": OPEN, "z": HIT}, {}),
        (seen.REPRAP_M119_SHAPED, {"x": HIT, "y": OPEN, "z_probe": HIT}, {}),  # Z has none
        (seen.SMOOTHIE_M119, {"min_x": HIT, **dict.fromkeys(("min_y", "min_z", "max_x", "max_y", "max_z"), OPEN)}, {}),
        (seen.SMOOTHIE_M119_EDGE, {"x_min": OPEN, "y_min": OPEN, "z_min": HIT, "probe": OPEN}, {}),
        (seen.REPETIER_M119_SHAPED, {"x_min": OPEN, "y_max": HIT, "z_max": OPEN, "z_probe_state": HIT}, {}),
    ],
)
def test_m119_reply_is_parsed_into_endstops(lines: List[str], endstops: Dict[str, str], filament: Dict[str, str]) -> None:
    assert parsed_reply("M119", lines) == {"endstops": endstops, "filament": filament}


def test_unrelated_lines_are_no_endstops() -> None:
    noise = ["T:0 /0", "Resend: 1", "Error:checksum mismatch, Last Line: 0", "X:0.00 Y:1.00", "echo:busy: 1", "x_max:1.5", "SD: 12"]
    assert parsed_reply("M119", noise) is None
    assert parsed_reply("M119", [*noise, *seen.KLIPPER_M119]) == parsed_reply("M119", seen.KLIPPER_M119)


@pytest.mark.parametrize("command", ["M105", "m105", "M105 T0", "N3 M105*36", "M0105", " M 105"])
def test_spelling_variants_of_a_command_parse_the_same(command: str) -> None:
    assert parsed_reply(command, seen.VIRTUAL_M105) == {"tool0": heater(21.3), "bed": heater(21.3)}


@pytest.mark.parametrize("command", ["M105", "M114", "M115", "M119", "M503"])
@pytest.mark.parametrize(
    "lines", [[], ["ok"], ["", " "], ["ok 12"], ["echo:busy: processing"], ['echo:Unknown command: "M119"', "ok"]]
)
def test_reply_not_understood_parses_to_none(command: str, lines: List[str]) -> None:
    assert parsed_reply(command, lines) is None


@pytest.mark.parametrize("command", ["M20", "G28", "", "STATUS", "M1050", "T0"])
def test_reply_of_command_without_parser_is_none(command: str) -> None:
    assert parsed_reply(command, seen.VIRTUAL_M105 + seen.MARLIN_M114 + seen.MARLIN_M119) is None


@pytest.mark.parametrize("command", ["M105", "M114", "M503"])
def test_overflowing_number_is_left_out(command: str) -> None:
    huge = "9" * 400
    said = parsed_reply(command, [f"ok T:{huge} /1", f"X:{huge} Y:1 Z:1 E:1 Count X:{huge} Y:2", f"M92 X{huge} Y3"])
    assert said in (
        {"tool0": heater(None, 1.0)},
        {"x": None, "y": 1.0, "z": 1.0, "e": 1.0, "count": {"y": 2.0}},
        {"settings": {"M92": [{"X": None, "Y": 3.0}]}},
    )
