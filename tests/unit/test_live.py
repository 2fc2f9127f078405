"""The live view: what is on the screen, how often it is drawn, and that the terminal is as it was when it ends."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from datetime import datetime

import pytest
from rich.cells import cell_len

from octoprint_cli.live import PAUSE, View
from octoprint_cli.picture import BLOCKS, Picture, Trail, sparkline
from octoprint_cli.terminal import Terminal

HOSTILE = "a\x1b[2J\x1b]0;b\x07\u202e\r\n[bold]c[/bold] :smile:.gcode"
LINES = [f"Recv: line {number}" for number in range(9)]
PRINTING = Picture(
    state="Printing",
    phase="printing",
    file="parts/cube.gcode",
    completion=45.25,
    print_time=725,
    print_time_left=3700,
    temperatures={"tool0": (210.3, 215.0), "bed": (60.1, 60.0), "chamber": (21.0, 0.0)},
    lines=LINES,
    notes=["filament change: insert red"],
    connection="push",
)
IDLE = Picture("Operational", "idle")
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


# -- the panel ----------------------------------------------------------------------------------------


def test_a_panel_has_everything_there_is_to_see():
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


def test_what_is_polled_says_so():
    assert "polling" in panel(PRINTING._replace(connection="poll"))[-1]


def test_a_bar_is_as_long_as_the_file_is_done():
    def filled(completion):
        written = everything(PRINTING._replace(completion=completion)).partition(LEFT)[2]
        row = next(row for row in written.splitlines() if "%" in row)
        return sum(len(bar) for bar in re.findall(r"\x1b\[32m(━+)", row))

    assert filled(0) == 0 and filled(50) == pytest.approx(filled(100) / 2, abs=1) and filled(100) > 60
    assert (filled(-5), filled(150)) == (filled(0), filled(100))


def test_without_a_job_there_is_no_bar_and_no_time():
    shown = "\n".join(panel(IDLE))
    assert "no file" in shown and "Operational" in shown
    assert "%" not in shown and "left" not in shown and "━" not in shown and "°C" not in shown


def test_a_paused_print_has_no_end_that_could_be_told():
    shown = "\n".join(panel(PRINTING._replace(state="Paused", phase="paused")))
    assert "1 h 01 min left" in shown and "done at" not in shown


def test_an_end_on_another_day_is_told_with_the_day():
    late = datetime(2026, 11, 23, 23, 30)
    assert "done at 2026-11-24 00:31" in "\n".join(panel(PRINTING, now=late))


@pytest.mark.parametrize(("phase", "colour"), [("printing", "32"), ("paused", "33"), ("idle", "36"), ("error", "1;31")])
def test_a_phase_has_a_colour(phase, colour):
    assert f"\x1b[{colour}m╭─" in everything(PRINTING._replace(phase=phase))


def test_a_phase_that_is_not_known_has_none():
    assert "\x1b[32m╭" not in everything(PRINTING._replace(phase="knitting"))


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_no_color_is_no_colour(whole, monkeypatch):
    assert COLOUR.search(everything(PRINTING, whole))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not COLOUR.search(everything(PRINTING, whole))


@pytest.mark.parametrize("width", [10, 20, 40, 57, 80, 200])
def test_a_panel_fits_its_terminal(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = panel(PRINTING._replace(file="雪" * 200, notes=["x" * 700], state="Druckt gerade" * 20))
    assert {cell_len(row) for row in shown} == {min(width, 100)}


def test_a_narrow_panel_has_the_same_in_fewer_words(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shown = "\n".join(panel(PRINTING))
    for part in ("Printing", "parts/cube.gcode", "45.2 %", "1 h 01 min left", "tool0    210/215 °C", "chamber  21 °C", LINES[-1]):
        assert part in shown


def test_a_heater_of_any_name_leaves_room_for_its_temperature():
    assert "210.0 °C" in "\n".join(panel(IDLE._replace(temperatures={"x" * 300: (210.0, 0.0)})))


@pytest.mark.parametrize("height", [5, 12, 14, 24])
def test_a_low_terminal_has_fewer_lines_of_the_printers_and_no_fewer_heaters(height, monkeypatch):
    monkeypatch.setenv("LINES", str(height))
    shown = panel(PRINTING)
    assert "bed" in "\n".join(shown)
    assert sum("Recv" in row for row in shown) == {5: 0, 12: 0, 14: 2, 24: 6}[height]
    assert len(shown) == {5: 11, 12: 11, 14: 14, 24: 18}[height]


def test_a_resized_terminal_is_drawn_anew(monkeypatch, seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        view.show(PRINTING)
        before = len(stream.getvalue())
        view._console.size = (40, 12)
        seconds.now += 1
        view.show(PRINTING)
        assert max(cell_len(row) for row in bare(stream.getvalue()[before:]).splitlines()) == 40


# -- the line -----------------------------------------------------------------------------------------


def test_a_line_is_one_line_and_gone_at_the_end():
    shown = everything(PRINTING, whole=False)
    assert LEFT not in shown and shown.count("\n") == 1 == shown.count("\x1b[1A")
    assert shown.replace("\x1b[?25h", "").endswith("\x1b[2K")
    assert "45.2 %, Printing, 1 h 01 min left, tool0 210/215 °C" in bare(shown)


@pytest.mark.parametrize("width", [1, 5, 20, 40, 80, 200])
@pytest.mark.parametrize("completion", [None, 45.25], ids=["no job", "a job"])
def test_a_line_fits_its_terminal(width, completion, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    assert cell_len(line(PRINTING._replace(completion=completion))) <= width


def test_a_narrow_line_has_what_matters_most(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert line(PRINTING).endswith("45.2 %, Printing, 1 h 01 min left")


def test_without_a_job_a_line_tells_the_temperatures():
    heating = IDLE._replace(temperatures={"tool0": (150.2, 210.0), "bed": (21.0, None)})
    assert line(heating) == "Operational, tool0 150/210 °C, bed 21 °C"


# -- what a server may say ----------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
@pytest.mark.parametrize("field", ["state", "file", "lines", "notes", "temperatures", "phase", "connection"])
def test_hostile_text_cannot_move_the_cursor_nor_be_markup(field, whole, monkeypatch):
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
    Picture("", ""),
]


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
@pytest.mark.parametrize("picture", ODD, ids=range(len(ODD)))
def test_odd_values_are_no_crash(picture, whole):
    everything(picture, whole)


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_a_stream_that_knows_ascii_alone_gets_nothing_else(whole):
    shown = everything(PRINTING._replace(file="☃.gcode", notes=["é"]), whole, Ascii())
    assert shown.isascii() and "Printing" in shown
    assert not whole or (r"\u2603.gcode" in shown and "210.3 C" in shown and "  =" in bare(shown))


# -- when it is drawn ---------------------------------------------------------------------------------


def drawings(stream):
    return bare(stream.getvalue()).count("Printing")


def test_it_is_drawn_when_something_changed_and_twice_a_second_at_most(seconds):
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


def test_a_picture_that_comes_too_soon_is_drawn_when_it_is_time(seconds):
    stream = Tty()
    with View(stream, False, seconds) as view:
        view.show(PRINTING)
        seconds.now += PAUSE - 0.01
        view.show(PRINTING._replace(completion=46.0))
        view.show(PRINTING._replace(completion=47.0))
        for late in (one for one in threading.enumerate() if isinstance(one, threading.Timer)):
            late.join(10)
        assert "46.0" not in stream.getvalue() and "47.0" in stream.getvalue()


def test_what_was_shown_last_stays_although_it_came_too_soon(seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        view.show(PRINTING)
        view.show(PRINTING._replace(state="Operational"))
    assert "Operational" in stream.getvalue().partition(LEFT)[2]


def test_a_history_is_kept_by_heater_once_a_second():
    trail = Trail(length=5)
    for tenth in range(100):
        trail.add(tenth / 10, {"tool0": (float(tenth), 0.0), "bed": (None, None)})
    assert trail.of("tool0") == [50.0, 60.0, 70.0, 80.0, 90.0]
    assert trail.of("bed") == [None] * 5 and trail.of("chamber") == []
    trail.add(11.0, {"bed": (20.0, 0.0)})
    assert trail.of("tool0") == []


def test_a_panel_has_the_history_of_each_heater(seconds):
    stream = Tty()
    with View(stream, True, seconds) as view:
        for second in range(8):
            seconds.now = float(second)
            view.show(PRINTING._replace(temperatures={"tool0": (20.0 + 10 * second, 210.0), "bed": (20.0, 0.0)}))
    rows = bare(stream.getvalue().partition(LEFT)[2]).splitlines()
    assert BLOCKS in next(row for row in rows if "tool0" in row)
    assert "▅" * 8 in next(row for row in rows if "bed" in row)


@pytest.mark.parametrize(
    ("values", "width", "curve"),
    [
        ([], 10, ""),
        ([None, None], 10, "  "),
        ([5.0], 10, "▅"),
        ([20.0, 20.1, 19.9], 10, "▅▅▄"),
        ([0.0, 100.0, None, 50.0], 10, "▁█ ▅"),
        ([0.0, 100.0, None, 50.0], 2, " ▅"),
        ([0.0, 100.0], 0, ""),
        ([0.0, 100.0], -3, ""),
    ],
)
def test_a_sparkline(values, width, curve):
    assert sparkline(values, width) == curve


# -- the terminal -------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False], ids=["panel", "line"])
def test_a_terminal_that_cannot_take_anything_back_is_shown_nothing(whole, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stderr = Tty()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(whole) as show:
        assert show is None
        terminal.note("a note")
    assert stderr.getvalue() == "a note\n"
    assert everything(PRINTING, whole) == ""


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO, False), (Tty, True)], ids=["no terminal", "quiet"])
def test_where_nobody_watches_nothing_is_shown(stream, quiet):
    stderr = stream()
    with Terminal(Tty(), stderr, quiet=quiet).watching(True) as show:
        assert show is None
    assert stderr.getvalue() == ""


def test_another_stream_may_be_watched():
    stdout, stderr = Tty(), io.StringIO()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(True, stdout) as show:
        show(PRINTING)
        terminal.note("elsewhere")
    assert "cube.gcode" in stdout.getvalue() and stderr.getvalue() == "elsewhere\n"


def test_a_note_is_written_above_the_line():
    stderr = Tty()
    terminal = Terminal(Tty(), stderr)
    with terminal.watching(False) as show:
        show(PRINTING)
        terminal.warn(f"{HOSTILE} polling")
        before = stderr.getvalue()
    rows = bare(before).replace("\r", "\n").splitlines()
    assert sum("Warning: a\\x1b[2J" in row and row.rstrip().endswith("polling") for row in rows) == 1
    assert "Printing" in rows[-1]


def test_a_note_beside_a_panel_is_written_when_that_is_gone():
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
def test_an_error_on_the_way_leaves_the_terminal_as_it_was_and_is_that_error(error, whole):
    stream = Tty()
    with pytest.raises(error), View(stream, whole) as view:
        view.show(PRINTING)
        raise error
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
    assert (LEFT in stream.getvalue()) is whole


def test_a_terminal_that_is_gone_ends_nothing():
    class Gone(Tty):
        def write(self, text):
            raise OSError(5, "Input/output error")

    with View(Gone(), True) as view:
        view.show(PRINTING)
        view.say("anybody?")


SCRIPT = """
import signal
from octoprint_cli.terminal import Terminal
from octoprint_cli.picture import Picture
try:
    with Terminal().watching(True) as show:
        show(Picture("Printing", "printing", "cube.gcode", 12.5))
        signal.pause()
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_on_a_real_terminal_leaves_it_clean():
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    os.close(theirs)
    seen, interrupted = "", False
    try:
        while select.select([ours], [], [], 60)[0]:
            try:
                got = os.read(ours, 65536)
            except OSError:  # nobody has the other end any more
                break
            seen += got.decode()
            if "cube.gcode" in seen and not interrupted:
                interrupted = True
                process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert "\x1b[?1049h" in seen and "\x1b[?25l" in seen
    after = seen.partition(LEFT)[2]
    assert "cube.gcode" in after and "interrupted" in after and "\x1b[?25l" not in after
    assert "\x1b[?25h" in seen and "Traceback" not in seen
