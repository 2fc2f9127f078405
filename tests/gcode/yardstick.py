"""Our reader held to what OctoPrint says of the same file."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from octoprint_cli.gcode.analysis.contents import Contents, Extents

#: Millimetres.
TOLERANCE = 0.01
_SIZES = {"x": "width", "y": "depth", "z": "height"}


def measured(contents: Contents) -> Optional[Dict[str, Any]]:
    """Our findings in OctoPrint's shape; None where nothing is extruded."""
    if not contents.extrudes:
        return None
    lengths = {int(tool[len("tool") :]): length for tool, length in contents.extrusion.items()}
    return {
        "printing_area": _area(contents.extruding),
        "travel_area": _area(contents.all_moves),
        "dimensions": contents.as_dict()["dimensions"],
        "travel_dimensions": _dimensions(contents.all_moves),
        "extrusion_length": [lengths.get(tool, 0.0) for tool in range(max(lengths, default=0) + 1)],
    }


def differences(ours: Any, theirs: Any, where: str = "") -> List[str]:
    """A line for each number of theirs that ours is not within TOLERANCE of, or that one of us does not have."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = sorted({*ours, *theirs})
        return [line for name in names for line in differences(ours.get(name), theirs.get(name), f"{where} {name}".strip())]
    if isinstance(ours, list) and isinstance(theirs, list):
        # a tool that is selected and extrudes nothing has a place in one list, perhaps, but not in the other
        pairs = [(part[n] if n < len(part) else 0.0 for part in (ours, theirs)) for n in range(max(len(ours), len(theirs)))]
        return [line for n, (own, its) in enumerate(pairs) for line in differences(own, its, f"{where} {n}")]
    if ours is None and theirs is None:
        return []
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)) and abs(ours - theirs) <= TOLERANCE:
        return []
    return [f"{where}: OctoPrint says {theirs}, we say {ours}"]


def _area(extents: Extents) -> Dict[str, Optional[float]]:
    spans = {axis.upper(): span or (None, None) for axis, span in extents._asdict().items()}
    return {end + axis: span[at] for axis, span in spans.items() for at, end in enumerate(("min", "max"))}


def _dimensions(extents: Extents) -> Dict[str, float]:
    return {_SIZES[axis]: span[1] - span[0] if span else 0.0 for axis, span in extents._asdict().items()}
