"""Running the program: in this process, or as a process of its own, always with a home of its own."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional
from unittest import mock

from stevedore.extension import ExtensionManager

from octoprint_cli.testing import GCODE, KEY, FaultServer, Result, run

#: No run of the program takes as long, on a busy machine either; one that does hangs.
LIMIT = 200


class Program:
    """The program in a folder of its own. `server`, if given, is the one that it is configured for."""

    def __init__(self, folder: Path, server: Optional[FaultServer] = None) -> None:
        self.folder = folder
        self._paths: List[Path] = []
        self.env: Dict[str, str] = {
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "OCTOPRINT_CLI_HOME": str(folder / "config"),
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        }
        if server:
            self.env.update(OCTOPRINT_HOST=server.url, OCTOPRINT_API_KEY=KEY)
        (folder / "work").mkdir(exist_ok=True)

    @property
    def work(self) -> Path:
        """The working folder of every process, empty at first."""
        return self.folder / "work"

    def file(self, name: str = "cube.gcode", content: str = GCODE) -> Path:
        """A G-code file."""
        path = self.folder / name
        path.write_text(content)
        return path

    def configure(self, text: str) -> Path:
        """Write the configuration file."""
        path = Path(self.env["OCTOPRINT_CLI_HOME"]) / "config.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    def add_path(self, folder: Path) -> None:
        """Let processes, and runs `inside` this one, find what is installed there."""
        self._paths.insert(0, folder)
        self.env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), self.env["PYTHONPATH"]]))

    def run(self, *argv: str, env: Optional[Mapping[str, str]] = None, stdin: str = "") -> Result:
        """In this process."""
        return run(*argv, env={**self.env, **(env or {})}, stdin=stdin)

    def inside(self, *argv: str, env: Optional[Mapping[str, str]] = None, stdin: str = "") -> Result:
        """In this process, with all that a process of its own would have: its environment, working folder and plugins."""
        with self.surroundings(env):
            return self.run(*argv, env=env, stdin=stdin)

    @contextlib.contextmanager
    def surroundings(self, env: Optional[Mapping[str, str]] = None) -> Iterator[None]:
        """Within, this process has the environment, the working folder and the plugins of the program."""
        before = Path.cwd()
        os.chdir(self.work)
        try:
            with mock.patch.dict(os.environ, {**self.env, **(env or {})}, clear=True), _importable(self._paths):
                yield
        finally:
            os.chdir(before)

    def start(self, *argv: str, env: Optional[Mapping[str, str]] = None, **how: Any) -> subprocess.Popen[str]:
        """As a process, not waited for."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        return subprocess.Popen(self.command(*argv), env={**self.env, **(env or {})}, cwd=str(self.work), text=True, **streams)

    def process(self, *argv: str, env: Optional[Mapping[str, str]] = None, stdin: str = "") -> Result:
        """As a process, to its end."""
        return self.execute(self.command(*argv), env=env, stdin=stdin)

    def python(self, code: str, *argv: str) -> Result:
        """A Python program in the same surroundings, where what it looks at must not be in this process."""
        return self.execute([sys.executable, "-c", code, *argv])

    def execute(self, words: List[str], env: Optional[Mapping[str, str]] = None, stdin: str = "") -> Result:
        """Any process in those surroundings, to its end."""
        how: Any = {"env": {**self.env, **(env or {})}, "cwd": str(self.work), "input": stdin, "text": True, "timeout": LIMIT}
        done = subprocess.run(words, capture_output=True, check=False, **how)
        return Result(done.returncode, done.stdout, done.stderr)

    @staticmethod
    def command(*argv: str) -> List[str]:
        return [sys.executable, "-m", "octoprint_cli", *argv]


@contextlib.contextmanager
def _importable(folders: List[Path]) -> Iterator[None]:
    """What is in the folders can be imported, and is forgotten afterwards, so that each run imports it anew."""
    path, modules = list(sys.path), set(sys.modules)
    sys.path[:0] = map(str, folders)
    importlib.invalidate_caches()
    try:
        with mock.patch.dict(ExtensionManager.ENTRY_POINT_CACHE, clear=True):
            yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if any(str(folder) in str(getattr(sys.modules[name], "__file__", "")) for folder in folders):
                del sys.modules[name]


def finish(process: subprocess.Popen[str]) -> Result:
    """Wait for a started process; one that hangs is killed, and fails the test."""
    try:
        stdout, stderr = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=LIMIT)
        raise
    return Result(process.returncode, stdout or "", stderr or "")
