"""The process and its surroundings: signals, streams that are closed or full, terminals and locales."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest
from contract.program import Program, finish
from contract.pseudo_terminal import on_a_terminal
from contract.reading import as_csv, as_json, check_error_text

from octoprint_cli.testing import FaultServer, Result
from octoprint_cli.testing.server import faults

from .ring import check_quiet, error_of, sent_to, verdict
from .test_uploads import LARGE, TO, sparse

SIGNALS = [(signal.SIGINT, "INTERRUPTED"), (signal.SIGTERM, "TERMINATED"), (signal.SIGHUP, "TERMINATED")]
EACH = pytest.mark.parametrize(("number", "code"), SIGNALS, ids=["int", "term", "hup"])
#: A signal is the same to a fork; test_signal_without_json and test_second_interrupt start Python for it.
FORKED = pytest.mark.usefixtures("forked")


def signalled(program: Program, server: FaultServer, ready: Callable[[], bool], number: int, *argv: str) -> Result:
    """A process that gets a signal once the server has seen what it waits for."""
    process = program.start(*argv)
    server.wait_until(ready)
    process.send_signal(number)
    return finish(process)


def posted(server: FaultServer, path: str) -> Callable[[], bool]:
    return lambda: any(request.method == "POST" and request.path == path for request in server.requests)


# -- signals ----------------------------------------------------------------------------------------


@FORKED
@EACH
def test_signal_during_upload_reports_file_not_stored(number: int, code: str, program: Program, server: FaultServer) -> None:
    server.fail("POST", TO, faults.stall_reading(100_000))
    result = signalled(program, server, posted(server, TO), number, "upload", sparse(program, LARGE), "--json")
    error = error_of(result, code)
    assert "the upload of big.gcode has not arrived" in error["message"] and error["details"]["stored"] is False
    assert server.acts == [] and len(sent_to(server)) == 1


@FORKED
def test_signal_after_unanswered_upload_reports_file_stored(program: Program, server: FaultServer) -> None:
    server.fail("POST", TO, faults.hang_after)
    result = signalled(program, server, lambda: bool(server.acts), signal.SIGTERM, "upload", str(program.file()), "--json")
    error = error_of(result, "TERMINATED")
    assert "the upload of cube.gcode has arrived" in error["message"] and error["details"]["stored"] is True


WAITS: Dict[str, Any] = {
    "cancel --confirm": ("/api/job", "Printing with old.gcode"),
    "pause": ("/api/job", "Printing with old.gcode"),
    "temp --tool 200": ("/api/printer/tool", "Printing with old.gcode"),
    "disconnect --confirm": ("/api/connection", "Printing with old.gcode"),
    "print --stored cube.gcode --confirm": ("/api/files/local/cube.gcode", "Operational"),
}


@FORKED
@pytest.mark.parametrize(("line", "kind"), [(line, SIGNALS[number % 3]) for number, line in enumerate(WAITS)])
def test_signal_while_waiting_for_effect_reports_printer_state(
    line: str, kind: Tuple[int, str], program: Program, server: FaultServer
) -> None:
    number, code = kind
    path, now = WAITS[line]
    server.octoprint.store("cube.gcode")
    server.octoprint.printing("old.gcode") if "print" not in line else None
    server.octoprint.ignored_verbs.update(["cancel", "pause", "target", "disconnect", "select"])
    result = signalled(program, server, posted(server, path), number, *line.split(), "--json")
    assert f"the printer is {now}" in error_of(result, code)["message"]
    assert len(sent_to(server)) == 1


@EACH
def test_signal_during_a_heat_up_reports_the_printer_and_leaves_the_target(
    number: int, code: str, program: Program, server: FaultServer
) -> None:
    """The kit's heaters stay cold; the push socket is opened once the target was taken."""
    line = ["temp", "--tool", "200", "--wait", "--json"]
    result = signalled(program, server, lambda: any("sockjs" in request.path for request in server.requests), number, *line)
    assert "the printer is Operational" in error_of(result, code)["message"]
    assert len(sent_to(server)) == 1 and server.octoprint.heaters["tool0"][1] == 200.0


def test_signal_without_json_gives_one_error_line_and_a_hint(program: Program, server: FaultServer) -> None:
    server.octoprint.printing("old.gcode")
    server.octoprint.ignored_verbs.add("cancel")
    result = signalled(program, server, posted(server, "/api/job"), signal.SIGHUP, "cancel", "--confirm")
    check_error_text(result.stderr, "TERMINATED")
    first, second = result.stderr.splitlines()
    assert "the printer is Printing with old.gcode" in first and second.startswith("Hint: ")
    assert result.stdout == ""


