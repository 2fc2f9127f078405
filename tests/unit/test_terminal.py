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
def test_progress_bar_is_off_without_terminal_or_when_quiet(how):
    stream, quiet = how
    stderr = stream()
    with terminal(stderr, quiet=quiet).progress("uploading a.gcode") as progress:
        assert progress is None
    assert stderr.getvalue() == ""


def test_closed_stderr_has_no_progress_bar():
    stderr = io.StringIO()
    stderr.close()
    with terminal(stderr).progress("uploading a.gcode") as progress:
        assert progress is None


def test_progress_bar_is_shown_on_terminal_and_erased():
    shown = bar_of("uploading a.gcode")
    assert "uploading a.gcode" in shown
    assert shown.endswith("\x1b[2K") or "\x1b[1A" in shown  # the line is taken back


def test_dumb_terminal_has_no_progress_bar(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert bar_of("uploading a.gcode") == ""


@pytest.mark.parametrize("steps", [(), ((0, 0),), ((5, 0),), ((7, 3),), ((0, 10**15), (10**15, 10**15))], ids=str)
def test_unusual_progress_numbers_can_be_drawn(steps):
    bar_of("uploading a.gcode", steps)


def test_hostile_name_in_progress_bar_is_escaped():
    shown = bar_of(f"uploading {HOSTILE}")
    assert "\x1b[2J" not in shown and "\x1b]0" not in shown and "\u202e" not in shown and "\x07" not in shown
    assert r"a\x1b[2J" in shown and "[bold]c" in shown  # told as it is, and not obeyed


def test_exception_during_progress_propagates():
    stderr = Tty()
    with pytest.raises(KeyError), terminal(stderr).progress("uploading a.gcode") as progress:
        progress(1, 2)
        raise KeyError
    assert stderr.getvalue()


@pytest.mark.parametrize("line", [("--json",), ("-f", "value"), ("-q", "--json")], ids=" ".join)
def test_progress_bar_is_on_stderr_only(server, gcode_file, line):
    server.accept_upload()
    result = server.run("upload", str(gcode_file), *line, terminal=True)
    assert result.exit_code == 0 and "uploading" not in result.stdout and "\x1b" not in result.stdout
    assert ("uploading" in result.stderr) is ("-q" not in line)


def test_upload_without_terminal_writes_nothing_to_stderr(server, gcode_file):
    server.accept_upload()
    assert server.run("upload", str(gcode_file)).stderr == ""


# -- notes --------------------------------------------------------------------------------------------


def test_notes_go_to_stderr_with_control_characters_escaped():
    stderr = io.StringIO()
    terminal(stderr).note("a\x1b[2Jb\nc")
    terminal(stderr).warn("d\u202e")
    assert stderr.getvalue() == "a\\x1b[2Jb\nc\nWarning: d\\u202e\n"


def test_quiet_silences_notes_but_not_warnings_and_errors():
    stderr = io.StringIO()
    quiet = terminal(stderr, quiet=True)
    quiet.note("note")
    quiet.warn("warning")
    quiet.note_error("message", "CODE", "hint")
    assert stderr.getvalue() == "Warning: warning\nError: message (CODE)\nHint: hint\n"


def test_error_is_always_two_lines():
    stderr = io.StringIO()
    terminal(stderr).note_error("a\nb\r", "CODE", "c\nd")
    assert stderr.getvalue() == "Error: a\\nb\\r (CODE)\nHint: c\\nd\n"


def test_attended_requires_terminal_stdin_and_stderr():
    closed = io.StringIO()
    closed.close()
    assert Terminal(Tty(), Tty()).attended
    for stdin, stderr in ((Tty(), io.StringIO()), (io.StringIO(), Tty()), (closed, Tty())):
        assert not Terminal(stdin, stderr).attended


def test_warning_to_closed_stderr_is_no_error():
    stderr = io.StringIO()
    stderr.close()
    terminal(stderr).warn("nobody hears this")


# -- tables -------------------------------------------------------------------------------------------


def table(server, encoding, *argv, errors="strict"):
    """What such a stdout gets, as a table unless another format is named."""
    argv = argv if "-f" in argv else (*argv, "-f", "table")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors=errors, newline="")
    assert Program(io.StringIO(), stdout, io.StringIO(), server.env).run(list(argv)) == 0
    stdout.flush()
    return stdout.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "argv", [("status",), ("temp",), ("files",), ("status", "-f", "value"), ("files", "-f", "csv")], ids=" ".join
)
def test_tables_can_be_written_in_any_encoding_with_aligned_borders(server, encoding, argv):
    server.job(server.reading("Printing", "prüfung ☃ 日本.gcode", completion=5.0))
    server.add_file("prüfung ☃ é.gcode", b"x")
    shown = table(server, encoding, *argv, errors="backslashreplace")
    rows = [line for line in shown.splitlines() if line.startswith(("+", "|"))]
    if len(argv) == 1 and encoding != "utf-8":  # there some characters are two wide, and prettytable knows it
        assert rows and len({len(row) for row in rows}) == 1


def test_degree_sign_is_omitted_if_not_encodable(server):
    assert "21.3 C" in table(server, "ascii", "temp") and "21.3 °C" in table(server, "latin-1", "temp")


def test_unencodable_characters_are_escaped_before_layout(server):
    server.add_file("☃.gcode", b"x")
    shown = table(server, "ascii", "files")
    assert "\\u2603.gcode" in shown and len({len(line) for line in shown.splitlines() if line[0] in "+|"}) == 1


@pytest.mark.parametrize("name", ["json", "yaml"])
def test_json_and_yaml_are_complete_in_any_encoding(server, name):
    import json

    import yaml

    server.add_file("☃ é.gcode", b"x")
    shown = table(server, "ascii", "files", "-f", name)
    assert (json.loads if name == "json" else yaml.safe_load)(shown)["data"]["files"][0]["path"] == "☃ é.gcode"
