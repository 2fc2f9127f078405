"""What the drawings of the live view are made of: texts that fit and are harmless, bars, the words for heaters.

Everything that may come from the server goes through `visible` into a Text, in which rich reads no markup.
"""

from __future__ import annotations

from typing import Iterable, List, NamedTuple, Optional

from rich.cells import cell_len
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from octoprint_cli.output import units
from octoprint_cli.output.safe_text import visible, written_for
from octoprint_cli.output.terminal.printer_view import PrinterView, Reading
from octoprint_cli.output.terminal.sparkline import BLOCKS, Trail

#: The maximum length of a text, since a server may send a line of any length.
LONGEST = 500


class Canvas(NamedTuple):
    """Where the live view is drawn: the terminal, the characters of its curves, and the temperatures so far."""

    console: Console
    trail: Trail
    levels: str = BLOCKS

    def text(self, text: str, style: str = "", wrap: bool = False) -> Text:
        """Return text of the server as rich shows it, harmless and in the characters that the terminal has."""
        shown = written_for(self.console.file, visible(text, LONGEST))  # type: ignore[arg-type]
        return Text(shown, style, no_wrap=not wrap, overflow="fold" if wrap else "ellipsis")

    def wrapped(self, text: str, style: str, width: int) -> List[Text]:
        """Return text of the server in lines of at most this width."""
        return list(self.text(text, style, wrap=True).wrap(self.console, width))


def bar(view: PrinterView, width: Optional[int], colour: str) -> ProgressBar:
    """Return the bar of the job's progress; without a width it takes the room that there is."""
    done = min(100.0, max(0.0, view.completion or 0.0))
    # What is left is dim rather than a grey of its own, which a light background would show as the darkest part.
    return ProgressBar(100, done, width, style="dim", complete_style=colour, finished_style=colour)


def side_by_side(shown: ProgressBar, label: Text) -> Table:
    """Return a bar with its label."""
    grid = Table.grid(padding=(0, 1), expand=shown.width is None)
    grid.add_column(ratio=1 if shown.width is None else None)
    grid.add_column(no_wrap=True)
    grid.add_row(shown, label)
    return grid


def heater_colour(reading: Reading) -> str:
    """Return green for a heater that is at its target, yellow for one on its way to it."""
    actual, target = reading[:2]
    if actual is None or not target:
        return ""
    return "green" if abs(actual - target) <= units.NEAR_DEGREES else "yellow"


def fitting(pieces: Iterable[str], width: int) -> str:
    """Return as many of the pieces, joined by commas, as fit into the width, and at least the first."""
    line = ""
    for piece in pieces:
        longer = f"{line}, {piece}" if line and piece else line or piece
        if line and cell_len(longer) > width:
            break
        line = longer
    return line
