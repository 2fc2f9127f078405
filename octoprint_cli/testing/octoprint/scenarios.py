"""`Scenarios`: what a test lets happen without a request: files, jobs, failures. This module knows no HTTP."""

from __future__ import annotations

from typing import Any, Optional

from octoprint_cli.testing.octoprint.controls import Controls
from octoprint_cli.testing.octoprint.multipart import Part
from octoprint_cli.testing.octoprint.printer_state import SENDING
from octoprint_cli.testing.octoprint.storage import GCODE, Stored

_GONE = "SerialTimeoutException: "


class Scenarios(Controls):
    """What happens at the printer or through another client; push sockets report it like anything else."""

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        #: Whether a transfer to the SD card lasts until `finish()`.
        self.slow_transfers = False
        self._transfer: Optional[Part] = None

    # -- files ------------------------------------------------------------------------------------

    def store(self, path: str, content: bytes = GCODE.encode(), location: str = "local", **entry: Any) -> None:
        """Store a file on the server. `entry` adds keys to its entry, such as `gcodeAnalysis`."""
        with self.lock:
            self.storage.put("sdcard" if location == "printer" else location, path, content, **entry)

    def stored(self, path: str, location: str = "local") -> Optional[Stored]:
        """Return the file with this path, or None."""
        with self.lock:
            return self.storage.get(location, path)

    # -- the job ----------------------------------------------------------------------------------

    def printing(self, path: str = "job.gcode", state: str = "Printing", location: str = "local") -> None:
        """Start a job, and let it progress to 12.5 percent."""
        with self.lock:
            if self.storage.get(location, path) is None:
                self.store(path, location=location)
            self.select(location, path)
            self._enter(state, 12.5)

    def finish(self) -> None:
        """Complete the job, or the transfer to the SD card."""
        with self.lock:
            if self.state == SENDING:
                self._end_transfer()
            elif self.busy:
                self.end(success=True)

    def cancel(self) -> None:
        """Cancel the job, as another client would."""
        with self.lock:
            self.end(success=False)

    def pause(self) -> None:
        """Pause the job, as another client or the firmware would."""
        with self.lock:
            self._hold()

    def resume(self) -> None:
        """Resume the job, as another client would."""
        with self.lock:
            self._go_on()

    def _end_transfer(self) -> None:
        assert self.selected is not None and self._transfer is not None
        self.storage.put("sdcard", self.selected[1], self._transfer.content, size=self._transfer.size)
        self.selected, self.completion, self._transfer = None, None, None
        self.state = "Operational"

    # -- the end of the connection ----------------------------------------------------------------

    def fail(self, error: str = "Thermal Runaway, system stopped! Heater_ID: bed") -> None:
        """Let the firmware report a fatal error, which ends connection and job."""
        with self.lock:
            self.break_off("Offline after error", error, dying=self.connected)

    def lose_printer(self) -> None:
        """Pull the cable: connection and job end without a report of the firmware."""
        with self.lock:
            self.break_off("Offline after error", _GONE)
