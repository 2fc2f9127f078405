"""The presenter of the live view: converts updates of the printer to view models."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Dict, Optional

from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    SocketChange,
    TerminalUpdate,
    Update,
)
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
from octoprint_cli.output.terminal.printer_view import PrinterView

#: The numbers of lines and notes that are kept: at least as many as the view shows.
LINES, NOTES = 12, 4


class LivePresenter:
    """Calls `show`, unless it is None, with a new PrinterView after each update. `hide` masks secrets in text of the server."""

    def __init__(self, show: Optional[Callable[[PrinterView], None]], hide: Callable[[Any], Any]) -> None:
        self._show, self._hide = show, hide
        self._lines: Deque[str] = deque(maxlen=LINES)
        self._notes: Deque[str] = deque(maxlen=NOTES)
        self._pushed = True
        self._file: Optional[str] = None  # of the last job, which the server forgets when the connection breaks
        self._snapshot: Optional[PrinterSnapshot] = None
        self._handlers: Dict[type, Callable[[Any], None]] = {
            TerminalUpdate: lambda update: self._lines.append(update.text),
            FirmwareMessage: self._message,
            Event: self._event,
            SocketChange: self._socket,
        }

    def show_snapshot(self, snapshot: PrinterSnapshot) -> None:
        """Show a new state of the printer."""
        self._snapshot = snapshot
        self._file = snapshot.job.file or self._file
        self._present()

    def show_update(self, update: Update) -> None:
        """Show an update that a snapshot does not include: a terminal line, an event, a prompt of the firmware."""
        content = update.content
        included = isinstance(content, Event) and content.type == "PrinterStateChanged"
        if type(content) in self._handlers and not included:
            self._handlers[type(content)](content)
            self._present()

    def _message(self, message: FirmwareMessage) -> None:
        self._notes.append(message.text or "the firmware's question is answered")

    def _event(self, event: Event) -> None:
        self._notes.append(event.type)

    def _socket(self, change: SocketChange) -> None:
        self._pushed = change.up

    def _present(self) -> None:
        known = self._snapshot
        if self._show is None or known is None:
            return
        job, connected = known.job, known.phase.connected
        self._show(
            PrinterView(
                state=self._hide(job.state),
                phase=known.phase.value,
                file=self._hide(job.file if connected else self._file),
                completion=job.completion,
                print_time=job.print_time,
                print_time_left=job.print_time_left,
                temperatures=known.heaters,
                lines=self._hide(list(self._lines)),
                notes=self._hide(list(self._notes)),
                connection="push" if self._pushed else "poll",
                error=self._hide(known.firmware_error if not connected else None),
                heard=known.heard,
                unreachable=self._hide(known.unreachable),
                reports=known.phase.has_job,
            )
        )
