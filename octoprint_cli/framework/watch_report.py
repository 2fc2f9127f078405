"""The events of `watch`: the printer's updates as dicts, reported on changes and no more often than requested."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, FrozenSet, Iterator, Optional, Tuple

from octoprint_cli.client.phase import phase_of
from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    HeaterUpdate,
    RecentHistory,
    ServerReachability,
    SocketChange,
    StateUpdate,
    TerminalUpdate,
    Update,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.output.columns import Time

#: The server's events about the printer, its job and its files. Others are omitted: Dwelling, say, comes ten times a second.
EVENTS = tuple(
    """PrintStarted PrintDone PrintFailed PrintCancelling PrintCancelled PrintPaused PrintResumed PrinterStateChanged
    Error PrinterReset EStop Connected Disconnected FileSelected FileDeselected FileAdded FileRemoved Upload
    TransferStarted TransferDone TransferFailed FilamentChange ToolChange CommandSuppressed PowerOn PowerOff
    PrinterProfileModified CaptureFailed MovieDone Startup Shutdown""".split()
)

_Event = Tuple[str, Dict[str, Any]]


class Reporter:
    """Converts updates to events. `interval` is the least time between two progress or two temperature events, in seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._number = 0
        self._state: Optional[Tuple[Any, ...]] = None
        self._job: Optional[Job] = None
        self._last: Dict[str, float] = {}
        self._targets: Any = None
        self._events_of: Dict[type, Callable[[Any], Iterator[_Event]]] = {
            Job: self._job_events,
            StateUpdate: self._update_events,
            HeaterUpdate: self._temperature_events,
            RecentHistory: lambda history: iter(()),
            Event: _server_event,
            FirmwareMessage: _firmware_event,
            TerminalUpdate: _terminal_event,
            SocketChange: _socket_event,
            ServerReachability: _server_reachability_event,
        }

    def lines(self, update: Update, wanted: Optional[FrozenSet[str]] = None) -> Iterator[Dict[str, Any]]:
        """Yield the events of an update, numbered from 1. `wanted` holds types and server events; None is all but `terminal`."""
        content = update.content
        for kind, body in self._events_of[type(content)](content):
            if _is_wanted(kind, body, wanted):
                self._number += 1
                when = Time(update.time).machine_readable()
                yield {"seq": self._number, "time": when, "source": update.source, "type": kind, **body}

    def _job_events(self, job: Job) -> Iterator[_Event]:
        self._job = job
        yield from self._state_events(job.state, job)
        if job.phase.has_job and self._is_time("progress"):
            progress = {"completion": job.completion, "print_time": job.print_time, "print_time_left": job.print_time_left}
            yield "progress", {"file": job.file, **progress}

    def _state_events(self, text: str, job: Optional[Job]) -> Iterator[_Event]:
        state = (text, job.file if job else None)
        if state != self._state:
            self._state = state
            self._last.pop("progress", None)  # a new state is followed by progress at once
            details = {"file": job.file, "location": job.location, "error": job.error} if job else {}
            yield "state", {"state": text, "phase": phase_of(text).value, **details}

    def _update_events(self, update: StateUpdate) -> Iterator[_Event]:
        yield from self._state_events(update.text, self._job)

    def _temperature_events(self, heat: HeaterUpdate) -> Iterator[_Event]:
        targets = {heater: reading.target for heater, reading in heat.heaters.items()}
        if heat.heaters and (targets != self._targets or self._is_time("temperature")):
            self._targets, self._last["temperature"] = targets, time.monotonic()
            yield "temperature", {"temperature": {heater: reading.as_dict() for heater, reading in heat.heaters.items()}}

    def _is_time(self, kind: str) -> bool:
        now = time.monotonic()
        if now - self._last.get(kind, -self._interval) < self._interval:
            return False
        self._last[kind] = now
        return True


def _server_event(event: Event) -> Iterator[_Event]:
    yield "event", {"event": event.type, "payload": event.payload}


def _firmware_event(message: FirmwareMessage) -> Iterator[_Event]:
    yield "notification", {"text": message.text, "choices": message.choices}


def _terminal_event(update: TerminalUpdate) -> Iterator[_Event]:
    yield "terminal", {"line": update.text}


def _socket_event(change: SocketChange) -> Iterator[_Event]:
    yield "connection", {"to": "push", "up": change.up, "reason": change.reason}


def _server_reachability_event(change: ServerReachability) -> Iterator[_Event]:
    yield "connection", {"to": "server", "up": change.reason is None, "reason": change.reason}


def _is_wanted(kind: str, body: Dict[str, Any], wanted: Optional[FrozenSet[str]]) -> bool:
    if wanted is not None and body.get("event") in wanted:
        return True
    # The server's PrinterStateChanged is reported as an event of type state.
    return (kind != "terminal" if wanted is None else kind in wanted) and body.get("event") != "PrinterStateChanged"
