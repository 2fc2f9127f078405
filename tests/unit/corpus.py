"""Real G-code files outside of this repository, what is right about each, and ways to damage a file.

The folder is named by OCTOPRINT_CLI_GCODE_CORPUS. It has either a `manifest.json` and xz-compressed files, each with the printer
profile that it was sliced for and the verdict that is right, or an `expected.json` and small files.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import random
import re
import zipfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from octoprint_cli.api import CliError, Severity, Skip
from octoprint_cli.client.resources.profiles import Profile
from octoprint_cli.errors import PRECEDENCE
from octoprint_cli.gcode.analysis.contents import Contents
from octoprint_cli.preflight.checks import build_volume, consistency, file_content, file_temperatures, sliced_for
from octoprint_cli.preflight.finding import OnlyWarning

from .readings import read
from .subjects import Given

FOLDER = os.environ.get("OCTOPRINT_CLI_GCODE_CORPUS", "")
CHECKS = {
    "cold_extrusion": file_content.ColdExtrusion,
    "extrusion": file_content.Extrusion,
    "file_complete": file_content.Complete,
    "file_consistency": consistency.Consistency,
    "file_damage": file_content.Damage,
    "file_placeholders": file_content.Placeholders,
    "file_temperatures": file_temperatures.FileTemperatures,
    "print_volume": build_volume.PrintVolume,
    "printer_model": sliced_for.PrinterModel,
    "risky_commands": file_content.RiskyCommands,
    "tools": sliced_for.Tools,
    "travel_volume": build_volume.TravelVolume,
}
Rand = random.Random


class Sample(NamedTuple):
    """One file, the profile that it was sliced for, and the verdict that is right."""

    name: str
    path: Path
    profile: Profile
    verdict: str  # ready, warned, refused
    first: Optional[str]  # the check, or the error's code, that is the first reason
    warnings: Optional[List[str]] = None

    def text(self) -> bytes:
        data = self.path.read_bytes()
        return lzma.decompress(data) if self.path.suffix == ".xz" else data


class Judgement(NamedTuple):
    """The checks that refuse a file, in their order, each with its error's code, and those that warn."""

    refusals: List[Tuple[str, str]]
    warnings: List[str]
    doubts: List[str]

    @property
    def verdict(self) -> str:
        return "refused" if self.refusals else "warned" if self.warnings else "ready"


def samples() -> Iterator[Sample]:
    """Yield every file of the corpus."""
    folder = Path(FOLDER)
    if (folder / "manifest.json").exists():
        for row in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
            verdict = row["want"].partition(" ")[0]
            known = verdict == "refused" and "wrong first" not in row["note"]
            first = row["today"].partition(": ")[2].split(", ")[0] if known else None
            yield Sample(row["file"], folder / f"{row['file']}.xz", _profile(row["profile"]), verdict, first)
    if (folder / "expected.json").exists():
        for row in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
            profile = _profile(row["profile"])
            yield Sample(row["file"], folder / row["file"], profile, row["verdict"], row.get("first"), row.get("warnings"))


def judge(text: bytes, profile: Profile) -> Judgement:
    """Return what all checks of the file say of this text."""
    contents: Contents = read(text)
    context = Given(contents, profile, (), None, {})
    refusals: List[Tuple[int, str, str]] = []
    warnings: List[str] = []
    for name, kind in CHECKS.items():
        check = kind()
        try:
            check.run(context)
        except Skip:
            continue
        except OnlyWarning:
            warnings.append(name)
        except CliError as error:
            if check.severity is Severity.WARN:
                warnings.append(name)
            else:
                refusals.append((PRECEDENCE.index(error.exit_code), name, error.code))
    return Judgement([(name, code) for _, name, code in sorted(refusals)], warnings, [doubt.kind for doubt in contents.doubts])


def _profile(said: Dict[str, Any]) -> Profile:
    extruder = {"count": said["extruders"], "sharedNozzle": said.get("shared_nozzle", False), "nozzleDiameter": 0.4}
    volume = {name: said[name] for name in ("width", "depth", "height", "origin")}
    return Profile.from_json(
        {
            "id": "_default",
            "name": "Default",
            "model": said.get("model", ""),
            "heatedBed": True,
            "heatedChamber": True,
            "extruder": extruder,
            "volume": {**volume, "formFactor": said["form"], "custom_box": False},
        }
    )


# -- ways to damage a file ----------------------------------------------------------------------------

