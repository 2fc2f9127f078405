"""The replies of the fake printer to G-code, modelled on Marlin. They change nothing."""

from __future__ import annotations

from functools import reduce
from operator import xor
from typing import TYPE_CHECKING, Callable, Dict, List

if TYPE_CHECKING:
    from octoprint_cli.testing.octoprint.printer_state import PrinterState

_CAPABILITIES = {"SERIAL_XON_XOFF": 0, "EEPROM": 1, "AUTOREPORT_POS": 0, "AUTOREPORT_TEMP": 1, "EMERGENCY_PARSER": 1, "CHAMBER": 0}


def answer(octoprint: PrinterState, line: str) -> List[str]:
    """Return the reply to a line, acknowledgement included: the one that the test has set, or Marlin's."""
    code = line.split(" ")[0]
    for known in (line, code):
        if known in octoprint.replies:
            return octoprint.replies[known]
    return _KNOWN[code](octoprint) if code in _KNOWN else ["ok"]


def numbered(number: int, line: str) -> str:
    """Return a line as it is sent during a print: `N17 M114*17`."""
    counted = f"N{number} {line}"
    return f"{counted}*{reduce(xor, counted.encode())}"


def _about(octoprint: PrinterState) -> List[str]:
    name = (
        "FIRMWARE_NAME:Marlin 2.1.2.4 (Jan  7 2025 10:00:00) SOURCE_CODE_URL:github.com/MarlinFirmware/Marlin PROTOCOL_VERSION:1.0 "
        "MACHINE_TYPE:Fake printer EXTRUDER_COUNT:1 UUID:cede2a2f-41a2-4748-9b12-c55c62f367ff"
    )
    return [name, *(f"Cap:{capability}:{value}" for capability, value in _CAPABILITIES.items()), "ok"]


def _temperatures(octoprint: PrinterState) -> List[str]:
    """Return the temperatures after `ok`. The first tool is `T`; with several tools each appears with its number, too."""
    tools = {f"T{name[4:]}": value for name, value in octoprint.heaters.items() if name.startswith("tool")}
    others = {
        {"bed": "B", "chamber": "C"}[name]: octoprint.heaters[name] for name in ("bed", "chamber") if name in octoprint.heaters
    }
    shown = {"T": octoprint.heaters["tool0"], **others, **(tools if len(tools) > 1 else {})} if tools else others
    return ["ok " + " ".join(f"{name}:{actual:.2f} /{target:.2f}" for name, (actual, target) in shown.items()) + " @:0 B@:0"]


def _position(octoprint: PrinterState) -> List[str]:
    return ["X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0", "ok"]


def _endstops(octoprint: PrinterState) -> List[str]:
    return ["Reporting endstop status", "x_min: open", "y_min: open", "z_min: TRIGGERED", "ok"]


def _settings(octoprint: PrinterState) -> List[str]:
    return [
        "echo:; Linear Units:",
        "echo:  G21 ; (mm)",
        "echo:; Steps per unit:",
        "echo:  M92 X80.00 Y80.00 Z400.00 E93.00",
        "echo:; Max feedrates (units/s):",
        "echo:  M203 X500.00 Y500.00 Z5.00 E25.00",
        "ok",
    ]


_KNOWN: Dict[str, Callable[[PrinterState], List[str]]] = {
    "M105": _temperatures,
    "M114": _position,
    "M115": _about,
    "M119": _endstops,
    "M503": _settings,
}
