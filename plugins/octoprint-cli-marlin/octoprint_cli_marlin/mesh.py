"""The bed mesh as Marlin reports it, in each form of its leveling systems. This module must not know how it is shown.

What is read here, all of it seen in logs:

- bilinear (`M420 V1`, and behind `G29`): rows with their number, the front one first; a finer grid that was computed may follow;
- UBL (`M420 V1`, `G29 T`): the back row first, numbered or, in old ones, not; `[...]` stands around the point next to the nozzle;
  as CSV (`M420 V1 T1`, `G29 T1`) with tabs or commas, not numbered;
- mesh bed leveling (`M420 V1`, `G29 S0`): as bilinear, or in old ones without numbers;
- Prusa's 8-bit firmware (`G81`): as the latter, but the back row first.

A point that was not probed is `.`, `=====` or `NAN`. A temperature report may cut into a row: what is lost is None, and the mesh
not complete.
"""

from __future__ import annotations

import re
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

Row = List[Optional[float]]
#: Kinds of leveling, by what their reports say. A report may name none.
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
    complete: bool  # no point of a row got lost on its way; one that was not probed is no loss
    enabled: Optional[bool]
    fade_height: Optional[float]  # mm above the bed where leveling has faded out; 0: it does not fade
    x: Optional[List[float]]  # mm: of the first and the last column
    y: Optional[List[float]]  # mm: of the first and the last row

    @property
    def known(self) -> List[Tuple[float, int, int]]:
        """Every point that was probed: height, column, row."""
        rows = enumerate(self.points)
        return [(height, column, row) for row, points in rows for column, height in enumerate(points) if height is not None]

    @property
    def columns(self) -> int:
        """The number of columns of the mesh."""
        return len(self.points[0]) if self.points else 0


class _Line(NamedTuple):
    """A row of a grid as the firmware reported it."""

    number: Optional[int]
    points: Row
    broken: bool  # something cut into it


def read_mesh(lines: Sequence[str], back_first: bool = False) -> Optional[Mesh]:
    """Read the first grid in the lines; return None if there is none, or nothing of it was probed.

    `back_first`: rows without a number come from the back, which is known of UBL.
    """
    kind = kind_of(lines)
    rows, before, behind = _grid(lines)
    if is_plane(lines) or not any(point is not None for row in rows for point in row.points):
        return None
    columns = max(len(row.points) for row in rows)
    short = any(row.broken or len(row.points) < columns for row in rows)
    points = _in_order(rows, back_first or kind == "ubl", columns)
    x, y = _extent(before, behind)
    gaps = [row for row in points if row is None]
    whole: List[Row] = [row if row is not None else [None] * columns for row in points]
    return Mesh(kind, whole, not (short or gaps), _switch(lines), _fade(lines), x, y)


def kind_of(lines: Sequence[str]) -> str:
    """Return the leveling system that the lines name, one of KINDS, also where there is no mesh."""
    return next((kind for line in lines for told, kind in _KINDS if told in line.lower()), "unknown")


def is_plane(lines: Sequence[str]) -> bool:
    """Whether the firmware levels by a plane, from three points or many, and has no mesh at all."""
    return any("bed level correction matrix" in line.lower() for line in lines)


def _grid(lines: Sequence[str]) -> Tuple[List[_Line], Sequence[str], Sequence[str]]:
    """Return the rows of the first grid, the lines before it, and those behind it up to a finer grid."""
    rows: List[_Line] = []
    first = last = 0
    for at, line in enumerate(lines):
        if rows and "subdivided" in line.lower():
            return rows, lines[:first], lines[last + 1 : at]
        row = _row(line)
        if row is not None:
            first, last = (first if rows else at), at
            rows.append(row)
    return rows, lines[:first], lines[last + 1 :]


def _row(line: str) -> Optional[_Line]:
    """Parse a row of a grid: only points, perhaps behind a row number; None for other lines, such as a head of whole numbers."""
    bare = _REPORT.sub("", line)
    words = [word for word in _BETWEEN.split(bare) if word]
    number = int(words.pop(0)) if words and words[0].isdigit() else None
    if not words or not all(map(_POINT.fullmatch, words)):
        return None
    return _Line(number, [float(word) if _NUMBER.fullmatch(word) else None for word in words], bare != line)


def _in_order(rows: List[_Line], back_first: bool, columns: int) -> List[Optional[Row]]:
    """Return the rows from the front, each as long as the longest; None for a row that was not reported."""
    filled = [row.points + [None] * (columns - len(row.points)) for row in rows]
    if all(row.number is not None for row in rows):
        numbered = {row.number: points for row, points in zip(rows, filled)}
        return [numbered.get(number) for number in range(max(row.number or 0 for row in rows) + 1)]
    return [*reversed(filled)] if back_first else [*filled]


def _extent(before: Sequence[str], behind: Sequence[str]) -> Tuple[Optional[List[float]], Optional[List[float]]]:
    """Return the positions of the outermost columns and rows, from the corners that are printed before and behind the grid."""
    top, bottom = next(_corners(reversed(before)), None), next(_corners(behind), None)
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
