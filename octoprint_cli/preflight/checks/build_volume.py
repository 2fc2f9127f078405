"""The built-in checks of where the file goes: against the volume that the printer profile tells, in mm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple, Union

from octoprint_cli.errors import OutsideVolume
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.checks.tolerance import beyond
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding, Skip

if TYPE_CHECKING:
    from octoprint_cli.client.resources.profiles import Volume
    from octoprint_cli.gcode.analysis.contents import Extents


class PrintVolume(Check):
    """What is extruded lies in the printer's volume."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        if not contents.extrudes:
            raise Skip("nothing is extruded")
        return judge(context, contents.extruding, "prints", "print_volume")


class TravelVolume(Check):
    """Every move ends in the printer's volume; home is not looked at, which is the printer's business."""

    def run(self, context: CheckContext) -> Finding:
        moves = context.contents.moves
        if not any(moves):
            raise Skip("nothing moves")
        return judge(context, moves, "moves", "travel_volume")


def judge(context: CheckContext, extents: Extents, does: str, name: str) -> Finding:
    """Return a finding if the extents lie in the profile's volume. Raises OutsideVolume with both if not."""
    volume = context.profile.volume
    if volume is None:
        raise Skip("the printer profile tells no size")
    outside = [axis for axis in "xyz" if _sticks_out(getattr(extents, axis), getattr(volume, axis))]
    certain, possible = reach(extents)
    evidence = _evidence(extents, volume, outside)
    if outside or _beyond(certain, volume.circle):
        both = f"at {_spans(extents, outside)}; the printer has {_spans(volume, outside)}"
        if not outside:
            both = f"{_mm(certain)} mm from the centre; the bed has a radius of {_mm(volume.circle or 0)} mm"
        raise OutsideVolume(f"the file {does} {both}", hint=_hint(does, name), details=evidence)
    if _beyond(possible, volume.circle):
        return Finding("its sides are on the round bed; whether its corners are cannot be told from its extents", evidence)
    return Finding(f"the file {does} inside {_spans(volume, 'xyz')}", evidence)


def reach(extents: Extents) -> Tuple[float, float]:
    """Return how far from (0, 0) the file goes: at least, since it touches each side of its extents, and at most, at a corner."""
    (near_x, far_x), (near_y, far_y) = (_distances(span) for span in (extents.x, extents.y))
    return max(math.hypot(far_x, near_y), math.hypot(near_x, far_y)), math.hypot(far_x, far_y)


def _distances(span: Optional[Tuple[float, float]]) -> Tuple[float, float]:
    """Return the nearest and the farthest that a span comes to 0."""
    low, high = span or (0.0, 0.0)
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _sticks_out(span: Optional[Tuple[float, float]], room: Tuple[float, float]) -> bool:
    return span is not None and beyond(max(room[0] - span[0], span[1] - room[1]))


def _beyond(distance: float, radius: Optional[float]) -> bool:
    return radius is not None and beyond(distance - radius)


def _spans(box: Union[Extents, Volume], axes: Sequence[str]) -> str:
    spans = ((axis, getattr(box, axis)) for axis in axes)
    return ", ".join(f"{axis.upper()} {_mm(low)}..{_mm(high)}" for axis, (low, high) in spans) + " mm"


def _mm(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}"


def _evidence(extents: Extents, volume: Volume, outside: List[str]) -> Dict[str, Any]:
    room = {axis: list(getattr(volume, axis)) for axis in "xyz"}
    return {"file": extents.as_dict(), "printer": {**room, "radius": volume.circle}, "outside": outside}


def _hint(does: str, name: str) -> str:
    what = "move or shrink the model in the slicer" if does == "prints" else "fix the slicer's start and end G-code"
    return f"{what}; if the printer reaches that far, say so in its profile on the server, or repeat with --ignore {name}"
