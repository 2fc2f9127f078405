"""The live view: how often it is drawn, what else is written meanwhile, and the terminal as it was when it ends."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import select
import signal
import subprocess
import sys
import threading

import pytest

from octoprint_cli.output.terminal.live_view import PAUSE, View
from octoprint_cli.output.terminal.sparkline import BLOCKS, Trail, sparkline
from octoprint_cli.output.terminal.terminal import Terminal

from .screen import HOSTILE, LEFT, PRINTING, Tty, able, bare, everything, seconds

__all__ = ["able", "seconds"]  # fixtures

# -- when it is drawn ---------------------------------------------------------------------------------


def drawings(stream):
    return bare(stream.getvalue()).count("Printing")


def test_view_redraws_on_change_at_most_twice_a_second(seconds):
    stream = Tty()
    with View(stream, False, seconds) as view:
        for tenth in range(50):
            seconds.now = tenth / 10
            view.show(PRINTING._replace(completion=float(tenth)))
        assert 9 <= drawings(stream) <= 11
        drawn = drawings(stream)
        view.show(PRINTING._replace(completion=49.0))
        for second in range(5, 60):
            seconds.now = float(second)
            view.show(PRINTING._replace(completion=49.0))
        assert drawings(stream) == drawn + 1


def test_change_within_pause_is_drawn_later(seconds):
    stream = Tty()
    with View(stream, False, seconds) as view:
        view.show(PRINTING)
        seconds.now += PAUSE - 0.01
        view.show(PRINTING._replace(completion=46.0))
        view.show(PRINTING._replace(completion=47.0))
        for late in (one for one in threading.enumerate() if isinstance(one, threading.Timer)):
            late.join(10)
        assert "46.0" not in stream.getvalue() and "47.0" in stream.getvalue()


def test_last_picture_is_drawn_on_exit(seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        view.show(PRINTING)
        view.show(PRINTING._replace(state="Operational"))
    assert "Operational" in stream.getvalue().partition(LEFT)[2]


def test_temperature_history_keeps_one_value_a_second_per_heater():
    trail = Trail(length=5)
    for tenth in range(100):
        trail.add(tenth / 10, {"tool0": (float(tenth), 0.0), "bed": (None, None)})
    assert trail.of("tool0") == [50.0, 60.0, 70.0, 80.0, 90.0]
    assert trail.of("bed") == [None] * 5 and trail.of("chamber") == []
    trail.add(11.0, {"bed": (20.0, 0.0)})
    assert trail.of("tool0") == []


def test_panel_shows_sparkline_per_heater(seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        for second in range(len(BLOCKS)):
            seconds.now = float(second)
            view.show(PRINTING._replace(temperatures={"tool0": (20.0 + 10 * second, 210.0), "bed": (20.0, 0.0)}))
    rows = bare(stream.getvalue().partition(LEFT)[2]).splitlines()
    assert BLOCKS in next(row for row in rows if "tool0" in row)
    assert "▄" * len(BLOCKS) in next(row for row in rows if "bed" in row)


@pytest.mark.parametrize(
    ("values", "width", "curve"),
    [
        ([], 10, ""),
        ([None, None], 10, "  "),
        ([5.0], 10, "▄"),
        ([20.0, 20.1, 19.9], 10, "▄▄▄"),
        ([0.0, 100.0, None, 50.0], 10, "▁▇ ▄"),
        ([0.0, 100.0, None, 50.0], 2, " ▄"),
        ([0.0, 100.0], 0, ""),
        ([0.0, 100.0], -3, ""),
    ],
)
def test_sparkline_scales_values_and_keeps_gaps(values, width, curve):
    assert sparkline(values, width) == curve


# -- the terminal -------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_dumb_terminal_shows_no_live_view(whole, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stderr = Tty()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(whole) as show:
        assert show is None
        terminal.note("a note")
    assert stderr.getvalue() == "a note\n"
    assert everything(PRINTING, whole) == ""


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO, False), (Tty, True)], ids=["no terminal", "quiet"])
def test_live_view_is_off_without_terminal_or_when_quiet(stream, quiet):
    stderr = stream()
    with Terminal(Tty(), stderr, quiet=quiet).watching(True) as show:
        assert show is None
    assert stderr.getvalue() == ""


def test_live_view_may_use_another_stream():
    stdout, stderr = Tty(), io.StringIO()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(True, stdout) as show:
        show(PRINTING)
        terminal.note("elsewhere")
    assert "cube.gcode" in stdout.getvalue() and stderr.getvalue() == "elsewhere\n"


def test_note_is_written_above_status_line():
    stderr = Tty()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(False) as show:
        show(PRINTING)
        terminal.warn(f"{HOSTILE} polling")
        before = stderr.getvalue()
    rows = bare(before).replace("\r", "\n").splitlines()
    assert sum("Warning: a\\x1b[2J" in row and row.rstrip().endswith("polling") for row in rows) == 1
    assert "Printing" in rows[-1]


def test_note_during_panel_is_written_after_it_closes():
    stderr = Tty()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(True) as show:
        show(PRINTING)
        terminal.note("said meanwhile")
        assert "said meanwhile" not in stderr.getvalue()
    terminal.note("said afterwards")
    assert bare(stderr.getvalue()).splitlines()[-2:] == ["said meanwhile", "said afterwards"]


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_exception_restores_the_terminal_and_propagates(error, whole):
    stream = Tty()
    with pytest.raises(error), View(stream, whole) as view:
        view.show(PRINTING)
        raise error
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
    assert (LEFT in stream.getvalue()) is whole


def test_lost_terminal_does_not_end_the_view():
    class Gone(Tty):
        def write(self, text):
            raise OSError(5, "Input/output error")

    with View(Gone(), True) as view:
        view.show(PRINTING)
        view.say("anybody?")


SCRIPT = """
import time
from octoprint_cli.output.terminal.terminal import Terminal
from octoprint_cli.output.terminal.printer_view import PrinterView
try:
    with Terminal().watching(True) as show:
        show(PrinterView("Printing", "printing", "cube.gcode", 12.5))
        while True:  # as a wait does: a signal that has come to another thread wakes nobody
            time.sleep(0.02)
