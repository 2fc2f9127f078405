"""`Server`: the kit's FakeOctoPrint in this process, without sockets, scripted where a test needs a certain sequence.

requests-mock hands each request to the kit's routes. A test may put a scripted answer in front of them (`on`, `job`, `links`,
`then`). A request that changes something fails the test at its end unless the test has provided for it.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Tuple

import requests
from requests_mock import ANY

from octoprint_cli.errors import CODES
from octoprint_cli.testing import GCODE, FakeOctoPrint, Reply, Result, run
from octoprint_cli.testing.server import routes

from . import payloads
from .mocked_requests import LostAnswer, Part, answered, parts_of, received

URL = "http://octopi.test"
KEY = "unit-ring-key-0123456789abcdef"
CONTENT = GCODE.encode()
GONE = requests.exceptions.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset by peer"))


class Server:
    """One OctoPrint. `sent` holds what would change something, `reads` the paths that were only read."""

    def __init__(self, mocker: Any, dialect: str, home: Any) -> None:
        self.octoprint = FakeOctoPrint(dialect)
        self.dialect, self.is_2, self.card = dialect, self.octoprint.is_2, self.octoprint.storage.card
        self.mocker = mocker
        self.home = home
        #: The one key that it takes.
        self.key = KEY
        self.env = {"OCTOPRINT_CLI_HOME": str(home), "OCTOPRINT_HOST": URL, "OCTOPRINT_API_KEY": KEY}
        self.unexpected: List[str] = []
        self.uploads: List[Dict[str, Part]] = []
        self._jobs: List[Any] = []
        self._links: List[Any] = []
        self._linked = False
        self.mocker.register_uri(ANY, ANY, content=self._unscripted)
        self.on("GET", "/api/job", content=self._job)
        self.on("GET", "/api/connection", content=self._connection)
        self.job("Operational")

    # -- scripted answers -------------------------------------------------------------------------

    def on(self, method: str, path: str, **answer: Any) -> None:
        """Answer a path with status_code, json, text, exc ..."""
        self.mocker.register_uri(method, URL + path, **answer)

    def reading(self, state: str, *place: Any, **more: Any) -> Dict[str, Any]:
        """Return an answer of `/api/job` in this server's dialect; see `payloads.reading`."""
        return payloads.reading(self.dialect, state, *place, **more)

    def link(self, state: str, **current: Any) -> Dict[str, Any]:
        """Return an answer of `/api/connection` in this server's dialect."""
        return payloads.link(self.dialect, state, **current)

    def entry(self, path: str, content: bytes = b"", **more: Any) -> Dict[str, Any]:
        """Return an entry of a listing in this server's dialect."""
        return payloads.entry(self.dialect, path, content, **more)

    def job(self, *readings: Any) -> None:
        """Script what `/api/job` answers: one reading after another, the last one for good; a text is a bare state."""
        self._jobs, self._linked = [self.reading(reading) if isinstance(reading, str) else reading for reading in readings], False
        self._show(self._jobs[0])

    def accept_post(
        self,
        path: str,
        *readings: Any,
        status_code: int = 204,
        lost: Optional[LostAnswer] = None,
        also: Callable[[], Any] = lambda: None,
    ) -> None:
        """Accept a POST, and answer `/api/job` so from then on. With `lost` it is carried out, but not answered."""

        def accept(request: Any, context: Any) -> bytes:
            self.job(*readings)
            also()
            return answered(context, lost, Reply(status_code))

        self.on("POST", path, content=accept)

    def links(self, *readings: Any, after: Any = (), lost: Optional[LostAnswer] = None) -> None:
        """Script what `/api/connection` answers; and what it answers after the next POST, and the one after that ...

        From then on `/api/job` has the state from here, too, and the next reading is whoever's asks next.
        """
        self._links = [self.link(reading) if isinstance(reading, str) else reading for reading in readings]
        rest = list(after)

        def accept(request: Any, context: Any) -> bytes:
            self.links(*rest[0], after=rest[1:])
            self._linked = True
            self._show_link(self._links[0])
            return answered(context, lost, Reply(204))

        if rest:
            self.on("POST", "/api/connection", content=accept)

    def offline(self) -> None:
        """No printer is connected."""
        self.job("Offline")
        self.links("Offline" if self.is_2 else "Closed")

    def add_card(self, *listings: Any) -> None:
        """Script the SD card's listings, one after another, each a list of names."""
        rest = list(listings or [[]])

        def answer(request: Any, context: Any) -> bytes:
            if request.query:  # 1.x is asked without one for its free space
                self.octoprint.storage.files["sdcard"].clear()
                for name in _next(rest):
                    self.octoprint.store(name, location="sdcard", size=4693)
            return self.answer(request, context)

        self.on("GET", f"/api/files/{self.card}", content=answer)

    # -- what the fake is allowed to do -----------------------------------------------------------

    def add_file(self, path: str, content: bytes = b"", **entry: Any) -> None:
        """Hold a local file, which the server has analysed; `entry` falsifies what the server says of it."""
        self.octoprint.store(path, content, gcodeAnalysis=payloads.ANALYSIS)
        self.falsify(path, **entry)

    def falsify(self, path: str, **entry: Any) -> None:
        """Say something else of a stored file from now on."""
        self.octoprint.storage.files["local"][path].more.update(entry)

    def accept_targets(self, *, shows: bool = True, lost: Optional[LostAnswer] = None) -> None:
        """Accept targets, and show them. With `lost` they are not answered."""
        if not shows:
            self.octoprint.ignored_verbs.add("target")
        for heater in ("tool", "bed", "chamber"):
            self.on("POST", f"/api/printer/{heater}", content=lambda *how: answered(how[1], lost, self._perform(how[0])))

    def accept_upload(
        self,
        stored_as: Optional[str] = None,
        location: str = "local",
        lost: Optional[LostAnswer] = None,
        also: Callable[[], Any] = lambda: None,
        **entry: Any,
    ) -> None:
        """Accept an upload under another name perhaps; `entry` falsifies what the server says it holds.

        With `lost` it is stored, but not answered.
        """

        def take(request: Any, context: Any) -> bytes:
            reply = self._perform(request, stored_as if location == "local" else None)
            if reply.status != 201:
                return answered(context, None, reply)
            if location == "local" and reply.body["files"]:
                self.falsify(reply.body["files"]["local"]["path"], gcodeAnalysis=payloads.ANALYSIS, **entry)
            also()
            return answered(context, lost, reply)

        self.on("POST", f"/api/files/{location}", content=take)

    def lose_upload(self, lost: LostAnswer = GONE, after: Optional[int] = None) -> None:
        """Store nothing of an upload and answer none, after so many bytes of the body or all of them."""

        def take(request: Any, context: Any) -> bytes:
            left = after if after is not None else int(request.headers["Content-Length"])
            while left > 0:
                left -= len(request.body.read(left)) or left
            return answered(context, lost, Reply(200, {}))

        self.on("POST", "/api/files/local", content=take)

    # -- what happened ----------------------------------------------------------------------------

    @property
    def requests(self) -> List[Any]:
        """Every request, in order."""
        return list(self.mocker.request_history)

    @property
    def reads(self) -> List[str]:
        """The paths that were read."""
        return [request.path for request in self.requests if request.method == "GET"]

    @property
    def sent(self) -> List[Tuple[str, Any]]:
        """Path and JSON of all that would change something."""
        acts = (request for request in self.requests if request.method != "GET" and request.path != "/api/files/test")
        return [(request.path, _json_of(request)) for request in acts]

    def run(self, *argv: str, env: Any = None, **how: Any) -> Result:
        """Run a command line; whatever it answers, the key is not in it."""
        result = run(*argv, env={**self.env, **(env or {})}, **how)
        assert KEY not in result.stdout + result.stderr
        return result

    def run_ok(self, *argv: str, **how: Any) -> Any:
        """Run a command line that must succeed: the envelope's data."""
        result = self.run(*argv, "--json", **how)
        assert result.exit_code == 0, result
        assert set(result.envelope) == {"status", "data"}
        assert result.envelope["status"] == "success"
        return result.data

    def run_error(self, exit_code: int, code: str, *argv: str, **how: Any) -> Result:
        """Run a command line that must end with this error, in the envelope."""
        result = self.run(*argv, "--json", **how)
        assert (result.exit_code, result.code) == (exit_code, code), result
        assert set(result.envelope) == {"status", "data", "error"}
        assert result.envelope["status"] == "error"
        assert set(result.envelope["error"]) - {"details"} == {"code", "message", "hint", "retryable"}
        assert CODES[code].exit_code == exit_code
        return result

    # -- the kit behind requests-mock -------------------------------------------------------------

    def answer(self, request: Any, context: Any) -> bytes:
        """Answer a request as the kit does; a callback of requests-mock."""
        return answered(context, None, self._perform(request))

    def _perform(self, request: Any, stored_as: Optional[str] = None) -> Reply:
        found = received(request)
        if found.form:
            self.uploads.append(parts_of(request, found.body))
        if found.form and stored_as:
            folder, _, name = stored_as.rpartition("/")
            found.form.fields.update(path=folder, filename=name)
        with self.octoprint.lock:
            return routes.answer(self.octoprint, found, self.key)

    def _unscripted(self, request: Any, context: Any) -> bytes:
        """Answer what no test has scripted: questions alone, and only those that the kit knows."""
        question = request.method in ("GET", "HEAD") or request.path == "/api/files/test"
        if not (question and request.url.startswith(URL + "/") and routes.is_known(request.method, request.path)):
            self.unexpected.append(f"{request.method} {request.url}")
            context.status_code = 599
            return b""
        return self.answer(request, context)

    def _job(self, request: Any, context: Any) -> bytes:
        if self._linked:
            self._show_link(_next(self._links))
            return self.answer(request, context)
        reading = _next(self._jobs)
        self._show(self._jobs[0])
        return answered(context, None, Reply(200, reading))

    def _connection(self, request: Any, context: Any) -> bytes:
        return answered(context, None, Reply(200, _next(self._links)) if self._links else self._perform(request))

    def _show(self, reading: Any) -> None:
        """Bring the printer into the state of the reading that comes next, for all else that is asked of it."""
        self.octoprint.state = str(reading["state"])

    def _show_link(self, link: Any) -> None:
        state = str(link["current"]["state"])  # 1.x has other words in `/api/job`
        self.octoprint.state = state.replace("Closed with error", "Offline after error").replace("Closed", "Offline")


def _json_of(request: Any) -> Any:
    return request.json() if request.headers.get("Content-Type") == "application/json" else None


def _next(readings: List[Any]) -> Any:
    return readings.pop(0) if len(readings) > 1 else readings[0]
