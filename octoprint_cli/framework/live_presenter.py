"""The presenter of the live view: converts updates of the printer to view models."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Tuple

from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    RecentHistory,
    SocketChange,
    TerminalUpdate,
    Update,
)
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
from octoprint_cli.framework.live_events import ending_in_words, event_in_words, is_noise, tidied, timed, what_was_sent
from octoprint_cli.framework.live_place import PlaceInFile
from octoprint_cli.output.terminal.printer_view import PrinterView

#: The numbers of lines and notes that are kept: at least as many as the view shows.
LINES, NOTES = 12, 8
#: Lines of the history that are looked at for what they set: the fan, the display.
RECENT_LINES = 300


class LivePresenter:
    """Calls `show`, unless it is None, with a new PrinterView after each update. `hide` masks secrets in text of the server.

    Its methods may be called from any thread. With `bell` the view rings when a job ends, and when somebody is needed.
    """

    def __init__(
        self,
        show: Optional[Callable[[PrinterView], None]],
        hide: Callable[[Any], Any],
        place: Optional[PlaceInFile] = None,
        bell: bool = False,
    ) -> None:
        self._show, self._hide, self._bell = show, hide, bell
        self._place = place or PlaceInFile()
        self._lock = threading.RLock()
        self._lines: Deque[str] = deque(maxlen=LINES)
        self._notes: Deque[str] = deque(maxlen=NOTES)
        self._words = ""  # of the last event
        self._past: Tuple[Tuple[float, Dict[str, Optional[float]]], ...] = ()
        self._pushed = True
        self._file: Optional[str] = None  # of the last job, which the server forgets when the connection breaks
        self._heaters: Mapping[str, Temperature] = {}  # the last ones known
        self._fan: Optional[float] = None
        self._display: Optional[str] = None
        self._spent: Optional[int] = None  # by the job that is under way, or was last
        self._ended: Optional[Tuple[JobOutcome, float]] = None  # the ending that is shown, and when it was first seen
        self._rings = 0
        self._snapshot: Optional[PrinterSnapshot] = None
        #: What keys do now.
        self.keys: Callable[[], str] = str
        #: Called with each new state before it is shown.
        self.on_snapshot: Callable[[PrinterSnapshot], None] = lambda snapshot: None
        self._handlers: Dict[type, Callable[[Any, float], None]] = {
            TerminalUpdate: lambda update, now: self._read([update.text]),
            FirmwareMessage: self._message,
            Event: self._event,
            SocketChange: self._socket,
            RecentHistory: self._history,
        }

    @property
    def snapshot(self) -> Optional[PrinterSnapshot]:
        """The state that is shown."""
        return self._snapshot

    def show_snapshot(self, snapshot: PrinterSnapshot) -> None:
        """Show a new state of the printer."""
        with self._lock:
            self.on_snapshot(snapshot)
            before, self._snapshot = self._snapshot, snapshot
            self._file = snapshot.job.file or self._file
            self._heaters = snapshot.heaters if _is_reported(snapshot.heaters) else self._heaters
            if snapshot.phase.has_job:
                self._spent = snapshot.job.print_time
                self._place.follow(snapshot.job)
            if before is not None and (snapshot.phase, bool(snapshot.ending)) != (before.phase, bool(before.ending)):
                self._ring(bool(snapshot.ending and not before.ending) or snapshot.phase.value in ("paused", "error"))
            self._present()

    def show_update(self, update: Update) -> None:
        """Show an update that a snapshot does not include: a terminal line, an event, a prompt of the firmware."""
        content = update.content
        included = isinstance(content, Event) and content.type == "PrinterStateChanged"
        if type(content) in self._handlers and not included:
            with self._lock:
                self._handlers[type(content)](content, update.time)
                self._present()

    def note(self, text: str) -> None:
        """Show a line beside the events; one that begins with `! ` needs somebody."""
        with self._lock:
            self._notes.append(timed(text, time.time()))
            self._present()

    def refresh(self) -> None:
        """Show the printer again: what keys do has changed."""
        with self._lock:
            self._present()

    def _message(self, message: FirmwareMessage, now: float) -> None:
        self._notes.append(timed(f"! {message.text}" if message.text else "the firmware's question is answered", now))
        self._ring(bool(message.text))

    def _event(self, event: Event, now: float) -> None:
        if event.type == "PrintStarted":
            self._spent, self._ended = None, None
        words = event_in_words(event.type, event.payload)
        if words != self._words:  # the server reports a cancelled print twice
            self._notes.append(timed(words, now))
        self._words = words

    def _socket(self, change: SocketChange, now: float) -> None:
        self._pushed = change.up

    def _history(self, history: RecentHistory, now: float) -> None:
        actual = [
            (now - ago, {heater: reading.actual for heater, reading in heaters.items()}) for ago, heaters in history.temperatures
        ]
        self._past = tuple(actual)
        self._read(history.lines[-RECENT_LINES:])

    def _read(self, lines: List[str]) -> None:
        for line in lines:
            sent = what_was_sent(line)
            self._fan = self._fan if sent.fan is None else sent.fan
            self._display = self._display if sent.display is None else sent.display
            if not is_noise(line):
                self._lines.append(tidied(line))

    def _ring(self, needed: bool) -> None:
        self._rings += self._bell and needed

    def _ending(self, known: PrinterSnapshot) -> Optional[str]:
        ending = known.ending
        if ending is None:
            self._ended = None
            return None
        now = time.time()
        if self._ended is None or self._ended[0].outcome != ending.outcome:
            self._ended = ending, now
        spent = known.job.print_time or self._spent
        if not known.phase.connected and known.firmware_error:
            ending = ending._replace(reason=None)  # the error is shown by itself
        return ending_in_words(ending, ending.ended or self._ended[1], now, spent)

    def _present(self) -> None:
        known = self._snapshot
        if self._show is None or known is None:
            return
        job, connected = known.job, known.phase.connected
        heaters = known.heaters if connected else self._heaters
        place = self._place.of(job) if known.phase.has_job else None
        self._show(
            PrinterView(
                state=self._hide(job.state),
                phase=known.phase.value,
                file=self._hide(job.file if connected else self._file),
                completion=job.completion,
                print_time=job.print_time,
                print_time_left=job.print_time_left,
                temperatures=heaters,
                lines=self._hide(list(self._lines)),
                notes=self._hide(list(self._notes)),
                connection="push" if self._pushed else "poll",
                error=self._hide(known.firmware_error if not connected else None),
                heard=known.heard,
                unreachable=self._hide(known.unreachable),
                reports=known.phase.has_job,
                temperatures_are_old=not connected,
                past=self._past,
                layer=place.layer if place else None,
                layers=place.layers if place else None,
                z=place.z if place else None,
                fan=self._fan if known.phase.has_job else None,
                display=self._hide(self._display) if known.phase.has_job else None,
                ending=self._hide(self._ending(known)),
                outcome=known.ending.outcome if known.ending else None,
                keys=self.keys(),
                rings=self._rings,
            )
        )


def _is_reported(heaters: Mapping[str, Temperature]) -> bool:
    """Whether a heater has a temperature: of a lost printer a server may report the heaters alone."""
    return any(reading.actual is not None for reading in heaters.values())
