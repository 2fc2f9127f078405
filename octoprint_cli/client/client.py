"""The client of one OctoPrint server, with one attribute for each REST resource.

The resources are client.job, client.printer, client.files, client.uploads, client.connection, client.server,
client.profile and client.plugins.

This is the first module to import requests; the models under client/resources do not.
"""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Type, TypeVar

from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.server_address import ServerAddress, Tls
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resource import Resource
from octoprint_cli.client.resources.files import Files
from octoprint_cli.client.resources.job import Job, Jobs
from octoprint_cli.client.resources.print_count import PrintCount
from octoprint_cli.client.resources.printer import Printer
from octoprint_cli.errors import CliError, OutcomeUnknown, PrinterBusy

if TYPE_CHECKING:
    from octoprint_cli.client.resources.connection import Connection
    from octoprint_cli.client.resources.profiles import Profiles
    from octoprint_cli.client.resources.server import Server
    from octoprint_cli.client.resources.server_plugins import Plugins, Prompt
    from octoprint_cli.client.resources.stored_file import History
    from octoprint_cli.client.resources.uploads import UploadOptions, UploadResult, Uploads
    from octoprint_cli.config.values import Limits
    from octoprint_cli.gcode.source import Progress

__all__ = ["Aftermath", "Client", "Http", "ServerAddress", "Tls"]

#: Time limit in seconds for `aftermath`: a user who has interrupted the program does not want to wait.
AFTERMATH_SECONDS = 3.0
#: How long to look for the job that a refused start is busy with.
REFUSED_SECONDS = 2.0
#: Phases in which the job continues by itself.
_GOES_ON = frozenset({Phase.STARTING, Phase.PRINTING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING})
#: The state of the server after an interruption: a clause for a message, and the same facts as data.
Aftermath = Tuple[str, Dict[str, Any]]
R = TypeVar("R", bound=Resource)


