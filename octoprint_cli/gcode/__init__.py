"""Reading G-code. Must not know HTTP or the printer."""

from octoprint_cli.gcode.line import Line, read_line

__all__ = ["Line", "read_line"]
