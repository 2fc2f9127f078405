"""The words with which firmwares refuse a command or report that it failed, by firmware family.

A line that only informs (`echo:busy`, Klipper's `// probe at ...`, a setting of M503) matches none of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, Pattern, Tuple

#: Patterns by firmware family. Each matches at the beginning of a line, in any case.
REFUSALS: Dict[str, Tuple[str, ...]] = {
    "any": (
        r"(?:echo:\s*)?error(?:\s*:|\s+(?:in|on|while|writing|reading|opening|evaluating)\b|$)",  # echo:Error writing to EEPROM!
        r"!!",
        r"fatal\s*:",
        r"alarm\s*:",
        r"(?:echo:\s*)?unknown (?:command|[gmtd][ -]?code)\b",
    ),
    "Marlin": (
        r"\?(?!\s*$)",  # ?Z out of range, ?Probe position out of range, ?(P)rint surface ...
        r"(?:echo:\s*)?[gmt]\d+\b.{0,40}\binvalid\b",  # echo:T3 Invalid extruder, echo:M104 Invalid extruder 5
        r"(?:echo:\s*)?invalid (?:extruder|tool|hotend|heater|[gmt][ -]?code)\b",
        r"(?:echo:\s*)?(?:cold|too long|long) extrusion prevented",
        r"(?:echo:\s*)?(?:please )?home [xyzabcuvw/, ]{1,20}(?:first|before)\b",
        r"(?:echo:\s*)?please home\b",
        r"(?:echo:\s*)?(?:pid autotune|probing|homing|g29|g34|bed leveling|calibration)\b.{0,20}\bfail(?:ed|ure)?\b",
        r"(?:echo:\s*)?(?:no sd card|no media|open failed|opening failed|cannot open|volume\.init failed)",
        r"(?:echo:\s*)?(?:failed to|unable to|must be homed|nozzle too cold|hotend too cold|printer halted|kill\(\) called)",
        r"(?:echo:\s*)?command (?:is )?(?:not (?:available|supported|enabled))",
    ),
    "Klipper": (r"//\s*(?:unknown command|malformed command|error\b|must home|move out of range|extrude below minimum temp)",),
    "RepRapFirmware": (
        r"[gmt]\d+(?:\.\d+)?:\s*(?:error|bad|insufficient|cannot|failed|missing|unknown|invalid|unsupported)\b",
        r"(?:bad command|insufficient axes homed|homing failed|target position .{0,40}(?:outside|not reachable))",
        r".{0,40}: command is not supported$",
        r"(?:macro )?file .{1,80} not found",
        r"cancelled (?:printing|homing)?\s*due to error",
    ),
    "Prusa": (
        r"(?:echo:\s*)?invalid [gmtd] ?code",
        r"(?:echo:\s*)?(?:mmu (?:not responding|error)|mmu2?:.{0,20}\bfail)",
    ),
    "Smoothie": (
        r"(?:warning: )?.{0,40}(?:kill button pressed|only as \$x|reset or m999|must be homed first)",
        r"could not open\b",
        r"file not found\b",
        r"(?:zprobe|probe) (?:not triggered|triggered before move|failed)",
    ),
    "Repetier": (
        r"(?:cold extrusion|extrusion) prevented",
        r"(?:printer|axis|all axes) (?:not|must be) homed",
        r"(?:z-?probe|probing|levelling|leveling|autotune|pid autotune).{0,20}\bfailed\b",
        r"file (?:open|write|deletion) failed",
        r"sd card (?:error|write failed)",
    ),
}


@lru_cache(maxsize=1)
def _pattern() -> Pattern[str]:
    return re.compile("|".join(pattern for family in REFUSALS.values() for pattern in family), re.IGNORECASE)


def is_refusal(text: str) -> bool:
    """Whether a line of the firmware says that it did not carry out a command. Without the `ok` that may stand before it."""
    return _pattern().match(text.strip()) is not None
