"""A printer to look at, terminals to look at it on, and what is then written there."""

from __future__ import annotations

import io
import re
from datetime import datetime

import pytest

from octoprint_cli.output.terminal.live_view import View
from octoprint_cli.output.terminal.printer_view import PrinterView

HOSTILE = "a\x1b[2J\x1b]0;b\x07\u202e\r\n[bold]c[/bold] :smile:.gcode"
LINES = [f"Recv: line {number}" for number in range(9)]
PRINTING = PrinterView(
    state="Printing",
    phase="printing",
    file="parts/cube.gcode",
    completion=45.25,
    print_time=725,
    print_time_left=3700,
    temperatures={"tool0": (210.3, 215.0), "bed": (60.1, 60.0), "chamber": (21.0, 0.0)},
    lines=LINES,
    notes=["11:59:58 ! filament change: insert red"],
    connection="push",
)
IDLE = PrinterView("Operational", "idle")
NOON = datetime(2026, 11, 23, 12, 0)
LEFT = "\x1b[?1049l"  # the terminal's own screen is back
COLOUR = re.compile(r"\x1b\[[\d;]*?(?:3\d|4\d|9\d)[\d;]*m")


class Tty(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


class Ascii(Tty):
    encoding = "ascii"


class Seconds:
    """A clock that a test turns."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
def able(monkeypatch):
    """A terminal of 80 by 24 that can do what most can."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def seconds():
    return Seconds()


def bare(written):
    """What is written without what only moves the cursor or colours."""
    return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", written)


def everything(picture, whole=True, stream=None, now=NOON):
    """All that a view of one picture writes."""
    stream = stream or Tty()
    with View(stream, whole, now=lambda: now) as view:
        view.show(picture)
    return stream.getvalue()


def panel(picture, stream=None, now=NOON):
    """The rows that a panel leaves on the terminal."""
    return bare(everything(picture, stream=stream, now=now).partition(LEFT)[2]).splitlines()


def line(picture, stream=None):
    """The line while it is there."""
    return max(re.split(r"[\r\n]", bare(everything(picture, False, stream))), key=len).rstrip()
