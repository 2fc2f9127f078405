"""How fast a G-code file is read, beside OctoPrint's own analysis of it, and in how much memory. Prints a Markdown table.

    python benchmarks/inspect.py [--octoprint PATH] [--runs N] [--quick] [FILE ...]

Whole processes on the same files in the same run, taking turns so that a busy moment hits all; medians. Ours are
`octoprint-cli inspect FILE --json`, installed as users have it, in one environment without numpy and in one with it. OctoPrint's
is `octoprint analysis gcode FILE`, which finds extents and extrusion alone; where it finds others than we do, this fails. Memory
is the largest resident set of the whole program.

Without FILE it reads towers, made from slices in this repository by repeating their layers ever higher: 50 and 300 MB of lines,
20 and 100 MB of arcs. `--quick` reads the first alone. It keeps them, and what it installs, in .cache/bench.

This name hides the standard library's inspect from the scripts beside it: none of them may import what wants that one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import sys
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional

import measure
from measure import FOLDER, REPOSITORY, Ran

MB = 1000 * 1000
OCTOPRINT = "1.11.8"
CUBE = REPOSITORY / "demo" / "cube.gcode"
ARCS = REPOSITORY / "tests" / "gcode" / "arcs_prusa.gcode"
_LAYER, _END = b";LAYER_CHANGE\n", b";TYPE:Custom\n; Filament-specific end"
_HEIGHT = re.compile(rb"^(G1 [^;\n]*Z|;Z:)([\d.]+)", re.MULTILINE)


class Row(NamedTuple):
    """A program that reads a file: how much faster than OctoPrint it should be at least, and in how many MiB at most."""

    name: str
    line: List[str]
    faster: Optional[float] = None
    memory: Optional[float] = None


def tower(name: str, slice_: Path, size: int) -> Path:
    """A file of so many MB, kept: the slice's beginning, its layers again and again, each time above the last, its end."""
    file = FOLDER / f"{name}.gcode"
    if file.exists() and file.stat().st_size >= size * MB:
        return file
    text = slice_.read_bytes()
    begin, end = text.index(_LAYER), text.rindex(_END)
    layers = text[begin:end]
    height = max(float(found) for _, found in _HEIGHT.findall(layers))
    FOLDER.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        out.write(text[:begin])
        floor = 0.0
        while out.tell() + len(text) - end < size * MB:
            out.write(_HEIGHT.sub(lambda found, floor=floor: b"%s%.10g" % (found.group(1), floor + float(found.group(2))), layers))
            floor = round(floor + height, 3)
        out.write(text[end:])
    return file


def rows(octoprint: Path) -> List[Row]:
    """OctoPrint's first: the others are measured against it."""
    plain, fast = (measure.install(name, *what) for name, what in (("plain", [str(REPOSITORY)]), ("fast", [f"{REPOSITORY}[fast]"])))
    analysis = [str(octoprint), "--basedir", str(FOLDER / "octoprint-base"), "analysis", "gcode"]
    return [
        Row(f"`octoprint analysis gcode`, {OCTOPRINT}", analysis),
        Row("**octoprint-cli**", [str(plain / "octoprint-cli"), "inspect", "--json"], 5, 60),
        Row("**octoprint-cli** with numpy", [str(fast / "octoprint-cli"), "inspect", "--json"], 15, 120),
    ]


def extents(printed: str) -> Dict[str, List[float]]:
    """What a program has found: the extents of what is printed, by axis."""
    if printed.startswith("{"):
        found = json.loads(printed)["data"]["extents"]["extruding"]
        return {axis: found[axis] for axis in "xyz"}
    # its printing area comes before its travel area
    return {axis: [float(re.findall(rf"{end}{axis.upper()}: (\S+)", printed)[0]) for end in ("min", "max")] for axis in "xyz"}


def check_same(found: Dict[str, List[float]], other: Dict[str, List[float]], file: Path) -> None:
    apart = max(abs(a - b) for axis in "xyz" for a, b in zip(found[axis], other[axis]))
    if apart > 0.01:
        raise SystemExit(f"{file}: {found} is not {other}: speed says nothing here")


def table(found: List[Row], files: List[Path], environ: Dict[str, str], runs: int) -> str:
    """A row for each file and program."""
    lines = [
        "| file | read by | seconds | MB/s | times OctoPrint's | target at least | largest resident set | target at most |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for file in files:
        every = list(zip(*([measure.run([*row.line, str(file)], environ) for row in found] for _ in range(runs))))
        for row, ran in zip(found, every):
            check_same(extents(every[0][0].stdout), extents(ran[0].stdout), file)
            lines.append(_shown(row, file, list(ran), list(every[0])))
    return "\n".join(lines)


def _shown(row: Row, file: Path, ran: List[Ran], octoprint: List[Ran]) -> str:
    seconds, size = statistics.median(one.seconds for one in ran), file.stat().st_size / MB
    peak = f"{max(one.peak for one in ran):.0f} MiB"
    # Of the two in one round, not of the medians: a busy minute changes the seconds more than it changes who is faster.
    ratio = statistics.median(its.seconds / own.seconds for its, own in zip(octoprint, ran))
    times, space = (f"**{ratio:.1f}** | {row.faster}", f"{peak} | {row.memory} MiB") if row.faster else (" |", f"{peak} |")
    return f"| {file.name}, {size:.0f} MB | {row.name} | {seconds:.2f} s | {size / seconds:.1f} | {times} | {space} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="G-code to read (towers of 50 and 300 MB, and of arcs)")
    parser.add_argument("--octoprint", type=Path, metavar="PATH", help=f"its program ({OCTOPRINT}, installed below .cache/bench)")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="processes of each kind (3)")
    parser.add_argument("--quick", action="store_true", help="the tower of 50 MB alone")
    arguments = parser.parse_args()
    octoprint = arguments.octoprint or measure.install("octoprint", f"OctoPrint=={OCTOPRINT}") / "octoprint"
    makers: List[Callable[[], Path]] = [lambda: tower("tower-50", CUBE, 50), lambda: tower("tower-300", CUBE, 300)]
    makers += [lambda: tower("arcs-20", ARCS, 20), lambda: tower("arcs-100", ARCS, 100)]
    files = arguments.files or [make() for make in makers[: 1 if arguments.quick else None]]
    runs, environ = max(arguments.runs, 1), measure.without_settings(FOLDER)
    shown = table(rows(octoprint), files, environ, runs)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {runs} processes each, in turns:\n\n{shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
