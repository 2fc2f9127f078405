"""The application: global options anywhere, and one boundary from every failure to code and envelope."""

from __future__ import annotations

import errno
import io
import json
import logging
import socket

import pytest
import yaml

from octoprint_cli.api import ShowOne
from octoprint_cli.app.program import Program
from octoprint_cli.app.stdout import StdoutClosed
from octoprint_cli.commands.printer.status import Status
from octoprint_cli.errors import CODES, PRECEDENCE, CliError, Exit, Terminated

from .driver import GCODE, KEY


def raising(monkeypatch, error):
    """A status that ends so."""

    def take_action(self, parsed_args):
        raise error

    monkeypatch.setattr(Status, "take_action", take_action)


@pytest.mark.parametrize(
    "argv",
    [("--json", "status"), ("status", "--json"), ("-f", "json", "status"), ("status", "-fjson"), ("status", "--format=json")],
    ids=" ".join,
)
def test_format_option_may_stand_before_or_after_command(server, argv):
    result = server.run(*argv)
    assert result.exit_code == 0 and result.data["state"] == "Operational"


@pytest.mark.parametrize("before", [True, False])
def test_connection_options_may_stand_before_or_after_command(server, before):
    options = ("--host", "octopi.test", "--api-key", KEY, "--timeout", "7")
    argv = (*options, "status") if before else ("status", *options)
    assert server.run(*argv, env={"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": ""}).exit_code == 0
    assert server.requests[0].headers["X-Api-Key"] == KEY and server.requests[0].timeout[1] == 7


@pytest.mark.parametrize(
    "argv",
    [
        ("nonsense",),
        ("status", "extra"),
        ("status", "--nonsense"),
        ("status", "--jso"),
        ("status", "--hos", "x"),
        ("print",),
        ("print", "a", "b"),
        ("temp", "--tool"),
        ("temp", "--too", "200"),
        ("print", "x", "--conf"),
        ("cancel", "--confirm=yes"),
        ("upload", "--location"),
        ("--nonsense",),
        ("status", "-f", "nonsense"),
        ("status", "--host"),
    ],
    ids=" ".join,
)
def test_invalid_command_line_is_a_usage_error_envelope(server, argv):
    result = server.run("--json", *argv)
    assert (result.exit_code, json.loads(result.stdout)["error"]["code"]) == (4, "USAGE_ERROR")
    assert server.requests == []


@pytest.mark.parametrize("argv", [("status", "-f", "csv"), ("files", "-f", "shell"), ("status", "-f")], ids=" ".join)
def test_format_unsupported_by_command_is_a_usage_error(server, argv):
    result = server.run(*argv)
    assert (result.exit_code, result.stdout) == (4, "") and "(USAGE_ERROR)" in result.stderr
    assert server.requests == []


def test_file_name_with_leading_dash_follows_double_dash(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-odd.gcode").write_text(GCODE)
    assert server.run("--json", "preflight", "--", "-odd.gcode").data["ready"] is True


def test_usage_error_without_json_goes_to_stderr_only(server):
    result = server.run("nonsense")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("Error: 'nonsense' is not a command") and "(USAGE_ERROR)\nHint: " in result.stderr


def test_yaml_format_applies_to_errors(server):
    assert yaml.safe_load(server.run("nonsense", "-f", "yaml").stdout)["error"]["code"] == "USAGE_ERROR"


@pytest.mark.parametrize(
    ("preset", "first"), [("json", "{"), ("yaml", "-"), ("table", "+"), ("text", "State:"), ("value", "O"), ("csv", "State:")]
)
def test_environment_variable_sets_default_format(server, preset, first):
    assert server.run("status", env={"OCTOPRINT_CLI_FORMAT": preset}).stdout.startswith(first)


def test_format_option_overrides_environment(server):
    assert server.run("status", "-f", "value", env={"OCTOPRINT_CLI_FORMAT": "json"}).stdout.startswith("Operational\n")


def test_invalid_default_format_is_a_configuration_error(server):
    result = server.run("status", env={"OCTOPRINT_CLI_FORMAT": "nonsense"})
    assert result.exit_code == 4 and "CONFIG_ERROR" in result.stderr


def test_internal_error_is_reported_without_traceback(server, monkeypatch):
    raising(monkeypatch, ZeroDivisionError("division by zero"))
    result = server.run_error(4, "INTERNAL_ERROR", "status")
    assert "ZeroDivisionError: division by zero" in result.envelope["error"]["message"]
    assert "report" in result.envelope["error"]["hint"]
    assert result.stderr == ""


def test_debug_adds_the_traceback_without_the_key(server, monkeypatch):
    raising(monkeypatch, ZeroDivisionError(f"with {KEY}"))
    result = server.run("status", "--debug", "--json")
    assert "Traceback (most recent call last)" in result.stderr and "unit****" in result.stderr
    assert result.code == "INTERNAL_ERROR"


def test_debug_logs_requests_to_stderr_and_keeps_stdout_one_document(server):
    result = server.run("status", "--debug", "--json")
    assert result.data["state"] == "Operational"


@pytest.mark.parametrize(("error", "exit_code"), [(KeyboardInterrupt(), 130), (Terminated(), 143), (StdoutClosed(), 141)], ids=repr)
def test_signals_and_a_closed_pipe_have_their_own_codes(server, monkeypatch, error, exit_code):
    raising(monkeypatch, error)
    result = server.run("status", "--json")
    assert result.exit_code == exit_code and "Traceback" not in result.stderr


class Full(io.StringIO):
    """A stdout on a full disk."""

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")


class Gone(io.StringIO):
    """A stdout whose reader has gone."""

    def flush(self):
        raise BrokenPipeError


@pytest.mark.parametrize("argv", [["status"], ["status", "--json"], ["nonsense", "--json"]], ids=" ".join)
def test_unwritable_stdout_is_not_a_success(server, argv):
    stderr = io.StringIO()
    assert Program(io.StringIO(), Full(), stderr, server.env).run(argv) == 4
    assert "No space left" in stderr.getvalue()


@pytest.mark.parametrize("argv", [["status"], ["status", "--json"], ["nonsense", "--json"]], ids=" ".join)
def test_closed_stdout_reader_exits_141(server, argv):
    assert Program(io.StringIO(), Gone(), io.StringIO(), server.env).run(argv) == 141


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError("x")],
    ids=repr,
)
def test_a_socket_of_the_command_itself_is_not_taken_for_stdout(server, monkeypatch, error):
    raising(monkeypatch, error)
    result = server.run("status", "--json")
    assert (result.exit_code, result.code) == (4, "INTERNAL_ERROR")


