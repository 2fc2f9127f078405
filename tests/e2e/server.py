"""A running OctoPrint as a test sees it: the installed program aimed at it, and the server's own view of the world."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, TextIO
from unittest import mock
from urllib.parse import quote

import requests
import yaml

from octoprint_cli import testing

from . import schemas

PROGRAM = Path(sys.executable).with_name("octoprint-cli")
#: Everything but an installation answers in seconds.
RUN_SECONDS = 120
#: What an operator's key may do; a test takes one away.
PERMISSIONS = "STATUS CONNECTION CONTROL FILES_LIST FILES_UPLOAD FILES_DOWNLOAD FILES_DELETE FILES_SELECT PRINT".split()

_GONE = ("Offline", "Error", "Closed")


class Answer:
    """What one run of the program answered, which is held against the command's schema."""

    def __init__(self, line: List[str], exit_code: int, stdout: str, stderr: str) -> None:
        self.line, self.exit_code, self.stdout, self.stderr = line, exit_code, stdout, stderr
        *told, self.envelope = _documents(stdout)
        assert "Traceback" not in stderr, stderr
        if "status" in self.envelope:
            schemas.hold(line, self.envelope)
        for item in told:
            if "exit_code" in item:  # of a batch: a command that it has run
                schemas.held(line[0], item["command"], item)

    @property
    def data(self) -> Dict[str, Any]:
        assert self.envelope["status"] == "success", self.envelope
        return self.envelope["data"]

    @property
    def error(self) -> Dict[str, Any]:
        assert self.envelope["status"] == "error", self.envelope
        return self.envelope["error"]

    @property
    def code(self) -> Optional[str]:
        return self.envelope.get("error", {}).get("code")

    def __repr__(self) -> str:
        return f"{self.line} -> {self.exit_code}\n{self.stdout}\n{self.stderr}"


def _documents(stdout: str) -> List[Dict[str, Any]]:
    """The one envelope, or a line for each thing that happened and the envelope; empty is what is none."""
    if not stdout.startswith("{"):
        return [{}]
    try:
        return [json.loads(stdout)]
    except ValueError:
        return [json.loads(line) for line in stdout.splitlines()]


class Started:
    """A run of the program that goes on while the test does something else."""

    def __init__(self, line: List[str], environ: Dict[str, str], **how: Any) -> None:
        self.line = line
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **how}
        self.process = subprocess.Popen(line, env=environ, **how)

    def send(self, number: int) -> None:
        assert self.process.poll() is None, f"it has ended already: {self.answer()}"
        self.process.send_signal(number)

    def answer(self, seconds: float = RUN_SECONDS) -> Answer:
        try:
            stdout, stderr = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return Answer(self.line, self.process.returncode, stdout, stderr)


def run(line: List[str], environ: Dict[str, str], expect: Optional[int] = 0, seconds: float = RUN_SECONDS, **how: Any) -> Answer:
    """Run a process; its stdin is closed, and an unexpected exit code shows what it said."""
    answer = Started(line, environ, **how).answer(seconds)
    assert expect is None or answer.exit_code == expect, answer
    return answer


def run_here(
    line: List[str],
    environ: Dict[str, str],
    expect: Optional[int] = 0,
    cwd: Optional[Path] = None,
    stdin: Optional[TextIO] = None,
) -> Answer:
    """Run a line of the program in this process, where that it is a process is not the point: it costs no start of Python."""
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        with mock.patch.dict(os.environ, environ, clear=True):
            done = testing.run(*line[1:], env=environ, stdin=stdin.read() if stdin else "")
    finally:
        os.chdir(before)
    answer = Answer(line, done.exit_code, done.stdout, done.stderr)
    assert expect is None or answer.exit_code == expect, answer
    return answer


