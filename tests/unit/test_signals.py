"""The signals that end a run: heard wherever they arrive, and only if whoever started it wants them heard."""

from __future__ import annotations

import json
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

#: The signal arrives while this module is imported.
EARLY = """
import os, signal, sys
from octoprint_cli.app.main import main
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[2]:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))
            sum(range(1000))
sys.meta_path.insert(0, Finder())
assert sys.argv[2] not in sys.modules
print(main(["status", "--json"]))
"""
#: The signal arrives while the first one is reported.
AGAIN = """
import os, signal, sys
from octoprint_cli.app import boundary, signals
from octoprint_cli.app.main import main
def failure(error):
    os.kill(os.getpid(), signal.SIGTERM)
    sum(range(1000))
boundary.failure = failure
signals.note_only()
os.kill(os.getpid(), getattr(signal, sys.argv[1]))
print(main(["status"]))
print(main(["status", "--json"]))
"""


def output_of(script, name, *more):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script, name, *more], env=environ, stdout=subprocess.PIPE, text=True, timeout=60, check=True
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


#: From the first import to the last one of a run.
IMPORTS = ["octoprint_cli.app.program", "octoprint_cli.errors", "cliff.app", "octoprint_cli.commands.printer.status", "requests"]


@pytest.mark.parametrize("module", IMPORTS)
@pytest.mark.parametrize(("name", "code", "exit_code"), [("SIGINT", "INTERRUPTED", 130), ("SIGTERM", "TERMINATED", 143)])
def test_signal_during_an_import_ends_the_run_with_the_envelope(module, name, code, exit_code, monkeypatch):
    monkeypatch.setenv("OCTOPRINT_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("OCTOPRINT_API_KEY", "0123456789abcdef")
    *envelope, ended = output_of(EARLY, name, module)
    error = json.loads(" ".join(envelope))["error"]
    assert (error["code"], int(ended)) == (code, exit_code) and "nothing was sent" in error["message"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_second_signal_while_the_first_is_reported_ends_without_a_traceback(name):
    assert output_of(AGAIN, name)[-1] == "143"


def test_main_imports_little_before_it_notes_signals():
    """What is imported before cannot be interrupted without a traceback."""
    script = "import sys; before = set(sys.modules); import octoprint_cli.app.main; print(*set(sys.modules) - before)"
    ours = {name for name in output_of(script, "") if name.startswith("octoprint_cli")}
    assert ours == {"octoprint_cli", "octoprint_cli.app", "octoprint_cli.app.main", "octoprint_cli.app.signals"}
