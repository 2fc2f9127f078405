"""Judge a file as a whole: what does not fit together, although each of its lines is sound.

Each function looks at one thing, and yields a Doubt where it is not what a slicer writes. None of them is certain: a
person may have written the file so. This module must know no slicer.
"""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from octoprint_cli.gcode.analysis.comments import CommentParser
from octoprint_cli.gcode.analysis.contents import Doubt
from octoprint_cli.gcode.analysis.interpreter import GcodeInterpreter
from octoprint_cli.gcode.analysis.toolpath import Toolpath

#: So much less, or more, than the slicer says may be measured: parts, and mm. (A prime, a wipe, rounded numbers.)
_LESS, _LEAST, _MORE, _MOST = 0.06, 8.0, 0.08, 25.0
#: Only where lines are missing or doubled does one line change absolute E by more than this, in mm and in parts of all filament.
_STEP, _STEP_PART = 25.0, 0.03
#: So many layers, or parts of them, more or less may be marked than the slicer says.
_LAYERS, _LAYERS_PART = 2, 0.03


def find_doubts(interpreter: GcodeInterpreter, comments: CommentParser, layer_height: Optional[float]) -> Tuple[Doubt, ...]:
    """Return the doubts in the order of the file."""
    toolpath = interpreter.toolpath
    if toolpath.last_extrusion is None:
        return ()
    found = [
        *toolpath.levels.doubts(layer_height),
        *comments.numbers.doubts(),
        *steps_of_e(toolpath),
        *filament(toolpath, comments.filament_used()),
        *layers(comments),
        *second_start(interpreter, comments),
        *habits(interpreter),
    ]
    return tuple(sorted(found, key=lambda doubt: doubt.line))


def steps_of_e(toolpath: Toolpath) -> Iterator[Doubt]:
    """Look for a place where absolute E does not go on where it was."""
    limit = max(_STEP, _STEP_PART * sum(toolpath.lengths.values()))
    last = toolpath.last_extrusion or 0
    for step, what in (
        (toolpath.feed, "more than a move takes: lines are missing"),
        (toolpath.pull, "back: lines are there twice"),
    ):
        if abs(step.value) > limit and step.line < last:
            yield Doubt("e_step", step.line, f"near line {step.line} one line moves the filament {abs(step.value):.0f} mm {what}")


def filament(toolpath: Toolpath, told: Tuple[float, ...]) -> Iterator[Doubt]:
    """Compare the filament that is extruded with what the slicer says."""
    expected, layers, all_of_it = sum(told), toolpath.layer_lengths, sum(toolpath.lengths.values())
    if not expected:
        return
    alone = len(toolpath.lengths) == 1  # a change of tools purges, which few slicers count
    if max(layers, all_of_it) < expected - max(_LESS * expected, _LEAST):
        yield Doubt(
            "filament", 0, f"{all_of_it:.0f} mm of filament are extruded, the slicer reports {expected:.0f} mm: lines are missing"
        )
    elif alone and layers > expected + max(_MORE * expected, _MOST):
        yield Doubt("filament", 0, f"{layers:.0f} mm of filament are extruded, the slicer reports {expected:.0f} mm")


def layers(comments: CommentParser) -> Iterator[Doubt]:
    """Compare the layers that are marked with what the slicer says."""
    told, marked = comments.layers().count, comments.marked
    if told and marked and abs(told - marked) > max(_LAYERS, _LAYERS_PART * told):
        yield Doubt("layers", 0, f"{marked} layers are marked, the slicer reports {told}")


def second_start(interpreter: GcodeInterpreter, comments: CommentParser) -> Iterator[Doubt]:
    """Look for the beginning of another print."""
    again = interpreter.restarted
    if again:
        yield Doubt("second_start", again, f"another print begins after the end of the first on line {again}")
    elif comments.beginnings > 1:
        yield Doubt("second_start", 0, f"it is {comments.beginnings} files, one after the other")


def habits(interpreter: GcodeInterpreter) -> Iterator[Doubt]:
    """Look for what a print does before it extrudes, and afterwards."""
    unhomed, unwaited = interpreter.unhomed, interpreter.heaters.unwaited
    if unhomed is not None:
        yield Doubt("homing", unhomed, f"line {unhomed} extrudes before anything homes the axes")
    if interpreter.heaters.never_heated:
        yield Doubt("heating", 0, "nothing heats a hotend, and the file allows cold extrusion (M302)")
    elif unwaited is not None:
        yield Doubt("heating", unwaited, f"line {unwaited} extrudes before anything waits for the hotend to become hot (M109)")
    if interpreter.left_hot:
        yield Doubt(
            "left_hot",
            interpreter.left_hot,
            f"nothing switches the hotend off after the last extrusion, on line {interpreter.left_hot}",
        )
