"""The live view as a panel that fills the terminal: one column, or two on a wide terminal."""

from __future__ import annotations

from typing import Iterator, List

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.styled import Styled
from rich.table import Table
from rich.text import Text

from octoprint_cli.output import units
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.terminal.live_moment import Moment
from octoprint_cli.output.terminal.live_texts import Canvas, bar, fitting, heater_colour, side_by_side
from octoprint_cli.output.terminal.sparkline import sparkline

#: The maximum width of the panel, and the width from which on it has two columns.
WIDEST, TWO_COLUMNS = 160, 100
#: The maximum numbers of terminal lines and of notes in a panel of one column.
LINES, NOTES = 6, 3
#: The same in the second of two columns.
MORE_LINES, MORE_NOTES = 12, 8
#: The width from which heaters are shown in full.
ROOMY = 50
#: What the border, the padding and the gap between columns take.
_FRAME, _GAP = 4, 3


class PanelDrawing:
    """The drawing of one moment."""

    def __init__(self, moment: Moment, canvas: Canvas) -> None:
        self._moment, self._view, self._canvas = moment, moment.view, canvas
        self._width = min(canvas.console.width, WIDEST)
        self._height = canvas.console.height - 3
        self._two = canvas.console.width >= TWO_COLUMNS

    def panel(self) -> Panel:
        """Return the panel."""
        colour, room = self._moment.colour, max(1, self._width - _FRAME - 2)
        title = self._canvas.text(self._moment.title, colour)
        title.truncate(room, overflow="ellipsis")
        return Panel(
            self._two_columns() if self._two else self._one_column(),
            title=title,
            title_align="left",
            subtitle=self._subtitle(),
            width=self._width,
            border_style=colour,
        )

    def _subtitle(self) -> Text:
        polling = "" if self._view.connection == "push" else "polling"
        shown = self._canvas.text("   ".join(filter(None, (self._view.keys, polling))))
        shown.truncate(max(1, self._width - _FRAME - 2), overflow="ellipsis")
        return shown

    @property
    def _is_old(self) -> bool:
        return self._moment.age is not None

    def _one_column(self) -> RenderableType:
        width = self._width - _FRAME
        rows = [*self._facts(width), *self._notes(width, NOTES)]
        free = min(LINES, self._height - len(rows))
        return Group(*rows, *self._lines(free, bool(rows)))

    def _two_columns(self) -> RenderableType:
        room = self._width - _FRAME - _GAP
        left = list(self._facts(room // 2))
        notes = list(self._notes(room - room // 2, MORE_NOTES, apart=False))
        free = min(MORE_LINES, max(LINES, self._height - len(notes) - 1))
        grid = Table.grid(padding=(0, _GAP, 0, 0))
        grid.add_column(width=room // 2)
        grid.add_column(width=room - room // 2)
        grid.add_row(Group(*left), Group(*notes, *self._lines(free, bool(notes))))
        return grid

    def _facts(self, width: int) -> Iterator[RenderableType]:
        """Yield what is known of the job and the printer, each one row high."""
        for reason in self._moment.reasons:
            yield from self._canvas.wrapped(f"! {reason}", "bold red", width)
        for row in self._values(width):
            yield Styled(row, "dim") if self._is_old else row

    def _values(self, width: int) -> Iterator[RenderableType]:
        view, text = self._view, self._canvas.text
        yield text(view.file or "no file", "bold" if view.file else "dim")
        if view.completion is not None:
            yield side_by_side(bar(view, None, self._moment.colour), text(units.percent(view.completion)))
        if view.ending and not self._moment.has_ended:
            yield text(view.ending)
        for pieces in (self._moment.times(), self._moment.place()):
            shown = fitting(pieces, width)
            if shown:
                yield text(shown)
        if view.display:
            yield text(f"display: {view.display}")
        if view.temperatures:
            yield text("last known temperatures:", "dim") if view.temperatures_are_old else ""
            yield from self._heaters(width)

    def _heaters(self, width: int) -> Iterator[Text]:
        view, canvas = self._view, self._canvas
        format_heater = units.heater if width >= ROOMY else units.heater_briefly
        names = [visible(heater, 20) for heater in view.temperatures]
        readings = [format_heater(*reading[:2]) for reading in view.temperatures.values()]
        name_width, reading_width = max(map(cell_len, names)), max(map(cell_len, readings))
        room = width - name_width - reading_width - 4
        for heater, name, reading in zip(view.temperatures, names, readings):
            row = canvas.text(f"{name:<{name_width}}  ")
            old = self._is_old or view.temperatures_are_old
            row.append_text(
                canvas.text(f"{reading:<{reading_width}}  ", "dim" if old else heater_colour(view.temperatures[heater]))
            )
            row.append(sparkline(canvas.trail.curve(heater, room), room, canvas.levels), "dim")
            yield row

    def _notes(self, width: int, count: int, apart: bool = True) -> Iterator[RenderableType]:
        """Yield the last events and prompts, behind an empty row."""
        if self._view.notes and apart:
            yield ""
        for note in self._view.notes[-count:]:
            for_somebody = "! " in note[:11]  # after the clock
            yield from self._canvas.wrapped(note, "bold yellow" if for_somebody else "", width)

    def _lines(self, free: int, apart: bool) -> List[RenderableType]:
        """Return as many of the terminal's last lines as are free, behind an empty row."""
        if free <= 0 or not self._view.lines:
            return []
        return [*([""] if apart else []), *(self._canvas.text(line, "dim") for line in self._view.lines[-free:])]
