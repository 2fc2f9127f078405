"""Reading a text as a G-code file."""

from __future__ import annotations

import json
from typing import Union

from octoprint_cli.gcode.analysis.contents import Contents
from octoprint_cli.gcode.analysis.reader import GcodeParser

#: A print as short as one can be.
PLAIN = "G28\nM104 S200\nG1 X10 Y20 Z1 E5\nG1 X30 Y40 E10\nM104 S0\n"


def read(text: Union[str, bytes], piece: int = 128 * 1024, numpy: bool = False) -> Contents:
    """What the text contains, fed in pieces of this size; it can always be said in JSON."""
    text = text.encode() if isinstance(text, str) else text
    reading = GcodeParser(numpy)
    for at in range(0, len(text), piece):
        reading.feed(text[at : at + piece])
    contents = reading.contents()
    json.dumps(contents.as_dict(), allow_nan=False)
    return contents


def without_places(contents: Contents) -> Contents:
    """Without what the length of a line's end changes."""
    return contents._replace(size=0, bad_lines=tuple(bad._replace(offset=0) for bad in contents.bad_lines))
