"""The parser of bed meshes, as Marlin's leveling systems report them. Must not know how a mesh is shown.

These forms are parsed, all of them seen in logs:

- bilinear (`M420 V1`, and behind `G29`): numbered rows, the front row first; a computed finer grid may follow;
- UBL (`M420 V1`, `G29 T`): the back row first, numbered except in old versions; `[...]` marks the point next to the nozzle;
  as CSV (`M420 V1 T1`, `G29 T1`) with tabs or commas, not numbered;
- mesh bed leveling (`M420 V1`, `G29 S0`): as bilinear, in old versions without numbers;
- Prusa's 8-bit firmware (`G81`): as mesh bed leveling, but the back row first.

A point that was not probed is `.`, `=====` or `NAN`. If a temperature report interrupts a row, the lost points are None and the
mesh is not complete.
"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

Row = List[Optional[float]]
#: Phrases in reports, and the leveling system they indicate. A report may contain none of them.
_KINDS = (("bed topography report", "ubl"), ("bilinear", "bilinear"), ("measured points", "mesh"), ("mesh bed level", "mesh"))
KINDS = ("bilinear", "ubl", "mesh", "unknown")

_POINT = re.compile(r"[-+]?[0-9]*\.[0-9]+|\.|=+|[-+]?nan", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[0-9]*\.[0-9]+")
_BETWEEN = re.compile(r"[\s\[\],;|]+")  # `[ 0.180]`, `9 |`, tabs and commas
_REPORT = re.compile(r"\s*\b(?:T[0-9]?|B|X):\s*-?[0-9].*")
_CORNERS = re.compile(r"\(\s*(-?[0-9.]+),\s*(-?[0-9.]+)\)\s+\(\s*(-?[0-9.]+),\s*(-?[0-9.]+)\)")
_SWITCHED = re.compile(r"bed leveling (on|off)$", re.IGNORECASE)
_FADE = re.compile(r"fade height (off|[0-9.]+)", re.IGNORECASE)


class Mesh(NamedTuple):
    """Heights in mm by row and column: the first row is the front of the bed, its first point the left."""

    kind: str
    points: List[Row]
    complete: bool  # false if points were lost in transmission; points that were not probed do not count
    enabled: Optional[bool]
    fade_height: Optional[float]  # mm above the bed at which leveling ends; 0: it never does
    x: Optional[List[float]]  # mm, of the first and the last column
    y: Optional[List[float]]  # mm, of the first and the last row

    @property
    def known(self) -> List[Tuple[float, int, int]]:
        """The height, column and row of every point that was probed."""
        rows = enumerate(self.points)
        return [(height, column, row) for row, points in rows for column, height in enumerate(points) if height is not None]

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.points[0]) if self.points else 0


class _ReportedRow(NamedTuple):
    """A row of a grid, as the firmware reported it."""

    number: Optional[int]
    points: Row
    broken: bool  # a temperature report interrupted it


def read_mesh(lines: Sequence[str], back_first: bool = False) -> Optional[Mesh]:
    """Parse the first grid of the lines. None if there is no grid, or no point was probed.

    `back_first` says that rows without numbers begin at the back; for UBL this is known.
    """
    kind = kind_of(lines)
    rows, before, after = _grid(lines)
    if is_plane(lines) or not any(point is not None for row in rows for point in row.points):
        return None
    columns = max(len(row.points) for row in rows)
    short = any(row.broken or len(row.points) < columns for row in rows)
    points = _in_order(rows, back_first or kind == "ubl", columns)
    x, y = _extent(before, after)
    gaps = [row for row in points if row is None]
    whole: List[Row] = [row if row is not None else [None] * columns for row in points]
    return Mesh(kind, whole, not (short or gaps), _switch(lines), _fade(lines), x, y)


def kind_of(lines: Sequence[str]) -> str:
    """Return the leveling system that the report indicates, one of KINDS, even if there is no mesh."""
    return next((kind for line in lines for phrase, kind in _KINDS if phrase in line.lower()), "unknown")


def is_plane(lines: Sequence[str]) -> bool:
    """Return whether the firmware levels by a plane, through three or more points, so that there is no mesh."""
    return any("bed level correction matrix" in line.lower() for line in lines)


def _grid(lines: Sequence[str]) -> Tuple[List[_ReportedRow], Sequence[str], Sequence[str]]:
    """Return the rows of the first grid, the lines before it, and those after it up to a computed finer grid."""
    rows: List[_ReportedRow] = []
    first = last = 0
    for at, line in enumerate(lines):
        if rows and "subdivided" in line.lower():
            return rows, lines[:first], lines[last + 1 : at]
        row = _row(line)
        if row is not None:
            first, last = (first if rows else at), at
            rows.append(row)
    return rows, lines[:first], lines[last + 1 :]


def _row(line: str) -> Optional[_ReportedRow]:
    """Parse a line that holds only points, optionally after a row number. A line of whole numbers is the heading, not a row."""
    bare = _REPORT.sub("", line)
    words = [word for word in _BETWEEN.split(bare) if word]
    number = int(words.pop(0)) if words and words[0].isdigit() else None
    if not words or not all(map(_POINT.fullmatch, words)):
        return None
    return _ReportedRow(number, [float(word) if _NUMBER.fullmatch(word) else None for word in words], bare != line)


def _in_order(rows: List[_ReportedRow], back_first: bool, columns: int) -> List[Optional[Row]]:
    """Return the rows from the front, padded to the number of columns; None for a row that was not reported."""
    filled = [row.points + [None] * (columns - len(row.points)) for row in rows]
    if all(row.number is not None for row in rows):
        numbered = {row.number: points for row, points in zip(rows, filled)}
        return [numbered.get(number) for number in range(max(row.number or 0 for row in rows) + 1)]
    return [*reversed(filled)] if back_first else [*filled]


def _extent(before: Sequence[str], after: Sequence[str]) -> Tuple[Optional[List[float]], Optional[List[float]]]:
    """Return the positions of the outermost columns and rows, from the corners that UBL prints around the grid."""
    top, bottom = next(_corners(reversed(before)), None), next(_corners(after), None)
    if top is None or bottom is None:
        return None, None
    return [bottom[0], bottom[2]], [bottom[1], top[1]]


def _corners(lines: Iterable[str]) -> Iterator[List[float]]:
    for line in lines:
        found = _CORNERS.search(line)
        if found:
            yield [float(number) for number in found.groups()]


def _switch(lines: Sequence[str]) -> Optional[bool]:
    found = next(filter(None, map(_SWITCHED.search, lines)), None)
    return found.group(1).lower() == "on" if found else None


def _fade(lines: Sequence[str]) -> Optional[float]:
    found = next(filter(None, map(_FADE.search, lines)), None)
    if found is None:
        return None
    return 0.0 if found.group(1).lower() == "off" else float(found.group(1))
