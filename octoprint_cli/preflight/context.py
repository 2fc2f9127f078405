"""What a check is given to look at: a file, and the printer that shall print it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional

from octoprint_cli.errors import CliError, FileChanged, PermissionDenied
from octoprint_cli.gcode.source import State, state_of
from octoprint_cli.preflight.finding import CannotCheck, Skip

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import PrinterState, Temperature
    from octoprint_cli.client.resources.profiles import Profile
    from octoprint_cli.client.resources.stored_file import StoredFile
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.config.values import Exemption, Limits, Setting, Value
    from octoprint_cli.gcode.analysis.contents import Contents
    from octoprint_cli.gcode.source import Progress

#: The endings that OctoPrint takes without plugins; anything else is a 415.
EXTENSIONS = (".gcode", ".gco", ".g", ".gc~")
#: OctoPrint's default limit of an upload: it cuts the connection of a larger one.
MAX_BYTES = 1024**3


class CheckContext:
    """The file that is to be printed, and the printer. Server and file are each read once, for all checks.

    `file` is the local file or None, `location` where it will be stored, `stored` the path of a file that is
    there already, instead; `name` is the name that the file gets on the server, its own by default. `settings` has the limits, the
    names of the printer's model and lasting exceptions, `progress` is called with how far the file is read.
    """

    def __init__(
        self,
        client: Client,
        settings: Settings,
        file: Optional[Path] = None,
        location: str = "local",
        *,
        stored: Optional[str] = None,
        name: Optional[str] = None,
        progress: Optional[Progress] = None,
    ) -> None:
        self.client = client
        self.limits: Limits = settings.limits
        self.file = file
        self.location = location
        self.stored = stored
        self.name = name or (file.name if file else None)
        self.models = tuple(settings.models)
        self._progress, self._settings = progress, settings
        self._readings: Dict[str, Any] = {}
        self._as_read: Optional[State] = None  # the local file, when it was read

    def section(self, name: str, keys: Mapping[str, Setting]) -> Dict[str, Any]:
        """Return a plugin's own section of the configuration, read as `keys` say. Raises ConfigError with the line."""
        return self._settings.section(name, keys)

    def exemption(self, check: str, option: str) -> Optional[Exemption]:
        """Return an option of a check, such as the margin of `print_volume`, if the configuration has it."""
        return self._settings.check_option(check, option)

    @property
    def lasting_ignore(self) -> Optional[Value]:
        """The ids of the checks that the configuration overrides, and where it says so. Raises ConfigError."""
        return self._settings.ignored_checks

    @property
    def look_again(self) -> str:
        """The command line that makes the checks once more."""
        location = "" if self.location == "local" else f" --location {self.location}"
        if self.stored is not None:
            return f"octoprint-cli preflight --stored {shlex.quote(self.stored)}{location}"
        return f"octoprint-cli preflight{location}" + (f" {shlex.quote(str(self.file))}" if self.file is not None else "")

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
    def heaters(self) -> Dict[str, Temperature]:
        """Every heater, after a wait if the printer has just connected and has not reported them. Raises what the client raises."""
        reported = self.printer.reported
        heaters: Dict[str, Temperature] = self.printer.temperatures
        return heaters if reported else self._once("heaters", lambda: self.client.printer.heaters())

    @property
    def free_space(self) -> Optional[int]:
        """The bytes that the server can take, None where it does not say. Raises CannotCheck without the permission to see it."""
        try:
            free: Optional[int] = self._once("free", lambda: self.client.files.free())
        except PermissionDenied as error:
            raise _not_permitted("FILES_LIST", "the free space cannot be seen", error) from error
        return free

    @property
    def profile(self) -> Profile:
        """The printer profile in use. Raises CannotCheck without a server that answers, or without the permission to see it."""
        self.require_server()
        try:
            profile: Profile = self._once("profile", lambda: self.client.profile.current())
        except PermissionDenied as error:
            raise _not_permitted("CONNECTION", "no printer profile can be seen", error) from error
        return profile

    @property
    def contents(self) -> Contents:
        """What the file contains.

        Raises Skip without a file, CannotCheck unless it can be read (`file_readable` says why) and is G-code at all
        (`file_damage` says what else it is).
        """
        contents = self.any_contents
        if contents.foreign is not None:
            raise CannotCheck(f"there is no G-code to look at: {contents.foreign}", told_by="file_damage")
        return contents

    @property
    def any_contents(self) -> Contents:
        """What the file contains, whatever it is. Raises Skip without a file, and CannotCheck unless it can be read."""
        try:
            return self.read()
        except CliError as error:
            raise CannotCheck("the file cannot be read", error, told_by="file_readable") from error

    def read(self) -> Contents:
        """Read the file, once for all checks. Raises what reading raises, and Skip where there is no G-code to read."""
        contents: Contents = self._once("contents", self._read_local if self.stored is None else self._read_stored)
        if contents.size == 0:
            raise CannotCheck("the file is empty", told_by="file_not_empty")
        return contents

    def require_unchanged(self) -> None:
        """Raise FileChanged if the local file is no longer the one that was read."""
        if self.file is not None and self._as_read is not None and state_of(self.file) != self._as_read:
            raise FileChanged(
                f"{self.file} was changed after the pre-flight had read it",
                hint=f"{self.look_again}  # once nothing writes to it any more",
            )

    def _read_local(self) -> Contents:
        from octoprint_cli.gcode.analysis.reader import read_file  # only where there is a file

        file = self.require_file()
        if file.suffix.lower() not in EXTENSIONS:
            raise CannotCheck("the file is no G-code by its name", told_by="file_extension")
        self._as_read = state_of(file)
        return read_file(file, self._progress)

    def _read_stored(self) -> Contents:
        """Read the file on the server. Raises CannotCheck for one on the SD card, or without the permission to read it."""
        from octoprint_cli.gcode.analysis.reader import GcodeParser  # only where there is a file

        if self.location != "local":
            raise CannotCheck("files on the SD card cannot be downloaded from the server")
        stored = self.require_stored()
        parser = GcodeParser()

        def take(piece: bytes) -> None:
            parser.feed(piece)
            if self._progress:
                self._progress(parser.size, stored.size or parser.size)

        try:
            self.client.files.read(stored.path, take, MAX_BYTES)
        except PermissionDenied as error:
            raise _not_permitted("FILES_DOWNLOAD", "no file can be read", error) from error
        return parser.contents()

    def require_stored(self) -> StoredFile:
        """Return the server's entry of the stored file. Raises CannotCheck unless it has one: `file_exists` says so."""
        self.require_server()
        try:
            return self.stored_file
        except CliError as error:
            raise CannotCheck("the server does not show the file", error, told_by="file_exists") from error

    @property
    def stored_file(self) -> StoredFile:
        """The server's entry of the stored file. Raises what the client raises, such as FileNotFound."""
        entry: StoredFile = self._once("stored", self._find_stored)
        return entry

    def _find_stored(self) -> StoredFile:
        path = self.stored or ""
        if self.location != "local":  # what is on the card, its listing says
            for file in self.client.files.list(self.location).files:
                if file.path == path:
                    return file
        return self.client.files.require(path, self.location)

    def require_server(self) -> None:
        """Raise CannotCheck unless the server answers: the check `printer_connected` says so."""
        try:
            _ = self.job
        except CliError as error:
            raise CannotCheck("the server does not answer", error, told_by="printer_connected") from error

    def require_printer(self) -> None:
        """Raise CannotCheck unless a printer is connected: the check `printer_connected` says so."""
        self.require_server()
        if not self.job.phase.connected:
            raise CannotCheck("no printer is connected", told_by="printer_connected")

    def require_file(self) -> Path:
        """Return the local file. Raises Skip without one, and CannotCheck if it is not there: `file_exists` says so."""
        if self.file is None:
            raise Skip("no file was given")
        if not self.file.is_file():
            raise CannotCheck("the file is not there", told_by="file_exists")
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


def _not_permitted(permission: str, without: str, error: PermissionDenied) -> CannotCheck:
    return CannotCheck(f"the API key lacks the permission {permission}, without which {without}", error)
