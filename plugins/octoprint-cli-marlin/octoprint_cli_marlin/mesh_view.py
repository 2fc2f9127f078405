"""The view of a mesh: its heights in a table, with a small heat map beside or below it. Must not know the printer."""

from __future__ import annotations

from typing import List, Optional

from octoprint_cli.api import value_range
from octoprint_cli_marlin.mesh import Mesh

#: The shades from low to high, and their replacements for a terminal that cannot show them.
SHADES = "·░▒▓█"
ASCII_SHADES = ".-+*#"
#: The smallest range in mm that the heat map covers, so that differences of a hundredth look even.
MIN_SPAN = 0.05
_GAP = "   "


def render(mesh: Mesh, width: int, fine: bool = True) -> str:
    """Return the mesh as text with the back of the bed on top; the heat map is beside the table if `width` is large enough."""
    shades = SHADES if fine else ASCII_SHADES
    table, heat = _table(mesh), _heat(mesh, shades)
    if len(table[0]) + len(_GAP) + len(heat[0]) <= width:
        both = [f"{left}{_GAP}{right}".rstrip() for left, right in zip(table, heat)]
    else:
        both = [line.rstrip() for line in (*table, *heat)]
    return "\n".join([_head(mesh), "", *both, "", _legend(mesh, shades), _summary(mesh), "row 0 is the front, column 0 the left"])


def _head(mesh: Mesh) -> str:
    title = "mesh" if mesh.kind in ("mesh", "unknown") else f"{mesh.kind} mesh"
    parts = [title, f"{mesh.columns} by {len(mesh.points)} points"]
    if mesh.x and mesh.y:
        parts.append(f"x {mesh.x[0]:g} to {mesh.x[1]:g}, y {mesh.y[0]:g} to {mesh.y[1]:g} mm")
    if mesh.enabled is not None:
        parts.append(f"leveling is {'on' if mesh.enabled else 'off'}")
    if mesh.fade_height:
        parts.append(f"fades out at {mesh.fade_height:g} mm")
    return ", ".join([*parts, *([] if mesh.complete else ["some points were lost in transmission"])])


def _table(mesh: Mesh) -> List[str]:
    """Return a heading and the rows from the back, all of the same length."""
    head = "   " + "".join(f"{column:>7}" for column in range(mesh.columns))
    rows = [f"{row:>3}" + "".join(map(_height, mesh.points[row])) for row in reversed(range(len(mesh.points)))]
    return [head, *rows]


def _height(point: Optional[float]) -> str:
    return "      ." if point is None else f"{point:+7.3f}"


def _heat(mesh: Mesh, shades: str) -> List[str]:
    """Return as many lines as the table has. A point is two characters wide, which makes it about square."""
    low, step = _scale(mesh, shades)

    def shade(point: Optional[float]) -> str:
        return "  " if point is None else 2 * shades[min(int((point - low) / step), len(shades) - 1)]

    return [" " * 2 * mesh.columns, *("".join(map(shade, row)) for row in reversed(mesh.points))]


def _scale(mesh: Mesh, shades: str) -> List[float]:
    """Return the height at which the first shade begins, and the range of each shade, in mm."""
    low, span = value_range([height for height, _, _ in mesh.known], MIN_SPAN)
    return [low, span / len(shades)]


def _legend(mesh: Mesh, shades: str) -> str:
    low, step = _scale(mesh, shades)
    return "  ".join(f"{2 * shade} from {low + at * step:+.3f}" for at, shade in enumerate(shades)) + " mm"


def _summary(mesh: Mesh) -> str:
    lowest, highest = min(mesh.known), max(mesh.known)
    extremes = [
        f"{word} {height:+.3f} mm at column {column}, row {row}"
        for word, (height, column, row) in (("lowest", lowest), ("highest", highest))
    ]
    heights = [height for height, _, _ in mesh.known]
    return ", ".join([*extremes, f"range {highest[0] - lowest[0]:.3f} mm", f"mean {sum(heights) / len(heights):+.3f} mm"])
