"""The live view's screens as files: running, without an answer, failed and finished, on terminals of three widths.

Colours are written as `<green>` and `</>`. After a deliberate change OCTOPRINT_CLI_UPDATE_SCREENS=1 writes the files anew: read
what `git diff` shows then.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any, List, Tuple

import pytest

from octoprint_cli.output.terminal.live_view import View
from octoprint_cli.output.terminal.printer_view import PrinterView

from .screen import Tty, able, seconds

__all__ = ["able", "seconds"]  # fixtures

SCREENS = Path(__file__).parent / "screens"
UPDATE = "OCTOPRINT_CLI_UPDATE_SCREENS"
NOW = datetime(2026, 11, 29, 1, 33, 10)
_STYLES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}

RUNNING = PrinterView(
    state="Printing",
    phase="printing",
    file="parts/cube.gcode",
    completion=42.5,
    print_time=725,
    print_time_left=3700,
    temperatures={"tool0": (214.2, 215.0), "bed": (60.1, 60.0), "chamber": (31.0, 0.0)},
    lines=[f"Send: G1 X{number % 90}.5 Y20 E0.{number}" for number in range(101, 113)],
    notes=[
        "01:20:59 file selected: parts/cube.gcode",
        "01:21:00 print started: parts/cube.gcode",
        "01:30:12 ! Insert red filament",
    ],
    heard=NOW.timestamp(),
    reports=True,
    past=[(NOW.timestamp() - ago, {"tool0": 215.0 - ago / 10, "bed": 60.0, "chamber": 31.0}) for ago in range(1700, 0, -5)],
    layer=28,
    layers=66,
    z=5.65,
    fan=87.0,
    display="Almost half of it",
    keys="q leave   p pause   c cancel",
)
STALE = RUNNING._replace(heard=NOW.timestamp() - 23, unreachable="no connection to http://octopi.local: Connection refused")
FAILED = RUNNING._replace(
    state="Offline after error",
    phase="error",
    completion=None,
    print_time=None,
    print_time_left=None,
    temperatures_are_old=True,
    notes=[*RUNNING.notes, "01:33:02 ! error: Thermal Runaway, system stopped", "01:33:02 printer disconnected"],
    reports=False,
    error="Thermal Runaway, system stopped! Heater_ID: bed",
    layer=None,
    layers=None,
    z=None,
    fan=None,
    display=None,
    ending="Failed at 01:33 after 12 min 05 s",
    outcome="failed",
    keys="q leave",
)
FINISHED = RUNNING._replace(
    state="Operational",
    phase="idle",
    completion=100.0,
    print_time=99,
    print_time_left=None,
    temperatures={"tool0": (190.4, 0.0), "bed": (60.0, 60.0), "chamber": (31.0, 0.0)},
    notes=[*RUNNING.notes[:2], "01:33:09 print finished: parts/cube.gcode"],
    reports=False,
    layer=None,
    layers=None,
    z=None,
    fan=None,
    display=None,
    ending="Finished at 01:33 in 1 min 39 s",
    outcome="finished",
    keys="q leave",
)
VIEWS = {"running": RUNNING, "stale": STALE, "failed": FAILED, "finished": FINISHED}


def styled(written: str) -> str:
    """Return what was written with its colours in words; neighbours of the same colour are one."""
    pieces: List[Tuple[str, str]] = []
    style = ""
    for code, text in re.findall(r"\x1b\[([\d;]*)m|([^\x1b]+)", written):
        if not text:
            style = "" if code in ("", "0") else " ".join(_STYLES.get(part, part) for part in code.split(";"))
        elif pieces and pieces[-1][0] == style:
            pieces[-1] = style, pieces[-1][1] + text
        else:
            pieces.append((style, text))
    return "".join(f"<{style}>{text}</>" if style else text for style, text in pieces)


def screen(picture: PrinterView, clock: Any) -> str:
    """Return the panel as it is on the terminal while it is shown, some seconds after the print was still running."""
    stream = Tty()
    with View(stream, True, clock, lambda: NOW) as view:
        view.show(RUNNING)
        clock.now += 10
        view.show(picture)
        panels = re.findall(r"(?:\x1b\[[\d;]*m)*╭[^╯]*╯\x1b\[0m", stream.getvalue())
    return styled(panels[-1])


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("name", VIEWS)
def test_screen_is_as_recorded(name, width, monkeypatch, seconds):
    monkeypatch.setenv("COLUMNS", str(width))
    seconds.now = 100_000.0
    shown = "\n".join(row.rstrip() for row in screen(VIEWS[name], seconds).splitlines()) + "\n"
    file = SCREENS / f"live-{name}-{width}.txt"
    if os.environ.get(UPDATE):
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")
