"""How fast a G-code file is read, and in how much memory, compared with OctoPrint's own analysis. Prints a Markdown table.

    python benchmarks/inspect_file.py [--octoprint PATH] [--runs N] [--quick] [--spellings] [FILE ...]

Whole processes are run on the same files in turns, so that a busy moment affects all of them; the table has medians. Ours are
`octoprint-cli inspect FILE --json`, installed as users have it, in one environment without numpy and in one with it. OctoPrint's
is `octoprint analysis gcode FILE`, which finds only extents and extrusion; if its extents differ from ours, this fails. Memory is
the largest resident set of the whole program.

Without FILE it reads towers, made from slices in this repository by repeating their layers ever higher: 50 and 300 MB of lines,
20 and 100 MB of arcs. `--quick` reads only the first. `--spellings` reads, with our
program alone, copies of a small tower whose lines are written in other ways, and prints how many lines a second of each are read:
half as many as of plain ones is the aim.
They are kept in .cache/bench, as is everything that is installed.
"""

from __future__ import annotations

import functools
import itertools
import json
import operator
import re
import statistics
import sys
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional

from measure import (
    FOLDER,
    REPOSITORY,
    ProcessResult,
    clean_environment,
    count,
    in_turns,
    install,
    markdown,
    option_parser,
    report,
    run,
)

MB = 1000 * 1000
OCTOPRINT = "1.11.8"
LINES = REPOSITORY / "demo" / "cube.gcode"
ARCS = REPOSITORY / "tests" / "gcode" / "arcs_prusa.gcode"
_LAYER, _END = b";LAYER_CHANGE\n", b";TYPE:Custom\n; Filament-specific end"
_HEIGHT = re.compile(rb"^(G1 [^;\n]*Z|;Z:)([\d.]+)", re.MULTILINE)
COLUMNS = (
    *("file", "read by", "seconds", "MB/s", "times OctoPrint's", "target at least"),
    *("largest resident set", "target at most"),
)


class Tower(NamedTuple):
    """A file to make: its name, the slice it is made of, and its size in MB."""

    name: str
    slice: Path
    size: int


TOWERS = (Tower("tower-50", LINES, 50), Tower("tower-300", LINES, 300), Tower("arcs-20", ARCS, 20), Tower("arcs-100", ARCS, 100))


_MOVE = re.compile(rb"(?m)^G1 ([^;\n]*[^;\n ])[ ]*(?:;[^\n]*)?$")
_LETTER = re.compile(rb"([XYZEF])(?=[\d.])")


def _numbered(text: bytes) -> bytes:
    lines = (line.partition(b";")[0].strip() for line in text.split(b"\n"))
    framed = (b"N%d %s" % (number, line) for number, line in enumerate(filter(None, lines), 1))
    return b"".join(b"%s*%d\n" % (line, functools.reduce(operator.xor, line)) for line in framed)


def _numbered_alone(text: bytes) -> bytes:
    lines = (line.partition(b";")[0].strip() for line in text.split(b"\n"))
    return b"".join(b"N%d %s\n" % (number, line) for number, line in enumerate(filter(None, lines), 1))


def _mixed(text: bytes) -> bytes:
    ways = itertools.cycle([rb"N7 G1 %s", rb"G1 %s", rb"g1 %s", rb"G01 %s", rb"G1 %s (a move)"])
    return _MOVE.sub(lambda found: next(ways) % found.group(1), _signed(_tight_in_part(text)))


def _signed(text: bytes) -> bytes:
    return _MOVE.sub(lambda found: b"G1 " + _LETTER.sub(rb"\1+", found.group(1)), text)


def _tight_in_part(text: bytes) -> bytes:
    return _MOVE.sub(lambda found: b"G1 " + found.group(1).replace(b" Y", b"Y"), text)


