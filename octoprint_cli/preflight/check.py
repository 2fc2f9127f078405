"""What a check is, and what it is given to look at."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from octoprint_cli.errors import CliError

if TYPE_CHECKING:
    from octoprint_cli.client import Client
    from octoprint_cli.client.job import Job
    from octoprint_cli.client.printer import PrinterState
    from octoprint_cli.config import Limits


class Severity(str, enum.Enum):
    """What a failed check means: no print, a word of warning, a remark."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Skip(Exception):
    """Raised by a check that has nothing to say here, with the reason."""


class Check:
    """One question. Its id is its entry point's name, its docstring says what it asks.

    `run` returns a sentence if all is well, raises a CliError if not (its code becomes that of the
    refusal) or Skip if the question does not arise. Any other exception counts as a failure: the check
    was about to say something.
    """

    severity = Severity.BLOCK

    def run(self, subject: Subject) -> str:
        """Look at the subject."""
        raise NotImplementedError


class Subject:
    """What is to be printed, and where. Each reading of the server is made once for all checks.

    `file` is the local file or None, `location` where it will be stored, `limits` the configured ones.
    """

    def __init__(self, client: Client, limits: Limits, file: Optional[Path] = None, location: str = "local") -> None:
        self.client = client
        self.limits = limits
        self.file = file
        self.location = location
        self._readings: Dict[str, Any] = {}

    @property
    def job(self) -> Job:
        """`GET /api/job`. Raises what the client raises."""
        job: Job = self._once("job", lambda: self.client.job.current())
        return job

    @property
    def printer(self) -> PrinterState:
        """`GET /api/printer`. Raises what the client raises."""
        state: PrinterState = self._once("printer", lambda: self.client.printer.current())
        return state

    @property
    def free_space(self) -> Optional[int]:
        """Bytes that the server can take, None where it does not say."""
        free: Optional[int] = self._once("free", lambda: self.client.files.free())
        return free

    def require_server(self) -> None:
        """Skip unless the server answers; `printer_connected` is the check that says so."""
        try:
            _ = self.job
        except CliError as error:
            raise Skip("the server does not answer") from error

    def require_printer(self) -> None:
        """Skip unless a printer is connected; `printer_connected` is the check that says so."""
        self.require_server()
        if not self.job.phase.connected:
            raise Skip("no printer is connected")

    def require_file(self) -> Path:
        """The file. Skip unless there is one that can be read; `file_exists` is the check that says so."""
        if self.file is None:
            raise Skip("no file was given")
        if not self.file.is_file():
            raise Skip("the file is not there")
        return self.file

    def _once(self, name: str, read: Callable[[], Any]) -> Any:
        if name not in self._readings:
            try:
                self._readings[name] = read()
            except CliError as error:
                self._readings[name] = error
        if isinstance(self._readings[name], CliError):
            raise self._readings[name]
        return self._readings[name]
