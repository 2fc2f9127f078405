"""An OctoPrint of recorded answers, in the words of 1.11.8 or of 2.0.0rc7, that keeps what was sent to it.

A request that a test has not provided for is remembered as a stray, and fails the test at its end.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import requests
from requests_mock import ANY

from octoprint_cli.errors import CODES
from octoprint_cli.testing import GCODE, Result, run

from .recorded import Recorded
from .storage import NOT_FOUND, Part, Storage, parts_of

URL = "http://octopi.test"
KEY = "unit-ring-key-0123456789abcdef"
CONTENT = GCODE.encode()
DIALECTS = ("1.11.8", "2.0.0rc7")
#: An answer that never came: the exception, or the gateway's status instead of it.
Lost = Union[Exception, int]
GONE = requests.exceptions.ConnectionError("Connection aborted.", ConnectionResetError(104, "reset by peer"))


class Server(Recorded):
    """One OctoPrint. `sent` holds what would change something, `reads` the paths that were only read."""

    def __init__(self, mocker: Any, dialect: str, home: Any) -> None:
        super().__init__(dialect)
        self.mocker = mocker
        self.home = home
        self.env = {"OCTOPRINT_CLI_HOME": str(home), "OCTOPRINT_HOST": URL, "OCTOPRINT_API_KEY": KEY}
        self.strays: List[str] = []
        self.heat: Dict[str, Tuple[Any, Any]] = {"tool0": (21.3, 0.0), "bed": (21.3, 0.0)}
        self.past: List[Tuple[float, Dict[str, Tuple[Any, Any]]]] = []  # earlier temperatures: a time, and as in `heat`
        self.profiles = [self.profile()]
        self.plugins: Dict[str, Any] = {}
        self.storage = Storage(self)
        self.uploads: List[Dict[str, Part]] = []
        self._jobs: List[Dict[str, Any]] = []
        self._links: List[Dict[str, Any]] = []
        self._linked = False
        self._on_everything()
        self.job("Operational")

    # -- what it answers --------------------------------------------------------------------------

    def on(self, method: str, path: str, **answer: Any) -> None:
        """Answer a path with status_code, json, text, exc ..."""
        self.mocker.register_uri(method, URL + path, **answer)

    def job(self, *readings: Any) -> None:
        """What `/api/job` answers, one reading after another, the last one for good; a text is a bare state."""
        self._jobs, self._linked = [self.reading(reading) if isinstance(reading, str) else reading for reading in readings], False

    def then(
        self, path: str, *readings: Any, status_code: int = 204, lost: Optional[Lost] = None, also: Callable[[], Any] = lambda: None
    ) -> None:
        """Accept a POST, and answer `/api/job` so from then on. With `lost` it is carried out, but not answered."""

        def accept(request: Any, context: Any) -> str:
            self.job(*readings)
            also()
            return _answered(context, lost, "")

        self.on("POST", path, text=accept, status_code=status_code)

    def links(self, *readings: Any, after: Any = (), lost: Optional[Lost] = None) -> None:
        """What `/api/connection` answers; and what it answers after the next POST, and the one after that ...

        From then on `/api/job` has the state from here, too, and the next reading is whoever's asks next.
        """
        self._links = [self.link(reading) if isinstance(reading, str) else reading for reading in readings]
        rest = list(after)

        def accept(request: Any, context: Any) -> str:
            self.links(*rest[0], after=rest[1:])
            self._linked = True
            return _answered(context, lost, "")

        if rest:
            self.on("POST", "/api/connection", text=accept, status_code=204)

    def offline(self) -> None:
        """No printer is connected."""
        self.job("Offline")
        self.links("Offline" if self.is_2 else "Closed")

    def takes_targets(self, *, shows: bool = True, lost: Optional[Lost] = None) -> None:
        """Accept targets, and show them. With `lost` they are not answered."""

        def take(request: Any, context: Any) -> str:
            body = request.json()
            heater = request.path.rsplit("/", 1)[-1]
            targets = body["targets"] if heater == "tool" else {heater: body["target"]}
            if shows:
                self.heat.update({name: (self.heat[name][0], value) for name, value in targets.items()})
            return _answered(context, lost, "")

        for heater in ("tool", "bed", "chamber"):
            self.on("POST", f"/api/printer/{heater}", text=take, status_code=204)

    def takes_upload(
        self, stored_as: Optional[str] = None, location: str = "local", lost: Optional[Lost] = None, **entry: Any
    ) -> None:
        """Accept an upload under another name perhaps; `entry` falsifies what the server says it holds.

        With `lost` it is stored, but not answered.
        """

        def take(request: Any, context: Any) -> Any:
            parts = parts_of(request)
            self.uploads.append(parts)
            context.status_code, path = self.storage.take(parts, stored_as, **entry)
            if context.status_code == 409:
                return {"error": "File already exists and noOverwrite was set"}
            return _answered(context, lost, self._stored(path, location))

        self.on("POST", f"/api/files/{location}", json=take)

    def loses_upload(self, lost: Lost = GONE, after: Optional[int] = None) -> None:
        """Store nothing of an upload and answer none, after so many bytes of the body or all of them."""

        def take(request: Any, context: Any) -> Any:
            left = after if after is not None else int(request.headers["Content-Length"])
            while left > 0:
                left -= len(request.body.read(left)) or left
            return _answered(context, lost, {})

        self.on("POST", "/api/files/local", json=take)

    def _stored(self, path: str, location: str) -> Any:
        slash = "/" if location == "sdcard" else ""
        named = {"name": slash + path.split("/")[-1], "origin": location, "path": slash + path, "refs": {}}
        if self.is_2:
            named["display"] = named["name"]
        files = {location: named}
        if location == "sdcard":  # 1.11 keeps a copy
            files["local"] = {**named, "origin": "local", "path": path, "name": path}
        return {"done": location == "local", "effectivePrint": False, "effectiveSelect": False, "files": files}

    def stores(self, path: str, content: bytes = b"", **entry: Any) -> None:
        """Hold a local file; `entry` falsifies what the server says of it."""
        self.storage.hold(path, content, **entry)

    def has_card(self, *listings: Any) -> None:
        """An SD card is in the printer; its listings, one after another, each a list of names."""
        self.on("GET", "/api/printer/sd", json={"ready": True})
        answers = [{"json": {"files": [self.card_entry(name) for name in names]}} for names in listings or ([],)]
        self.on("GET", "/api/files/sdcard", status_code=404, json=NOT_FOUND)
        self.mocker.register_uri("GET", f"{URL}/api/files/{self.card}?recursive=true", answers)
        if not self.is_2:
            self.on("GET", "/api/files/sdcard", additional_matcher=lambda request: not request.query, json={"files": []})

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

    def does(self, *argv: str, **how: Any) -> Any:
        """Run a command line that must succeed: the envelope's data."""
        result = self.run(*argv, "--json", **how)
        assert result.exit_code == 0, result
        assert set(result.envelope) == {"status", "data"}
        assert result.envelope["status"] == "success"
        return result.data

    def refuses(self, exit_code: int, code: str, *argv: str, **how: Any) -> Result:
        """Run a command line that must end with this error, in the envelope."""
        result = self.run(*argv, "--json", **how)
        assert (result.exit_code, result.code) == (exit_code, code), result
        assert set(result.envelope) == {"status", "data", "error"}
        assert result.envelope["status"] == "error"
        assert set(result.envelope["error"]) - {"details"} == {"code", "message", "hint", "retryable"}
        assert CODES[code].exit_code == exit_code
        return result

    # -- its defaults -----------------------------------------------------------------------------

    def _on_everything(self) -> None:
        self.mocker.register_uri(ANY, ANY, text=self._stray, status_code=599)
        self.on("GET", "/api/job", json=self._job)
        self.on("GET", "/api/connection", json=lambda request, context: _next(self._links))
        self.on("GET", "/api/printer", json=self._printer)
        self.on("GET", "/api/printerprofiles", json=lambda *_: {"profiles": {one["id"]: one for one in self.profiles}})
        self.mocker.register_uri("GET", re.compile(f"^{URL}/api/plugin/."), json=self._plugin)
        self.on("GET", "/api/printer/error", json={"error": "", "reason": ""})
        self.on("GET", "/api/version", json={"api": "0.1", "server": self.dialect, "text": f"OctoPrint {self.dialect}"})
        self.on("GET", "/api/currentuser", json={"groups": ["admins"], "name": "bob", "permissions": ["STATUS", "PRINT"]})
        self.mocker.register_uri("GET", re.compile(f"^{URL}/api/files/local/."), json=self.storage.entry)
        self.mocker.register_uri("GET", re.compile(f"^{URL}/downloads/files/local/."), content=self.storage.download)
        self.on("POST", "/api/files/test", json=self.storage.name)
        for path in ("/api/files", "/api/files/local"):
            self.on("GET", path, json=self.storage.listing)

    def _job(self, request: Any, context: Any) -> Any:
        return _as_a_job(self, _next(self._links)) if self._linked else _next(self._jobs)

    def _printer(self, request: Any, context: Any) -> Any:
        asked = request.qs.get("history") == ["true"]
        past = self.past[-int(request.qs.get("limit", ["300"])[0]) :] if asked else None
        body = self.printer((_as_a_job(self, self._links[0]) if self._linked else self._jobs[0])["state"], self.heat, past)
        context.status_code = 200 if "state" in body else 409
        return body

    def _plugin(self, request: Any, context: Any) -> Any:
        """A bundled plugin's answer, if a test has put it into `plugins`; without, it is not installed."""
        name = request.path.rsplit("/", 1)[-1]
        context.status_code = 200 if name in self.plugins else 404
        return self.plugins.get(name, NOT_FOUND)

    def _stray(self, request: Any, context: Any) -> str:
        self.strays.append(f"{request.method} {request.url}")
        return ""


def _answered(context: Any, lost: Optional[Lost], answer: Any) -> Any:
    """The answer, unless it is lost on its way."""
    if isinstance(lost, Exception):
        raise lost
    if lost is not None:
        context.status_code = lost
    return answer


def _json_of(request: Any) -> Any:
    return request.json() if request.headers.get("Content-Type") == "application/json" else None


def _as_a_job(recorded: Recorded, link: Dict[str, Any]) -> Dict[str, Any]:
    """What `/api/job` says of this connection: 1.x has other words there."""
    state = str(link["current"]["state"])
    return recorded.reading(state.replace("Closed with error", "Offline after error").replace("Closed", "Offline"))


def _next(readings: List[Any]) -> Any:
    return readings.pop(0) if len(readings) > 1 else readings[0]
