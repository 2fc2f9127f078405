"""The API key and a password in a URL never appear, whichever way they came in and whatever goes wrong."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Dict, List

import pytest

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.testing import KEY, FaultServer, Result
from octoprint_cli.testing.server.faults import answer, hang

from .program import Program, finish
from .table import COMMANDS, ROWS

LOUD: List[List[str]] = [["--debug", "-v", "-v"], ["--debug", "--json"], ["-f", "yaml"], []]
EACH = pytest.mark.parametrize("command", COMMANDS)


def check_kept(result: Result, secret: str = KEY) -> None:
    """Not the secret, nor a good part of it."""
    for part in (secret, secret[: len(secret) // 2], secret[len(secret) // 2 :]):
        assert part not in result.stdout, result.stdout
        assert part not in result.stderr, result.stderr


@EACH
def test_key_from_environment_is_never_shown(command: str, program: Program, server: FaultServer) -> None:
    for case in ROWS[command]:
        case.scene(server)
        for more in LOUD:
            check_kept(case.run(program, *more))


@EACH
def test_key_from_option_is_never_shown(command: str, program: Program, server: FaultServer) -> None:
    """Hints repeat the command line."""
    del program.env["OCTOPRINT_API_KEY"]
    for case in ROWS[command]:
        case.scene(server)
        words = [word for word in case.words(program) if word not in ("--api-key", "wrong-key")]
        for key, more in zip(itertools.cycle([["--api-key", KEY], [f"--api-key={KEY}"]]), LOUD):
            check_kept(program.run(*words, *key, *more, stdin=case.stdin))


@EACH
def test_key_from_config_file_is_never_shown(command: str, program: Program, server: FaultServer) -> None:
    del program.env["OCTOPRINT_API_KEY"]
    for case in ROWS[command]:
        program.configure(f"host: {server.url}\napi_key: {KEY}\nretries: 0\n")
        case.scene(server)
        check_kept(case.run(program, "--debug", "-v"))


@EACH
def test_key_is_not_shown_by_an_internal_error(command: str, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: object, parsed_args: object) -> None:
        raise ValueError(f"{KEY} in {vars(self)} and {parsed_args}")

    monkeypatch.setattr(CommandManager().load(command), "take_action", crash)
    result = ROWS[command].good.run(program, "--api-key", KEY, "--debug")
    assert result.exit_code == 4
    check_kept(result)


def test_key_is_not_shown_for_invalid_command_line(program: Program) -> None:
    del program.env["OCTOPRINT_API_KEY"]
    for argv in (["nonsense"], ["status", "--wat"], ["upload"], ["files", "--location", "moon"], ["-f", "nonsense", "status"]):
        for more in LOUD:
            check_kept(program.run(*argv, "--api-key", KEY, *more))
            check_kept(program.run("--api-key", KEY, *argv, *more))


def test_key_repeated_by_the_server_is_not_shown(program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", answer(500, {"error": f"bad key {KEY}"}))
    for more in LOUD:
        check_kept(program.run("status", *more))


def test_key_in_broken_configuration_is_not_shown(program: Program) -> None:
    del program.env["OCTOPRINT_API_KEY"]
    for text in (
        f"api_key: [{KEY}\n",
        f"api_key: {{{KEY}: 1}}\n",
        f"api_key: {KEY}\napi_key: {KEY}\n",
        f"{KEY}\n",
        f"a: b: {KEY}\n",
    ):
        program.configure(text)
        for more in LOUD:
            check_kept(program.run("status", *more))


@pytest.mark.parametrize("odd", ["\n", "\r", "\x00", "\u20ac", "\u00fc", " ", "'"])
def test_key_invalid_in_header_is_not_shown(odd: str, program: Program) -> None:
    """A key pasted with a line break, or in another alphabet, is a mistake of configuration, not a bug."""
    for more in LOUD:
        result = program.run("status", *more, env={"OCTOPRINT_API_KEY": KEY[:13] + odd + KEY[13:]})
        assert result.exit_code == 4
        assert "INTERNAL_ERROR" not in result.stdout + result.stderr
        check_kept(result)


PASSWORDS: Dict[str, str] = {
    "plain": "Pa55-0f-The-Pr0xy",
    "quoted": "Pa55%20The-Pr0xy",
    "dollar": "Pa55$The-Pr0xy",
    "tick": "Pa55'The-Pr0xy",
}


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_password_in_host_url_is_never_shown(password: str, program: Program, server: FaultServer) -> None:
    address = server.url.replace("://", f"://bob:{password}@")
    for argv in (["status"], ["version"], ["config", "show"], ["cancel"], ["nonsense"], ["init"], ["--host", address, "cancel"]):
        for more in LOUD:
            check_kept(program.run(*argv, *more, env={"OCTOPRINT_HOST": address}), password)


def test_masked_key_shows_its_prefix(program: Program) -> None:
    rows = {row["name"]: row["value"] for row in program.run("config", "show", "--json").data["settings"]}
    assert rows["api_key"] == f"{KEY[:4]}****"


def test_key_is_not_shown_by_a_real_process(program: Program, server: FaultServer) -> None:
    server.octoprint.printing()
    for argv in (["status"], ["cancel"], ["nonsense"], ["init"]):
        check_kept(program.process(*argv, "--api-key", KEY, "--debug", "-v"))


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="only Linux lets a process change what ps shows of it")
@pytest.mark.parametrize("option", [["--api-key", KEY], [f"--api-key={KEY}"]], ids=["two words", "one word"])
def test_key_is_not_shown_in_process_list(option: List[str], program: Program, server: FaultServer) -> None:
    server.fail("GET", "/api/job", hang)
    process = program.start("status", *option)
    server.wait_for("/api/job")
    line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    process.terminate()
    finish(process)
    assert b"status" in line and b"--api-key" in line and KEY.encode() not in line
