"""The signals that end a run: heard wherever they arrive, and only if whoever started it wants them heard."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from octoprint_cli.app import signals
from octoprint_cli.errors import Terminated

#: The signal arrives while an I/O object is cleared away: Python drops what the handler raises.
LOST = """
import io, os, signal, sys
from octoprint_cli.app import signals
class Answer(io.RawIOBase):
    def close(self):
        if not self.closed:
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
            sum(range(1000))
        super().close()
signals.check()
signals.install()
def receive():
    Answer()
receive()
print("dropped")
try:
    signals.check()
except BaseException as error:
    print(type(error).__name__)
signals.heard()
signals.check()
print("heard")
"""
IGNORED = """
import signal, sys
from octoprint_cli.app import signals
number = getattr(signal, sys.argv[1])
signal.signal(number, signal.SIG_IGN)
signals.install()
print(signal.getsignal(number) is signal.SIG_IGN)
"""


def output_of(script, name):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script, name], env=environ, stdout=subprocess.PIPE, text=True, timeout=60, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize(("name", "error"), [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "Terminated"), ("SIGHUP", "Terminated")])
def test_missed_signal_is_raised_at_next_check(name, error):
    assert output_of(LOST, name) == ["dropped", error, "heard"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signals_ignored_by_nohup_stay_ignored(name):
    assert output_of(IGNORED, name) == ["True"]


def test_pending_signal_ends_run_at_next_request(server, monkeypatch):
    monkeypatch.setattr(signals, "_arrived", [Terminated])
    server.run_error(143, "TERMINATED", "status")
    assert server.reads == []
    assert server.run_ok("status")["state"] == "Operational"