def _short_runs(text: bytes) -> bytes:
    lines = text.split(b"\n")
    marks = (b"M204 S1000\n", b"; FEATURE: Inner wall\n; LINE_WIDTH: 0.42\nM106 S%d\n")
    return b"".join(
        line + b"\n" + (marks[at // 4 % 2].replace(b"%d", b"80") if at % 4 == 0 else b"") for at, line in enumerate(lines)
    )


#: Other ways to write the same lines. `G91 throughout` makes another path of them, as long as the first.
SPELLINGS: Dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda text: text,
    "G01": lambda text: _MOVE.sub(rb"G01 \1", text),
    "two spaces": lambda text: _MOVE.sub(lambda found: found.group().replace(b" ", b"  "), text),
    "no spaces": lambda text: _MOVE.sub(lambda found: b"G1" + found.group(1).replace(b" ", b""), text),
    "line numbers with checksums": _numbered,
    "line numbers alone": _numbered_alone,
    "X 10": lambda text: _MOVE.sub(lambda found: b"G1 " + re.sub(rb"([XYZEF])(?=[-\d.])", rb"\1 ", found.group(1)), text),
    "X+10": _signed,
    "G1 X1Y2": _tight_in_part,
    "five ways in turns": _mixed,
    "remarks in brackets": lambda text: _MOVE.sub(rb"G1 \1 (a move)", text),
    "lower case": lambda text: _MOVE.sub(lambda found: found.group().lower(), text),
    "tabs": lambda text: _MOVE.sub(lambda found: found.group().replace(b" ", b"\t"), text),
    "spaces at both ends": lambda text: _MOVE.sub(rb"  G1 \1  ", text),
    "lines ended by CR LF": lambda text: text.replace(b"\n", b"\r\n"),
    "G91 throughout": lambda text: b"G91\n" + text.replace(b"G90", b"G91"),
    "short runs": _short_runs,
}


class Program(NamedTuple):
    """A program that reads a file, the smallest speed ratio to OctoPrint that we aim for, and its memory limit in MiB."""

    name: str
    line: List[str]
    faster: Optional[float] = None
    memory: Optional[float] = None


def make(tower: Tower) -> Path:
    """Make a tower, unless it exists: the slice's beginning, its layers again and again, each above the last, and its end."""
    file = FOLDER / f"{tower.name}.gcode"
    if file.exists() and file.stat().st_size >= tower.size * MB:
        return file
    text = tower.slice.read_bytes()
    begin, end = text.index(_LAYER), text.rindex(_END)
    layers = text[begin:end]
    height = max(float(found) for _, found in _HEIGHT.findall(layers))
    FOLDER.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        out.write(text[:begin])
        floor = 0.0
        while out.tell() + len(text) - end < tower.size * MB:
            out.write(_raised(layers, floor))
            floor = round(floor + height, 3)
        out.write(text[end:])
    return file


def _raised(layers: bytes, floor: float) -> bytes:
    return _HEIGHT.sub(lambda found: b"%s%.10g" % (found.group(1), floor + float(found.group(2))), layers)


def install_programs(octoprint: Optional[Path]) -> List[Program]:
    """Install the programs. OctoPrint comes first, because the others are compared with it."""
    octoprint = octoprint or install("octoprint", f"OctoPrint=={OCTOPRINT}") / "octoprint"
    plain, fast = install("plain", str(REPOSITORY)), install("fast", f"{REPOSITORY}[fast]")
    analysis = [str(octoprint), "--basedir", str(FOLDER / "octoprint-base"), "analysis", "gcode"]
    return [
        Program(f"`octoprint analysis gcode`, {OCTOPRINT}", analysis),
        Program("**octoprint-cli**", [str(plain / "octoprint-cli"), "inspect", "--json"], 5, 60),
        Program("**octoprint-cli** with numpy", [str(fast / "octoprint-cli"), "inspect", "--json"], 15, 120),
    ]


def extents(output: str) -> Dict[str, List[float]]:
    """Parse a program's output. Returns the extents of what is printed, by axis."""
    if output.startswith("{"):
        found = json.loads(output)["data"]["extents"]["extruding"]
        return {axis: found[axis] for axis in "xyz"}
    # OctoPrint's output has the printing area before the travel area.
    return {axis: [float(re.findall(rf"{end}{axis.upper()}: (\S+)", output)[0]) for end in ("min", "max")] for axis in "xyz"}


def require_same(expected: Dict[str, List[float]], actual: Dict[str, List[float]], file: Path) -> None:
    """Raise SystemExit if the extents differ, because speeds are comparable only for the same result."""
    difference = max(abs(a - b) for axis in "xyz" for a, b in zip(expected[axis], actual[axis]))
    if difference > 0.01:
        raise SystemExit(f"{file}: {expected} is not {actual}: the speeds cannot be compared")


def compare(programs: List[Program], file: Path, environ: Dict[str, str], runs: int) -> List[List[object]]:
    """Measure all programs on a file. Returns the rows of the table."""
    lines = [[*program.line, str(file)] for program in programs]
    results = in_turns([lambda line=line: run(line, environ) for line in lines], runs, warm_up=False)
    for others in results[1:]:
        require_same(extents(results[0][0].stdout), extents(others[0].stdout), file)
    return [_row(program, file, own, results[0]) for program, own in zip(programs, results)]


def _row(program: Program, file: Path, own: List[ProcessResult], octoprint: List[ProcessResult]) -> List[object]:
    seconds, size = statistics.median(one.seconds for one in own), file.stat().st_size / MB
    peak = f"{max(one.peak for one in own):.0f} MiB"
    row = [f"{file.name}, {size:.0f} MB", program.name, f"{seconds:.2f} s", f"{size / seconds:.1f}"]
    if program.faster is None:
        return [*row, "", "", peak, ""]
    # The ratio is taken in each round: a busy minute changes the medians more than it changes which one is faster.
    ratio = statistics.median(other.seconds / ours.seconds for other, ours in zip(octoprint, own))
    return [*row, f"**{ratio:.1f}**", program.faster, peak, f"{program.memory} MiB"]


def compare_spellings(programs: List[Program], environ: Dict[str, str], runs: int) -> List[List[object]]:
    """Measure our programs on a tower in each spelling. Returns the rows of the table."""
    text = make(Tower("tower-10", LINES, 10)).read_bytes()
    files = {name: FOLDER / f"spelling-{number}.gcode" for number, name in enumerate(SPELLINGS)}
    for name, file in files.items():
        file.write_bytes(SPELLINGS[name](text))
    rows: List[List[object]] = []
    for program in programs:
        results = in_turns(
            [lambda file=file, line=program.line: run([*line, str(file)], environ) for file in files.values()], runs, warm_up=False
        )
        speeds = [
            file.read_bytes().count(b"\n") / statistics.median(one.seconds for one in own)
            for file, own in zip(files.values(), results)
        ]
        rows += [[name, program.name, f"{speed:.0f}", f"{speed / speeds[0]:.2f}"] for name, speed in zip(files, speeds)]
    return rows


def main() -> int:
    parser = option_parser(__doc__)
    files = "G-code to read (default: towers of 50 and 300 MB, and of arcs)"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=files)
    octoprint = f"OctoPrint's program (default: {OCTOPRINT}, installed in .cache/bench)"
    parser.add_argument("--octoprint", type=Path, metavar="PATH", help=octoprint)
    parser.add_argument("--runs", type=count, default=3, metavar="N", help="processes of each kind (default: 3)")
    parser.add_argument("--spellings", action="store_true", help="compare other spellings of the same lines, and nothing else")
    parser.add_argument("--quick", action="store_true", help="read only the tower of 50 MB")
    arguments = parser.parse_args()
    programs, environ = install_programs(arguments.octoprint), clean_environment(FOLDER)
    if arguments.spellings:
        rows = compare_spellings(programs[1:], environ, arguments.runs)
        report(f"medians of {arguments.runs} processes each, in turns", markdown(("lines", "read by", "lines/s", "of plain"), rows))
        return 0
    found = arguments.files or [make(tower) for tower in TOWERS[: 1 if arguments.quick else None]]
    rows = [row for file in found for row in compare(programs, file, environ, arguments.runs)]
    report(f"medians of {arguments.runs} processes each, in turns", markdown(COLUMNS, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
