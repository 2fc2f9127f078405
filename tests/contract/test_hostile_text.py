"""What a stranger wrote into a file's name, a user's name or an error text stays text, everywhere."""

from __future__ import annotations

import subprocess
from typing import Any, List

import pytest

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.server.faults import answer

from .program import LIMIT, Program
from .reading import as_csv, as_json, as_lines, as_shell, as_yaml, check_error_text
from .table import entry_points

HOSTILE = {
    "command": "$(touch PWNED).gcode",
    "backtick": "`touch PWNED`.gcode",
    "quote": "'; touch PWNED; '.gcode",
    "double_quote": '"; touch PWNED; ".gcode',
    "newline": "a\ntouch PWNED\n.gcode",
    "escape": "\x1b[31mred\x1b]0;title\x07.gcode",
    "c1_control": "\x9b31m.gcode",
    "carriage_return": "good.gcode\rbad.gcode",
    "bidi": "\u202eedocg.exe",
    "backslash": "a\\nb\\.gcode",
    "yaml": "- !!python/object/apply:os.system ['touch PWNED']",
    "yaml_end": "---\n...\nstatus: success",
    "csv": 'a,b"c\r\nd.gcode',
    "wide": "\u96ea\U0001f525.gcode",
    "dashes": "-rf",
}
EACH = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@pytest.fixture
def showing(server: FaultServer, program: Program) -> Any:
    """Sets the scene: a printing file of that name, and more hostile text wherever the server may put it."""

    def set_scene(text: str) -> Program:
        server.octoprint.printing(text)
        server.octoprint.error = text
        server.octoprint.flags = {f"x{text}": True}
        return program

    return set_scene


def evaluated(program: Program, assignments: str, variable: str) -> str:
    """What a shell has in a variable after it ran the assignments, in a folder that must stay empty."""
    script = f'eval "$out"; printf %s "${variable}"'
    how = {"env": {**program.env, "out": assignments}, "cwd": str(program.work), "timeout": LIMIT}
    return subprocess.run(["sh", "-euc", script], stdout=subprocess.PIPE, check=True, **how).stdout.decode()


@EACH
def test_json_and_yaml_keep_hostile_text_unchanged(text: str, showing: Any) -> None:
    program = showing(text)
    assert as_json(program.run("status", "-f", "json").stdout)["data"]["job"]["file"] == text
    assert as_yaml(program.run("status", "-f", "yaml").stdout)["data"]["job"]["file"] == text


@EACH
def test_shell_format_executes_no_hostile_text(text: str, showing: Any) -> None:
    program = showing(text)
    assignments = program.run("status", "-f", "shell").stdout
    as_shell(assignments)
    value = evaluated(program, assignments, "job_file")
    assert list(program.work.iterdir()) == []
    assert value.isprintable() and (value == text or not text.isprintable())


@EACH
def test_table_value_and_csv_escape_hostile_text(text: str, showing: Any) -> None:
    program = showing(text)
    for name in ("text", "table", "value"):
        as_lines(program.run("status", "-f", name).stdout)
        as_lines(program.run("files", "-f", name).stdout)
    row = as_csv(program.run("files", "-f", "csv").stdout)[0]
    assert row["path"].isprintable() and row["location"] == "local"


@EACH
def test_hostile_error_text_is_one_escaped_line(text: str, server: FaultServer, program: Program) -> None:
    server.fail("GET", "/api/job", answer(500, {"error": text}))
    check_error_text(program.run("status").stderr, "SERVER_ERROR")
    as_json(program.run("status", "--json").stdout)


@EACH
def test_hostile_local_file_name_is_escaped(text: str, program: Program) -> None:
    argv: List[str] = ["upload", "--", f"/nowhere/{text}"]
    check_error_text(program.run(*argv).stderr, "FILE_NOT_FOUND")
    as_json(program.run("--json", *argv).stdout)


@pytest.mark.parametrize("name", entry_points("octoprint_cli.formatter.show"))
def test_hostile_text_is_written_without_a_locale(name: str, showing: Any) -> None:
    program = showing("\u96ea\U0001f525\x1b[31m.gcode")
    result = program.process("status", "-f", name, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.exit_code == 0 and "Traceback" not in result.stderr
    assert "\x1b" not in result.stdout and result.stdout.isascii()