class Server:
    """One server. `sd` is its own name for the SD card."""

    def __init__(self, name: str, version: str, python: str, environ: Dict[str, str]) -> None:
        self.name, self.version, self.python, self.environ = name, version, python, environ
        config = yaml.safe_load((Path(environ["OCTOPRINT_CLI_HOME"]) / "config.yaml").read_text())
        self.host, self.key = config["printers"][name]["host"], config["printers"][name]["api_key"]
        self.modern = version.startswith("2")
        self.sd = "printer" if self.modern else "sdcard"
        self._base: Optional[Path] = None

    # -- the program ------------------------------------------------------------------------------

    def line(self, *argv: Any) -> List[str]:
        return [str(PROGRAM), "--printer", self.name, "--json", *map(str, argv)]

    def cli(self, *argv: Any, expect: Optional[int] = 0, **environ: str) -> Answer:
        """Run the program with --json. An exit code that was not asked for fails the test; None is any."""
        return run_here(self.line(*argv), {**self.environ, **environ}, expect)

    def begin(self, *argv: Any, **environ: str) -> Started:
        """Start the program as a process of its own, which goes on while the test does something else."""
        return Started(self.line(*argv), {**self.environ, **environ})

    def sandbox(self, verb: str) -> Dict[str, Any]:
        """`octoprint-cli sandbox start|stop|status` for this server. As a process: a server is to be no child of the tests."""
        return run([str(PROGRAM), "--json", "sandbox", verb, "--name", self.name], self.environ).data

    # -- its own view -----------------------------------------------------------------------------

    def request(self, method: str, path: str, **how: Any) -> requests.Response:
        return requests.request(method, self.host + path, headers={"X-Api-Key": self.key}, timeout=30, **how)

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
        return int(self.sandbox("status")["pid"])

    @property
    def base(self) -> Path:
        """Its own folder."""
        if self._base is None:
            self._base = Path(self.sandbox("status")["path"]) / "base"
        return self._base

    def card_folder(self) -> Path:
        """Where the virtual printer keeps its SD card."""
        config = yaml.safe_load((self.base / "config.yaml").read_text())
        return Path(config.get("folder", {}).get("virtualSd") or self.base / "virtualSd")

    def logins(self) -> int:
        """How often somebody has logged in on its push socket, as far as its log reaches back."""
        return (self.base / "logs" / "octoprint.log").read_text(errors="replace").count(" logged in on the socket ")

    @contextlib.contextmanager
    def listened(self, listeners: int = 1) -> Iterator[None]:
        """Inside, so many runs begin that listen to its push socket: at the end they do."""
        before = self.logins()
        yield
        self.until(self.logins, lambda logins: logins >= before + listeners)

    def gcode(self, command: str) -> None:
        self.post("/api/printer/command", {"command": command})

    def key_without(self, *missing: str) -> str:
        """The key of a fresh user who has every permission of PERMISSIONS but these."""
        name = "user" + secrets.token_hex(4)
        permissions = [permission for permission in PERMISSIONS if permission not in missing]
        user = {"name": name, "password": secrets.token_hex(8), "active": True, "groups": [], "permissions": permissions}
        self.post("/api/access/users", user)
        return str(self.post(f"/api/access/users/{name}/apikey", {}).json()["apikey"])

    # -- waiting ----------------------------------------------------------------------------------

    def until(self, read: Callable[[], Any], done: Callable[[Any], bool], seconds: float = 30) -> Any:
        """Poll the server's own view; a deadline, not a sleep, ends it."""
        deadline = time.monotonic() + seconds
        while True:
            value = read()
            if done(value):
                return value
            assert time.monotonic() < deadline, value
            time.sleep(0.05)

    def past_heating(self) -> None:
        """Wait until the job is past the heaters of its beginning, which would take a target that is set now back."""
        self.until(lambda: self.get("/api/job")["progress"]["filepos"], lambda at: at is not None and at > 400)

    def idle(self, seconds: float = 30) -> Any:
        """The job, once the printer is idle."""
        return self.until(self.job, lambda job: job["state"] == "Operational", seconds)

    def finished(self, path: str, times: int = 1) -> int:
        """Wait until the file was printed so often to its end, and nothing is printing any more."""
        self.idle()
        return self.until(lambda: self.prints(path), lambda prints: prints >= times)

    # -- between tests ----------------------------------------------------------------------------

    def reconnect(self) -> None:
        """A printer that hangs, or a card that takes no other selection, is as new after this."""
        self.post("/api/connection", {"command": "disconnect"})
        self.until(self.state, lambda state: state.startswith(_GONE))
        self.reset()

    def reset(self) -> None:
        """Bring the server back to where a test expects it: idle, cold, nothing selected, no files."""
        if self.state().startswith(_GONE):
            self.post("/api/connection", {"command": "connect"})
        self.until(self.state, lambda state: not state.startswith((*_GONE, "Opening", "Connecting", "Detecting")))
        if not self.state().startswith("Operational"):
            self.request("POST", "/api/job", json={"command": "cancel"})
        self.idle()
        if "bed" not in self.get("/api/printer")["temperature"]:
            self.gcode("M105")  # the server itself asks for its first report two seconds after a connect
        self.until(lambda: self.get("/api/printer")["temperature"], lambda heaters: "bed" in heaters)
        for entry in self.get("/api/files/local")["files"]:
            self._delete(entry["path"])

    def _delete(self, path: str) -> None:
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
