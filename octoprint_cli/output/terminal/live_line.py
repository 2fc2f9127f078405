"""The live view in one line, which is removed at the end."""

from __future__ import annotations

from rich.console import RenderableType

from octoprint_cli.output import units
from octoprint_cli.output.terminal.live_moment import Moment
from octoprint_cli.output.terminal.live_texts import Canvas, bar, fitting, side_by_side

#: The maximum width of the progress bar.
BAR = 30


def draw_line(moment: Moment, canvas: Canvas) -> RenderableType:
    """Return the line that shows a printer."""
    view, width = moment.view, canvas.console.width - 1
    done = [units.percent(view.completion)] if view.completion is not None else []
    heat = [f"{name} {units.heater_briefly(*reading[:2])}" for name, reading in view.temperatures.items()]
    left = list(moment.times())[:1] if view.print_time_left else []
    state = f"{moment.title}: {view.error}" if view.error else moment.title
    status = canvas.text(fitting([*done, state, *left, *heat, view.file or ""], width))
    room = min(BAR, width - status.cell_len - 1)
    if view.completion is None or room < 5:
        return status
    return side_by_side(bar(view, room, moment.colour), status)
