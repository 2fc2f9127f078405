"""A command line within a run: on its connection, with nothing left over from the one before, and with an end from outside."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from octoprint_cli.app.program import Program
from octoprint_cli.output.terminal.terminal import Terminal
from octoprint_cli.testing import FaultServer


def started_program(server: FaultServer, home: Path, *argv: str) -> Program:
    """A run with these global options, whose command goes on."""
    app = Program(io.StringIO(), io.StringIO(), io.StringIO(), {"OCTOPRINT_CLI_HOME": str(home), **server.env})
    app.apply_options(app.parser.parse_known_args(list(argv))[0])
    return app


def test_change_flag_is_not_carried_over_to_next_command_line(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, clients = started_program(server, tmp_path), []
    fresh = type(app.client).fresh_copy
    monkeypatch.setattr(type(app.client), "fresh_copy", lambda self: clients.append(fresh(self)) or clients[-1])
    for line in (["temp", "--bed", "60"], ["temp"]):
        assert app.answer(line)[0] == 0
    assert [client.http.acted for client in clients] == [True, False]
    assert app.client.http.acted  # of the whole run it is true: an interrupt must look what came of it
    assert server.connections == 2  # an act has one of its own, which what follows keeps


def test_parallel_run_shares_settings_but_not_connection(server: FaultServer, tmp_path: Path) -> None:
    app = started_program(server, tmp_path)
    other = app.beside()
    for run in (app, other, app, other):
        assert run.answer(["temp"])[0] == 0
    assert server.connections == 2
    assert other.settings is app.settings and other.scrubber is app.scrubber


def test_raising_check_ends_command_line_before_any_request(server: FaultServer, tmp_path: Path) -> None:
    def check() -> None:
        raise KeyboardInterrupt

    app = started_program(server, tmp_path)
    app.check = check
    code, envelope = app.answer(["cancel", "--confirm"])
    assert (code, envelope["error"]["code"]) == (130, "INTERRUPTED")
    assert server.requests == []


def test_hint_repeats_global_options_and_masks_key(server: FaultServer, tmp_path: Path) -> None:
    _, envelope = started_program(server, tmp_path, "--timeout", "7", "--api-key", server.key).answer(["cancel"])
    assert envelope["error"]["hint"] == "octoprint-cli --api-key=KEY --timeout=7 cancel --confirm"


def test_hint_puts_options_before_double_dash(server: FaultServer, tmp_path: Path) -> None:
    _, envelope = started_program(server, tmp_path).answer(["print", "--", "--odd.gcode"])
    assert envelope["error"]["hint"] == "octoprint-cli print --confirm -- --odd.gcode"


class Watched(Terminal):
    """A terminal that knows whether anything was shown on it."""

    def __init__(self) -> None:
        super().__init__(io.StringIO(), io.StringIO())
        self.shown: List[str] = []

    @contextlib.contextmanager
    def watching(self, whole: bool, stream: Any = None) -> Iterator[Any]:
        yield lambda picture: self.shown.append(picture.phase)


def test_command_line_uses_the_given_terminal(server: FaultServer, tmp_path: Path) -> None:
    terminal = Watched()
    assert started_program(server, tmp_path).answer(["wait", "--for", "idle"], terminal)[0] == 0
    assert set(terminal.shown) == {"idle"}