class Client:
    """A client of one server; every method of its resources says which endpoint it calls and what it raises.

    `limits` returns the configured heater limits.
    """

    #: Whether the last `start` got as far as to send the request that starts the job.
    start_requested = False

    def __init__(
        self,
        address: ServerAddress,
        *,
        timeout: float = 30,
        retries: int = 3,
        limits: Callable[[], Optional[Limits]] = lambda: None,
    ) -> None:
        self._limits = limits
        self._take(Http(address, timeout=timeout, retries=retries))

    def fresh_copy(self) -> Client:
        """Return a client that shares the connection, but no record of past requests, for another command line."""
        other = Client.__new__(Client)
        other._limits = self._limits
        other._take(self.http.fresh_copy())
        return other

    def _take(self, http: Http) -> None:
        self.http = http
        self.job = Jobs(self.http)
        self.printer = Printer(self.http, self._limits)
        self.files = Files(self.http)
        self._uploads: Optional[Uploads] = None

    # Most commands need none of these resources, so each is imported on first use.

    @functools.cached_property
    def connection(self) -> Connection:
        """The resource that connects the server to the printer."""
        from octoprint_cli.client.resources.connection import Connection

        return Connection(self.http)

    @functools.cached_property
    def server(self) -> Server:
        """The resource of the server itself: its version and its user."""
        from octoprint_cli.client.resources.server import Server

        return Server(self.http)

    @functools.cached_property
    def profile(self) -> Profiles:
        """The resource of the printer profiles."""
        from octoprint_cli.client.resources.profiles import Profiles

        return Profiles(self.http)

    @functools.cached_property
    def plugins(self) -> Plugins:
        """The resource of the server's own plugins."""
        from octoprint_cli.client.resources.server_plugins import Plugins

        return Plugins(self.http)

    @property
    def uploads(self) -> Uploads:
        """The resource that uploads files, imported on first use."""
        if self._uploads is None:
            from octoprint_cli.client.resources.uploads import Uploads

            self._uploads = Uploads(self.http, self.files)
        return self._uploads

    def resource(self, kind: Type[R]) -> R:
        """Make a plugin's own resource on this client's connection, with its timeouts and dry runs; see `Resource`."""
        return kind(self.http)

    noun = resource  # its name in API version 1

    def store(self, file: Path, options: UploadOptions, progress: Optional[Progress] = None) -> UploadResult:
        """Upload a file and wait until the server holds it, which takes long for an SD card behind a serial line.

        Raises what `uploads.upload`, `job.wait_for_transfer` and `files.wait_until_listed` raise.
        """
        if options.location == "local":
            return self.uploads.upload(file, options, progress)
        before = self.files.list(options.location)
        sent = self.uploads.upload(file, options, progress)
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

    def start(self, path: str, location: str = "local", history: Optional[History] = None) -> Job:
        """Print a file that is on the server, and return the job that shows it printing, or printed already.

        `history` is that of the file from before, if known. Raises PrinterBusy, PrinterOffline, OutcomeUnknown, what `select` and
        `job.confirm_started` raise, and JobCancelled, JobFailed or JobLost if the job began and was ended at once.
        """
        self.start_requested = False
        before = self.job.current().require_idle()
        if location == "local":
            # One request: between two, another client could select another file.
            ended_once = before.is_of(path, location) and before.completion == 100
            count = PrintCount(self.files, path, history)
            with self._told_from_another_start(path, location):
                self.job.last_outcome = self.files.select(path, location, start=True)
            job = self.job.confirm_started(path, location, lambda: not ended_once or count.has_grown(), count.has_grown)
            return self._ended_at_once(job, path, count) if count.grown else job
        # A start with nothing selected is a 204, and the firmware opens the file in its own time.
        self.select(path, location)
        with self._told_from_another_start(path, location):
            self.job.start()
        return self.job.confirm_started(path, location)

    @contextlib.contextmanager
    def _told_from_another_start(self, path: str, location: str) -> Iterator[None]:
        """Raise OutcomeUnknown instead of PrinterBusy if the server is busy with the very file that is being started.

        The printer was idle a moment before, so this start has begun that job, if something in front of the server sends
        requests twice, or another client has.
        """
        self.start_requested = True
        try:
            yield
        except PrinterBusy as refused:
            self.job.last_outcome = f"the start was refused ({refused.message})"
            job, _ = self.job.poll(self.job.current, lambda job: job.phase.has_job, REFUSED_SECONDS)
            if not (job.phase.has_job and job.is_of(path, location)):
                raise
            raise OutcomeUnknown(
                f"{path} is {job.state}, but the server refused this start of it: either another client was first, or a proxy "
                "sent the request twice",
                hint="octoprint-cli wait",
                details={"state": job.state, "file": job.file},
            ) from refused

    def prompt(self, job: Job) -> Optional[Prompt]:
        """Return the prompt that the firmware shows during a job, None if there is none or it cannot be read. Raises nothing."""
        if not job.phase.has_job:
            return None
        with contextlib.suppress(CliError):
            return self.plugins.prompt()
        return None

    def _ended_at_once(self, job: Job, path: str, count: PrintCount) -> Job:
        """Return the job of a local file that has printed it already. Raises the error for one that was ended before."""
        from octoprint_cli.client.tracking.job_tracker import JobTracker  # slow to import, and seldom needed
        from octoprint_cli.client.tracking.outcome_errors import of_ending

        now = self.job.current()
        ours = job if job.is_of(path, "local") else job.of_event({"path": path, "origin": "local"})
        error = of_ending(JobTracker(self, ours, count.before).found(now), now)
        if error is not None:
            raise error
        return ours

    def aftermath(self) -> Aftermath:
        """Return the server's job, and whether an interrupted upload arrived, within a short time limit. Raises nothing."""
        known: Dict[str, Any] = {}
        with contextlib.suppress(CliError), self.http.hurried(AFTERMATH_SECONDS):
            job = self.job.current()
            known.update(state=job.state, file=job.file)
            known.update(self._uploads.interrupted() if self._uploads else {})
        return _sentence(known), known

    @contextlib.contextmanager
    def rehearsal(self) -> Iterator[List[Dict[str, Any]]]:
        """Start a dry run: only reads are sent, and the list collects the other requests."""
        with self.http.rehearsal() as planned:
            yield planned

    @property
    def rehearsing(self) -> bool:
        """Whether a dry run is active, in which requests that change something are not sent."""
        return self.http.rehearsing


def _sentence(known: Mapping[str, Any]) -> str:
    if not known:
        return "the outcome is not known: the server could not be asked"
    upload, file = known.get("upload"), known.get("file")
    arrived = "" if upload is None else f", and the upload of {upload} has {'' if known.get('stored') else 'not '}arrived"
    goes_on = "the job goes on: " if phase_of(known["state"]) in _GOES_ON else ""
    return f"{goes_on}the printer is {known['state']}" + (f" with {file}" if file else "") + arrived