except KeyboardInterrupt:
    print("interrupted")
"""


#: What a shell does, without which nothing can be stopped: a parent in the same session. It says when its child is.
SHELL = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], preexec_fn=os.setpgrp)
print("child", child.pid, flush=True)
while os.WIFSTOPPED(os.waitpid(child.pid, os.WUNTRACED)[1]):
    print("stopped", flush=True)
"""


@pytest.fixture
def shown():
    """A program that shows a panel on a real terminal."""
    ours, theirs = pty.openpty()
    shell = subprocess.Popen(
        [sys.executable, "-c", SHELL, SCRIPT],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    os.close(theirs)
    shown = Shown(ours)
    yield shown
    with contextlib.suppress(OSError):
        shown.signal(signal.SIGKILL)
    shell.kill()
    shell.wait()
    os.close(ours)


class Shown:
    """What was written on the terminal."""

    def __init__(self, end):
        self._end, self.seen = end, ""
        self._pid = int(self.until("\r\n"))

    def signal(self, number):
        os.kill(self._pid, number)

    def until(self, text, behind="child"):
        """All that was written behind the last of these, once the text is in it."""
        while text not in self.seen.rpartition(behind)[2]:
            assert self._read(), self.seen
        return self.seen.rpartition(behind)[2]

    def all(self):
        """All that it has written when it has ended."""
        with contextlib.suppress(OSError):  # nobody has the other end any more
            while self._read():
                pass
        return self.seen

    def _read(self):
        ready = select.select([self._end], [], [], 60)[0]
        self.seen += os.read(self._end, 65536).decode() if ready else ""
        return ready


def test_interrupt_restores_real_terminal(shown):
    shown.until("cube.gcode")
    shown.signal(signal.SIGINT)
    seen = shown.all()
    assert "\x1b[?1049h" in seen and "\x1b[?25l" in seen
    after = seen.partition(LEFT)[2]
    assert "cube.gcode" in after and "interrupted" in after and "\x1b[?25l" not in after
    assert "\x1b[?25h" in seen and "Traceback" not in seen


def test_ctrl_z_restores_terminal_until_continued(shown):
    shown.until("cube.gcode")
    for _ in range(2):
        shown.signal(signal.SIGTSTP)
        left = shown.until("stopped", behind="\x1b[?1049h").partition(LEFT)
        assert "\x1b[?25h" in "".join(left) and left[1] and "cube.gcode" not in left[2]
        shown.signal(signal.SIGCONT)
        shown.until("\x1b[?1049h", behind="stopped")
        shown.until("cube.gcode", behind="\x1b[?1049h")
    shown.signal(signal.SIGINT)
    assert "interrupted" in shown.all() and "Traceback" not in shown.seen
