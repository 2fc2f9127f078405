"""A client for one OctoPrint server: a noun for each thing that it has.

    with client's nouns: client.job, client.printer, client.files, client.uploads, client.connection, client.server,
    client.profile, client.plugins

This is the first module to import requests; the models under client/resources do not.
"""

from __future__ import annotations

import contextlib
import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Type, TypeVar

from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.transport import Tls
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resource import Resource
from octoprint_cli.client.resources.connection import Connection
from octoprint_cli.client.resources.files import Files
from octoprint_cli.client.resources.job import Job, Jobs
from octoprint_cli.client.resources.printer import Printer
from octoprint_cli.client.resources.profiles import Profiles
from octoprint_cli.client.resources.server import Server
from octoprint_cli.client.resources.server_plugins import Plugins, Prompt
from octoprint_cli.errors import CliError

if TYPE_CHECKING:
    from octoprint_cli.client.resources.uploads import UploadOptions, UploadResult, Uploads
    from octoprint_cli.config.values import Limits
    from octoprint_cli.gcode.source import Progress

__all__ = ["Aftermath", "Client", "Http", "Tls"]

#: Whoever has interrupted the program does not want to wait.
AFTERMATH_SECONDS = 3.0
#: Neither ending nor being ended.
_GOES_ON = frozenset({Phase.STARTING, Phase.PRINTING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING})
#: A clause on what the server has, and the same for a program.
Aftermath = Tuple[str, Dict[str, Any]]
R = TypeVar("R", bound=Resource)


class Client:
    """One server. Every method of a noun says which endpoint it calls and what it raises.

    `key_origin` is where the key came from, for the error about a wrong one; `limits` tells the configured ones of the heaters.
    """

    def __init__(
        self,
        base_url: str,
        api_key: Optional[str],
        *,
        key_origin: Optional[str] = None,
        timeout: float = 30,
        retries: int = 3,
        tls: Tls = Tls(),
        limits: Callable[[], Optional[Limits]] = lambda: None,
    ) -> None:
        self._limits = limits
        self._take(Http(base_url, api_key, key_origin=key_origin, timeout=timeout, retries=retries, tls=tls))

    def anew(self) -> Client:
        """The same server over the same connection, for another command line: nothing is known of what this one did."""
        other = copy.copy(self)
        other._take(self.http.anew())
        return other

    def _take(self, http: Http) -> None:
        self.http = http
        self.job = Jobs(self.http)
        self.printer = Printer(self.http, self._limits)
        self.files = Files(self.http)
        self._uploads: Optional[Uploads] = None
        self.connection = Connection(self.http)
        self.server = Server(self.http)
        self.profile = Profiles(self.http)
        self.plugins = Plugins(self.http)

    @property
    def uploads(self) -> Uploads:
        """Sending files. What it takes is imported here, on first use."""
        if self._uploads is None:
            from octoprint_cli.client.resources.uploads import Uploads

            self._uploads = Uploads(self.http, self.files)
        return self._uploads

    def resource(self, kind: Type[R]) -> R:
        """Make a plugin's own resource on this client's connection, with its timeouts and dry runs; see `Resource`."""
        return kind(self.http)

    noun = resource  # its name in API version 1

    def store(self, file: Path, wish: UploadOptions, progress: Optional[Progress] = None) -> UploadResult:
        """Upload a file and wait until it is really there: an SD card is behind a slow serial line.

        Raises what `uploads.upload`, `job.wait_for_transfer` and `files.wait_until_listed` raise.
        """
        if wish.location == "local":
            return self.uploads.upload(file, wish, progress)
        before = self.files.list(wish.location)
        sent = self.uploads.upload(file, wish, progress)
        self.job.wait_for_transfer()
        stored = self.files.wait_until_listed(sent.stored, before)
        # OctoPrint leaves comments out on the way to the card, so another size proves nothing.
        return sent._replace(stored=stored, verified="size" if stored.size == sent.size else "none")

    def select(self, path: str, location: str = "local") -> Job:
        """Select a file that is on the server, and return the job that shows it.

        Raises what `files.select` and `job.confirm_selected` raise.
        """
        self.job.last_outcome = self.files.select(path, location)
        return self.job.confirm_selected(path, location)

    def start(self, path: str, location: str = "local") -> Job:
        """Print a file that is on the server, and return the job that shows it printing.

        Raises PrinterBusy, PrinterOffline, and what `select` and `job.confirm_started` raise.
        """
        before = self.job.current().require_idle()
        if location == "local":
            # One request: between two, somebody else could select another file.
            ended_once = before.is_of(path, location) and before.completion == 100
            prints = self._prints(path) if ended_once else 0
            self.job.last_outcome = self.files.select(path, location, start=True)
            return self.job.confirm_started(path, location, lambda: not ended_once or self._prints(path) > prints)
        # A start with nothing selected is a 204, and the firmware opens the file in its own time.
        self.select(path, location)
        self.job.start()
        return self.job.confirm_started(path, location)

    def prompt(self, job: Job) -> Optional[Prompt]:
        """What the firmware asks a person while a job is active; None also where that cannot be told. Raises nothing."""
        if not job.phase.has_job:
            return None
        with contextlib.suppress(CliError):
            return self.plugins.prompt()
        return None

    def _prints(self, path: str) -> int:
        """How often a file was printed: an end of 100 % may be that of its last print."""
        return self.files.info(path).history.total

    def aftermath(self) -> Aftermath:
        """What the server has now, asked in a hurry: the job, and the file that was on its way. Raises nothing."""
        known: Dict[str, Any] = {}
        with contextlib.suppress(CliError), self.http.hurried(AFTERMATH_SECONDS):
            job = self.job.current()
            known.update(state=job.state, file=job.file)
            known.update(self._uploads.interrupted() if self._uploads else {})
        return _sentence(known), known

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Inside, only reads are sent; the list fills with the requests that would have been."""
        with self.http.rehearsal() as planned:
            yield planned

    @property
    def rehearsing(self) -> bool:
        """Whether this is a rehearsal: what would be sent comes to nothing, and nothing answers it."""
        return self.http.rehearsing


def _sentence(known: Mapping[str, Any]) -> str:
    if not known:
        return "the server could not be asked what came of it"
    upload, file = known.get("upload"), known.get("file")
    arrived = "" if upload is None else f", and the upload of {upload} has {'' if known.get('stored') else 'not '}arrived"
    goes_on = "the job goes on: " if phase_of(known["state"]) in _GOES_ON else ""
    return f"{goes_on}the printer is {known['state']}" + (f" with {file}" if file else "") + arrived
