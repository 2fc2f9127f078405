"""What a client hears while a call goes on: the numbers and the sentence of a progress notification.

Must not know MCP: what it has to say it gives to a function.
"""

from __future__ import annotations

import contextlib
import io
import time
from typing import Callable, Iterator, Optional, TextIO

from octoprint_cli.api import Bytes, Duration, Heater, Percent, PrinterView, Terminal, visible

#: Told the progress, the total or None, and a sentence.
Send = Callable[[float, Optional[float], str], None]
#: At least so many seconds are between two notifications of the same state.
INTERVAL = 1.0
#: Progress must grow with each notification: where nothing else does, by this.
_STEP = 0.001
_STAGE = 100.0


class Progress:
    """Progress that grows, in stages of 100: an upload, then the print."""

    def __init__(self, send: Send, interval: float = INTERVAL) -> None:
        self._send, self._interval = send, interval
        self._floor, self._last = 0.0, 0.0
        self._told_at: Optional[float] = None
        self._about: object = None

    def stage(self) -> None:
        """Another thing begins."""
        if self._told_at is not None:
            self._floor, self._told_at = self._floor + _STAGE, None

    def tell(self, percent: Optional[float], about: object, sentence: Callable[[], str]) -> None:
        """How far it is, None if nobody knows. What it is `about` is told at once when it is new."""
        now = time.monotonic()
        if self._told_at is not None and about == self._about and now - self._told_at < self._interval:
            return
        self._told_at, self._about = now, about
        self._last = max(self._floor + (percent or 0.0), self._last + _STEP)
        self._send(round(self._last, 3), None if percent is None else self._floor + _STAGE, sentence())


class CallTerminal(Terminal):
    """The terminal of a call. Nobody sits there: notes go to stderr, the rest becomes progress.

    `check` ends what the client has cancelled; `yielded` is told that the act is done, and others may have their turn.
    """

    def __init__(self, stderr: TextIO, progress: Progress, check: Callable[[], None], yielded: Callable[[], None]) -> None:
        super().__init__(io.StringIO(), stderr)
        self._progress, self._check, self._yielded = progress, check, yielded

    @contextlib.contextmanager
    def progress(self, title: str, after: float = 0.0) -> Iterator[Optional[Callable[[int, int], None]]]:
        begun = time.monotonic()
        self._progress.stage()

        def told(done: int, total: int) -> None:
            self._check()
            if time.monotonic() - begun >= after:
                percent = 100 * done / total if total else None
                self._progress.tell(percent, title, lambda: f"{visible(title)}: {_of(done, total)}")

        yield told

    @contextlib.contextmanager
    def watching(self, whole: bool, stream: Optional[TextIO] = None) -> Iterator[Optional[Callable[[PrinterView], None]]]:
        self._yielded()
        self._progress.stage()
        yield self._show

    def _show(self, picture: PrinterView) -> None:
        about = (picture.phase, picture.state, tuple(picture.temperatures))
        self._progress.tell(picture.completion, about, lambda: sentence(picture))


def _of(done: int, total: int) -> str:
    return f"{Bytes(done).human_readable()} of {Bytes(total).human_readable()}"


def sentence(picture: PrinterView) -> str:
    """A printer in one line of text, of which nothing is taken as it came from the server."""
    parts = [" ".join(visible(word) for word in (picture.state, picture.file) if word)]
    if picture.completion is not None:
        parts.append(Percent(picture.completion).human_readable())
    if picture.print_time_left is not None:
        parts.append(f"{Duration(picture.print_time_left).human_readable()} left")
    parts += [f"{name} {Heater(*reading).human_readable()}" for name, reading in picture.temperatures.items()]
    return "; ".join([*parts, *(visible(note) for note in picture.notes[-1:])])