def test_second_interrupt_ends_at_once(program: Program, server: FaultServer) -> None:
    """The first makes it look at the server, which does not answer; the second does not wait for that."""
    server.octoprint.printing("old.gcode")
    server.fail("POST", "/api/job", faults.hang)
    process = program.start("cancel", "--confirm", "--json")
    server.wait_until(posted(server, "/api/job"))
    server.fail("GET", "/api/job", faults.hang)
    asked = sum(request.method == "GET" for request in server.requests)
    process.send_signal(signal.SIGINT)
    server.wait_until(lambda: sum(request.method == "GET" for request in server.requests) > asked)
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert "was not asked" in error_of(result, "INTERRUPTED")["message"]
    assert len(sent_to(server)) == 1


@FORKED
def test_unresponsive_server_does_not_delay_interrupt(program: Program, server: FaultServer) -> None:
    server.octoprint.printing("old.gcode")
    server.fail("POST", "/api/job", faults.hang)
    server.fail("GET", "/api/job", faults.hang)
    result = signalled(program, server, posted(server, "/api/job"), signal.SIGINT, "cancel", "--confirm", "--json")
    assert "could not be asked" in error_of(result, "INTERRUPTED")["message"]


@FORKED
def test_interrupt_between_retries_reports_nothing_sent(program: Program, server: FaultServer) -> None:
    program.configure("retries: 5\n")
    server.fail("GET", "/api/job", faults.retry_after(503, 9))
    result = signalled(program, server, lambda: len(server.requests) == 1, signal.SIGINT, "status", "--json")
    assert "nothing was sent" in error_of(result, "INTERRUPTED")["message"]


# -- streams ----------------------------------------------------------------------------------------


@FORKED
@pytest.mark.parametrize("name", ["json", "value", "yaml"])
def test_closed_reader_while_waiting_exits_141_without_repeating(name: str, program: Program, server: FaultServer) -> None:
    """The act is not undone by it, nor repeated; nothing is said."""
    server.octoprint.printing("old.gcode")
    process = program.start("cancel", "--confirm", "-f", name)
    assert process.stdout
    process.stdout.close()
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")
    assert len(server.acts) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("name", ["json", "table"])
def test_full_disk_is_an_output_error_but_change_was_made(name: str, program: Program, server: FaultServer) -> None:
    server.octoprint.printing("old.gcode")
    with Path("/dev/full").open("w") as full:
        result = finish(program.start("cancel", "--confirm", "-f", name, stdout=full))
    assert result.exit_code == 4
    check_error_text(result.stderr, "OUTPUT_ERROR")
    assert len(server.acts) == 1 and server.octoprint.state == "Operational"
    answer = next(json.loads(line) for line in result.stderr.splitlines() if line.startswith("{"))
    assert answer["status"] == "success" and answer["data"]["action"] == "cancelled"


def closed(program: Program, streams: str, *argv: str) -> Result:
    """Run by a shell that closes some of its streams first."""
    return program.execute(["sh", "-c", f'exec "$@" {streams}', "sh", *program.command(*argv)])


@pytest.mark.parametrize(("line", "streams"), [("status", "2>&-"), ("upload {file}", "<&- 2>&-"), ("gcode G4", "<&-")])
def test_closed_stdin_or_stderr_does_not_affect_commands(line: str, streams: str, program: Program, server: FaultServer) -> None:
    assert verdict(closed(program, streams, *line.format(file=program.file()).split(), "--json")) == ""


def test_gcode_from_a_closed_stdin_is_a_usage_error(program: Program, server: FaultServer) -> None:
    error_of(closed(program, "<&- 2>&-", "gcode", "-", "--json"), "USAGE_ERROR")


STOPS: Dict[str, Callable[[Any], bool]] = {
    "cancel --confirm": lambda octoprint: octoprint.state == "Operational",
    "pause": lambda octoprint: octoprint.state == "Paused",
    "disconnect --confirm": lambda octoprint: octoprint.state == "Offline",
    "gcode M112": lambda octoprint: "M112" in octoprint.commands,
    "temp --off": lambda octoprint: octoprint.heaters["tool0"][1] == 0,
}


STREAMS = (">&-", "<&- >&- 2>&-")


@pytest.mark.parametrize(("line", "streams"), [(line, STREAMS[number % 2]) for number, line in enumerate(STOPS)])
def test_closed_stdout_does_not_prevent_a_stop(line: str, streams: str, program: Program, server: FaultServer) -> None:
    """A daemon or a cron job may close its descriptors; the exit code tells what came of the act, as with the null device."""
    server.octoprint.printing("old.gcode")
    server.octoprint.heaters["tool0"] = [200.0, 200.0]
    result = closed(program, streams, *line.split(), "--json")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert STOPS[line](server.octoprint)


@pytest.mark.parametrize("words", [["--json"], []], ids=["json", "table"])
def test_error_is_told_on_stderr_if_stdout_is_closed(words: List[str], program: Program, server: FaultServer) -> None:
    result = closed(program, ">&-", "cancel", "--confirm", *words)
    assert result.exit_code == 4
    check_error_text(result.stderr, "NO_ACTIVE_JOB")
    assert len(result.stderr.splitlines()) == 2


