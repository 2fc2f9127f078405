"""Every exit code is reached by a real process, quietly: no traceback, whatever ends it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import List

import pytest

from octoprint_cli.errors import Exit
from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server.faults import hang

from .program import Program, finish
from .reading import as_json, check_error_text, check_failure

#: Each code with the test that reaches it by a process.
REACHED = {
    Exit.OK: "test_exit_codes_of_success_and_failures",
    Exit.OFFLINE: "test_exit_codes_of_success_and_failures",
    Exit.FILE: "test_exit_codes_of_success_and_failures",
    Exit.BUSY: "test_exit_codes_of_success_and_failures",
    Exit.OTHER: "test_exit_codes_of_success_and_failures",
    Exit.INTERRUPTED: "test_signal_ends_process_with_its_exit_code",
    Exit.TERMINATED: "test_signal_ends_process_with_its_exit_code",
    Exit.PIPE_CLOSED: "test_reader_closing_the_pipe_exits_141",
}


def test_every_exit_code_is_covered_by_a_test() -> None:
    assert set(REACHED) == set(Exit)
    assert {name for name in REACHED.values() if name not in globals()} == set()


@pytest.mark.parametrize(
    ("argv", "code", "name"),
    [
        ("status", 0, "json"),
        ("--host 127.0.0.1:1 status", 1, "table"),
        ("upload missing.gcode", 2, "json"),
        ("disconnect", 3, "table"),
        ("nonsense", 4, "json"),
    ],
)
def test_exit_codes_of_success_and_failures(argv: str, code: int, name: str, program: Program, server: FaultServer) -> None:
    program.configure("retries: 0\n")
    server.octoprint.printing()
    result = program.process(*argv.split(), "-f", name)
    assert result.exit_code == code
    assert "Traceback" not in result.stderr
    assert name == "table" or as_json(result.stdout)["status"] == ("error" if code else "success")


NAMES = {130: "INTERRUPTED", 143: "TERMINATED"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("argv", ["status --json", "resume"])
def test_signal_ends_process_with_its_exit_code(argv: str, number: int, code: int, program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    server.fail("GET", "/api/job", hang)
    process = program.start(*argv.split())
    server.wait_for("/api/job")
    process.send_signal(number)
    result = finish(process)
    assert result.exit_code == code
    assert "Traceback" not in result.stderr
    error = as_json(result.stdout)["error"] if "--json" in argv else {"code": NAMES[code], "message": result.stderr}
    assert error["code"] == NAMES[code] and "nothing was sent" in error["message"]
    assert server.changes() == []


def big(server: FaultServer) -> None:
    """A listing that no pipe's buffer holds."""
    for number in range(2000):
        server.octoprint.store(f"part-number-{number:05}-of-a-very-long-name.gcode")


@pytest.mark.parametrize("name", ["csv", "json", "table", "text"])
def test_reader_closing_the_pipe_exits_141(name: str, program: Program, server: FaultServer) -> None:
    big(server)
    process = program.start("files", "-f", name)
    assert process.stdout and len(process.stdout.read(1)) == 1
    process.stdout.close()
    process.stdout = None
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.parametrize("argv", ["help", "version --client --json", "nonsense --json", "files -f csv"])
def test_pipe_without_reader_exits_141(argv: str, program: Program) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = program.start(*argv.split(), stdout=writer)
    os.close(writer)
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("argv", "code"),
    [("version --client --json", "OUTPUT_ERROR"), ("help", "OUTPUT_ERROR"), ("nonsense --json", "USAGE_ERROR")],
)
def test_a_full_disk_is_an_error_not_a_traceback(argv: str, code: str, program: Program) -> None:
    """An error that cannot be written to stdout is told on stderr."""
    with Path("/dev/full").open("w") as full:
        result = finish(program.start(*argv.split(), stdout=full))
    assert result.exit_code == 4
    check_error_text(result.stderr, code)


def closed(program: Program, stream: str, *argv: str) -> Result:
    """The program run by a shell that closes one of its streams first."""
    words: List[str] = ["sh", "-c", f'exec "$@" {stream}', "sh", *program.command(*argv)]
    return program.execute(words)


@pytest.mark.parametrize(("argv", "exit_code"), [("version --client", 0), ("version --client --json", 0), ("nonsense --json", 4)])
def test_closed_stdout_leaves_the_exit_code_and_the_error(argv: str, exit_code: int, program: Program) -> None:
    """A daemon that closes its streams still learns what came of it."""
    done = closed(program, ">&-", *argv.split())
    assert done.exit_code == exit_code
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert ("(USAGE_ERROR)" in done.stderr) is (exit_code == 4)


def test_closed_stderr_or_stdin_does_not_affect_the_command(program: Program) -> None:
    for stream in ("2>&-", "<&-"):
        done = closed(program, stream, "version", "--client", "--json")
        assert done.exit_code == 0 and as_json(done.stdout)["status"] == "success"
        failed = closed(program, stream, "nonsense", "--json", "--debug")
        assert failed.exit_code == 4
        check_failure(as_json(failed.stdout), "USAGE_ERROR")


def test_installed_command_behaves_like_module(program: Program) -> None:
    command = Path(sys.executable).with_name("octoprint-cli")
    if not command.exists():
        pytest.skip("the command is not installed beside this Python")
    assert program.execute([str(command), "nonsense", "--json"]) == program.process("nonsense", "--json")
