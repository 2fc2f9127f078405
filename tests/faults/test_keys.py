"""The key: missing, wrong, or without a permission, each with its own error wherever it came from; and never shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import pytest
from contract.program import Program, finish
from contract.table import COMMANDS, ROWS, formats

from octoprint_cli.testing import (
    FakeOctoPrint,
    Fault,
    FaultServer,
    Result,
)
from octoprint_cli.testing.octoprint.printer_state import PERMISSIONS
from octoprint_cli.testing.server import faults

from .crossing import DIALECTS, same_classes, with_classes
from .ring import check_quiet, error_of

#: Reads and acts, each with the permission that it takes.
NEEDS: Dict[str, str] = {
    "status": "STATUS",
    "files": "FILES_LIST",
    "temp": "STATUS",
    "connect --port VIRTUAL --baudrate 250000": "CONNECTION",
    "disconnect": "CONNECTION",
    "gcode G4": "CONTROL",
    "temp --tool 200": "CONTROL",
    "cancel --confirm": "PRINT",
    "upload {file}": "FILES_UPLOAD",
    "upload {file} --select": "FILES_SELECT",
    "version": "STATUS",
}
EACH = pytest.mark.parametrize("line", NEEDS)
EACH_DIALECT = pytest.mark.parametrize("version", DIALECTS)


def serving(version: str, line: str) -> FaultServer:
    server = FaultServer(FakeOctoPrint(version))
    server.octoprint.printing("old.gcode") if "cancel" in line else None
    return server


def run(program: Program, line: str, *more: str) -> Result:
    return program.run(*line.format(file=program.file()).split(), "--json", *more)


@EACH_DIALECT
@EACH
def test_a_missing_permission_is_named(line: str, version: str, tmp_path: Path) -> None:
    """F28."""
    with serving(version, line) as server:
        server.octoprint.permissions = set(PERMISSIONS) - {NEEDS[line], "ADMIN"}
        error = error_of(run(Program(tmp_path, server), line), "PERMISSION_DENIED")
        assert NEEDS[line] in error["message"] and not error["retryable"]
        assert not any(act.path == server.changes()[-1].path for act in server.acts)


@EACH_DIALECT
@EACH
def test_wrong_key_error_names_origin_of_key(line: str, version: str, tmp_path: Path) -> None:
    """F27, F29: on a POST, too, where the server speaks of CSRF."""
    with serving(version, line) as server:
        program = Program(tmp_path, server)
        config = program.configure(f"host: {server.url}\napi_key: of-the-file-0123456789\n")
        origins = {"--api-key": ["--api-key", "of-an-option-0123456789"], "OCTOPRINT_API_KEY": [], str(config): []}
        for origin, more in origins.items():
            program.env.update(OCTOPRINT_API_KEY="of-the-environment-0123456789")
            if origin == str(config):
                del program.env["OCTOPRINT_API_KEY"], program.env["OCTOPRINT_HOST"]
            result = run(program, line, *more)
            error = error_of(result, "AUTH_ERROR")
            assert origin in error["message"] and "CSRF" not in error["message"] and not error["retryable"]
            check_quiet(result, "of-the-file-0123456789", "of-an-option-0123456789", "of-the-environment-0123456789")
        assert server.acts == []


@EACH_DIALECT
@EACH
def test_missing_key_is_distinguished_from_wrong_key(line: str, version: str, tmp_path: Path) -> None:
    with serving(version, line) as server:
        program = Program(tmp_path, server)
        del program.env["OCTOPRINT_API_KEY"]
        error = error_of(run(program, line), "AUTH_ERROR")
        assert "no API key" in error["message"] and "init" in error["hint"]
        assert server.acts == []


def test_csrf_refusal_of_change_request_is_a_wrong_key(program: Program, server: FaultServer) -> None:
    server.fail("POST", "/api/printer/command", faults.answer(400, {"error": "CSRF validation failed"}))
    assert "wrong" in error_of(program.run("gcode", "G4", "--json"), "AUTH_ERROR")["message"]


# -- never shown ------------------------------------------------------------------------------------

SECRET = "5eCr3t-0f-Th1s-R1ng-Aa1Bb2Cc3Dd4"
TROUBLES: Dict[str, Fault] = {
    "none": lambda exchange: exchange.reply(exchange.perform()),
    "repeated": faults.answer(500, {"error": f"bad key {SECRET}"}),
    "as_a_page": faults.answer(403, f"<html>{SECRET}</html>", "text/html"),
    "redirect": faults.redirect(f"http://octoprint.invalid/?apikey={SECRET}"),
    "cut": faults.cut_before,
    "not_http": faults.raw(b"HTTP/9 " + SECRET.encode() + b"\r\n\r\n"),
    "bad_header": faults.raw(b"HTTP/1.1 200 OK\r\n" + SECRET.encode() + b"\r\nContent-Length: x\r\n\r\n{}"),
    "not_json": faults.answer(200, f'{{"key": "{SECRET}', "application/json"),
    "in_a_name": faults.answer(200, {"state": SECRET, "error": SECRET, "server": SECRET, "files": [{"path": SECRET}]}),
}


class Kept(NamedTuple):
    """A command with a trouble, and the key from one of its places, in each of its formats."""

    command: str
    trouble: str
    origin: str

    def run(self, folder: Path, as_process: bool = False) -> List[Result]:
        with FaultServer(key=SECRET) as server:
            server.octoprint.printing("old.gcode") if self.command in ("cancel", "pause") else None
            server.fail("*", "/*", TROUBLES[self.trouble])
            program = Program(folder, server)
            place(program, server, self.origin)
            words = ROWS[self.command].good.words(program)
            key = ["--api-key", SECRET] if self.origin == "option" else []
            soon = ["--timeout", "1"] if self.command in ("wait", "watch") else []  # for a state that such an answer never shows
            run = program.process if as_process else program.run
            return [run(*words, *key, *soon, "-f", name, "--debug", "-v") for name in self.formats()]

    def formats(self) -> List[str]:
        """One of its formats, in turn."""
        found = formats(self.command)
        return [found[(len(self.trouble) + len(self.command)) % len(found)]]


def place(program: Program, server: FaultServer, origin: str) -> None:
    """The key where it comes from, and no waiting."""
    program.env.pop("OCTOPRINT_API_KEY", None)
    config = "retries: 0\ntimeout: 5\n"
    if origin == "environment":
        program.env["OCTOPRINT_API_KEY"] = SECRET
    if origin == "file":
        del program.env["OCTOPRINT_HOST"]
        config += f"host: {server.url}\napi_key: {SECRET}\n"
    program.configure(config)


ORIGINS = ("option", "environment", "file")
ASKING = [name for name in COMMANDS if name not in ("help", "plugins list", "init")]
#: These ask no server, so that its troubles are all the same to them: one will do.
LOCAL = ("commands", "complete", "explain", "inspect", "plugins check", "plugins new", "schema", "skill")
#: What is one to a command: the answer is as it should be, is an answer with the key in it, or is none.
CLASSES = [
    ("none", "in_a_name"),
    ("repeated", "redirect", "as_a_page", "not_json"),
    ("bad_header", "cut", "not_http"),
]
PAIRS = with_classes([name for name in ASKING if name not in LOCAL], CLASSES, all_of=("status", "upload", "cancel"))
CROSSED = [Kept(*pair, ORIGINS[number % 3]) for number, pair in enumerate([*PAIRS, *((name, "none") for name in LOCAL)])]


#: A process writes no more than a run in this process does, but for what Python itself writes: each origin, once.
AS_PROCESSES = [Kept("status", trouble, origin) for trouble, origin in zip(("bad_header", "as_a_page", "cut"), ORIGINS)]


def test_every_trouble_is_in_a_class() -> None:
    assert same_classes(CLASSES, TROUBLES)


def check_nowhere(results: List[Result]) -> None:
    for result in results:
        for text in (result.stdout, result.stderr):
            assert SECRET not in text and SECRET[:16] not in text and SECRET[16:] not in text, result


@pytest.mark.parametrize("case", CROSSED, ids="-".join)
def test_key_is_never_shown(case: Kept, tmp_path: Path, hurried: Any) -> None:
    """On a clock that hurries: after an act some wait a minute for a state that such an answer never shows."""
    check_nowhere(case.run(tmp_path))


@pytest.mark.parametrize("case", AS_PROCESSES, ids="-".join)
def test_key_is_nowhere_in_what_a_process_writes(case: Kept, tmp_path: Path) -> None:
    check_nowhere(case.run(tmp_path, as_process=True))


def test_key_is_not_shown_in_process_list(program: Program, server: FaultServer) -> None:
    """An option stands on the command line, where the system shows it: the program blots it out."""
    server.fail("GET", "/api/job", faults.hang)
    process = program.start("status", "--api-key", SECRET)
    server.wait_for("/api/job")
    shown = Path(f"/proc/{process.pid}/cmdline")
    line = shown.read_bytes() if shown.exists() else b""
    process.terminate()
    finish(process)
    assert SECRET.encode() not in line
