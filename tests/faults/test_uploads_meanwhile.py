"""Uploads while something else happens: a name is taken, a job begins, a file changes, an SD card takes its time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable

import pytest

from octoprint_cli.testing import GCODE, Exchange, FaultServer

from .ring import error_of, timed, verdict
from .test_uploads import LARGE, TO, each, program_for, sparse

__all__ = ["each"]  # a fixture

# -- another client -------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["fail", "skip"])
def test_file_created_meanwhile_is_not_overwritten(policy: str, each: FaultServer, tmp_path: Path) -> None:
    def taken(exchange: Exchange) -> None:
        each.octoprint.store("cube.gcode", b"of another client\n")
        exchange.reply(exchange.perform())

    each.fail("POST", TO, taken)
    program = program_for(tmp_path, each)
    error_of(program.run("upload", str(program.file()), "--if-exists", policy, "--json"), "FILE_EXISTS")
    assert each.octoprint.stored("cube.gcode").content == b"of another client\n"  # type: ignore[union-attr]


def test_upload_over_printing_file_and_select_during_print_are_refused(each: FaultServer, tmp_path: Path) -> None:
    """F18, F19."""
    program = program_for(tmp_path, each)
    each.octoprint.printing("cube.gcode")
    error_of(program.run("upload", str(program.file(content=GCODE + "; newer\n")), "--json"), "FILE_IN_USE")
    result = program.run("upload", str(program.file("other.gcode")), "--select", "--json")
    error_of(result, "PRINTER_BUSY")
    assert each.octoprint.stored("other.gcode") is not None and each.octoprint.selected == ("local", "cube.gcode")


def appended(path: Path) -> None:
    with path.open("ab") as opened:
        opened.write(b"G1\n")


MEANWHILE = {
    "grows": appended,
    "shrinks": lambda path: os.truncate(path, 100),
    "vanishes": Path.unlink,
    "is replaced": lambda path: path.with_suffix(".new").rename(path),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_file_changed_during_upload_is_not_stored(what: str, tmp_path: Path, server: FaultServer) -> None:
    program = program_for(tmp_path, server)
    path = Path(sparse(program, LARGE))
    path.with_suffix(".new").write_bytes(b"G28\n")
    change: Callable[[Path], Any] = MEANWHILE[what]

    def meanwhile(exchange: Exchange) -> None:
        exchange.receive(1)
        change(path)
        exchange.drain()

    server.fail("POST", TO, meanwhile)
    assert error_of(timed(program, "upload", str(path), "--json"), "FILE_CHANGED")["retryable"]
    assert server.acts == [] and server.octoprint.stored("big.gcode") is None


# -- the SD card ------------------------------------------------------------------------------------


def test_slow_sd_card_transfer_is_waited_for(each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    def finish(exchange: Exchange) -> None:
        each.octoprint.finish()
        exchange.reply(exchange.perform())

    each.octoprint.slow_transfers = True
    each.fail("GET", "/api/job", finish, times=1, after=5)
    program = program_for(tmp_path, each)
    assert verdict(program.run("upload", str(program.file()), "--location", "sdcard", "--json")) == ""
    assert each.octoprint.stored("cube.gco", "sdcard") is not None


def test_stalled_sd_card_transfer_is_reported(each: FaultServer, tmp_path: Path, hurried: Any) -> None:
    """F40."""
    each.octoprint.slow_transfers = True
    program = program_for(tmp_path, each)
    for argv in (["upload"], ["print", "--confirm", "--no-preflight"]):
        each.octoprint.state = "Operational"
        result = program.run(*argv, str(program.file()), "--location", "sdcard", "--json")
        assert "stuck at 38 %" in error_of(result, "STATE_NOT_REACHED")["message"]
    assert each.octoprint.started == []
