"""The scenes that a test sets: what is stored, what prints, and what becomes of it without a request. Must not know HTTP."""

from __future__ import annotations

from typing import Any, Optional

from octoprint_cli.testing.octoprint.controls import Controls
from octoprint_cli.testing.octoprint.multipart import Part
from octoprint_cli.testing.octoprint.printer_state import SENDING
from octoprint_cli.testing.octoprint.storage import GCODE, Stored

_GONE = "SerialTimeoutException: "


class Scenarios(Controls):
    """What a test says has happened, at the printer or by another client; push sockets hear of it as of anything else."""

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        #: Whether a file that is sent to the SD card stays on its way until `finish()`.
        self.slow_transfers = False
        self._transfer: Optional[Part] = None

    # -- files ------------------------------------------------------------------------------------

    def store(self, path: str, content: bytes = GCODE.encode(), location: str = "local", **entry: Any) -> None:
        """A file is on the server. `entry` adds keys to what it says of the file, such as `gcodeAnalysis`."""
        with self.lock:
            self.storage.put("sdcard" if location == "printer" else location, path, content, **entry)

    def stored(self, path: str, location: str = "local") -> Optional[Stored]:
        """The file of that path."""
        with self.lock:
            return self.storage.get(location, path)

    # -- the job ----------------------------------------------------------------------------------

    def printing(self, path: str = "job.gcode", state: str = "Printing", location: str = "local") -> None:
        """A job is under way, at 12.5 percent."""
        with self.lock:
            if self.storage.get(location, path) is None:
                self.store(path, location=location)
            self.select(location, path)
            self._enter(state, 12.5)

    def finish(self) -> None:
        """The job, or the transfer to the SD card, has come to its good end."""
        with self.lock:
            if self.state == SENDING:
                self._end_transfer()
            elif self.busy:
                self.end(success=True)

    def cancel(self) -> None:
        """Somebody else has cancelled the job."""
        with self.lock:
            self.end(success=False)

    def pause(self) -> None:
        """Somebody else, or the firmware, has paused the job."""
        with self.lock:
            self._hold()

    def resume(self) -> None:
        """Somebody else goes on with it."""
        with self.lock:
            self._go_on()

    def _end_transfer(self) -> None:
        assert self.selected is not None and self._transfer is not None
        self.storage.put("sdcard", self.selected[1], self._transfer.content, size=self._transfer.size)
        self.selected, self.completion, self._transfer = None, None, None
        self.state = "Operational"

    # -- the end of the connection ----------------------------------------------------------------

    def fail(self, error: str = "Thermal Runaway, system stopped! Heater_ID: bed") -> None:
        """The firmware gave up: the connection is closed, the job is gone."""
        with self.lock:
            self.break_off("Offline after error", error, dying=self.connected)

    def lose_printer(self) -> None:
        """The cable was pulled: the connection is gone without a word of the firmware, and so is the job."""
        with self.lock:
            self.break_off("Offline after error", _GONE)
