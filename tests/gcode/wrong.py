"""Files on which OctoPrint's analysis is wrong, made by hand; found by reading about it and by trying 1.11.8 and 2.0.0rc7.

What it says of each is held to a real server too, so that a case goes from here once a release gets it right.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple


class Case(NamedTuple):
    """A file, what OctoPrint says of it and what is true, and why: `x`, `y`, `z` of the moves that extrude, `e` by tool."""

    name: str
    lines: str
    octoprint: Dict[str, Any]
    truth: Dict[str, Any]
    why: str

    @property
    def gcode(self) -> str:
        """The whole file."""
        return f"G21\nG90\nM82\nG28\nG92 E0\n{self.lines}\n"


def in_short(measured: Dict[str, Any]) -> Dict[str, Any]:
    """OctoPrint's shape as that of a case."""
    area = measured["printing_area"]
    spans: Dict[str, Tuple[float, float]] = {axis: (area[f"min{axis.upper()}"], area[f"max{axis.upper()}"]) for axis in "xyz"}
    return {**{axis: list(span) for axis, span in spans.items()}, "e": measured["extrusion_length"]}


CASES = (
    Case(
        "arc by its radius",
        "G1 X10 Y10 Z1\nG2 X20 Y10 R5 E2",
        {"x": [10, 20], "y": [10, 10]},
        {"x": [10, 20], "y": [10, 15]},
        "Half a circle over the line from X10 to X20: its top is a radius above. OctoPrint takes its start for its centre.",
    ),
    Case(
        "larger part of a circle by its radius",
        "G1 X10 Y10 Z1\nG2 X20 Y20 R-10 E2",
        {"x": [10, 20], "y": [10, 20]},
        {"x": [0, 20], "y": [10, 30]},
        "A negative R asks for the longer way round, here three quarters of a circle around X10 Y20.",
    ),
    Case(
        "arc across zero degrees",
        "G1 X55 Y41.3397 Z1\nG3 X45 Y58.6603 I-5 J8.6603 E2",
        {"x": [45, 60], "y": [41.3397, 58.6603]},
        {"x": [45, 60], "y": [41.3397, 60]},
        "From 300 degrees through 0 and 90 to 120: OctoPrint knows that such an arc passes 0, and forgets what follows.",
    ),
    Case(
        "full circle",
        "G1 X50 Y50 Z1\nG2 I10 J0 E2",
        {"x": [50, 50], "y": [50, 50]},
        {"x": [50, 70], "y": [40, 60]},
        "An arc without an end, or one that ends where it begins, is a whole circle; OctoPrint sees a dot.",
    ),
    Case(
        "arc in inches",
        "G20\nG1 X1 Y1 Z0.1\nG3 X1 Y2 I0 J0.5 E0.1",
        {"x": [25.4, 25.9], "e": [0.1]},
        {"x": [25.4, 38.1], "e": [2.54]},
        "G20 is about centres and filament, too: half a circle of half an inch. OctoPrint scales X, Y and Z alone.",
    ),
    Case(
        "homing one axis without a number",
        "G1 X50 Y60 Z10\nG28 X\nG1 X20 E1",
        {"x": [0, 20], "y": [0, 0], "z": [0, 0]},
        {"x": [0, 20], "y": [60, 60], "z": [0, 10]},
        "G28 X leaves Y and Z alone. OctoPrint sees no number, and so no axis, and homes them all.",
    ),
    Case(
        "a position by another name",
        "G1 X50 Y60 Z10\nG92 X0 Y0\nG1 X10 Y20 E1",
        {"x": [0, 10], "y": [0, 20]},
        {"x": [50, 60], "y": [60, 80]},
        "G92 moves nothing: the nozzle is still at X50 Y60, and what is asked of it next is measured from there.",
    ),
    Case(
        "an inch by another name",
        "G20\nG1 X2 Y2 Z0.1\nG92 X1 Y1\nG1 X1 Y2 E1",
        {"x": [1, 25.4], "y": [1, 50.8]},
        {"x": [50.8, 50.8], "y": [50.8, 76.2]},
        "The same in inches, which OctoPrint takes for millimetres.",
    ),
    Case(
        "one E for all tools",
        "T0\nG1 X10 Y10 E10\nT1\nG1 X15 E15",
        {"e": [10, 15]},
        {"e": [10, 5]},
        "T1 selects another motor, and E goes on at 10 (Marlin, Repetier). OctoPrint counts from 0 for each; slicers write G92 E0.",
    ),
    Case(
        "no space before E",
        "G1 X1E3 Y10",
        {"x": [0, 1000], "e": [3]},
        {"x": [0, 1], "e": [3]},
        "E is the extruder: no firmware reads an exponent. OctoPrint reads the number twice, as X1000 and as E3.",
    ),
    Case(
        "no spaces, small letters, a line number and a checksum",
        "G1X10Y20Z1E5\ng1 x30 e10\nN5 G1 X40 E15*85\nG1 X35 E16",
        {"x": [0, 35], "y": [0, 0], "z": [0, 100000], "e": [16]},
        {"x": [0, 40], "y": [0, 20], "z": [0, 1], "e": [16]},
        "All of them are moves to a firmware. OctoPrint reads no word that is followed by another without a space, except"
        " that Z1E5 is 100 m high to it, no small letters, and no line with a number.",
    ),
)
