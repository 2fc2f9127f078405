"""A running OctoPrint as a test sees it: the installed program configured for it, and the server's own view of the world."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional
from urllib.parse import quote

import requests
import yaml
from octoprint_cli_sandbox.sandbox import Sandbox

from .program import PROGRAM, Answer, Started, run, run_here

#: Beyond this something hangs.
LIMIT = 120
#: Between two looks at a server: each costs it some milliseconds of a processor, which the runs want.
FIRST_PAUSE, LONGEST_PAUSE = 0.03, 0.2
#: What an operator's key may do; a test takes one away.
PERMISSIONS = "STATUS CONNECTION CONTROL FILES_LIST FILES_UPLOAD FILES_DOWNLOAD FILES_DELETE FILES_SELECT PRINT".split()
#: So warm is the virtual printer when nothing heats: a file that waits for 25 degrees waits no second. Half a degree below a target
#: would end its thread: it has a factor for more and for less than that.
AMBIENT = 24.7

_USER = "limited"
_GONE = ("Offline", "Error", "Closed")


class Server:
    """One server. `sd` is its own name for the SD card."""

    def __init__(self, name: str, version: str, python: str, environ: Dict[str, str]) -> None:
        self.name, self.version, self.python, self.environ = name, version, python, environ
        config = yaml.safe_load((Path(environ["OCTOPRINT_CLI_HOME"]) / "config.yaml").read_text())
        self.host, self.key = config["printers"][name]["host"], config["printers"][name]["api_key"]
        self.modern = version.startswith("2")
        self.sd = "printer" if self.modern else "sdcard"
        #: What the sandbox plugin knows of it, without a run of the program.
        self._sandbox = Sandbox(Path(environ["OCTOPRINT_CLI_HOME"]), name)
        self.begun: List[Started] = []
        self._session = requests.Session()
        self._log_read, self._logins = 0, 0
        self._user_key = ""

    # -- the program ------------------------------------------------------------------------------

    def line(self, *argv: Any) -> List[str]:
        return [str(PROGRAM), "--printer", self.name, "--json", *map(str, argv)]

    def cli(self, *argv: Any, expect: Optional[int] = 0, held: Optional[Dict[str, float]] = None, **environ: str) -> Answer:
        """Run the program with --json. An exit code that was not asked for fails the test; None is any."""
        return run_here(self.line(*argv), {**self.environ, **environ}, expect, **(held or {}))

    def begin(self, *argv: Any, held: Optional[Dict[str, float]] = None, **environ: str) -> Started:
        """Start the program as a process of its own, which goes on while the test does something else. Fixtures end it."""
        self.begun.append(Started(self.line(*argv), {**self.environ, **environ}, **(held or {})))
        return self.begun[-1]

    def end_begun(self) -> None:
        """End every run that was begun: a test that failed has left some behind."""
        while self.begun:
            self.begun.pop().end()

    def sandbox(self, verb: str) -> Dict[str, Any]:
        """`octoprint-cli sandbox start|stop|status` for this server. As a process: a server is to be no child of the tests."""
        self._session.close()  # its connections end with the server
        return run([str(PROGRAM), "--json", "sandbox", verb, "--name", self.name], self.environ).data

    # -- its own view -----------------------------------------------------------------------------

    def request(self, method: str, path: str, **how: Any) -> requests.Response:
        return self._session.request(method, self.host + path, headers={"X-Api-Key": self.key}, timeout=LIMIT, **how)

    def get(self, path: str, **params: Any) -> Any:
        return self.request("GET", path, params=params).json()

    def post(self, path: str, body: Dict[str, Any]) -> requests.Response:
        response = self.request("POST", path, json=body)
        assert response.ok, (path, body, response.text)
        return response

    def content(self, path: str) -> bytes:
        response = self.request("GET", f"/downloads/files/local/{quote(path)}")
        assert response.ok, (path, response.status_code)
        return response.content

    def job(self) -> Any:
        """2.0.0rc7 says `Starting` of some jobs for as long as they print: two of its threads report the state."""
        job = self.get("/api/job")
        if self.modern and job["state"] == "Starting" and job["progress"]["completion"]:
            job["state"] = "Printing"
        return job

    def state(self) -> str:
        return self.job()["state"]

    def file(self, path: str) -> Any:
        return self.get(f"/api/files/local/{quote(path)}")

    def names(self) -> List[str]:
        """The paths of all local files."""
        open_entries, found = list(self.get("/api/files/local", recursive="true")["files"]), []
        while open_entries:
            entry = open_entries.pop()
            open_entries += entry.get("children", [])
            found += [] if entry["type"] == "folder" else [entry["path"]]
        return sorted(found)

    def prints(self, path: str) -> int:
        """How often a local file was printed to its end."""
        return (self.file(path).get("prints") or {}).get("success") or 0

    def pid(self) -> int:
        pid = self._sandbox.pid
        assert pid is not None, f"{self.name} is not running"
        return pid

    @property
    def base(self) -> Path:
        """Its own folder."""
        return self._sandbox.base

    def card_folder(self) -> Path:
        """Where the virtual printer keeps its SD card."""
        config = yaml.safe_load((self.base / "config.yaml").read_text())
        return Path(config.get("folder", {}).get("virtualSd") or self.base / "virtualSd")

    def logins(self) -> int:
        """How often somebody has logged in on its push socket, by its log, since the first look."""
        log = self.base / "logs" / "octoprint.log"
        if log.stat().st_size < self._log_read:  # at midnight it begins anew
            self._log_read = 0
        with log.open("rb") as opened:
            opened.seek(self._log_read)
            whole, _, _ = opened.read().rpartition(b"\n")
        self._log_read += len(whole)
        self._logins += whole.count(b" logged in on the socket ")
        return self._logins

    @contextlib.contextmanager
    def listened(self, listeners: int = 1) -> Iterator[None]:
        """Inside, so many runs begin that listen to its push socket: at the end they do."""
        before = self.logins()
        yield
        self.until(self.logins, lambda logins: logins >= before + listeners)

    def gcode(self, command: str) -> None:
        self.post("/api/printer/command", {"command": command})

    def key_without(self, *missing: str) -> str:
        """The key of a user who now has every permission of PERMISSIONS but these. It is always the same user.

        A new one costs the server half a second of a processor, for the hash of the password.
        """
        permissions = [permission for permission in PERMISSIONS if permission not in missing]
        allowed = {"active": True, "groups": [], "permissions": permissions}
        if self._user_key:
            response = self.request("PUT", f"/api/access/users/{_USER}", json=allowed)
            assert response.ok, response.text
            return self._user_key
        self.request("DELETE", f"/api/access/users/{_USER}")  # of an earlier session, where the servers are kept
        self.post("/api/access/users", {"name": _USER, "password": secrets.token_hex(8), **allowed})
        self._user_key = str(self.post(f"/api/access/users/{_USER}/apikey", {}).json()["apikey"])
        return self._user_key

    # -- waiting ----------------------------------------------------------------------------------

    def until(self, read: Callable[[], Any], done: Callable[[Any], bool], seconds: float = LIMIT) -> Any:
        """Poll the server's own view; a deadline, not a sleep, ends it."""
        deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
        while True:
            value = read()
            if done(value):
                return value
            assert time.monotonic() < deadline, value
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def past_heating(self) -> None:
        """Wait until the job is past the heaters of its beginning, which would take a target that is set now back."""
        self.until(lambda: self.get("/api/job")["progress"]["filepos"], lambda at: at is not None and at > 400)

    def idle(self, seconds: float = LIMIT) -> Any:
        """The job, once the printer is idle."""
        return self.until(self.job, lambda job: job["state"] == "Operational", seconds)

    def finished(self, path: str, times: int = 1) -> int:
        """Wait until the file was printed so often to its end, and nothing is printing any more."""
        self.idle()
        return self.until(lambda: self.prints(path), lambda prints: prints >= times)

    # -- between tests ----------------------------------------------------------------------------

    def prepare(self) -> None:
        """Spare what no test looks at: the analysis of each file, a process of a second, and the wait for a warm hotend."""
        virtual = self.get("/api/settings")["plugins"]["virtual_printer"]
        self.set_analysis("never")
        if virtual.get("ambientTemperature") != AMBIENT:
            self.post("/api/settings", {"plugins": {"virtual_printer": {"ambientTemperature": AMBIENT}}})
            self.reconnect()  # the printer reads it when it is connected

    def set_analysis(self, when: str) -> None:
        """Let the server analyse files that are uploaded from now on: `never`, or `idle`."""
        self.post("/api/settings", {"gcodeAnalysis": {"runAt": when}})

    def analyse(self, path: str, upload: Callable[[], Any]) -> None:
        """Upload a file, and wait until the server has analysed it."""
        self.set_analysis("idle")
        try:
            upload()
            self.until(lambda: self.file(path).get("gcodeAnalysis"), bool)
        finally:
            self.set_analysis("never")

    def reconnect(self) -> None:
        """A printer that hangs, or a card that takes no other selection, is as new after this."""
        self.post("/api/connection", {"command": "disconnect"})
        self.until(self.state, lambda state: state.startswith(_GONE))
        self.reset()

    def reset(self) -> None:
        """Bring the server back to where a test expects it: running, idle, cold, nothing selected, no files."""
        if self._sandbox.pid is None:  # a test that failed has stopped it
            self.sandbox("start")
        if self.state() != "Operational":
            self._make_idle()
        if "bed" not in self.get("/api/printer")["temperature"]:
            self.gcode("M105")  # the server itself asks for its first report two seconds after a connect
            self.until(lambda: self.get("/api/printer")["temperature"], lambda heaters: "bed" in heaters)
        for entry in self.get("/api/files/local")["files"]:
            self.delete(entry["path"])

    def _make_idle(self) -> None:
        if self.state().startswith(_GONE):
            self.post("/api/connection", {"command": "connect"})
        state = self.until(self.state, lambda state: not state.startswith((*_GONE, "Opening", "Connecting", "Detecting")))
        if state != "Operational":
            self.request("POST", "/api/job", json={"command": "cancel"})
        self.idle()

    def delete(self, path: str) -> None:
        def gone() -> bool:  # for a moment after a job the file still counts as in use
            return self.request("DELETE", f"/api/files/local/{quote(path)}").status_code == 204

        self.until(gone, bool)


def environment(home: Path, version: str) -> Dict[str, str]:
    """An environment of the tests' own, and of this version: runs on several versions may go on beside each other.

    The servers' installations may be kept between runs.
    """
    kept = os.environ.get("OCTOPRINT_CLI_TEST_SERVERS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    folder = (Path(kept) if kept else home / "octoprint-cli") / version
    return {**inherited, "XDG_CACHE_HOME": str(home / "cache"), "OCTOPRINT_CLI_HOME": str(folder)}
