"""The live view of a printer, drawn by rich: a panel that fills the terminal, or one line that is removed at the end.

Imported only for an interactive user. Must not know the client: it is given a PrinterView.
"""

from __future__ import annotations

import contextlib
import threading
import time
from datetime import datetime
from typing import Any, Callable, List, Optional, TextIO, Tuple

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from octoprint_cli.output.safe_text import can_write
from octoprint_cli.output.terminal.live_line import draw_line
from octoprint_cli.output.terminal.live_moment import OLD as OLD, STILL as STILL, Moment
from octoprint_cli.output.terminal.live_panel import LINES, PanelDrawing
from octoprint_cli.output.terminal.live_texts import Canvas
from octoprint_cli.output.terminal.printer_view import PrinterView
from octoprint_cli.output.terminal.sparkline import BLOCKS, PLAIN, Trail

#: The least time between two redraws, in seconds, which keeps the load of a Raspberry Pi low.
PAUSE = 0.5
#: Seconds between two redraws while nothing is heard.
TICK = 1.0


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
        self._lock = threading.RLock()  # reentrant: a signal may close the view in the middle of a redraw
        self._live: Optional[Live] = None
        self._timer: Optional[threading.Timer] = None
        self._canvas = Canvas(self._console, Trail(), BLOCKS if can_write(stream, BLOCKS) else PLAIN)
        self._past: Any = ()  # the earlier temperatures that the trail has already
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
            self._remember(view, now)
            if self._live is not None and view.rings > (self._view.rings if self._view else 0):
                self._quietly(self._console.bell)
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
                self._quietly(lambda: self._console.print(self._canvas.text(text), soft_wrap=True))

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
            moment = self._moment(self._view)
            state = (self._view, self._console.size, moment.age, moment.still >= STILL)
            if state == self._drawn:
                return
            self._drawn, live, drawing = state, self._live, self._drawing(moment)
            self._quietly(lambda: live.update(drawing, refresh=True))

    def _draw_in(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(seconds, self._draw)
            self._timer.daemon = True
            self._timer.start()

    def _remember(self, view: PrinterView, now: float) -> None:
        if view.past is not self._past:
            self._past = view.past
            offset = now - self._now().timestamp()
            self._canvas.trail.put_before([(moment + offset, heaters) for moment, heaters in view.past])
        if not view.temperatures_are_old and self._moment(view).age is None:
            self._canvas.trail.add(now, view.temperatures)

    def _moment(self, view: PrinterView) -> Moment:
        return Moment(view, self._now(), self._clock() - self._moved[1])

    def _leave(self) -> None:
        """Print what stays on the terminal: the printer's final state, and the messages that were held back."""
        if self._whole and self._view is not None:
            view = self._view._replace(keys="", lines=self._view.lines[-LINES:])
            self._console.print(self._drawing(self._moment(view)))
        for text in self._messages:
            self._console.print(self._canvas.text(text), soft_wrap=True)

    @staticmethod
    def _quietly(write: Callable[[], object]) -> None:
        with contextlib.suppress(OSError, ValueError):  # a closed terminal must not end the command
            write()

    def _drawing(self, moment: Moment) -> RenderableType:
        return PanelDrawing(moment, self._canvas).panel() if self._whole else draw_line(moment, self._canvas)
