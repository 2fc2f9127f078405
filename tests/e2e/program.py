"""The installed program as a test runs it: in this process, or as a process that goes on while the test does something else."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, TextIO
from unittest import mock

from octoprint_cli import testing
from octoprint_cli.testing.fork_server import ForkServer

from . import limits, schemas

PROGRAM = Path(sys.executable).with_name("octoprint-cli")
#: Beyond this something hangs: everything but an installation answers in seconds, on a busy machine in more.
RUN_SECONDS = 120


class Answer:
    """What one run of the program answered, which is held against the command's schema."""

    def __init__(self, line: List[str], exit_code: int, stdout: str, stderr: str) -> None:
        self.line, self.exit_code, self.stdout, self.stderr = line, exit_code, stdout, stderr
        *reported, self.envelope = _documents(stdout)
        assert "Traceback" not in stderr, stderr
        if "status" in self.envelope:
            schemas.check_answer(line, self.envelope)
        for item in reported:
            if "exit_code" in item:  # of a batch: a command that it has run
                schemas.check_data(item["command"], item)

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
    """A run of the program that goes on while the test does something else. `end` ends it, whatever has become of it.

    Needs `forking`.
    """

    def __init__(self, line: List[str], environ: Dict[str, str], cwd: Optional[Path] = None, **held: float) -> None:
        self.line = line
        self.process = _forks[0].start(line, environ, str(cwd or Path.cwd()), limits.current(**held))

    def send(self, number: int) -> None:
        assert self.process.poll() is None, f"it has ended already: {self.answer()}"
        self.process.send_signal(number)

    def answer(self, seconds: float = RUN_SECONDS) -> Answer:
        try:
            stdout, stderr = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.end()
            raise
        answer = Answer(self.line, self.process.wait(), stdout, stderr)
        self.end()
        return answer

    def end(self) -> None:
        self.process.end()


_forks: List[ForkServer] = []


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """Inside, runs can be started. A process that has the program imported forks them."""
    with tempfile.TemporaryDirectory(prefix="e2e-") as folder:
        _forks.append(ForkServer(folder, os.environ))
        try:
            yield
        finally:
            _forks.pop().close()


def run_installed(line: List[str], environ: Dict[str, str], seconds: float = RUN_SECONDS) -> Answer:
    """Run the installed script itself; it must succeed."""
    how: Dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(line, env=environ, **how) as process:
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except BaseException:
            process.send_signal(signal.SIGTERM)  # what it has started is for it to end
            raise
    answer = Answer(line, process.returncode, stdout, stderr)
    assert answer.exit_code == 0, answer
    return answer


def run(line: List[str], environ: Dict[str, str], expect: Optional[int] = 0, cwd: Optional[Path] = None) -> Answer:
    """Run a process; its stdin is empty, and an unexpected exit code shows what it wrote."""
    answer = Started(line, environ, cwd).answer()
    assert expect is None or answer.exit_code == expect, answer
    return answer


def run_here(
    line: List[str],
    environ: Dict[str, str],
    expect: Optional[int] = 0,
    cwd: Optional[Path] = None,
    stdin: Optional[TextIO] = None,
    **held: float,
) -> Answer:
    """Run a line of the program in this process, where that it is a process is not the point: it costs no start of Python.

    `held` are limits of its own, by their names.
    """
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        with mock.patch.dict(os.environ, environ, clear=True), limits.applied(limits.current(**held)):
            done = testing.run(*line[1:], env=environ, stdin=stdin.read() if stdin else "")
    finally:
        os.chdir(before)
    answer = Answer(line, done.exit_code, done.stdout, done.stderr)
    assert expect is None or answer.exit_code == expect, answer
    return answer