_EXTRUDES = re.compile(rb"\nG[0123][^\n;]*E")
_HEATS = re.compile(rb"(?m)^[^\n;]*\b(?:M104|M109|M568|G10 P|(?:PRINT_)?START(?:_PRINT)?)\b[^\n]*\n", re.IGNORECASE)
#: 400 degrees by any word.
HOT = (
    *(b"M104 S400", b"M109 R400", b"m104s400", b"M104 T0 S400", b"M104 (S400)", b"M104 ((S400))", b"M104 \\; S400", b"M104.5 S400"),
    *(b"M104 T-1 S400", b"M104 _S400", b"M104 RS400", b"M104 SS400", b"N10 M104 S400*33", b"G28 M104 S400", b"M140 (S400)"),
    *(b"G10 P0 S400", b"M568 P0 S400", b"START_PRINT EXTRUDER_TEMP=400", b'PRINT_START EXTRUDER_TEMP="400"'),
    *(b"PRINT_BEGIN HOTEND=400", b"PREHEAT_ALL TOOL_TEMP=400", b"SET_HEATER_TEMPERATURE HEATER=extruder TARGET=400"),
)
UNFILLED = (
    *(b"G1 X{x} Y2", b"M104 S[first_layer_temperature]", b"M140 S{bed_temperature}"),
    *(b"START_PRINT BED_TEMP=[bed] EXTRUDER_TEMP={t}", b"START_PRINT BED_TEMP=xxx.0"),
)


def _print_of(text: bytes) -> Tuple[int, int]:
    """Return where the first move with an E begins, and the last one."""
    found = [match.start() for match in _EXTRUDES.finditer(text)]
    return found[0], found[-1]


def _fifth(text: bytes, chance: Rand) -> Tuple[int, int]:
    """Return a fifth of the print, somewhere in its middle, from a line's end to a line's end."""
    first, last = _print_of(text)
    fifth = (last - first) * 0.2
    begin = chance.uniform(first + fifth / 4, last - fifth * 5 / 4)
    return text.index(b"\n", int(begin)) + 1, text.index(b"\n", int(begin + fifth)) + 1


def cut(text: bytes, chance: Rand) -> bytes:
    return text[: chance.randint(*_print_of(text))]


def cut_at_a_line_end(text: bytes, chance: Rand) -> bytes:
    return text[: text.index(b"\n", chance.randint(*_print_of(text)) - 1) + 1]


def zeros(text: bytes, chance: Rand) -> bytes:
    at = chance.randint(0, len(text) - 600)
    return text[:at] + b"\0" * 512 + text[at + 512 :]


def a_fifth_lost(text: bytes, chance: Rand) -> bytes:
    begin, end = _fifth(text, chance)
    return text[:begin] + text[end:]


def a_fifth_doubled(text: bytes, chance: Rand) -> bytes:
    begin, end = _fifth(text, chance)
    return text[:end] + text[begin:]


def twice(text: bytes, chance: Rand) -> bytes:
    return text.rstrip(b"\n") + b"\n" + text


def stale_lines_behind(text: bytes, chance: Rand) -> bytes:
    first, last = _print_of(text)
    begin = chance.randint((first + last) // 2, last - (last - first) // 10)
    return text.rstrip(b"\n") + b"\n" + text[begin:last]


def the_rest_of_an_older_file_behind(text: bytes, chance: Rand) -> bytes:
    first, last = _print_of(text)
    return text.rstrip(b"\n") + b"\n" + text[chance.randint((first + last) // 2, last - (last - first) // 10) :]


def without_heating(text: bytes, chance: Rand) -> bytes:
    return _HEATS.sub(b"", text)


def _inserted(text: bytes, line: bytes, chance: Rand) -> bytes:
    at = text.index(b"\n", chance.randint(0, _print_of(text)[0])) + 1
    return text[:at] + line + b"\n" + text[at:]


def too_hot(text: bytes, chance: Rand) -> bytes:
    return _inserted(text, chance.choice(HOT), chance)


def unfilled(text: bytes, chance: Rand) -> bytes:
    return _inserted(text, chance.choice(UNFILLED), chance)


def a_web_page(text: bytes, chance: Rand) -> bytes:
    return b"<!DOCTYPE html>\n<html><head><title>Login</title></head>\n<body>Please log in</body></html>\n"


def a_zip(text: bytes, chance: Rand) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Metadata/plate_1.gcode", text)
    return packed.getvalue()


def compressed(text: bytes, chance: Rand) -> bytes:
    return gzip.compress(text, 1)


def utf16(text: bytes, chance: Rand) -> bytes:
    return text.decode("latin-1").encode("utf-16")


#: What makes another kind of file of it, and is the one reason to refuse it; what damages it.
FOREIGN: Tuple[Callable[[bytes, Rand], bytes], ...] = (a_web_page, a_zip, compressed, utf16)
DAMAGE: Tuple[Callable[[bytes, Rand], bytes], ...] = (
    *(cut, cut_at_a_line_end, zeros, a_fifth_lost, a_fifth_doubled, twice, stale_lines_behind, the_rest_of_an_older_file_behind),
    *(without_heating, too_hot, unfilled),
)
