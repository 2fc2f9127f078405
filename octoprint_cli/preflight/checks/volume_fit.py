"""How extents fit into a printer's volume, and the words and numbers for what does not fit, in mm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from octoprint_cli.preflight.checks.tolerance import beyond

if TYPE_CHECKING:
    from octoprint_cli.client.resources.profiles import Volume
    from octoprint_cli.gcode.analysis.contents import Extents

AXES = "xyz"
#: A custom box is suggested in tenths of a millimetre.
_TENTHS = 10


class Fit(NamedTuple):
    """Whether extents fit into a volume: the axes that do not, and whether the rim of a round bed is crossed."""

    outside: List[str]
    crosses_rim: bool  # for certain: a whole side lies outside
    may_cross_rim: bool  # a corner of the extents does, where there may be nothing

    @property
    def fits(self) -> bool:
        return not self.outside and not self.crosses_rim


def fit(extents: Extents, volume: Volume) -> Fit:
    """Return how the extents fit into the volume, to the tolerance of all lengths."""
    outside = [axis for axis in AXES if _sticks_out(getattr(extents, axis), getattr(volume, axis))]
    certain, possible = reach(extents)
    return Fit(outside, _crosses(certain, volume.circle), _crosses(possible, volume.circle))


def reach(extents: Extents) -> Tuple[float, float]:
    """Return how far from (0, 0) the file goes: at least, since it touches each side of its extents, and at most, at a corner."""
    (near_x, far_x), (near_y, far_y) = (_distances(span) for span in (extents.x, extents.y))
    return max(math.hypot(far_x, near_y), math.hypot(near_x, far_y)), math.hypot(far_x, far_y)


def grown(volume: Volume, by: float, below: float = 0.0) -> Volume:
    """Return the volume with so much more room on every side, and so much more below."""
    x, y, z = ((low - by, high + by) for low, high in (volume.x, volume.y, volume.z))
    return volume._replace(x=x, y=y, z=(z[0] - below, z[1]), radius=None if volume.radius is None else volume.radius + by)


def around(volume: Volume, *extents: Extents) -> Volume:
    """Return the smallest custom box that holds the volume and the extents."""
    x, y, z = (_hull(getattr(volume, axis), *(getattr(one, axis) for one in extents)) for axis in AXES)
    return volume._replace(x=x, y=y, z=z)


def excess(extents: Extents, volume: Volume) -> float:
    """Return by how much the extents go beyond the volume, at the side where that is most."""
    pairs = ((getattr(extents, axis), getattr(volume, axis)) for axis in AXES)
    over: List[float] = [max(room[0] - span[0], span[1] - room[1]) for span, room in pairs if span is not None]
    rim = [] if volume.circle is None else [reach(extents)[0] - volume.circle]
    return max([0.0, *over, *rim])


def where(extents: Extents, volume: Volume, found: Fit) -> str:
    """Return where the extents lie and what the printer has: `at Y -3..120 mm; the printer has Y 0..210 mm`."""
    if found.outside:
        return f"at {spans(extents, found.outside)}; the printer has {spans(volume, found.outside)}"
    return f"{mm(reach(extents)[0])} mm from the centre; the bed has a radius of {mm(volume.circle or 0)} mm"


def spans(box: Union[Extents, Volume], axes: Sequence[str] = AXES) -> str:
    """Return `X 0..200, Y 0..200 mm`."""
    pairs = ((axis, getattr(box, axis)) for axis in axes)
    return ", ".join(f"{axis.upper()} {mm(low)}..{mm(high)}" for axis, (low, high) in pairs) + " mm"


def sides(volume: Volume) -> Dict[str, Any]:
    """Return the volume as evidence: `{"x": [0, 200], ...}`."""
    return {axis: list(getattr(volume, axis)) for axis in AXES}


def mm(value: float) -> str:
    """Return a length with two decimals at most."""
    return f"{round(value, 2) + 0.0:g}"


def _distances(span: Optional[Tuple[float, float]]) -> Tuple[float, float]:
    """Return the nearest and the farthest that a span comes to 0."""
    low, high = span or (0.0, 0.0)
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _sticks_out(span: Optional[Tuple[float, float]], room: Tuple[float, float]) -> bool:
    return span is not None and beyond(max(room[0] - span[0], span[1] - room[1]))


def _crosses(distance: float, radius: Optional[float]) -> bool:
    return radius is not None and beyond(distance - radius)


def _hull(room: Tuple[float, float], *others: Optional[Tuple[float, float]]) -> Tuple[float, float]:
    """Return the span around all of them, rounded outwards where it is wider than the room."""
    low = min([room[0], *(math.floor(round(span[0] * _TENTHS, 3)) / _TENTHS for span in others if span)])
    high = max([room[1], *(math.ceil(round(span[1] * _TENTHS, 3)) / _TENTHS for span in others if span)])
    return low, high
