"""The progress notifications of a call: their numbers and their messages.

Must not know MCP: it passes what it has to report to a function.
"""

from __future__ import annotations

import contextlib
import io
import time
from typing import Callable, Iterator, Optional, TextIO

from octoprint_cli.api import Bytes, Duration, Heater, Percent, PrinterView, Terminal, visible

#: Receives the progress, the total or None, and a message.
Report = Callable[[float, Optional[float], str], None]
#: The shortest time in seconds between two notifications about one state.
INTERVAL = 1.0
#: MCP wants progress to grow with each notification: the step by which it grows if nothing else does.
_STEP = 0.001
_STAGE = 100.0


class Progress:
    """Progress that grows monotonically, in stages of 100: an upload, then the print."""

    def __init__(self, report: Report, interval: float = INTERVAL) -> None:
        self._report, self._interval = report, interval
        self._floor, self._last = 0.0, 0.0
        self._reported_at: Optional[float] = None
        self._state: object = None

    def next_stage(self) -> None:
        """Start the next stage (upload, then print)."""
        if self._reported_at is not None:
            self._floor, self._reported_at = self._floor + _STAGE, None

    def report(self, percent: Optional[float], state: object, message: Callable[[], str]) -> None:
        """Report the percentage, None if it is unknown. A new `state` is reported at once, the current one once per interval."""
        now = time.monotonic()
        if self._reported_at is not None and state == self._state and now - self._reported_at < self._interval:
            return
        self._reported_at, self._state = now, state
        self._last = max(self._floor + (percent or 0.0), self._last + _STEP)
        self._report(round(self._last, 3), None if percent is None else self._floor + _STAGE, message())


class CallTerminal(Terminal):
    """The terminal of a call, without an interactive user: notes go to stderr, and what a bar would show becomes progress.

    `check` raises if the client has cancelled the call; `yielded` is called when the call only waits, so that others may begin.
    """

    def __init__(self, stderr: TextIO, progress: Progress, check: Callable[[], None], yielded: Callable[[], None]) -> None:
        super().__init__(io.StringIO(), stderr)
        self._progress, self._check, self._yielded = progress, check, yielded

    @contextlib.contextmanager
    def progress(self, title: str, after: float = 0.0) -> Iterator[Optional[Callable[[int, int], None]]]:
        begun = time.monotonic()
        self._progress.next_stage()

        def advance(done: int, total: int) -> None:
            self._check()
            if time.monotonic() - begun >= after:
                percent = 100 * done / total if total else None
                self._progress.report(percent, title, lambda: f"{visible(title)}: {_amount(done, total)}")

        yield advance

    @contextlib.contextmanager
    def watching(
        self, whole: bool, stream: Optional[TextIO] = None, on_key: Optional[Callable[[str], None]] = None
    ) -> Iterator[Optional[Callable[[PrinterView], None]]]:
        self._yielded()
        self._progress.next_stage()
        yield self._show

    def _show(self, view: PrinterView) -> None:
        state = (view.phase, view.state, tuple(view.temperatures))
        self._progress.report(view.completion, state, lambda: describe(view))


def _amount(done: int, total: int) -> str:
    return f"{Bytes(done).human_readable()} of {Bytes(total).human_readable()}"


def describe(view: PrinterView) -> str:
    """Return a line about the printer, in which the server's text is made harmless."""
    parts = [" ".join(visible(word) for word in (view.state, view.file) if word)]
    if view.completion is not None:
        parts.append(Percent(view.completion).human_readable())
    if view.print_time_left is not None:
        parts.append(f"{Duration(view.print_time_left).human_readable()} left")
    parts += [f"{name} {Heater(*reading[:2]).human_readable()}" for name, reading in view.temperatures.items()]
    return "; ".join([*parts, *(visible(note) for note in view.notes[-1:])])
