"""Real OctoPrint servers with their virtual printer, run by the sandbox add-on, and the installed program.

A test drives the program as an agent does and then asks the server itself what happened.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional
from urllib.parse import quote

import pytest
import requests
import yaml

PROGRAM = Path(sys.executable).with_name("octoprint-cli")
#: OCTOPRINT_CLI_TEST_VERSIONS="1.8.7 1.10.3" looks at others.
VERSIONS = os.environ.get("OCTOPRINT_CLI_TEST_VERSIONS", "1.11.8 2.0.0rc7").split()
#: Long enough for an installation on a busy machine; everything else answers in seconds.
INSTALL_SECONDS, RUN_SECONDS = 280, 120


class Answer:
    """What one run of the program answered."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.exit_code, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr
        self.envelope: Dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}

    @property
    def data(self) -> Dict[str, Any]:
        assert self.envelope["status"] == "success", self.envelope
        return self.envelope["data"]

    @property
    def code(self) -> Optional[str]:
        return self.envelope.get("error", {}).get("code")


class Server:
    """A running OctoPrint: the program aimed at it, and its own view of the world."""

    def __init__(self, name: str, version: str, environ: Dict[str, str]) -> None:
        self.name, self.version, self.environ = name, version, environ
        config = yaml.safe_load((Path(environ["OCTOPRINT_CLI_HOME"]) / "config.yaml").read_text())
        self.host, self.key = config["printers"][name]["host"], config["printers"][name]["api_key"]
        self.sd = "printer" if version.startswith("2") else "sdcard"

    def cli(self, *argv: Any, expect: int = 0, **environ: str) -> Answer:
        """Run the program with --json. An exit code that was not asked for fails the test."""
        line = [str(PROGRAM), "--printer", self.name, "--json", *map(str, argv)]
        return run(line, {**self.environ, **environ}, expect)

    def get(self, path: str, **params: Any) -> Any:
        return requests.get(self.host + path, headers={"X-Api-Key": self.key}, params=params, timeout=30).json()

    def post(self, path: str, body: Dict[str, Any]) -> requests.Response:
        response = requests.post(self.host + path, headers={"X-Api-Key": self.key}, json=body, timeout=30)
        assert response.ok, (path, body, response.text)
        return response

    def content(self, path: str) -> bytes:
        return requests.get(f"{self.host}/downloads/files/local/{path}", headers={"X-Api-Key": self.key}, timeout=30).content

    def job(self) -> Any:
        return self.get("/api/job")

    def file(self, path: str) -> Any:
        return self.get(f"/api/files/local/{path}")

    def gcode(self, command: str) -> None:
        self.post("/api/printer/command", {"command": command})

    def until(self, read: Callable[[], Any], done: Callable[[Any], bool], seconds: float = 30) -> Any:
        """Poll the server's own view; a deadline, not a sleep, ends it."""
        deadline = time.monotonic() + seconds
        while True:
            value = read()
            if done(value):
                return value
            assert time.monotonic() < deadline, value
            time.sleep(0.05)

    def reset(self) -> None:
        """Bring the server back to where a test expects it: idle, cold, nothing selected, no files."""
        if self.job()["state"].startswith(("Offline", "Error")):
            self.post("/api/connection", {"command": "connect"})
        self.until(self.job, lambda job: not job["state"].startswith(("Offline", "Error", "Opening", "Connecting", "Detecting")))
        if not self.job()["state"].startswith("Operational"):
            requests.post(self.host + "/api/job", headers={"X-Api-Key": self.key}, json={"command": "cancel"}, timeout=30)
        self.until(self.job, lambda job: job["state"] == "Operational")
        self.until(lambda: self.get("/api/printer")["temperature"], lambda heaters: "bed" in heaters)
        for entry in self.get("/api/files/local")["files"]:
            self._delete(entry["path"])

    def _delete(self, path: str) -> None:
        def gone() -> bool:  # for a moment after a job the file still counts as in use
            url = f"{self.host}/api/files/local/{quote(path)}"
            return requests.delete(url, headers={"X-Api-Key": self.key}, timeout=30).status_code == 204

        self.until(gone, bool)


def run(line: List[str], environ: Dict[str, str], expect: Optional[int] = 0, seconds: float = RUN_SECONDS) -> Answer:
    """Run a process; its stdin is closed, and an unexpected exit code shows what it said."""
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False)
    assert expect is None or done.returncode == expect, (line, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return Answer(done)


@pytest.fixture(scope="session")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, str]:
    """An environment of the tests' own. The servers' installations may be kept between runs."""
    home = tmp_path_factory.mktemp("home")
    kept = os.environ.get("OCTOPRINT_CLI_TEST_SERVERS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    folder = Path(kept) if kept else home / "octoprint-cli"
    return {**inherited, "XDG_CACHE_HOME": str(home / "cache"), "OCTOPRINT_CLI_HOME": str(folder)}


@pytest.fixture(scope="session", params=VERSIONS)
def running(request: pytest.FixtureRequest, environ: Dict[str, str]) -> Iterator[Server]:
    """A server of each version, started once, stopped by its own process id."""
    version: str = request.param
    name = "e2e-" + version.replace(".", "-")
    base = [str(PROGRAM), "sandbox"]
    try:
        run([*base, "start", "--name", name, "--octoprint", version], environ, seconds=INSTALL_SECONDS)
        yield Server(name, version, {**environ, "HOME": environ["XDG_CACHE_HOME"]})
    finally:
        run([*base, "stop", "--name", name], environ)


@pytest.fixture
def server(running: Server) -> Server:
    """The server, idle, cold and empty."""
    running.reset()
    return running


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A file that prints for a minute: the virtual printer dwells in real time."""
    file = tmp_path / "slow.gcode"
    file.write_text("M117 slow\n" + "".join(f"G1 X{line % 50} F6000\nG4 P100\n" for line in range(600)))
    return file


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A file that is printed in a moment."""
    file = tmp_path / "quick.gcode"
    file.write_text("M117 quick\nG1 X1 F6000\nG1 X2\n")
    return file
