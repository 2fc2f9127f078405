"""The live view of a printer, drawn by rich: a panel that fills the terminal, or one line that is removed at the end.

Imported only for an interactive user. Must not know the client: it is given a PrinterView. Everything that may come from
the server goes through `visible` into a Text, in which rich reads no markup.
"""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime, timedelta
from typing import Any, Callable, Iterable, Iterator, List, Optional, TextIO, Tuple

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from octoprint_cli.output import units
from octoprint_cli.output.safe_text import can_write, visible, written_for
from octoprint_cli.output.terminal.printer_view import PrinterView, Reading
from octoprint_cli.output.terminal.sparkline import BLOCKS, PLAIN, Trail, sparkline

#: The least time between two redraws, in seconds, which keeps the load of a Raspberry Pi low.
PAUSE = 0.5
#: Seconds of silence after which what is shown is called old, if the server should report all the time.
OLD = 6.0
#: Seconds between two redraws while nothing is heard.
TICK = 1.0
#: Seconds without progress after which the time left, which the server counts on, is not shown any more.
STILL = 60.0
#: The maximum width of the panel.
WIDEST = 100
#: The maximum numbers of terminal lines and of notes in the panel.
LINES, NOTES = 6, 3
#: The maximum length of a text, since a server may send a line of any length.
LONGEST = 500
#: The width from which heaters are shown in full.
ROOMY = 50
#: The maximum width of the progress bar in the one-line view.
BAR = 30

_COLOURS = {
    "printing": "green",
    "paused": "yellow",
    "pausing": "yellow",
    "resuming": "green",
    "starting": "green",
    "finishing": "green",
    "idle": "cyan",
    "error": "bold red",
    "offline": "red",
    "cancelling": "red",
}


