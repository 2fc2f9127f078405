"""`batch`: many command lines in one run, each answered for itself, over one connection, nothing carried from one to the next."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest

from octoprint_cli.testing import KEY, FaultServer, Result
from octoprint_cli.testing.server.faults import answer, hang

from .program import Program, finish
from .reading import as_batch, check_failure, check_success
from .test_secrets import LOUD, check_kept


class Answers(NamedTuple):
    """What a batch answered: a document for each line, and the envelope."""

    result: Result
    lines: List[Dict[str, Any]]
    end: Dict[str, Any]

    @property
    def codes(self) -> List[int]:
        """The exit codes of the lines."""
        return [line["exit_code"] for line in self.lines]


def read(result: Result) -> Answers:
    """A batch's stdout, held against the contract."""
    end = as_batch(result.stdout)
    return Answers(result, [json.loads(line) for line in result.stdout.splitlines()[:-1]], end)


def batch(program: Program, *lines: str, options: str = "") -> Answers:
    return read(program.run(*options.split(), "batch", "--json", stdin="".join(f"{line}\n" for line in lines)))


def test_batch_line_is_answered_like_the_command_alone(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    answers = batch(program, "status -c state", "files")
    for line, argv in zip(answers.lines, (["status", "-c", "state"], ["files"])):
        alone = program.run(*argv, "--json").envelope
        assert (line["command"], line["exit_code"], line["data"]) == (argv, 0, alone["data"])
    assert answers.result.exit_code == 0 and check_success(answers.end) == {"lines": 2, "failed": 0}


@pytest.mark.parametrize("line", ["upload 'a b.gcode' --path \"x y\"", '["upload", "a b.gcode", "--path", "x y"]'])
def test_batch_line_is_shell_words_or_a_json_array(line: str, program: Program, server: FaultServer) -> None:
    program.file("a b.gcode")  # beside the tests, which is where they run
    assert batch(program, line).lines[0]["command"] == ["upload", "a b.gcode", "--path", "x y"]
    assert server.octoprint.stored("x y/a b.gcode") is not None


def test_blank_lines_and_comments_are_skipped_but_numbered(program: Program) -> None:
    answers = read(program.run("batch", "--json", stdin="\n# first\r\n  \n version --client \r\n\t# end\nversion --client"))
    assert [line["line"] for line in answers.lines] == [4, 6]
    assert check_success(answers.end) == {"lines": 2, "failed": 0}


def test_empty_batch_is_a_success(program: Program) -> None:
    assert check_success(batch(program).end) == {"lines": 0, "failed": 0}


def test_byte_order_mark_is_not_part_of_a_command(program: Program) -> None:
    assert batch(program, "\ufeffversion --client").codes == [0]


def test_batch_stops_at_first_failure_and_exits_with_its_code(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    answers = batch(program, "files", "disconnect", "cancel --confirm")
    assert answers.codes == [0, 3] and answers.result.exit_code == 3
    error = check_failure(answers.end, "PRINTER_BUSY")
    assert error["message"] == f"line 2: {answers.lines[1]['error']['message']}"
    assert error["hint"] == answers.lines[1]["error"]["hint"] and error["details"] == answers.lines[1]["error"]["details"]
    assert answers.end["data"] == {"lines": 2, "failed": 1}
    assert server.changes() == []


def test_keep_going_runs_all_lines_and_exits_with_first_failure(program: Program, server: FaultServer) -> None:
    answers = read(program.run("batch", "--keep-going", "--json", stdin="files\nupload gone/cube.gcode\npause\nfiles\n"))
    assert answers.codes == [0, 2, 4, 0] and answers.result.exit_code == 2
    assert answers.end["data"] == {"lines": 4, "failed": 2}
    assert check_failure(answers.end, "FILE_NOT_FOUND")["message"].startswith("line 2: ")


def test_failed_batch_is_retryable_only_if_nothing_was_changed(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    assert check_failure(batch(program, "gcode G28").end, "PRINTER_BUSY")["retryable"]
    answers = batch(program, "temp --bed 60", "gcode G28")
    assert answers.lines[1]["error"]["retryable"] and not answers.end["error"]["retryable"]


UNREADABLE = {
    "quote": "status 'x",
    "array": '["status"',
    "number": '["temp", "--tool", 200]',
    "nothing": "[]",
    "nested": "[" * 100_000,
    "nul": '["upload", "a\\u0000b"]',
}


@pytest.mark.parametrize("line", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_batch_line_is_a_usage_error(line: str, program: Program, server: FaultServer) -> None:
    answers = read(program.run("batch", "--keep-going", "--json", stdin=f"{line}\nversion --client\n"))
    check_failure({name: answers.lines[0][name] for name in ("status", "data", "error")}, "USAGE_ERROR")
    assert answers.codes == [4, 0] and server.requests == []


def test_batch_line_that_is_not_utf8_is_a_usage_error(program: Program) -> None:
    process = program.start("batch", "--keep-going", "--json", stdin=subprocess.PIPE)
    assert process.stdin
    os.write(process.stdin.fileno(), b"status \xff\xfe\nversion --client\n")
    answers = read(finish(process))
    assert answers.codes == [4, 0] and answers.lines[0]["error"]["code"] == "USAGE_ERROR"


@pytest.mark.parametrize("line", ["watch", "batch", "--json batch", "watch --until done", "batch --keep-going -f yaml"])
def test_streaming_command_in_batch_is_a_usage_error(line: str, program: Program, server: FaultServer) -> None:
    answers = batch(program, line)
    assert answers.codes == [4] and answers.lines[0]["error"]["code"] == "USAGE_ERROR"
    assert server.requests == []


@pytest.mark.parametrize("line", ["gcode -", "inspect -"])
def test_batch_line_reading_stdin_is_a_usage_error(line: str, program: Program, server: FaultServer) -> None:
    answers = read(program.run("batch", "--keep-going", "--json", stdin=f"{line}\nversion --client\n"))
    assert answers.codes == [4, 0] and answers.lines[0]["error"]["code"] == "USAGE_ERROR"
    assert server.changes() == []


@pytest.mark.parametrize("line", ["status -f yaml", "-f value status", "status -f table", "status -f nonsense", "status --json"])
def test_batch_line_is_answered_in_json_whatever_format_it_names(line: str, program: Program) -> None:
    answers = batch(program, line)
    assert answers.codes == [0] and answers.lines[0]["data"]["state"] == "Operational"


def test_invalid_format_option_in_batch_line_is_a_usage_error_envelope(program: Program) -> None:
    answers = batch(program, f"status --json=1 --api-key {KEY}x")
    assert answers.lines[0]["error"]["code"] == "USAGE_ERROR"
    assert answers.lines[0]["command"] == ["status", "--json=1", "--api-key", "KEY"]


def test_batch_as_plain_text_and_value(program: Program) -> None:
    result = program.run("batch", "--keep-going", stdin="version --client\npause\n")
    assert result.stdout.splitlines()[0] == "1: version --client: success"
    assert result.stdout.splitlines()[1].startswith("2: pause: ") and result.stdout.endswith("(NO_ACTIVE_JOB)\n")
    assert "Error: line 2: " in result.stderr and result.exit_code == 4
    assert program.run("batch", "-c", "exit_code", "-f", "value", stdin="version --client\n").stdout == "0\n"


def test_confirm_applies_only_to_its_own_batch_line(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    answers = batch(program, "gcode M117 --confirm", "cancel")
    assert answers.codes == [0, 4]
    assert check_failure(answers.end, "CONFIRMATION_REQUIRED")["hint"] == "octoprint-cli cancel --confirm"
    assert [act.path for act in server.acts] == ["/api/printer/command"]


def test_dry_run_applies_only_to_its_own_batch_line(program: Program, server: FaultServer) -> None:
    answers = batch(program, "temp --tool 100 --dry-run", "temp --bed 50")
    assert answers.codes == [0, 0] and answers.lines[0]["data"]["dry_run"] and not answers.lines[1]["data"].get("dry_run")
    assert [act.path for act in server.acts] == ["/api/printer/bed"]


def test_batch_lines_share_a_connection_except_change_requests(program: Program, server: FaultServer) -> None:
    batch(program, *["status", "files", "temp"] * 5)
    assert server.connections == 1
    batch(program, *["temp --bed 60", "temp", "files", "status"] * 3)  # what acts never goes out on one that may be dead
    assert (len(server.acts), server.connections) == (3, 1 + 1 + 3)


def test_batch_line_for_another_server_does_not_use_this_servers_key(program: Program, server: FaultServer) -> None:
    """Neither its key, nor the next line's server."""
    del program.env["OCTOPRINT_HOST"], program.env["OCTOPRINT_API_KEY"]
    options = f"--host {server.url} --api-key {KEY}"
    with FaultServer(key="another-key-0f-its-0wn") as other:
        other.octoprint.state = "Offline"
        answers = batch(program, f"--host {other.url} version", options=options)
        assert answers.codes == [4]
        assert other.requests and not any(KEY in json.dumps(request.headers) for request in other.requests)
        answers = batch(
            program, f"--host {other.url} --api-key {other.key} version", "status", "--timeout 20 status", options=options
        )
    assert answers.codes == [0, 0, 0]
    assert [line["data"].get("state") for line in answers.lines] == [None, "Operational", "Operational"]


def test_global_options_of_batch_apply_to_its_lines(program: Program, server: FaultServer) -> None:
    """A hint of a line runs by itself: it names the server of the run, and no key."""
    del program.env["OCTOPRINT_HOST"]
    answers = batch(program, "cancel", options=f"--host {server.url} --api-key {KEY}")
    assert answers.end["error"]["hint"] == f"octoprint-cli --host={server.url} --api-key=KEY cancel --confirm"
    result = program.run("--debug", "--host", server.url, "--api-key", KEY, "batch", "--json", stdin="status\nstatus\n")
    # urllib3 2.2, the newest for Python 3.8, writes HTTP/11.
    assert len(re.findall(r'"GET /api/job\S* HTTP/1\.?1" 200', result.stderr)) == 2


def test_key_is_masked_in_batch_output(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/files", answer(500, {"error": f"no {KEY}"}))
    del program.env["OCTOPRINT_API_KEY"]
    text = f'status --api-key {KEY}\n["cancel", "--api-key={KEY}"]\nfiles --api-key {KEY}\nnonsense --api-key {KEY}\n'
    text += f"status --timeout --api-key {KEY}\n--api-key {KEY} status --timeout\n--host http://me:{KEY}@[ version\n"
    for more in LOUD:
        result = program.run("batch", "--keep-going", *more, stdin=text)
        assert result.exit_code == 4
        check_kept(result)


def started(program: Program, text: str, *argv: str) -> subprocess.Popen[str]:
    """A batch whose stdin stays open."""
    process = program.start("batch", "--keep-going", "--json", *argv, stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(text)
    process.stdin.flush()
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_a_line_ends_the_batch(number: int, code: int, program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", hang)
    process = started(program, "version --client\nstatus\nversion --client\n")
    server.wait_for("/api/job")
    process.send_signal(number)
    answers = read(finish(process))
    assert answers.codes == [0, code] and answers.result.exit_code == code
    assert "nothing was sent" in answers.lines[1]["error"]["message"]
    assert answers.end["error"]["message"].startswith("line 2: ") and answers.end["data"] == {"lines": 2, "failed": 1}


def test_signal_between_batch_lines_reports_printer_state(program: Program, server: FaultServer) -> None:
    process = started(program, "temp --bed 60\n")
    assert process.stdout
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    result = finish(process)
    assert json.loads(first)["exit_code"] == 0 and result.exit_code == 130
    error = check_failure(json.loads(result.stdout), "INTERRUPTED")
    assert "nothing was sent" not in error["message"] and error["details"]


def test_interrupted_batch_reports_changes_sent_to_another_server(program: Program, server: FaultServer) -> None:
    with FaultServer() as other:
        process = started(program, f"--host {other.url} --api-key {KEY} temp --bed 60\n")
        assert process.stdout
        assert json.loads(process.stdout.readline())["exit_code"] == 0
        process.send_signal(signal.SIGINT)
        error = check_failure(json.loads(finish(process).stdout), "INTERRUPTED")
    assert "another server" in error["message"] and "nothing was sent" not in error["message"]


def test_closed_reader_ends_batch_before_next_change(program: Program, server: FaultServer) -> None:
    process = started(program, "version --client\n")
    assert process.stdin and process.stdout
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    process.stdin.write("version --client\ntemp --bed 60\n")
    result = finish(process)
    assert (result.exit_code, result.stderr) == (141, "")
    assert server.changes() == []


def test_broken_configuration_fails_only_batch_lines_that_need_it(program: Program, tmp_path: Path) -> None:
    program.configure("host: [\n")
    answers = read(program.run("batch", "--keep-going", "--json", stdin="version --client\nstatus\nhelp\n"))
    assert answers.codes == [0, 4, 0] and answers.lines[1]["error"]["code"] == "CONFIG_ERROR"
