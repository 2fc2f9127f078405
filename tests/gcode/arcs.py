"""Sliced lines on a circle, as arcs: `python arcs.py < LINES > ARCS`. As ArcWelder does, which no slicer here can.

For absolute positions and absolute extrusion. An arc turns 80 degrees at most: OctoPrint's analysis is right about those.
"""

from __future__ import annotations

import math
import re
import sys
from typing import List, NamedTuple, Optional, Tuple

MOVE = re.compile(r"G1 X(\S+) Y(\S+) E(\S+)$")
TOLERANCE = 0.01
WIDEST = math.radians(80)


class Move(NamedTuple):
    line: str
    x: float
    y: float
    e: str


def centre(a: Move, b: Move, c: Move) -> Optional[Tuple[float, float]]:
    """Of the circle through three points; None if they are on a line."""
    bx, by, cx, cy = b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y
    twice = 2 * (bx * cy - by * cx)
    if abs(twice) < 1e-6:
        return None
    b2, c2 = bx * bx + by * by, cx * cx + cy * cy
    return a.x + (cy * b2 - by * c2) / twice, a.y + (bx * c2 - cx * b2) / twice


def arc(run: List[Move]) -> Optional[str]:
    """The arc that all of these points are on, the first being where it starts."""
    found = centre(run[0], run[len(run) // 2], run[-1]) if len(run) >= 4 else None
    if found is None:
        return None
    x, y = found
    radius = math.hypot(run[0].x - x, run[0].y - y)
    if any(abs(math.hypot(move.x - x, move.y - y) - radius) > TOLERANCE for move in run):
        return None
    angles = [math.atan2(move.y - y, move.x - x) for move in run]
    steps = [math.remainder(after - before, 2 * math.pi) for before, after in zip(angles, angles[1:])]
    if abs(sum(steps)) > WIDEST or not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return None
    code = "G3" if steps[0] > 0 else "G2"
    last = run[-1]
    return f"{code} X{last.x:g} Y{last.y:g} I{x - run[0].x:.3f} J{y - run[0].y:.3f} E{last.e}"


def weld(run: List[Move]) -> List[str]:
    """A row of moves, its first being where it starts: the longest arcs first."""
    out: List[str] = []
    start = 0
    while start < len(run) - 1:
        ends = (end for end in range(len(run), start + 3, -1))
        welded = next(((end, line) for end in ends for line in [arc(run[start:end])] if line), None)
        end, line = welded or (start + 2, run[start + 1].line)
        out.append(line)
        start = end - 1
    return out


def main() -> None:
    run: List[Move] = []
    for line in map(str.rstrip, sys.stdin):
        found = MOVE.match(line)
        if found and run:
            run.append(Move(line, float(found[1]), float(found[2]), found[3]))
            continue
        print(*weld(run), sep="\n", end="\n" if len(run) > 1 else "")
        place = re.match(r"G1 X(\S+) Y(\S+)", line)
        run = [Move(line, float(place[1]), float(place[2]), "")] if place else []
        print(line)
    print(*weld(run), sep="\n")


if __name__ == "__main__":
    main()
