"""Reading G-code: one line of it (`line`), and one pass over a file (`reader`). Must not know HTTP or the printer.

`reader` is not imported from here: what it knows of slicers takes its time.
"""

from octoprint_cli.gcode.contents import BadLine, Contents, Ending, Extents, Heat, Layers, Notable, Sliced, Thumbnail
from octoprint_cli.gcode.line import Line, read_line

__all__ = [
    "BadLine",
    "Contents",
    "Ending",
    "Extents",
    "Heat",
    "Layers",
    "Line",
    "Notable",
    "Sliced",
    "Thumbnail",
    "read_line",
]
