"""G-code files with one fault each, that a pre-flight check finds. Named in a command line as `{wide}`."""

from __future__ import annotations

from typing import Dict

from octoprint_cli.testing import GCODE

SAMPLES: Dict[str, str] = {
    "wide": GCODE.replace("X20", "X220"),
    "hot": GCODE.replace("S200", "S350"),
    "cut": GCODE[: GCODE.index("M104 S0")],
    "unfilled": GCODE.replace("S200", "S[first_layer_temperature]"),
    "two_tools": GCODE.replace("G28", "G28\nM104 T1 S200\nT1"),
    "still": "G28\nM84\n",
    "cold": GCODE.replace("M109 S200\n", ""),
    "risky": GCODE + "M500\n",
}
