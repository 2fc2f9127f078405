"""The presenter of the live view: converts updates of the printer to view models."""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Dict, Mapping, Optional

from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    SocketChange,
    TerminalUpdate,
    Update,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.goals import Scene
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
        self._scene: Optional[Scene] = None
        self._handlers: Dict[type, Callable[[Any], None]] = {
            TerminalUpdate: lambda update: self._lines.append(update.text),
            FirmwareMessage: self._message,
            Event: self._event,
            SocketChange: self._socket,
        }

    def show_scene(self, scene: Scene) -> None:
        """Show a new state of the printer."""
        self._scene = scene
        self._present()

    def show_update(self, update: Update) -> None:
        """Show an update that a scene does not include: a terminal line, an event, a prompt of the firmware."""
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

    def end(self, job: Job, heaters: Mapping[str, Temperature]) -> None:
        """Show the final state of the printer."""
        self.show_scene(Scene(job, job.phase, heaters))

    def _present(self) -> None:
        scene = self._scene
        if self._show is None or scene is None:
            return
        job = scene.job
        self._show(
            PrinterView(
                state=self._hide(job.state),
                phase=scene.phase.value,
                file=self._hide(job.file),
                completion=job.completion,
                print_time=job.print_time,
                print_time_left=job.print_time_left,
                temperatures=scene.heaters,
                lines=self._hide(list(self._lines)),
                notes=self._hide(list(self._notes)),
                connection="push" if self._pushed else "poll",
            )
        )
