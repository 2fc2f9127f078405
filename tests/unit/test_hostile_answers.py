"""Whatever a server answers, it is understood or refused with one of our errors: no crash, no traceback, one document."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
import requests_mock
import yaml
from hypothesis import given

from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.client.parsing import mapping
from octoprint_cli.client.resources.connection import ConnectionState
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import PrinterState
from octoprint_cli.client.resources.stored_file import Listing, StoredFile
from octoprint_cli.errors import UnexpectedResponse

from . import payloads
from .driver import KEY, URL, Server
from .hostile import NOT_JSON, anything, few, fewer, leaves, spoilt, spoilt_everywhere, wire

HEAT = {"tool0": (200.0, 210.0), "tool1": (21.3, 0.0), "bed": (60.0, 60.0)}
CONTENT = b"G28\nG1 X10 Y10\nM84\n"
BUGS = ("INTERNAL_ERROR", "PLUGIN_ERROR", "Traceback")
SHOWN = ("text", "table", "json", "yaml", "value")

ONE, TWO = payloads.DIALECTS
JOB = payloads.reading(ONE, "Printing", "quick.gcode", completion=12.5, left=93, error="x")
PRINTER = payloads.printer(ONE, "Printing", HEAT)
PAST = payloads.printer(TWO, "Printing", HEAT, [(1795398164, {}), (1795398166, {"tool0": (200.0, 210.0)})])
LINK = payloads.link(ONE, "Operational")
ENTRY = payloads.entry(ONE, "quick.gcode", CONTENT, prints={"success": 3, "failure": 1})
FOLDER = {
    **payloads.entry(ONE, "sub"),
    "type": "folder",
    "children": [payloads.entry(TWO, "sub/a.gcode"), payloads.card_entry(TWO, "a.gco")],
}
LISTING = {"files": [ENTRY, FOLDER], "free": 84047585280, "total": 270553174016}
STORED = {
    "done": True,
    "effectivePrint": False,
    "effectiveSelect": False,
    "files": {"local": {"name": "quick.gcode", "path": "quick.gcode"}},
}


def sound(reading):
    """Whether all that a reading holds is of a kind that JSON can carry, and no number is endless."""
    for item in leaves(reading):
        assert item is None or isinstance(item, (str, bool, int, float)), item
        assert isinstance(item, str) or not item or (math.isfinite(item) and abs(item) < 10**18), item
    return True


READINGS = {
    "job": (Job.from_json, JOB),
    "printer": (PrinterState.from_json, PRINTER),
    "link": (ConnectionState.from_json, LINK),
    "listing": (lambda body: Listing.from_json(mapping(body, "x")), LISTING),
    "entry": (lambda body: StoredFile.from_json(mapping(body, "x")), ENTRY),
}


# -- each reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", READINGS)
def test_reading_with_one_unexpected_value_is_valid_or_refused(which):
    parse, recorded = READINGS[which]
    assert sound(parse(recorded))
    for body in spoilt_everywhere(recorded):
        try:
            assert sound(parse(body))
        except UnexpectedResponse:
            assert not isinstance(body, dict)


@pytest.mark.parametrize("which", READINGS)
def test_reading_with_arbitrary_values_is_valid_or_refused(which):
    parse, recorded = READINGS[which]

    @few
    @given(spoilt(recorded))
    def look(body):
        try:
            assert sound(parse(body))
        except UnexpectedResponse:
            assert not isinstance(body, dict)

    look()


def test_negative_size_or_count_is_dropped():
    for body in spoilt_everywhere(ENTRY):
        if isinstance(body, dict):
            file = StoredFile.from_json(body)
            assert file.history.success >= 0 and file.history.failure >= 0 and (file.size is None or file.size >= 0)


def test_deeply_nested_folders_are_listed():
    deep = {"type": "folder", "children": [{"type": "machinecode", "path": "a"}]}
    for _ in range(5000):
        deep = {"type": "folder", "children": [deep]}
    assert [file.path for file in Listing.from_json({"files": [deep]}).files] == ["a"]


@pytest.mark.parametrize(
    ("path", "ask"),
    [
        ("/api/version", lambda client: client.server.version()),
        ("/api/currentuser", lambda client: client.server.user()),
        ("/api/files", lambda client: client.files.free()),
        ("/api/job", lambda client: client.job.current()),
    ],
    ids=["version", "user", "free", "job"],
)
def test_arbitrary_answer_is_valid_or_refused(path, ask):
    @few
    @given(anything)
    def look(body):
        with requests_mock.Mocker() as mocker:
            mocker.get(URL + path, text=wire(body))
            with contextlib.suppress(UnexpectedResponse):
                assert sound(ask(Client(ServerAddress(URL, KEY), retries=0)))

    look()


@pytest.mark.parametrize("command", ["path_of", "free_name"])
def test_file_name_from_arbitrary_answer_is_nonempty_text(command):
    @few
    @given(spoilt({"exists": True, "suggestion": "quick_1.gcode", "sanitized": "quick.gcode", "size": 1}))
    def look(body):
        with requests_mock.Mocker() as mocker:
            mocker.post(f"{URL}/api/files/test", text=wire(body))
            name = getattr(Client(ServerAddress(URL, KEY), retries=0).files, command)("quick.gcode", "sub")
            assert isinstance(name, str) and name

    look()


# -- whole commands -----------------------------------------------------------------------------------


def answers(tmp_path, dialect, argv, method, path, text, shown):
    """Run the command against a server that answers one path so."""
    with requests_mock.Mocker(case_sensitive=True) as mocker:
        server = Server(mocker, dialect, tmp_path / "home")
        server.job(server.reading("Operational", "quick.gcode"))
        server.links("Offline", after=[["Operational"]])
        server.accept_upload()
        server.on(method, path, text=text)
        return judged(server.run(*argv, "-f", shown), shown)


def judged(result, shown):
    """The result, which must be one of ours in its one document."""
    assert result.exit_code in (0, 1, 2, 3, 4)
    assert not any(bug in result.stdout + result.stderr for bug in BUGS), result
    if shown == "json":
        document = json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        assert document["status"] == ("error" if result.exit_code else "success")
    elif shown == "yaml":
        assert yaml.safe_load(result.stdout)["status"] == ("error" if result.exit_code else "success")
    for character in "\x1b\u202e\r\x00":
        assert character not in result.stdout + result.stderr
    (result.stdout + result.stderr).encode("utf-8")
    return result


COMMANDS = {
    "status of a job": (("status",), "GET", "/api/job", JOB, SHOWN),
    "status of a printer": (("status",), "GET", "/api/printer", PRINTER, SHOWN),
    "files": (("files",), "GET", "/api/files", LISTING, (*SHOWN, "csv")),
    "temp": (("temp",), "GET", "/api/printer", PRINTER, (*SHOWN, "shell")),
    "temp of before": (("temp", "--history"), "GET", "/api/printer", PAST, (*SHOWN, "shell")),
    "temp to set": (("temp", "--tool", "200"), "GET", "/api/printer", PRINTER, ("json",)),
    "connect": (("connect",), "GET", "/api/connection", LINK, (*SHOWN, "shell")),
    "room": (("upload", "FILE"), "GET", "/api/files", LISTING, ("json",)),
    "name": (("upload", "FILE", "--if-exists", "rename"), "POST", "/api/files/test", {"sanitized": "quick.gcode"}, ("json",)),
    "what is there": (("upload", "FILE", "--if-exists", "skip"), "GET", "/api/files/local/quick.gcode", ENTRY, ("json", "table")),
    "what was stored": (("upload", "FILE"), "POST", "/api/files/local", STORED, ("json",)),
    "preflight": (("preflight", "FILE"), "GET", "/api/printer", PRINTER, ("json", "table")),
    "print": (("print", "FILE", "--confirm"), "GET", "/api/job", JOB, ("json",)),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "quick.gcode"
    path.write_bytes(CONTENT)
    return str(path)


@pytest.mark.parametrize("which", COMMANDS)
def test_command_with_arbitrary_answer_succeeds_or_refuses(tmp_path, file, which):
    argv, method, path, recorded, formats = COMMANDS[which]
    argv = [file if word == "FILE" else word for word in argv]
    turn = iter(range(10**6))

    @fewer
    @given(spoilt(recorded))
    def run(body):
        count = next(turn)
        answers(tmp_path, payloads.DIALECTS[count % 2], argv, method, path, wire(body), formats[count % len(formats)])

    run()


@pytest.mark.parametrize(
    "answer", [("POST", "/api/files/test", {"sanitized": "\ud800"}), ("POST", "/api/files/local", {"path": "\ud800"})]
)
def test_a_path_that_is_no_text_is_nowhere(tmp_path, file, answer):
    method, path, body = answer
    body = body if "sanitized" in body else {**STORED, "files": {"local": {"name": "quick.gcode", **body}}}
    for shown in ("json", "table"):
        answers(tmp_path, "1.11.8", ("upload", file, "--if-exists", "rename"), method, path, wire(body), shown)


@pytest.mark.parametrize("text", NOT_JSON, ids=lambda text: ascii(text)[:12])
@pytest.mark.parametrize("which", ["status of a job", "files", "temp", "connect"])
def test_answer_that_is_not_json_is_refused(tmp_path, file, which, text):
    argv, method, path, _, _ = COMMANDS[which]
    argv = [file if word == "FILE" else word for word in argv]
    result = answers(tmp_path, "1.11.8", argv, method, path, text, "json")
    assert result.exit_code != 0


@pytest.mark.parametrize("text", [text for text in NOT_JSON if text.strip()], ids=lambda text: ascii(text)[:12])
def test_upload_answered_without_json_is_not_a_success(tmp_path, file, text):
    argv, method, path, _, _ = COMMANDS["what was stored"]
    result = answers(tmp_path, "1.11.8", [argv[0], file], method, path, text, "json")
    assert result.exit_code != 0
