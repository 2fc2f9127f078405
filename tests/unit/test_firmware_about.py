"""What real firmwares tell about themselves: which they are (M115) and their settings (M503)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from octoprint_cli.api import parsed_reply

from . import firmwares as seen

MARLIN_UUID = "cede2a2f-41a2-4748-9b12-c55c62f367ff"
NO_UUID = "00000000-0000-0000-0000-000000000000"


def known(lines: List[str]) -> List[Any]:
    said = parsed_reply("M115", lines)
    assert said is not None
    keys = ("firmware_name", "machine_type", "protocol_version", "uuid", "source_code_url", "extruder_count")
    assert set(said) == {*keys, "capabilities", "fields"}
    return [said[key] for key in keys]


@pytest.mark.parametrize(
    ("lines", "name", "machine", "protocol", "uuid", "source", "extruders"),
    [
        (seen.VIRTUAL_M115, "Virtual Marlin 1.0", None, "1.0", None, None, None),
        (
            seen.MARLIN_2_0_7_M115,
            "Marlin 2.0.7.2 (Feb  4 2021 11:33:37)",
            "Ender-5",
            "1.0",
            MARLIN_UUID,
            "https://github.com/MarlinFirmware/Marlin",
            1,
        ),
        (seen.MARLIN_OF_ANYCUBIC_M115, "Marlin 1.1.0Anycubic", "Anycubic", "1.0", MARLIN_UUID, None, 1),
        (
            seen.PRUSA_MK3_M115,
            "Prusa-Firmware 3.10.1 based on Marlin",
            "Prusa i3 MK3S",
            "1.0",
            NO_UUID,
            "https://github.com/prusa3d/Prusa-Firmware",
            1,
        ),
        (
            seen.PRUSA_MK4_M115,
            "Prusa-Firmware-Buddy 5.2.0+13881 (Github)",
            "Prusa-mini",
            "1.0",
            NO_UUID,
            "https://github.com/prusa3d/Prusa-Firmware-Buddy",
            5,
        ),
        (seen.KLIPPER_M115_SHAPED, "Klipper", None, None, None, None, None),
        (seen.REPRAP_M115, "RepRapFirmware for Duet 2 WiFi/Ethernet", None, None, None, None, None),
        (seen.SMOOTHIE_M115, "Smoothieware", None, "1.0", None, "https://github.com/Smoothieware/Smoothieware", None),
        (["FIRMWARE_NAME:Mine MACHINE_TYPE: UUID: EXTRUDER_COUNT:two"], "Mine", None, None, None, None, None),
        (seen.REPETIER_M115, "Repetier_0.91", "Mendel", "1.0", None, "https://github.com/repetier/Repetier-Firmware/", 1),
    ],
)
def test_m115_reply_identifies_firmware(
    lines: List[str],
    name: str,
    machine: Optional[str],
    protocol: Optional[str],
    uuid: Optional[str],
    source: Optional[str],
    extruders: Optional[int],
) -> None:
    assert known(lines) == [name, machine, protocol, uuid, source, extruders]


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        (seen.VIRTUAL_M115, {"FIRMWARE_NAME": "Virtual Marlin 1.0", "PROTOCOL_VERSION": "1.0"}),
        (seen.KLIPPER_M115_SHAPED, {"FIRMWARE_NAME": "Klipper", "FIRMWARE_VERSION": "v0.12.0-255-ge94a73a3"}),
        (
            seen.REPRAP_M115,
            {
                "FIRMWARE_NAME": "RepRapFirmware for Duet 2 WiFi/Ethernet",
                "FIRMWARE_VERSION": "3.4.6",
                "ELECTRONICS": "Duet WiFi 1.02 or later",
                "FIRMWARE_DATE": "2023-07-21 14:08:28",
            },
        ),
        (["FIRMWARE_NAME:Mine ELECTRONICS: Board B: rev 2"], {"FIRMWARE_NAME": "Mine", "ELECTRONICS": "Board B: rev 2"}),
        (
            seen.SMOOTHIE_M115,
            {
                "FIRMWARE_NAME": "Smoothieware",
                "FIRMWARE_URL": "http%3A//smoothieware.org",
                "X-SOURCE_CODE_URL": "https://github.com/Smoothieware/Smoothieware",
                "FIRMWARE_VERSION": "edge-8d5ff26",
                "PROTOCOL_VERSION": "1.0",
                "X-FIRMWARE_BUILD_DATE": "Jan  3 2021 02:41:18",
                "X-SYSTEM_CLOCK": "100MHz",
                "X-AXES": "5",
                "X-GRBL_MODE": "0",
                "X-CNC": "0",
            },
        ),
    ],
)
def test_m115_reply_keeps_all_fields(lines: List[str], fields: Dict[str, str]) -> None:
    said = parsed_reply("M115", ["RTD MSB:65  RTD LSB:108", *lines])
    assert said is not None
    assert said["fields"] == fields


def test_m115_reply_lists_capabilities() -> None:
    said = parsed_reply("M115", seen.MARLIN_2_0_7_M115)
    assert said is not None
    assert said["capabilities"] == {
        "SERIAL_XON_XOFF": False,
        "BINARY_FILE_TRANSFER": False,
        "EEPROM": True,
        "AUTOREPORT_TEMP": True,
        "LEVELING_DATA": True,
        "CHAMBER_TEMPERATURE": False,
    }


def test_capabilities_run_together_on_one_line_are_split() -> None:
    said = parsed_reply("M115", ["Cap:AUTOLEVEL:0Cap:Z_PROBE:1Cap:LEVELING_DATA:0"])
    assert said is not None
    assert said["capabilities"] == {"AUTOLEVEL": False, "Z_PROBE": True, "LEVELING_DATA": False}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            seen.VIRTUAL_M503,
            {
                "M92": [{"X": 80.0, "Y": 80.0, "Z": 800.0, "E": 90.0}],
                "M204": [{"P": 750.0, "R": 1000.0, "T": 300.0, "S": 300.0}],
                "M145": [{"S": 0.0, "B": 50.0, "F": 255.0, "H": 205.0}, {"S": 1.0, "B": 75.0, "F": 0.0, "H": 240.0}],
            },
        ),
        (
            seen.MARLIN_2_0_7_M503,
            {
                "G21": [{}],
                "M149": [{"C": True}],
                "M200": [{"S": 0.0, "D": 1.75}],
                "M92": [{"X": 80.0, "Y": 80.0, "Z": 400.0, "E": 93.0}],
                "M203": [{"X": 500.0, "Y": 500.0, "Z": 5.0, "E": 60.0}],
                "M301": [{"P": 21.73, "I": 1.54, "D": 76.55}],
                "M710": [{"S": 255.0, "I": 0.0, "A": 1.0, "D": 60.0}],
                "M906": [{"X": 580.0, "Y": 580.0, "Z": 580.0}, {"T": 0.0, "E": 650.0}],
                "M569": [{"S": 1.0, "X": True, "Y": True, "Z": True}, {"S": 1.0, "T": 0.0, "E": True}],
            },
        ),
        (
            seen.MARLIN_TWO_TOOLS_M503,
            {
                "M92": [{"X": 88.65, "Y": 87.97, "Z": 1100.0}, {"T": 0.0, "E": 690.0}, {"T": 1.0, "E": 415.0}],
                "M203": [{"X": 300.0, "Y": 300.0, "Z": 300.0}, {"T": 0.0, "E": 120.0}, {"T": 1.0, "E": 100.0}],
            },
        ),
        (
            seen.PRUSA_MK3_M503_SHAPED,
            {
                "M92": [{"X": 100.0, "Y": 100.0, "Z": 400.0, "E": 280.0}],
                "M350": [{"X": 16.0, "Y": 16.0, "Z": 16.0, "E": 32.0}],
                "M203": [{"X": 200.0, "Y": 200.0, "Z": 12.0, "E": 120.0}, {"X": 100.0, "Y": 100.0, "Z": 12.0, "E": 120.0}],
            },
        ),
        (
            ["M206X1.5Y-2", "M92 X", "M92", "echo:M92.1 S1"],
            {"M206": [{"X": 1.5, "Y": -2.0}], "M92": [{"X": True}, {}], "M92.1": [{"S": 1.0}]},
        ),
        (
            seen.REPRAP_M503_SHAPED,
            {
                "M550": [{"P": 'My; "Printer'}],
                "M569": [{"P": 0.0, "S": 1.0}],
                "M92": [{"X": 80.0, "Y": 80.0, "Z": 400.0, "E": [420.0, 420.0]}],
                "G31": [{"P": 500.0, "X": 0.0, "Y": 0.0, "Z": 2.5}],
                "M98": [{"text": "P{var.homing}"}],
            },
        ),
    ],
)
def test_m503_reply_is_parsed_into_settings(lines: List[str], expected: Dict[str, Any]) -> None:
    assert parsed_reply("M503", lines) == {"settings": expected}
