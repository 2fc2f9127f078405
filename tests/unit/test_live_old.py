"""What the live view shows while the server is silent, cannot be reached, or has lost its printer: nothing old as if it was new."""

from __future__ import annotations

import pytest

from octoprint_cli.output.terminal.live_view import OLD, STILL, View
from octoprint_cli.output.terminal.sparkline import BLOCKS

from .screen import NOON, PRINTING, Tty, able, line, panel, seconds

__all__ = ["able", "seconds"]  # fixtures

NOW = NOON
TALKING = PRINTING._replace(reports=True, heard=NOW.timestamp())
SILENT = TALKING._replace(heard=NOW.timestamp() - 42)
GREEN = "\x1b[32m"


def drawn(view):
    return "\n".join(panel(view))


@pytest.mark.parametrize("view", [SILENT, TALKING._replace(unreachable="refused", heard=NOW.timestamp() - 42)])
def test_old_state_says_when_it_was_heard(view):
    shown = drawn(view)
    assert "No answer for 42 s; last known: Printing" in shown and "45.2 %" in shown
    assert "done at" not in shown and "left" not in shown
    assert "No answer for 42 s; last known: Printing" in line(view)


@pytest.mark.parametrize("heard", [None, NOW.timestamp(), NOW.timestamp() - OLD + 1])
def test_current_state_has_no_age(heard):
    shown = drawn(TALKING._replace(heard=heard))
    assert "No answer" not in shown and "done at 13:01" in shown


def test_silence_of_an_idle_printer_is_not_old():
    assert "No answer" not in drawn(SILENT._replace(reports=False))


def test_curve_has_a_gap_where_nothing_was_heard():
    def curve(view):
        stream, ticking = Tty(), [0.0]
        with View(stream, whole=True, clock=lambda: ticking[0], now=lambda: NOW) as shown:
            for ticking[0] in (0.0, 30.0, 60.0):
                shown.show(view if ticking[0] == 30 else TALKING)
        row = stream.getvalue().rpartition("bed      ")[2].partition("│")[0]
        return sum(block in BLOCKS for block in row)

    assert (curve(TALKING), curve(SILENT)) == (3, 2)


def test_reason_of_an_outage_is_shown():
    assert "the server cannot be reached: connection refused" in drawn(SILENT._replace(unreachable="connection refused"))


def test_firmware_error_and_file_stay_after_the_connection_has_broken():
    halted = PRINTING._replace(
        state="Offline after error", phase="error", error="Thermal Runaway", temperatures={}, completion=None
    )
    shown = drawn(halted)
    assert "! Thermal Runaway" in shown and "parts/cube.gcode" in shown and "°C" not in shown
    assert "Offline after error: Thermal Runaway" in line(halted)


def test_nothing_old_is_green():
    def written(view):
        stream = Tty()
        with View(stream, whole=True, now=lambda: NOW) as shown:
            shown.show(view)
        return stream.getvalue()

    assert GREEN in written(TALKING) and GREEN not in written(SILENT)


def test_time_left_is_not_forecast_while_nothing_is_printed():
    ticking = [0.0]
    stream = Tty()
    with View(stream, whole=True, clock=lambda: ticking[0], now=lambda: NOW) as shown:
        shown.show(TALKING)
        ticking[0] = STILL + 1
        shown.show(TALKING._replace(print_time=3000))
    last = stream.getvalue().rpartition("Printing")[2]
    assert "no progress for 1 min 01 s" in last and "done at" not in last
