"""What a check is, and what it is given to look at."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Union

from octoprint_cli.errors import CliError, PermissionDenied

if TYPE_CHECKING:
    from octoprint_cli.client import Client
    from octoprint_cli.client.job import Job
    from octoprint_cli.client.printer import PrinterState
    from octoprint_cli.client.profile import Profile
    from octoprint_cli.config import Limits
    from octoprint_cli.gcode import Contents
    from octoprint_cli.terminal import Progress

#: What OctoPrint takes out of the box; anything else is a 415.
EXTENSIONS = (".gcode", ".gco", ".g", ".gc~")


class Severity(str, enum.Enum):
    """What a failed check means: no print, a word of warning, a remark."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Skip(Exception):
    """Raised by a check that has nothing to say here, with the reason."""


class Finding(NamedTuple):
    """A good answer with its evidence: a sentence for a person, and the values behind it for a program."""

    message: str
    evidence: Optional[Mapping[str, Any]] = None


class Check:
    """One question. Its id is its entry point's name, its docstring says what it asks.

    `run` returns a sentence or a Finding if all is well, raises a CliError if not (its code becomes that of
    the refusal, its `details` are the evidence) or Skip if the question does not arise. Any other exception
    counts as a failure: the check was about to say something.
    """

    severity = Severity.BLOCK

    def run(self, subject: Subject) -> Union[str, Finding]:
        """Look at the subject."""
        raise NotImplementedError


class Subject:
    """What is to be printed, and where. Each reading of the server and of the file is made once for all checks.

    `file` is the local file or None, `location` where it will be stored, `limits` the configured ones,
    `models` the configured names of the printer's model, `progress` is told how far the file is read.
    """

    def __init__(
        self,
        client: Client,
        limits: Limits,
        file: Optional[Path] = None,
        location: str = "local",
        *,
        models: Sequence[str] = (),
        progress: Optional[Progress] = None,
    ) -> None:
        self.client = client
        self.limits = limits
        self.file = file
        self.location = location
        self.models = tuple(models)
        self._progress = progress
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

    @property
    def profile(self) -> Profile:
        """The printer profile in use. Skip without a server that answers, or without the permission to see it."""
        self.require_server()
        try:
            profile: Profile = self._once("profile", lambda: self.client.profile.current())
        except PermissionDenied as error:
            raise Skip("the API key lacks the permission CONNECTION, without which no printer profile can be seen") from error
        return profile

    @property
    def contents(self) -> Contents:
        """What is in the file. Skip unless it can be read; `file_readable` is the check that says so."""
        try:
            return self.read()
        except CliError as error:
            raise Skip("the file cannot be read") from error

    def read(self) -> Contents:
        """The same for the check that says so: raises what reading raises. Skip where there is no G-code to read."""
        from octoprint_cli.gcode.reader import read_file  # only where there is a file

        file = self.require_file()
        if file.suffix.lower() not in EXTENSIONS:
            raise Skip("the file is no G-code by its name")
        contents: Contents = self._once("contents", lambda: read_file(file, self._progress))
        if contents.size == 0:
            raise Skip("the file is empty")
        return contents

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
            except Exception as error:  # a crash, too, is the same for every check
                self._readings[name] = error
        if isinstance(self._readings[name], Exception):
            raise self._readings[name]
        return self._readings[name]
