"""The terminal: notes, a bar only where somebody watches, and tables in characters that the stream has."""

from __future__ import annotations

import io

import pytest

from octoprint_cli.app.program import Program
from octoprint_cli.output.terminal.terminal import Terminal

HOSTILE = "a\x1b[2J\x1b]0;b\x07\u202e\r\n[bold]c[/bold].gcode"


class Tty(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


def terminal(stderr=None, **how):
    return Terminal(io.StringIO(), stderr if stderr is not None else io.StringIO(), **how)


def bar_of(title, steps=((0, 100), (50, 100), (100, 100))):
    """What is shown while a transfer is under way."""
    stderr = Tty()
    with terminal(stderr).progress(title) as progress:
        for step in steps:
            progress(*step)
    return stderr.getvalue()


@pytest.fixture(autouse=True)
def able(monkeypatch):
    """A terminal that can do what most can, whatever this one can."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


# -- progress -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [(io.StringIO, False), (io.StringIO, True), (Tty, True)], ids=["no terminal", "neither", "quiet"])
def test_where_nobody_watches_there_is_no_bar(how):
    stream, quiet = how
    stderr = stream()
    with terminal(stderr, quiet=quiet).progress("uploading a.gcode") as progress:
        assert progress is None
    assert stderr.getvalue() == ""


def test_a_closed_stderr_has_no_bar():
    stderr = io.StringIO()
    stderr.close()
    with terminal(stderr).progress("uploading a.gcode") as progress:
        assert progress is None


def test_on_a_terminal_it_is_shown_and_gone_at_the_end():
    shown = bar_of("uploading a.gcode")
    assert "uploading a.gcode" in shown
    assert shown.endswith("\x1b[2K") or "\x1b[1A" in shown  # the line is taken back


def test_a_terminal_that_cannot_take_a_line_back_has_no_bar(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert bar_of("uploading a.gcode") == ""


@pytest.mark.parametrize("steps", [(), ((0, 0),), ((5, 0),), ((7, 3),), ((0, 10**15), (10**15, 10**15))], ids=str)
def test_odd_numbers_are_no_crash(steps):
    bar_of("uploading a.gcode", steps)


def test_a_hostile_name_cannot_leave_its_line_nor_be_markup():
    shown = bar_of(f"uploading {HOSTILE}")
    assert "\x1b[2J" not in shown and "\x1b]0" not in shown and "\u202e" not in shown and "\x07" not in shown
    assert r"a\x1b[2J" in shown and "[bold]c" in shown  # told as it is, and not obeyed


def test_an_error_on_the_way_takes_the_bar_away_and_is_that_error():
    stderr = Tty()
    with pytest.raises(KeyError), terminal(stderr).progress("uploading a.gcode") as progress:
        progress(1, 2)
        raise KeyError
    assert stderr.getvalue()


@pytest.mark.parametrize("line", [("--json",), ("-f", "value"), ("-q", "--json")], ids=" ".join)
def test_the_bar_is_on_stderr_alone(server, gcode_file, line):
    server.takes_upload()
    result = server.run("upload", str(gcode_file), *line, terminal=True)
    assert result.exit_code == 0 and "uploading" not in result.stdout and "\x1b" not in result.stdout
    assert ("uploading" in result.stderr) is ("-q" not in line)


def test_without_a_terminal_nothing_is_on_stderr(server, gcode_file):
    server.takes_upload()
    assert server.run("upload", str(gcode_file)).stderr == ""


# -- notes --------------------------------------------------------------------------------------------


def test_notes_go_to_stderr_with_control_characters_escaped():
    stderr = io.StringIO()
    terminal(stderr).note("a\x1b[2Jb\nc")
    terminal(stderr).warn("d\u202e")
    assert stderr.getvalue() == "a\\x1b[2Jb\nc\nWarning: d\\u202e\n"


def test_quiet_silences_notes_and_nothing_else():
    stderr = io.StringIO()
    quiet = terminal(stderr, quiet=True)
    quiet.note("note")
    quiet.warn("warning")
    quiet.note_error("message", "CODE", "hint")
    assert stderr.getvalue() == "Warning: warning\nError: message (CODE)\nHint: hint\n"


def test_an_error_is_two_lines_whatever_is_in_it():
    stderr = io.StringIO()
    terminal(stderr).note_error("a\nb\r", "CODE", "c\nd")
    assert stderr.getvalue() == "Error: a\\nb\\r (CODE)\nHint: c\\nd\n"


def test_nobody_is_there_unless_both_ends_are_terminals():
    closed = io.StringIO()
    closed.close()
    assert Terminal(Tty(), Tty()).attended
    for stdin, stderr in ((Tty(), io.StringIO()), (io.StringIO(), Tty()), (closed, Tty())):
        assert not Terminal(stdin, stderr).attended


def test_a_closed_stderr_turns_no_success_into_a_failure():
    stderr = io.StringIO()
    stderr.close()
    terminal(stderr).warn("nobody hears this")


# -- tables -------------------------------------------------------------------------------------------


def table(server, encoding, *argv, errors="strict"):
    """What such a stdout gets."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="")
    assert Program(io.StringIO(), stdout, io.StringIO(), server.env).run(list(argv)) == 0
    stdout.flush()
    return stdout.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "argv", [("status",), ("temp",), ("files",), ("status", "-f", "value"), ("files", "-f", "csv")], ids=" ".join
)
def test_every_stream_can_be_written_and_the_border_fits(server, encoding, argv):
    server.job(server.reading("Printing", "prüfung ☃ 日本.gcode", completion=5.0))
    server.stores("prüfung ☃ é.gcode", b"x")
    shown = table(server, encoding, *argv, errors="backslashreplace")
    rows = [line for line in shown.splitlines() if line.startswith(("+", "|"))]
    if len(argv) == 1 and encoding != "utf-8":  # there some characters are two wide, and prettytable knows it
        assert rows and len({len(row) for row in rows}) == 1


def test_a_stream_without_the_degree_sign_gets_none(server):
    assert "21.3 C" in table(server, "ascii", "temp") and "21.3 °C" in table(server, "latin-1", "temp")


def test_what_a_stream_lacks_is_escaped_before_the_table_is_laid_out(server):
    server.stores("☃.gcode", b"x")
    shown = table(server, "ascii", "files")
    assert "\\u2603.gcode" in shown and len({len(line) for line in shown.splitlines() if line[0] in "+|"}) == 1


@pytest.mark.parametrize("name", ["json", "yaml"])
def test_the_machine_formats_are_whole_on_every_stream(server, name):
    import json

    import yaml

    server.stores("☃ é.gcode", b"x")
    shown = table(server, "ascii", "files", "-f", name)
    assert (json.loads if name == "json" else yaml.safe_load)(shown)["data"]["files"][0]["path"] == "☃ é.gcode"
