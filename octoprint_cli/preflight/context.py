"""What a check is given to look at: a file, and the printer that shall print it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from octoprint_cli.errors import CliError, FileChanged, FileInvalid, PermissionDenied
from octoprint_cli.gcode.source import State, state_of
from octoprint_cli.preflight.finding import Skip

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import PrinterState
    from octoprint_cli.client.resources.profiles import Profile
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.config.values import Limits, Setting
    from octoprint_cli.gcode.analysis.contents import Contents
    from octoprint_cli.gcode.source import Progress

#: The endings that OctoPrint takes without plugins; anything else is a 415.
EXTENSIONS = (".gcode", ".gco", ".g", ".gc~")
#: OctoPrint's default limit of an upload: it cuts the connection of a larger one.
MAX_BYTES = 1024**3


class CheckContext:
    """The file that is to be printed, and the printer. Server and file are each read once, for all checks.

    `file` is the local file or None, `location` where it will be stored, `stored` the path of a file that is
    there already, instead; `settings` tell the limits and the configured names of the printer's model, `progress` is
    called with how far the file is read.
    """

    def __init__(
        self,
        client: Client,
        settings: Settings,
        file: Optional[Path] = None,
        location: str = "local",
        *,
        stored: Optional[str] = None,
        progress: Optional[Progress] = None,
    ) -> None:
        self.client = client
        self.limits: Limits = settings.limits
        self.file = file
        self.location = location
        self.stored = stored
        self.models = tuple(settings.models)
        self._progress, self._settings = progress, settings
        self._readings: Dict[str, Any] = {}
        self._as_read: Optional[State] = None  # the local file, when it was read

    def section(self, name: str, keys: Mapping[str, Setting]) -> Dict[str, Any]:
        """Return a plugin's own section of the configuration, read as `keys` say. Raises ConfigError with the line."""
        return self._settings.section(name, keys)

    @property
    def job(self) -> Job:
        """The job: `GET /api/job`. Raises what the client raises."""
        job: Job = self._once("job", lambda: self.client.job.current())
        return job

    @property
    def printer(self) -> PrinterState:
        """The printer's state: `GET /api/printer`. Raises what the client raises."""
        state: PrinterState = self._once("printer", lambda: self.client.printer.current())
        return state

    @property
    def free_space(self) -> Optional[int]:
        """The bytes that the server can take, None where it does not say."""
        free: Optional[int] = self._once("free", lambda: self.client.files.free())
        return free

    @property
    def profile(self) -> Profile:
        """The printer profile in use. Raises Skip without a server that answers, or without the permission to see it."""
        self.require_server()
        try:
            profile: Profile = self._once("profile", lambda: self.client.profile.current())
        except PermissionDenied as error:
            raise Skip("the API key lacks the permission CONNECTION, without which no printer profile can be seen") from error
        return profile

    @property
    def contents(self) -> Contents:
        """What the file contains. Raises Skip unless it can be read, or if it is no G-code at all: `file_damage` says so."""
        contents = self.any_contents
        if contents.foreign is not None:
            raise Skip(f"there is no G-code to look at: {contents.foreign}")
        return contents

    @property
    def any_contents(self) -> Contents:
        """What the file contains, whatever it is. Raises Skip unless it can be read: the check `file_readable` says so."""
        try:
            return self.read()
        except CliError as error:
            raise Skip("the file cannot be read") from error

    def read(self) -> Contents:
        """Read the file, once for all checks. Raises what reading raises, and Skip where there is no G-code to read."""
        contents: Contents = self._once("contents", self._read_local if self.stored is None else self._read_stored)
        if contents.size == 0:
            raise Skip("the file is empty")
        return contents

    def require_unchanged(self) -> None:
        """Raise FileChanged if the local file is no longer the one that was read."""
        if self.file is not None and self._as_read is not None and state_of(self.file) != self._as_read:
            raise FileChanged(f"{self.file} was changed after the pre-flight had read it")

    def _read_local(self) -> Contents:
        from octoprint_cli.gcode.analysis.reader import read_file  # only where there is a file

        file = self.require_file()
        if file.suffix.lower() not in EXTENSIONS:
            raise Skip("the file is no G-code by its name")
        self._as_read = state_of(file)
        return read_file(file, self._progress)

    def _read_stored(self) -> Contents:
        """Read the file on the server. Skip for one on the SD card, and without the permission to read it."""
        from octoprint_cli.gcode.analysis.reader import GcodeParser  # only where there is a file

        assert self.stored is not None
        if self.location != "local":
            raise Skip("no server hands out what is on the SD card")
        self.require_server()
        stored = self.client.files.require(self.stored, self.location)
        parser = GcodeParser()

        def take(piece: bytes) -> None:
            parser.feed(piece)
            if self._progress:
                self._progress(parser.size, stored.size or parser.size)

        try:
            self.client.files.read(stored.path, take, MAX_BYTES)
        except PermissionDenied as error:
            raise Skip("the API key lacks the permission FILES_DOWNLOAD, without which no file can be read") from error
        contents = parser.contents()
        if contents.size == 0:  # of a local file, `file_not_empty` says so
            raise FileInvalid(f"{self.stored} is empty on the server", hint="octoprint-cli upload FILE")
        return contents

    def require_server(self) -> None:
        """Raise Skip unless the server answers: the check `printer_connected` says so."""
        try:
            _ = self.job
        except CliError as error:
            raise Skip("the server does not answer") from error

    def require_printer(self) -> None:
        """Raise Skip unless a printer is connected: the check `printer_connected` says so."""
        self.require_server()
        if not self.job.phase.connected:
            raise Skip("no printer is connected")

    def require_file(self) -> Path:
        """Return the local file. Raises Skip unless there is one: the check `file_exists` says so."""
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