class View:
    """Context manager that shows a printer live on a terminal; does nothing if the terminal cannot erase text.

    An update that comes too soon after the previous one is drawn later, by a thread.
    """

    def __init__(
        self,
        stream: TextIO,
        whole: bool,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._stream = stream
        self._whole = whole
        self._clock = clock
        self._now = now
        self._console = Console(file=stream, markup=False, highlight=False, emoji=False)
        self._levels = BLOCKS if can_write(stream, BLOCKS) else PLAIN
        self._lock = threading.RLock()  # reentrant: a signal may close the view in the middle of a redraw
        self._live: Optional[Live] = None
        self._timer: Optional[threading.Timer] = None
        self._trail = Trail()
        self._view: Optional[PrinterView] = None
        self._drawn: Any = None
        self._drawn_at = -PAUSE
        self._messages: List[str] = []
        self._moved: Tuple[Optional[float], float] = (None, clock())  # the last progress, and when it came

    @property
    def able(self) -> bool:
        """Whether the terminal can erase what it shows; TERM=dumb cannot."""
        return self._console.is_interactive

    def __enter__(self) -> View:
        if self.able:
            off = {"auto_refresh": False, "redirect_stdout": False, "redirect_stderr": False}
            live = Live(Text(""), console=self._console, screen=self._whole, transient=True, **off)  # type: ignore[arg-type]
            self._live = live
            self._quietly(live.start)
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            live, self._live = self._live, None
            if self._timer is not None:
                self._timer.cancel()
            if live is not None:
                self._quietly(live.stop)
                self._quietly(self._leave)

    def hide(self) -> None:
        """Remove the view from the terminal until `reappear` is called."""
        with self._lock:
            if self._live is not None:
                self._quietly(self._live.stop)

    def reappear(self) -> None:
        """Draw the view on the terminal again after `hide`."""
        with self._lock:
            if self._live is not None:
                self._quietly(self._live.start)
                self._drawn = None
                self._draw()

    def show(self, view: PrinterView) -> None:
        """Update the view, at most every `PAUSE` seconds. Cheap if nothing has changed."""
        with self._lock:
            now = self._clock()
            self._trail.add(now, view.temperatures)
            self._view = view
            if view.completion != self._moved[0] or view.phase != "printing":
                self._moved = (view.completion, now)
            wait = self._drawn_at + PAUSE - now
            if wait <= 0:
                self._draw()
            else:
                self._draw_in(wait)

    def say(self, text: str) -> None:
        """Write a message: above the one-line view at once, but after the panel has been closed."""
        with self._lock:
            if self._live is None or self._whole:
                self._messages.append(text)
            else:
                self._quietly(lambda: self._console.print(self._text(text), soft_wrap=True))

    # -- drawing ----------------------------------------------------------------------------------

    def _draw(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer, self._drawn_at = None, self._clock()
            if self._live is None or self._view is None:
                return
            if self._view.reports or self._view.unreachable:  # silence shows although nothing comes
                self._draw_in(TICK)
            state = (self._view, self._console.size, self._age(self._view), self._stands_still)
            if state == self._drawn:
                return
            self._drawn, live, drawing = state, self._live, self._drawing(self._view)
            self._quietly(lambda: live.update(drawing, refresh=True))

    def _draw_in(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(seconds, self._draw)
            self._timer.daemon = True
            self._timer.start()

    def _age(self, view: PrinterView) -> Optional[int]:
        """Return how many seconds ago the server was last heard, None if what is shown is not old."""
        if view.heard is None or not (view.reports or view.unreachable):
            return None
        silence = max(0.0, self._now().timestamp() - view.heard)
        return int(silence) if view.unreachable or silence >= OLD else None

    @property
    def _stands_still(self) -> bool:
        """Whether nothing has been printed for a while, so that the server's time left is no forecast."""
        return self._clock() - self._moved[1] >= STILL

    def _state(self, view: PrinterView) -> str:
        """Return the state, with how long ago it was heard if it is old."""
        age = self._age(view)
        return view.state if age is None else f"{view.state}? last heard {units.duration(age)} ago"

    def _colour(self, view: PrinterView) -> str:
        return _COLOURS.get(view.phase, "none") if self._age(view) is None else "yellow"

    def _leave(self) -> None:
        """Print what stays on the terminal: the printer's final state, and the messages that were held back."""
        if self._whole and self._view is not None:
            self._console.print(self._drawing(self._view))
        for text in self._messages:
            self._console.print(self._text(text), soft_wrap=True)

    @staticmethod
    def _quietly(write: Callable[[], object]) -> None:
        with contextlib.suppress(OSError, ValueError):  # a closed terminal must not end the command
            write()

    def _drawing(self, view: PrinterView) -> RenderableType:
        return self._panel(view) if self._whole else self._line(view)

    def _panel(self, view: PrinterView) -> Panel:
        width = min(self._console.width, WIDEST)
        rows = list(self._rows(view, width - 4))
        free = min(LINES, self._console.height - len(rows) - 3)
        if free > 0 and view.lines:
            rows += ["", *(self._text(line, "dim") for line in view.lines[-free:])]
        colour = self._colour(view)
        title = self._text(self._state(view), colour)
        title.truncate(max(1, width - 20), overflow="ellipsis")
        source = "" if view.connection == "push" else "polling"
        return Panel(Group(*rows), title=title, title_align="left", subtitle=source, width=width, border_style=colour)

    def _rows(self, view: PrinterView, width: int) -> Iterator[RenderableType]:
        """Yield the contents of the panel, each one row high."""
        yield self._text(view.file or "no file", "bold" if view.file else "dim")
        if view.completion is not None:
            yield _side_by_side(_bar(view, None, self._colour(view)), self._text(units.percent(view.completion)))
        times = _fitting(self._times(view), width)
        if times:
            yield self._text(times)
        for reason in filter(None, (view.error, view.unreachable and f"the server cannot be reached: {view.unreachable}")):
            yield from self._text(f"! {reason}", "bold red", wrap=True).wrap(self._console, width)
        if view.temperatures:
            yield ""
            yield from self._heaters(view, width)
        if view.notes:
            yield ""
            for note in view.notes[-NOTES:]:
                yield from self._text(f"! {note}", "bold yellow", wrap=True).wrap(self._console, width)

    def _times(self, view: PrinterView) -> Iterator[str]:
        current = self._age(view) is None
        if view.phase == "printing" and self._stands_still and current:
            yield f"no progress for {units.duration(self._clock() - self._moved[1])}"
        elif view.print_time_left and current:
            yield f"{units.duration(view.print_time_left)} left"
            if view.phase == "printing":
                yield f"done at {self._time_in(view.print_time_left)}"
        if view.print_time is not None:
            yield f"{units.duration(view.print_time)} spent"

    def _time_in(self, seconds: float) -> str:
        """Return the local time `seconds` from now, with the date if that is not today."""
        now = self._now()
        try:
            then = now + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return units.UNKNOWN
        return then.strftime("%H:%M" if then.date() == now.date() else "%Y-%m-%d %H:%M")

    def _heaters(self, view: PrinterView, width: int) -> Iterator[Text]:
        format_heater = units.heater if width >= ROOMY else units.heater_briefly
        names = [visible(heater, 20) for heater in view.temperatures]
        readings = [format_heater(*reading[:2]) for reading in view.temperatures.values()]
        name_width, reading_width = max(map(cell_len, names)), max(map(cell_len, readings))
        room = width - name_width - reading_width - 4
        for heater, name, reading in zip(view.temperatures, names, readings):
            row = self._text(f"{name:<{name_width}}  ")
            colour = _heater_colour(view.temperatures[heater]) if self._age(view) is None else "dim"
            row.append_text(self._text(f"{reading:<{reading_width}}  ", colour))
            row.append(sparkline(self._trail.of(heater), room, self._levels), "dim")
            yield row

    def _line(self, view: PrinterView) -> RenderableType:
        width = self._console.width - 1
        done = [units.percent(view.completion)] if view.completion is not None else []
        heat = [f"{name} {units.heater_briefly(*reading[:2])}" for name, reading in view.temperatures.items()]
        left = list(self._times(view))[:1] if view.print_time_left else []
        state = f"{self._state(view)}: {view.error}" if view.error else self._state(view)
        status = self._text(_fitting([*done, state, *left, *heat, view.file or ""], width))
        bar = min(BAR, width - status.cell_len - 1)
        if view.completion is None or bar < 5:
            return status
        return _side_by_side(_bar(view, bar, self._colour(view)), status)

    def _text(self, text: str, style: str = "", wrap: bool = False) -> Text:
        shown = written_for(self._stream, visible(text, LONGEST))
        return Text(shown, style, no_wrap=not wrap, overflow="fold" if wrap else "ellipsis")


def _bar(view: PrinterView, width: Optional[int], colour: str) -> ProgressBar:
    done = min(100.0, max(0.0, view.completion or 0.0))
    return ProgressBar(100, done, width, complete_style=colour, finished_style=colour)


def _side_by_side(bar: ProgressBar, label: Text) -> Table:
    grid = Table.grid(padding=(0, 1), expand=bar.width is None)
    grid.add_column(ratio=1 if bar.width is None else None)
    grid.add_column(no_wrap=True)
    grid.add_row(bar, label)
    return grid


def _heater_colour(reading: Reading) -> str:
    actual, target = reading[:2]
    if actual is None or not target:
        return ""
    return "green" if abs(actual - target) <= units.NEAR_DEGREES else "yellow"


def _fitting(pieces: Iterable[str], width: int) -> str:
    """Return as many of the pieces, joined by commas, as fit into the width, and at least the first."""
    line = ""
    for piece in pieces:
        longer = f"{line}, {piece}" if line and piece else line or piece
        if line and cell_len(longer) > width:
            break
        line = longer
    return line
