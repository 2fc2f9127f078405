"""A mesh as text: its heights in a table, and a small heat map beside or below. This module must not know the printer."""

from __future__ import annotations

from typing import List, Optional

from octoprint_cli.api import value_range
from octoprint_cli_marlin.mesh import Mesh

#: From low to high; the second row is for a terminal without the first.
SHADES = "·░▒▓█"
PLAIN = ".-+*#"
#: The heat map spans no less, in mm: what differs by a hundredth is shown as even.
LEAST_SPAN = 0.05
_GAP = "   "


def drawn(mesh: Mesh, width: int, fine: bool = True) -> str:
    """Draw the mesh, the back of the bed on top: table and heat map side by side if `width` has room, else one below the other."""
    shades = SHADES if fine else PLAIN
    table, heat = _table(mesh), _heat(mesh, shades)
    if len(table[0]) + len(_GAP) + len(heat[0]) <= width:
        both = [f"{left}{_GAP}{right}".rstrip() for left, right in zip(table, heat)]
    else:
        both = [line.rstrip() for line in (*table, *heat)]
    return "\n".join([_head(mesh), "", *both, "", _legend(mesh, shades), _summary(mesh), "row 0 is the front, column 0 the left"])


def _head(mesh: Mesh) -> str:
    told = [f"{mesh.kind} mesh" if mesh.kind not in ("mesh", "unknown") else "mesh", f"{mesh.columns} by {len(mesh.points)} points"]
    if mesh.x and mesh.y:
        told.append(f"x {mesh.x[0]:g} to {mesh.x[1]:g}, y {mesh.y[0]:g} to {mesh.y[1]:g} mm")
    if mesh.enabled is not None:
        told.append(f"leveling is {'on' if mesh.enabled else 'off'}")
    if mesh.fade_height:
        told.append(f"fades out at {mesh.fade_height:g} mm")
    return ", ".join([*told, *([] if mesh.complete else ["some of it got lost on its way"])])


def _table(mesh: Mesh) -> List[str]:
    """Return the table's head, and its rows from the back. All lines are equally long."""
    head = "   " + "".join(f"{column:>7}" for column in range(mesh.columns))
    rows = [f"{row:>3}" + "".join(map(_height, mesh.points[row])) for row in reversed(range(len(mesh.points)))]
    return [head, *rows]


def _height(point: Optional[float]) -> str:
    return "      ." if point is None else f"{point:+7.3f}"


def _heat(mesh: Mesh, shades: str) -> List[str]:
    """Return the heat map, in as many lines as the table has: a point is two characters wide, which is about square."""
    low, step = _scale(mesh, shades)

    def shade(point: Optional[float]) -> str:
        return "  " if point is None else 2 * shades[min(int((point - low) / step), len(shades) - 1)]

    return [" " * 2 * mesh.columns, *("".join(map(shade, row)) for row in reversed(mesh.points))]


def _scale(mesh: Mesh, shades: str) -> List[float]:
    """Return where the first shade begins, and how much each shade spans, in mm."""
    low, span = value_range([height for height, _, _ in mesh.known], LEAST_SPAN)
    return [low, span / len(shades)]


def _legend(mesh: Mesh, shades: str) -> str:
    low, step = _scale(mesh, shades)
    return "  ".join(f"{2 * shade} from {low + at * step:+.3f}" for at, shade in enumerate(shades)) + " mm"


def _summary(mesh: Mesh) -> str:
    lowest, highest = min(mesh.known), max(mesh.known)
    told = [
        f"{word} {height:+.3f} mm at column {column}, row {row}"
        for word, (height, column, row) in (("lowest", lowest), ("highest", highest))
    ]
    heights = [height for height, _, _ in mesh.known]
    return ", ".join([*told, f"range {highest[0] - lowest[0]:.3f} mm", f"mean {sum(heights) / len(heights):+.3f} mm"])
