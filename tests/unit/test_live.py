"""The live view: what is on the screen, however small it is and whatever the server says."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from rich.cells import cell_len

from octoprint_cli.output.terminal.live_panel import WIDEST
from octoprint_cli.output.terminal.live_view import View
from octoprint_cli.output.terminal.printer_view import PrinterView

from .screen import COLOUR, HOSTILE, IDLE, LEFT, LINES, PRINTING, Ascii, Tty, able, bare, everything, line, panel, seconds

__all__ = ["able", "seconds"]  # fixtures

# -- the panel ----------------------------------------------------------------------------------------


def test_panel_shows_temperatures_that_come_with_the_servers_offset():
    shown = "\n".join(panel(PRINTING._replace(temperatures={"tool0": (210.0, 215.0, 5.0), "bed": (60.0, 60.0, 0.0)})))
    assert "210.0 °C, target 215.0 °C" in shown and "60.0 °C, target 60.0 °C" in shown


def test_panel_shows_job_temperatures_and_log():
    shown = "\n".join(panel(PRINTING))
    for part in (
        "─ Printing ─",
        "parts/cube.gcode",
        "45.2 %",
        "━",
        "1 h 01 min left, done at 13:01, 12 min 05 s spent",
        "tool0    210.3 °C, target 215.0 °C",
        "bed      60.1 °C, target 60.0 °C",
        "chamber  21.0 °C (off)",
        "! filament change: insert red",
    ):
        assert part in shown
    assert [text for text in LINES if text in shown] == LINES[-6:]
    assert "polling" not in shown


def test_panel_that_stays_on_the_terminal_has_fewer_lines_than_the_live_one(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    live, _, left = bare(everything(PRINTING).replace(LEFT, "LEFT")).partition("LEFT")
    assert live.count("Recv") == len(LINES) and left.count("Recv") == 6  # so that what is written after it is seen with it


def test_bar_has_no_colour_of_its_own_for_what_is_left():
    row = next(row for row in everything(PRINTING).splitlines() if "45.2 %" in row)
    assert re.search(r"\x1b\[2m╺?━+", row) and "38;5" not in row  # a grey would be the darkest part on a light background


@pytest.mark.parametrize("name", ["Finished at 01:33 in 1 min 39 s", "Cancelled or failed at 01:33 after 12 h 05 min"])
def test_title_is_cut_only_where_the_panel_ends(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(len(name) + 6))
    assert name in panel(IDLE._replace(ending=name, outcome="finished"))[0]


def test_panel_shows_when_polling():
    assert "polling" in panel(PRINTING._replace(connection="poll"))[-1]


def test_progress_bar_length_matches_completion():
    def filled(completion):
        written = everything(PRINTING._replace(completion=completion)).partition(LEFT)[2]
        row = next(row for row in written.splitlines() if "%" in row)
        return sum(len(bar) for bar in re.findall(r"\x1b\[32m(━+)", row))

    assert filled(0) == 0 and filled(50) == pytest.approx(filled(100) / 2, abs=1) and filled(100) > 60
    assert (filled(-5), filled(150)) == (filled(0), filled(100))


def test_panel_without_job_has_no_bar_and_no_time():
    shown = "\n".join(panel(IDLE))
    assert "no file" in shown and "Operational" in shown
    assert "%" not in shown and "left" not in shown and "━" not in shown and "°C" not in shown


def test_paused_print_has_no_estimated_end_time():
    shown = "\n".join(panel(PRINTING._replace(state="Paused", phase="paused")))
    assert "1 h 01 min left" in shown and "done at" not in shown


def test_estimated_end_on_another_day_shows_the_date():
    late = datetime(2026, 11, 23, 23, 30)
    assert "done at 2026-11-24 00:31" in "\n".join(panel(PRINTING, now=late))


@pytest.mark.parametrize(("phase", "colour"), [("printing", "32"), ("paused", "33"), ("idle", "36"), ("error", "1;31")])
def test_panel_colour_depends_on_phase(phase, colour):
    assert f"\x1b[{colour}m╭─" in everything(PRINTING._replace(phase=phase))


def test_unknown_phase_has_no_colour():
    assert "\x1b[32m╭" not in everything(PRINTING._replace(phase="knitting"))


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_no_color_variable_disables_colour(whole, monkeypatch):
    assert COLOUR.search(everything(PRINTING, whole))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOUR.search(everything(PRINTING, whole))


@pytest.mark.parametrize("width", [10, 20, 40, 57, 80, 200])
def test_panel_fits_terminal_width(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = panel(PRINTING._replace(file="雪" * 200, notes=["x" * 700], state="Druckt gerade" * 20))
    assert {cell_len(row) for row in shown} == {min(width, WIDEST)}


def test_narrow_panel_is_abbreviated(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shown = "\n".join(panel(PRINTING))
    for part in ("Printing", "parts/cube.gcode", "45.2 %", "1 h 01 min left", "tool0    210/215 °C", "chamber  21 °C", LINES[-1]):
        assert part in shown


def test_long_heater_name_leaves_room_for_temperature():
    assert "210.0 °C" in "\n".join(panel(IDLE._replace(temperatures={"x" * 300: (210.0, 0.0)})))


@pytest.mark.parametrize("height", [5, 12, 14, 24])
def test_low_terminal_shows_fewer_log_lines_and_all_heaters(height, monkeypatch):
    monkeypatch.setenv("LINES", str(height))
    shown = panel(PRINTING)
    assert "bed" in "\n".join(shown)
    assert sum("Recv" in row for row in shown) == {5: 0, 12: 0, 14: 2, 24: 6}[height]
    assert len(shown) == {5: 11, 12: 11, 14: 14, 24: 18}[height]


def test_panel_is_redrawn_after_resize(monkeypatch, seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        view.show(PRINTING)
        before = len(stream.getvalue())
        view._console.size = (40, 12)
        seconds.now += 1
        view.show(PRINTING)
        assert max(cell_len(row) for row in bare(stream.getvalue()[before:]).splitlines()) == 40


# -- the line -----------------------------------------------------------------------------------------


def test_status_line_is_one_line_and_erased_at_the_end():
    shown = everything(PRINTING, whole=False)
    assert LEFT not in shown and shown.count("\n") == 1 == shown.count("\x1b[1A")
    assert shown.replace("\x1b[?25h", "").endswith("\x1b[2K")
    assert "45.2 %, Printing, 1 h 01 min left, tool0 210/215 °C" in bare(shown)


@pytest.mark.parametrize("width", [1, 5, 20, 40, 80, 200])
@pytest.mark.parametrize("completion", [None, 45.25], ids=["no job", "a job"])
def test_status_line_fits_terminal_width(width, completion, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    assert cell_len(line(PRINTING._replace(completion=completion))) <= width


def test_narrow_status_line_shows_progress_and_state(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert line(PRINTING).endswith("45.2 %, Printing, 1 h 01 min left")


def test_status_line_without_job_shows_temperatures():
    heating = IDLE._replace(temperatures={"tool0": (150.2, 210.0), "bed": (21.0, None)})
    assert line(heating) == "Operational, tool0 150/210 °C, bed 21 °C"


# -- what a server may say ----------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
@pytest.mark.parametrize("field", ["state", "file", "lines", "notes", "temperatures", "phase", "connection"])
def test_hostile_text_is_escaped_and_not_markup(field, whole, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    values = {"lines": [HOSTILE], "notes": [HOSTILE], "temperatures": {HOSTILE: (20.0, 0.0)}}
    shown = everything(PRINTING._replace(**{field: values.get(field, HOSTILE)}), whole)
    for evil in ("\x1b[2J", "\x1b]0", "\x07", "\u202e"):
        assert evil not in shown
    if field in ("state", "file", "notes", "lines")[: 4 if whole else 1]:
        assert r"a\x1b[2J" in bare(shown) and "[bold]c[/bold] :smile:" in bare(shown)


ODD = [
    PRINTING._replace(completion=-1.0, print_time=0, print_time_left=0),
    PRINTING._replace(completion=1e18, print_time=10**18, print_time_left=10**18),
    PRINTING._replace(temperatures={"tool0": (None, None), "bed": (-300.0, 1e18)}),
    PRINTING._replace(file="", state="", phase="", lines=[""], notes=[""]),
    PrinterView("", ""),
]


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
@pytest.mark.parametrize("picture", ODD, ids=range(len(ODD)))
def test_unusual_values_can_be_drawn(picture, whole):
    everything(picture, whole)


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_ascii_stream_gets_ascii_only(whole):
    shown = everything(PRINTING._replace(file="☃.gcode", notes=["é"]), whole, Ascii())
    assert shown.isascii() and "Printing" in shown
    assert not whole or (r"\u2603.gcode" in shown and "210.3 C" in shown and "  =" in bare(shown))