def test_a_refused_socket_of_a_plugin_is_the_plugins_error(server, extra_plugins):
    class Ring(ShowOne):
        """ring a bell on another computer"""

        def take_action(self, parsed_args):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                address = free.getsockname()
            with socket.socket() as line:
                line.connect(address)
            return {}

    extra_plugins.add("commands", "ring", lambda: Ring)
    result = server.run("ring", "--json")
    assert (result.exit_code, result.code) == (4, "PLUGIN_ERROR")
    assert "acme-tools" in result.envelope["error"]["message"]


@pytest.mark.parametrize(
    ("option", "level"),
    [((), logging.WARNING), (("-q",), logging.ERROR), (("-v",), logging.INFO), (("--debug",), logging.DEBUG)],
    ids=str,
)
def test_verbosity_options_set_log_level(server, option, level):
    server.run("version", "--client", *option)
    assert logging.getLogger().level == level


def test_quiet_keeps_warnings(server, home):
    home.mkdir()
    (home / "config.yaml").write_text("verify: false\n")
    result = server.run("status", "--json", "-q")
    assert result.exit_code == 0 and "certificate is not checked" in result.stderr


def test_every_error_code_has_one_class_one_exit_code_and_a_hint():
    for code, error in CODES.items():
        assert error.code == code and error("x").as_dict()["code"] == code
        assert error.exit_code in (*PRECEDENCE, Exit.INTERRUPTED, Exit.TERMINATED)
        assert error("x").as_dict()["hint"]
    assert {int(code) for code in PRECEDENCE} == {1, 2, 3, 4}


def test_error_keeps_given_details_and_data():
    error = CliError("m", hint="h", details={"a": 1}, data={"b": 2}, retryable=True)
    assert error.as_dict() == {"code": "INTERNAL_ERROR", "message": "m", "hint": "h", "retryable": True, "details": {"a": 1}}
    assert error.data == {"b": 2}


@pytest.mark.parametrize(
    ("exit_code", "codes"),
    [
        (Exit.OFFLINE, "CONNECTION_ERROR TIMEOUT TLS_ERROR SERVER_STARTING PRINTER_OFFLINE PRINTER_ERROR"),
        (Exit.FILE, "FILE_NOT_FOUND FILE_INVALID FILE_CHANGED FILE_EXISTS FILE_TOO_LARGE NO_SPACE UPLOAD_CORRUPT"),
        (Exit.BUSY, "PRINTER_BUSY FILE_IN_USE"),
        (
            Exit.OTHER,
            "AUTH_ERROR PERMISSION_DENIED SERVER_ERROR UNEXPECTED_RESPONSE USAGE_ERROR CONFIG_ERROR CONFIRMATION_REQUIRED",
        ),
        (Exit.OTHER, "NO_ACTIVE_JOB NOT_FOUND OUTCOME_UNKNOWN PLUGIN_ERROR INTERNAL_ERROR"),
        (Exit.INTERRUPTED, "INTERRUPTED"),
        (Exit.TERMINATED, "TERMINATED"),
    ],
)
def test_documented_error_codes_have_documented_exit_codes(exit_code, codes):
    assert {CODES[code].exit_code for code in codes.split()} == {exit_code}
