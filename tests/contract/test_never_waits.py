"""Nothing waits for input, opens a shell or a pager: only `init` asks, and only on a terminal."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
from typing import List, Tuple
from unittest import mock

import pytest

from octoprint_cli.app.program import Program as AppProgram
from octoprint_cli.testing import KEY, FaultServer

from .program import LIMIT, Program, finish
from .pseudo_terminal import Session, on_a_terminal
from .reading import as_json, check_failure, check_success
from .table import COMMANDS, ROWS, reader as reader_of

#: A colour of the sixteen, or the end of one.
COLOUR = re.compile(r"\x1b\[(?:0|1|2|3[0-7])m")
PAGER = "#!/bin/sh\necho PAGED\nexec cat\n"


@pytest.fixture
def loud(program: Program) -> Program:
    """A pager and an editor that leave a mark when they are run."""
    for name in ("PAGER", "EDITOR", "VISUAL"):
        script = program.folder / name.lower()
        script.write_text(PAGER)
        script.chmod(0o755)
        program.env[name] = str(script)
    program.env["TERM"] = "xterm-256color"
    return program


#: It reads stdin because that is what it is for: see the test of how it reads.
READS_STDIN = {"batch"}


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in READS_STDIN])
def test_command_does_not_wait_for_open_stdin(command: str, program: Program, server: FaultServer) -> None:
    case = ROWS[command].good
    case.scene(server)
    reader, writer = os.pipe()
    out = io.StringIO()
    try:
        with os.fdopen(reader) as stdin, mock.patch("sys.stdin", stdin):
            run = AppProgram(stdin, out, io.StringIO(), {**program.env})
            assert run.run([*case.words(program), "--json"]) == 0  # its stdin is open still
    finally:
        os.close(writer)
    assert reader_of(command, "json")(out.getvalue())["status"] == "success"


@pytest.mark.parametrize("command", ["init", "print", "status"])
def test_process_does_not_wait_for_open_stdin(command: str, program: Program, server: FaultServer) -> None:
    case = ROWS[command].good
    case.scene(server)
    with (program.folder / "out").open("w+") as out:
        process = program.start(*case.words(program), "--json", stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL)
        try:
            assert process.wait(LIMIT) == 0  # its stdin is open still
        finally:
            process.kill()
            finish(process)
        out.seek(0)
        assert reader_of(command, "json")(out.read())["status"] == "success"


def test_batch_answers_each_line_at_once_and_ends_with_stdin(program: Program) -> None:
    process = program.start("batch", "--json", stdin=subprocess.PIPE)
    assert process.stdin and process.stdout
    for number in (1, 2):
        process.stdin.write("version --client\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())  # its stdin is open still
        assert (answer["line"], answer["exit_code"]) == (number, 0)
    result = finish(process)
    assert result.exit_code == 0 and check_success(as_json(result.stdout)) == {"lines": 2, "failed": 0}


def test_batch_does_not_read_a_terminal(loud: Program) -> None:
    session = on_a_terminal(loud, "batch")
    assert session.exit_code == 4 and "USAGE_ERROR" in session.screen


@pytest.mark.parametrize("argv", [["help"], ["status"], ["files"], ["cancel"], ["preflight"], ["gcode", "M81"], ["nonsense"]])
def test_command_on_a_terminal_uses_no_pager_or_prompt(argv: List[str], loud: Program) -> None:
    session = on_a_terminal(loud, *argv)
    assert session.exit_code == (4 if argv in (["cancel"], ["gcode", "M81"], ["nonsense"]) else 0), session
    assert_plain(session)


def assert_plain(session: Session) -> None:
    """No pager, no prompt, no colour."""
    assert "PAGED" not in session.screen and "(octoprint-cli)" not in session.screen
    assert "\x1b" not in COLOUR.sub("", session.screen)  # nothing moves the cursor, opens another screen or asks the terminal


def test_no_arguments_on_a_terminal_is_the_help(loud: Program) -> None:
    session = on_a_terminal(loud)
    assert session.exit_code == 0 and session.screen.startswith("usage: octoprint-cli")
    assert_plain(session)


def test_no_arguments_with_stdin_closed_is_the_help(bare: Program) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *bare.command()], stdout=subprocess.PIPE, env=bare.env, timeout=LIMIT, check=False
    )
    assert done.returncode == 0 and done.stdout.startswith(b"usage: octoprint-cli")


def test_gcode_reads_stdin_only_with_dash_and_never_from_a_terminal(loud: Program, server: FaultServer) -> None:
    assert loud.run("gcode", "-", "--json", stdin="G28\n; a comment\n\nG1 X1\n").exit_code == 0
    assert server.octoprint.commands == ["G28", "G1 X1"]
    session = on_a_terminal(loud, "gcode", "-")
    assert session.exit_code == 4 and "USAGE_ERROR" in session.screen


def test_init_without_terminal_names_missing_options(bare: Program) -> None:
    result = bare.process("init", "--json")
    assert result.exit_code == 4
    assert "--host and --api-key" in check_failure(as_json(result.stdout), "USAGE_ERROR")["message"]


def test_init_prompts_on_a_terminal_without_echoing_the_key(bare: Program, server: FaultServer) -> None:
    answers: Tuple[Tuple[str, str], ...] = (("Address", server.url), ("API key", KEY))
    session = on_a_terminal(bare, "init", answers=answers)
    assert session.exit_code == 0, session
    assert KEY not in session.screen
    assert bare.run("status", "--json").exit_code == 0


def test_init_does_not_prompt_if_stderr_is_no_terminal(bare: Program, server: FaultServer) -> None:
    """Nobody sees a question there: stderr goes to a file."""
    ours, theirs = pty.openpty()
    result = finish(bare.start("init", "--json", stdin=theirs))
    os.close(ours)
    os.close(theirs)
    assert result.exit_code == 4
    check_failure(as_json(result.stdout), "USAGE_ERROR")
