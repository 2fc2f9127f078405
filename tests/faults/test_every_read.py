"""Every read with everything that can go wrong with it: reported as it is, and repeated where that may help."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple

import pytest
from contract.program import Program
from contract.table import Case as Words

from octoprint_cli.testing import FakeOctoPrint, Fault, FaultServer
from octoprint_cli.testing.server import faults

from .crossing import DIALECTS, same_classes, with_classes
from .ring import error_of, sent_to, timed, verdict

#: Command lines that only read, with the request whose fault each meets.
READS: Dict[str, str] = {
    "status": "/api/job",
    "files": "/api/files",
    "temp": "/api/printer",
    "temp --history": "/api/printer",
    "wait": "/api/job",
    "wait --for temp": "/api/job",
    "watch --until done": "/api/job",
    "preflight": "/api/job",
    "preflight {wide}": "/api/printerprofiles",
    "connect": "/api/connection",
    "version": "/api/version",
    "init --force": "/api/currentuser",
    "cancel --confirm --dry-run": "/api/job",
    "print {file} --confirm --dry-run": "/api/job",
    "upload {file} --dry-run": "/api/files",
}


class Trouble(NamedTuple):
    """A fault, the code it ends with, and whether it is one that another try may cure."""

    fault: Fault
    code: str
    again: bool = False


TROUBLES: Dict[str, Trouble] = {
    "cut": Trouble(faults.cut_before, "SERVER_STARTING", True),
    "reset": Trouble(faults.reset_before, "SERVER_STARTING", True),
    "truncated": Trouble(faults.truncated, "SERVER_STARTING", True),
    "booting": Trouble(faults.raw(b"Not found"), "SERVER_STARTING", True),
    "502": Trouble(faults.html(502), "SERVER_STARTING", True),
    "503": Trouble(faults.retry_after(503, 0), "SERVER_STARTING", True),
    "504": Trouble(faults.html(504), "SERVER_STARTING", True),
    "429": Trouble(faults.retry_after(429, 0), "SERVER_ERROR", True),
    "500": Trouble(faults.answer(500, {"error": "The server encountered an internal error"}), "SERVER_ERROR"),
    "418": Trouble(faults.answer(418, "short and stout"), "SERVER_ERROR"),
    "proxy": Trouble(faults.html(403), "UNEXPECTED_RESPONSE"),
    "nowhere": Trouble(faults.html(404), "UNEXPECTED_RESPONSE"),
    "login": Trouble(faults.html(200), "UNEXPECTED_RESPONSE"),
    "redirect": Trouble(faults.redirect("/login/"), "UNEXPECTED_RESPONSE"),
    "not_json": Trouble(faults.not_json, "UNEXPECTED_RESPONSE"),
    "overlong": Trouble(faults.overlong, "UNEXPECTED_RESPONSE"),
    "list": Trouble(faults.wrong_shape([1, 2]), "UNEXPECTED_RESPONSE"),
    "text": Trouble(faults.wrong_shape("hello"), "UNEXPECTED_RESPONSE"),
    "null": Trouble(faults.wrong_shape(None), "UNEXPECTED_RESPONSE"),
    "nested": Trouble(faults.answer(200, "[" * 100_000, "application/json"), "UNEXPECTED_RESPONSE"),
}


def words(program: Program, line: str, *more: str) -> List[str]:
    return [*Words(line).words(program), *more, "--json"]


def asked(server: FaultServer, path: str) -> int:
    return sum(request.path == path for request in server.requests)


#: What is one to a command: the server is away, refuses, or something else has answered. `status` meets each of them.
CLASSES = [
    [name for name, trouble in TROUBLES.items() if trouble.again],
    ["500", "418"],
    [name for name, trouble in TROUBLES.items() if trouble.code == "UNEXPECTED_RESPONSE"][:6],
    [name for name, trouble in TROUBLES.items() if trouble.code == "UNEXPECTED_RESPONSE"][6:],
]


def test_every_trouble_is_in_a_class() -> None:
    assert same_classes(CLASSES, TROUBLES)


@pytest.mark.parametrize(("line", "trouble"), with_classes(READS, CLASSES, all_of=("status",)))
def test_failed_read_is_reported_and_retried_where_useful(
    line: str, trouble: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octoprint_cli.client.http.retry.FIRST_PAUSE", 0.001)
    program.configure("retries: 2\n")
    server.octoprint.printing() if "cancel" in line else None
    server.fail("GET", READS[line], TROUBLES[trouble].fault)
    assert verdict(program.run(*words(program, line))) == TROUBLES[trouble].code
    # What is read past caches is asked for once more without the parameter that does it: a server may know no such address.
    past_caches = [request.query for request in server.requests if request.path == READS[line] and "_" in request.query]
    again = trouble == "nowhere" and bool(past_caches)
    assert asked(server, READS[line]) == (3 if TROUBLES[trouble].again else 1 + again)
    assert sent_to(server) == []


@pytest.mark.parametrize("trouble", [name for name in TROUBLES if TROUBLES[name].again])
def test_read_succeeds_at_third_try(trouble: str, program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octoprint_cli.client.http.retry.FIRST_PAUSE", 0.001)
    program.configure("retries: 2\n")
    server.fail("GET", "/api/job", TROUBLES[trouble].fault, times=2)
    assert verdict(program.run("status", "--json")) == ""
    assert asked(server, "/api/job") == 3


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2), (3, 4)])
def test_tries_are_limited_to_configured_number(retries: int, tries: int, program: Program, server: FaultServer) -> None:
    program.configure(f"retries: {retries}\n")
    server.fail("GET", "/api/job", faults.cut_before)
    error_of(program.run("status", "--json"), "SERVER_STARTING")
    assert asked(server, "/api/job") == tries


@pytest.mark.parametrize(("seconds", "tries"), [(1, 2), (3600, 1)])
def test_retry_after_is_honoured_up_to_a_bound(seconds: int, tries: int, program: Program, server: FaultServer) -> None:
    program.configure("retries: 1\n")
    server.fail("GET", "/api/job", faults.retry_after(503, seconds))
    result = timed(program, "status", "--json")
    error_of(result, "SERVER_STARTING")
    assert asked(server, "/api/job") == tries


def test_retries_end_with_the_timeout(program: Program, server: FaultServer) -> None:
    program.configure("retries: 100\ntimeout: 1\n")
    server.fail("GET", "/api/job", faults.cut_before)
    error_of(timed(program, "status", "--json", as_process=True), "SERVER_STARTING")
    assert asked(server, "/api/job") < 10


# -- values that are not known -----------------------------------------------------------------------

NOT_A_NUMBER = (
    '{"state": "Operational", "progress": {"completion": NaN, "printTime": Infinity, "printTimeLeft": 1e999}, "job": null}'
)


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("line", ["status", "files", "temp", "connect", "version", "preflight"])
def test_null_values_are_handled_and_not_shown_as_zero(line: str, version: str, program: Program, hurried: Any) -> None:
    with FaultServer(FakeOctoPrint(version)) as server:
        server.octoprint.printing("cube.gcode") if line == "status" else server.octoprint.store("cube.gcode")
        server.fail("GET", "/api/*", faults.nulls)
        for name in ("json", "table", "yaml", "value"):
            result = program.run(line, "-f", name, env={**server.env, "OCTOPRINT_API_KEY": server.key})
            assert "Traceback" not in result.stderr and "INTERNAL_ERROR" not in result.stdout + result.stderr, result
            assert not any(word.strip('",') in ("0", "0.0") for word in result.stdout.split()), result


def test_non_finite_numbers_are_null(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", faults.answer(200, NOT_A_NUMBER, "application/json"))
    job = program.run("status", "--json").data["job"]
    assert [job[name] for name in ("completion", "print_time", "print_time_left", "file")] == [None] * 4


@pytest.mark.parametrize("text", ["3.1-1", "2.0.0rc3", "1.13.0.dev7+g12", "", "\u96ea", "1" * 5000])
def test_any_server_version_is_tolerated(text: str, program: Program, server: FaultServer) -> None:
    server.octoprint.version = text
    result = program.run("version", "--json")
    assert verdict(result) == "" and (result.data["server"] == text or not text)


def test_missing_files_test_endpoint_does_not_prevent_upload(program: Program, server: FaultServer) -> None:
    """Old servers know nothing of `/api/files/test`, and some answer it with nothing at all."""
    for fault in (faults.answer(404, {"error": "The requested URL was not found"}), faults.answer(204), faults.answer(500)):
        server.fail("POST", "/api/files/test", fault)
        server.octoprint.storage.files["local"].clear()
        assert verdict(program.run("upload", str(program.file()), "--json")) == ""
        assert server.octoprint.stored("cube.gcode") is not None
