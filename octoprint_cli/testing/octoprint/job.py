"""`JobControl`: the fake printer's job and connection, a small state machine that carries out each command at once.

It publishes events and states in the order recorded from real servers, including those that last no time here. This module
knows no HTTP.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from octoprint_cli.testing.octoprint.printer_state import (
    BAUDRATES,
    HOT,
    NAME,
    PORTS,
    SECONDS,
    SENDING,
    PrinterState,
)
from octoprint_cli.testing.octoprint.reply import Refused, Reply, done

_NOWHERE = dict.fromkeys("xyzetf")
_WHERE = {"x": 20.0, "y": 10.0, "z": 0.2, "e": 1.0, "t": 0, "f": 6000.0}


class JobControl(PrinterState):
    """The commands for the selected file and for the connection."""

    # -- the job ----------------------------------------------------------------------------------

    def act_on_job(self, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/job`: start, cancel, pause (with action), restart."""
        self.require_operational()
        verbs = {"start": self._start, "cancel": self._cancel, "pause": self._pause, "restart": self._restart}
        if body.get("command") not in verbs:
            raise Refused(400, "command is invalid")
        self.require("PRINT")
        return done(verbs[str(body["command"])](body))

    def begin(self) -> bool:
        """Start the selected file. Return False if there is none, or if starts are ignored."""
        if self.selected is None or not self.does("start"):
            return False
        self.started.append("/".join(self.selected))
        self._enter("Printing from SD" if self.selected[0] == "sdcard" else "Printing", 0.1)
        return True

    def _enter(self, state: str, completion: float) -> None:
        """Begin a job, and let it progress to `completion`."""
        self.completion = 0.0
        self.state = "Starting print from SD" if self.on_card else "Starting"
        self.event("PrintStarted", {**self._file(), **({} if self.is_2 else self._user())})
        self.state, self.completion = state, completion
        self._set_hotend(HOT)

    def _set_hotend(self, target: float) -> None:
        """Bring the first hotend to a target at once; a test's own target stays."""
        if "tool0" in self.heaters and (self.heaters["tool0"][1] in (0.0, HOT)):
            self.heaters["tool0"] = [target or self.heaters["tool0"][0], target]

    def select(self, location: str, path: str) -> None:
        """Select a file; no job of it has begun."""
        self.selected, self.completion = (location, path), None
        self.event("FileSelected", {**self._file(), **({"owner": NAME} if self.is_2 else self._user())})

    def deselect(self) -> None:
        """Deselect the file."""
        self.selected = self.completion = None
        self.event("FileDeselected")

    @property
    def on_card(self) -> bool:
        """Whether the selected file is on the SD card."""
        return self.selected is not None and self.selected[0] == "sdcard"

    def end(self, success: bool) -> None:
        """End the job, with success or cancelled; the file stays selected."""
        if self.state == SENDING:
            self.selected = None
        elif success:
            self.state = "Finishing"
            self.event("PrintDone", {**self._file(), **self._owner(), "time": SECONDS})
        else:
            self._publish_cancellation()
        self._remember(success)
        self._set_hotend(0.0)
        self.completion = 100.0 if success else None
        self.state = "Operational"

    def _publish_cancellation(self) -> None:
        where = {**self._file(), "position": _NOWHERE, **self._progress(), **self._user(), "time": SECONDS}
        self.event("PrintCancelling", {**self._file(), **self._user()})
        self.state = "Cancelling"
        self.event("PrintCancelled", where)
        self.event("PrintFailed", {**where, "reason": "cancelled"})

    def _remember(self, success: bool) -> None:
        if self.selected:
            self.storage.now += 1
            self.storage.remember_print(*self.selected, success=success, seconds=SECONDS)

    def _start(self, body: Dict[str, Any]) -> bool:
        if self.busy:
            raise Refused(409, "Printer already has an active print job, did you mean 'restart'?")
        return self.begin()

    def _require_job(self, verb: str) -> None:
        if not self.busy:
            raise Refused(409, f"Printer is neither printing nor paused, '{verb}' command cannot be performed")

    def _cancel(self, body: Dict[str, Any]) -> bool:
        self._require_job("cancel")
        if self.does("cancel"):
            self.end(success=False)
        return self.does("cancel")

    def _pause(self, body: Dict[str, Any]) -> bool:
        action, paused = body.get("action", "toggle"), self.state == "Paused"
        if action not in ("pause", "resume", "toggle"):
            raise Refused(400, "Unknown action")
        self._require_job("pause")
        if action == "toggle":  # 2.0 counts a paused printer as printing, and pauses it again
            action = "resume" if paused and not self.is_2 else "pause"
        if paused == (action == "pause") or not self.does(action):
            return False
        self._hold() if action == "pause" else self._go_on()
        return True

    def _hold(self) -> None:
        self.state = "Pausing"
        self.event("PrintPaused", {**self._file(), "position": _WHERE, **self._progress(), **self._user()})
        self.state = "Paused"

    def _go_on(self) -> None:
        self.state = "Resuming"
        self.event("PrintResumed", {**self._file(), **self._user()})
        self.state = "Printing from SD" if self.on_card else "Printing"

    def _restart(self, body: Dict[str, Any]) -> bool:
        if self.state != "Paused":
            raise Refused(409, "Printer does not have an active print job or is not paused")
        return not self.is_2 and self.does("restart") and self.begin()

    # -- the connection ---------------------------------------------------------------------------

    def act_on_connection(self, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/connection`: connect, or disconnect, which kills a job."""
        verb = body.get("command")
        if verb not in ("connect", "disconnect", "fake_ack"):
            raise Refused(400, "command is invalid")
        self._check_connection(body)
        if verb == "fake_ack" or not self.does(verb) or (verb == "disconnect" and not self.connected):
            return done(acted=False)
        if verb == "connect" and not self.connected:  # a connected printer keeps its profile, on 1.11.8 and 2.0.0rc7
            self.profile = body.get("printerProfile") or self.default_profile
        if self.connected:
            self.event("Disconnecting", self._connector() or None)
            self.break_off("Offline")
        self.port = self.port if body.get("port") in (None, "AUTO") else body["port"]
        if verb == "connect":
            self._connect()
        return done()

    def _connect(self) -> None:
        self.error = self.reported = None
        self.event("Connecting", self._connector() or None)
        for state in ("Connecting", "Operational") if self.is_2 else ("Opening serial connection", "Connecting", "Operational"):
            self.state = state
        self.event("Connected", {**self._connector(), "port": self.port, "baudrate": 115200})

    def break_off(self, state: str, error: Optional[str] = None, dying: bool = False, stopped: bool = False) -> None:
        """End the connection, and with it a job that is in progress.

        `dying` means that the firmware reports the error, `stopped` that an emergency stop was requested.
        """
        lost = self._lost(error) if self.busy and self.state != SENDING else None
        if dying:
            self._publish_firmware_error(error or "")
        if lost:
            self._remember(success=False)
            self.history.append((self.storage.now, {name: list(reading) for name, reading in self.heaters.items()}))
        self.error, self.reported = error, error if dying else None
        if self.selected:
            self.deselect()
        self.event("Disconnected", self._connector() or None)
        self.state = state
        if stopped:
            self.event("EStop")
        if lost:
            self.event("PrintFailed", lost)

    def _publish_firmware_error(self, error: str) -> None:
        self.heard([f"Error:{error}"])
        self.state = "Error"
        payload = {"error": error, "reason": "firmware", "consequence": "emergency", "logs": self.terminal[-30:]}
        self.event("Error", {**payload, "faq": "firmware-thermal-runaway"} if self.is_2 else payload)
        self.event("EStop")

    def _lost(self, error: Optional[str]) -> Dict[str, Any]:
        """Return the `PrintFailed` payload after an error. Its progress is a fraction, and 2.0 never knows the reason."""
        why = {"reason": "error", "error": "unknown" if self.is_2 else error or ""}
        return {**self._file(), **self._owner(), "time": SECONDS, **why, "progress": (self.completion or 0.0) / 100}

    def _check_connection(self, body: Dict[str, Any]) -> None:
        allowed: Dict[str, List[Any]] = {
            "port": [None, "AUTO", *PORTS],
            "baudrate": [None, 0, *BAUDRATES],
            "printerProfile": [None, *self.profiles],
        }
        for name, values in allowed.items():
            if body.get(name) not in values:
                raise Refused(400, f"{name} is invalid")