NUMBERS = """
import os, pathlib, sys
from octoprint_cli.app.main import main
main(sys.argv[2:])
pathlib.Path(sys.argv[1]).write_text(" ".join(os.readlink(f"/proc/self/fd/{number}") for number in range(3)))
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system has no /proc")
def test_closed_streams_lend_their_numbers_to_no_socket(program: Program, server: FaultServer) -> None:
    seen = program.folder / "seen"
    words = [sys.executable, "-c", NUMBERS, str(seen), "status"]
    program.execute(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *words])
    assert seen.read_text().split() == [os.devnull] * 3


# -- terminals and locales --------------------------------------------------------------------------

SURROUNDINGS: Dict[str, Dict[str, str]] = {
    "narrow": {"COLUMNS": "40"},
    "tiny": {"COLUMNS": "1"},
    "no_number": {"COLUMNS": "wide", "LINES": "-1"},
    "no_colour": {"NO_COLOR": "1"},
    "dumb": {"TERM": "dumb"},
    "no_term": {"TERM": ""},
    "c_locale": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "wrong_locale": {"LC_ALL": "xx_YY.UTF-8", "LANG": "xx"},
}


LOCALES = ("c_locale", "ascii", "wrong_locale")
#: Runs each of its arguments as a command line, in one process: what is looked at is the streams and the locale that it has.
LINES_OF_A_PROCESS = """
import shlex, sys
from octoprint_cli.app.main import main
for line in sys.argv[1:]:
    code = main(shlex.split(line))
    print(f"\\n-- {line}: {code}")
"""


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_program_works_in_any_locale_and_terminal(name: str, program: Program, server: FaultServer) -> None:
    """Python reads the locale when it starts, and what is about the terminal plays no part in that."""
    server.octoprint.printing("w\u00fcrfel \u96ea.gcode")
    env = SURROUNDINGS[name]
    program.env.update(env)
    lines = ["files", "files -f csv", "help", "status", "status --json"]
    found = in_one_process(program, lines) if name in LOCALES else inside_this_process(program, lines)
    _files, csv, _help, _status, as_text = found
    assert as_json(as_text)["data"]["job"]["file"] == "w\u00fcrfel \u96ea.gcode" and as_csv(csv)
    session = on_a_terminal(program, "files", env=env)
    assert session.exit_code == 0 and "Traceback" not in session.screen and "\x1b" not in session.screen


def inside_this_process(program: Program, lines: List[str]) -> List[str]:
    results = [program.inside(*line.split()) for line in lines]
    for result in results:
        assert result.exit_code == 0, result
        check_quiet(result)
    return [result.stdout for result in results]


def in_one_process(program: Program, lines: List[str]) -> List[str]:
    """What each line wrote, all of them in a new process."""
    result = program.python(LINES_OF_A_PROCESS, *lines)
    assert [f"-- {line}: 0" for line in lines] == [line for line in result.stdout.splitlines() if line.startswith("-- ")], result
    check_quiet(result)
    return re.split(r"\n-- .*\n", result.stdout)[: len(lines)]


def test_tables_fit_a_narrow_terminal(program: Program, server: FaultServer) -> None:
    server.octoprint.store("a-rather-long-name-for-a-file.gcode")
    for line in ("status", "files", "version"):
        session = on_a_terminal(program, line, env={"COLUMNS": "40"})
        assert max(map(len, session.screen.splitlines())) <= 60, session.screen


def test_progress_bar_is_shown_on_terminals_only(program: Program, server: FaultServer) -> None:
    file = sparse(program, LARGE)
    session = on_a_terminal(program, "upload", file, env={"TERM": "xterm", "COLUMNS": "100"})
    assert session.exit_code == 0 and "uploading" in session.screen
    server.octoprint.storage.files["local"].clear()
    for argv, env in ((["upload", file], {}), (["upload", file, "--json"], {"TERM": "xterm", "FORCE_COLOR": "1"})):
        result = program.process(*argv, env=env)
        server.octoprint.storage.files["local"].clear()
        assert result.exit_code == 0 and result.stderr == "" and "\x1b" not in result.stdout


def test_interrupted_progress_bar_restores_the_terminal(program: Program, server: FaultServer) -> None:
    """The cursor is shown again, and the error stands on a line of its own."""
    server.fail("POST", TO, faults.cut_upload(3_000_000))
    program.configure("retries: 0\n")
    session = on_a_terminal(program, "upload", sparse(program, LARGE), env={"TERM": "xterm", "COLUMNS": "100"})
    assert session.exit_code == 1 and "(CONNECTION_ERROR)" in session.screen
    assert session.screen.count("\x1b[?25l") == session.screen.count("\x1b[?25h")
    assert "Traceback" not in session.screen
