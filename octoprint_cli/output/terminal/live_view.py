"""A printer, shown live by rich: a panel that fills the terminal, or one line that is gone at the end.

Imported only where a person watches. Must not know the client: it is given pictures. Everything that a server may
have written goes through `visible` into a Text, which no markup is read from.
"""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime, timedelta
from typing import Any, Callable, Iterable, Iterator, List, Optional, TextIO

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

#: Seconds between two drawings: a Raspberry Pi has better things to do.
PAUSE = 0.5
WIDEST = 100
LINES = 6
NOTES = 3
#: A server may send a line of any length; no terminal shows more of one than this.
LONGEST = 500
#: Degrees off its target at which a heater is still heating, or cooling down to it.
NEAR = 2.0
#: In less room a heater is told briefly.
ROOMY = 50
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
    """Shows pictures on a terminal between `with` and its end; where the terminal cannot do that, none.

    A picture that comes too soon after the one before is drawn when it is time, by a thread.
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
        self._lock = threading.RLock()  # an interrupt may end the view in the middle of a drawing
        self._live: Optional[Live] = None
        self._timer: Optional[threading.Timer] = None
        self._trail = Trail()
        self._picture: Optional[PrinterView] = None
        self._drawn: Any = None
        self._drawn_at = -PAUSE
        self._said: List[str] = []

    @property
    def able(self) -> bool:
        """Whether the terminal can take back what it shows; TERM=dumb cannot."""
        return self._console.is_interactive

    def __enter__(self) -> View:
        if self.able:
            how = {"auto_refresh": False, "redirect_stdout": False, "redirect_stderr": False}
            live = Live(Text(""), console=self._console, screen=self._whole, transient=True, **how)  # type: ignore[arg-type]
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
        """Give the terminal back for a while."""
        with self._lock:
            if self._live is not None:
                self._quietly(self._live.stop)

    def reappear(self) -> None:
        """Take it again."""
        with self._lock:
            if self._live is not None:
                self._quietly(self._live.start)
                self._drawn = None
                self._draw()

    def show(self, picture: PrinterView) -> None:
        """Show this from now on. Cheap where nothing has changed."""
        with self._lock:
            now = self._clock()
            self._trail.add(now, picture.temperatures)
            self._picture = picture
            wait = self._drawn_at + PAUSE - now
            if wait <= 0:
                self._draw()
            elif self._timer is None:
                self._timer = threading.Timer(wait, self._draw)
                self._timer.daemon = True
                self._timer.start()

    def say(self, text: str) -> None:
        """Write a line of its own: above the line at once, and where the panel was when that is gone."""
        with self._lock:
            if self._live is None or self._whole:
                self._said.append(text)
            else:
                self._quietly(lambda: self._console.print(self._text(text), soft_wrap=True))

    # -- drawing ----------------------------------------------------------------------------------

    def _draw(self) -> None:
        with self._lock:
            self._timer, self._drawn_at = None, self._clock()
            scene = (self._picture, self._console.size)
            if self._live is None or self._picture is None or scene == self._drawn:
                return
            self._drawn, live, drawing = scene, self._live, self._drawing(self._picture)
            self._quietly(lambda: live.update(drawing, refresh=True))

    def _leave(self) -> None:
        """What stays on the terminal: how the printer was in the end, and what was said meanwhile."""
        if self._whole and self._picture is not None:
            self._console.print(self._drawing(self._picture))
        for text in self._said:
            self._console.print(self._text(text), soft_wrap=True)

    @staticmethod
    def _quietly(write: Callable[[], object]) -> None:
        with contextlib.suppress(OSError, ValueError):  # a terminal that is gone must not end what was watched on it
            write()

    def _drawing(self, picture: PrinterView) -> RenderableType:
        return self._panel(picture) if self._whole else self._line(picture)

    def _panel(self, picture: PrinterView) -> Panel:
        width = min(self._console.width, WIDEST)
        rows = list(self._rows(picture, width - 4))
        free = min(LINES, self._console.height - len(rows) - 3)
        if free > 0 and picture.lines:
            rows += ["", *(self._text(line, "dim") for line in picture.lines[-free:])]
        colour = _COLOURS.get(picture.phase, "none")
        title = self._text(picture.state, colour)
        title.truncate(max(1, width - 20), overflow="ellipsis")
        how = "" if picture.connection == "push" else "polling"
        return Panel(Group(*rows), title=title, title_align="left", subtitle=how, width=width, border_style=colour)

    def _rows(self, picture: PrinterView, width: int) -> Iterator[RenderableType]:
        """Each one row high."""
        yield self._text(picture.file or "no file", "bold" if picture.file else "dim")
        if picture.completion is not None:
            yield _side_by_side(_bar(picture, None), self._text(units.percent(picture.completion)))
        times = _fitting(self._times(picture), width)
        if times:
            yield self._text(times)
        if picture.temperatures:
            yield ""
            yield from self._heaters(picture, width)
        if picture.notes:
            yield ""
            for note in picture.notes[-NOTES:]:
                yield from self._text(f"! {note}", "bold yellow", wrap=True).wrap(self._console, width)

    def _times(self, picture: PrinterView) -> Iterator[str]:
        if picture.print_time_left:
            yield f"{units.duration(picture.print_time_left)} left"
            if picture.phase == "printing":
                yield f"done at {self._at(picture.print_time_left)}"
        if picture.print_time is not None:
            yield f"{units.duration(picture.print_time)} spent"

    def _at(self, seconds: float) -> str:
        """The local time in so many seconds; with its day if that is not today."""
        now = self._now()
        try:
            then = now + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return units.UNKNOWN
        return then.strftime("%H:%M" if then.date() == now.date() else "%Y-%m-%d %H:%M")

    def _heaters(self, picture: PrinterView, width: int) -> Iterator[Text]:
        told = units.heater if width >= ROOMY else units.heater_briefly
        names = [visible(heater, 20) for heater in picture.temperatures]
        readings = [told(*reading) for reading in picture.temperatures.values()]
        name_width, reading_width = max(map(cell_len, names)), max(map(cell_len, readings))
        room = width - name_width - reading_width - 4
        for heater, name, reading in zip(picture.temperatures, names, readings):
            row = self._text(f"{name:<{name_width}}  ")
            row.append_text(self._text(f"{reading:<{reading_width}}  ", _heat(picture.temperatures[heater])))
            row.append(sparkline(self._trail.of(heater), room, self._levels), "dim")
            yield row

    def _line(self, picture: PrinterView) -> RenderableType:
        width = self._console.width - 1
        done = [units.percent(picture.completion)] if picture.completion is not None else []
        heat = [f"{name} {units.heater_briefly(*reading)}" for name, reading in picture.temperatures.items()]
        left = [f"{units.duration(picture.print_time_left)} left"] if picture.print_time_left else []
        told = self._text(_fitting([*done, picture.state, *left, *heat, picture.file or ""], width))
        bar = min(BAR, width - told.cell_len - 1)
        if picture.completion is None or bar < 5:
            return told
        return _side_by_side(_bar(picture, bar), told)

    def _text(self, text: str, style: str = "", wrap: bool = False) -> Text:
        shown = written_for(self._stream, visible(text, LONGEST))
        return Text(shown, style, no_wrap=not wrap, overflow="fold" if wrap else "ellipsis")


def _bar(picture: PrinterView, width: Optional[int]) -> ProgressBar:
    colour = _COLOURS.get(picture.phase, "none")
    done = min(100.0, max(0.0, picture.completion or 0.0))
    return ProgressBar(100, done, width, complete_style=colour, finished_style=colour)


def _side_by_side(bar: ProgressBar, told: Text) -> Table:
    grid = Table.grid(padding=(0, 1), expand=bar.width is None)
    grid.add_column(ratio=1 if bar.width is None else None)
    grid.add_column(no_wrap=True)
    grid.add_row(bar, told)
    return grid


def _heat(reading: Reading) -> str:
    actual, target = reading
    if actual is None or not target:
        return ""
    return "green" if abs(actual - target) <= NEAR else "yellow"


def _fitting(pieces: Iterable[str], width: int) -> str:
    """As many as have room beside each other, the first in any case: the more important stand in front."""
    told = ""
    for piece in pieces:
        longer = f"{told}, {piece}" if told and piece else told or piece
        if told and cell_len(longer) > width:
            break
        told = longer
    return told
