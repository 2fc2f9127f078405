"""`print`: a success means that the server's job is that file, printing or printed, once for each run."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

from .prints import DWELL, write


@pytest.fixture
def card(server: Any) -> Iterator[List[str]]:
    """Two files on the SD card that print for a minute each, as the server lists them."""
    with on_card(server, 60, 60) as paths:
        yield paths


#: Moves that the virtual printer takes over at once.
BUFFERED = 5


@contextlib.contextmanager
def on_card(server: Any, *seconds: int) -> Iterator[List[str]]:
    """Files on the SD card that print for so long, as the server lists them.

    They are laid where the virtual printer keeps its card: what it takes over the serial line it stores without line
    ends, and then prints in no time. And the connection is new: 2.0.0rc7 ignores all but its first selection.

    The printer buffers some moves, so there are more of them: a job that is done before the server has finished starting it, the
    server sets back to printing, and cancels soon after.
    """
    folder = server.card_folder()
    files = [folder / f"{secrets.token_hex(3)}_longname.gcode" for _ in seconds]
    for file, moves in zip(files, seconds):
        write(file, "G91\n" + "G1 X1 F6\n" * (moves + BUFFERED))
    server.reconnect()
    listed = [entry["path"] for entry in server.cli("files", "--location", "sdcard").data["files"]]
    yield [next(path for path in listed if path.startswith(file.name[:6])) for file in files]
    server.reconnect()  # the buffered moves go on after a cancel
    for file in files:
        file.unlink()


def of_card(server: Any) -> Tuple[str, str, str]:
    """The job's state, storage and path."""
    job = server.job()
    return job["state"], job["job"]["file"]["origin"], job["job"]["file"]["path"].lstrip("/")


def test_tiny_file_is_printed_once_per_run(server: Any, quick: Path) -> None:
    for times in (1, 2, 3):
        data = server.cli("print", quick, "--confirm").data
        assert (data["started"], data["file"], data["unchanged"]) == (True, "quick.gcode", times > 1)
        assert server.finished("quick.gcode", times) == times


def test_a_stored_file_is_printed_without_an_upload(server: Any, quick: Path) -> None:
    server.cli("upload", quick, "--path", "parts")
    data = server.cli("print", "--stored", "parts/quick.gcode", "--confirm").data
    assert (data["started"], data["file"], data["verified"]) == (True, "parts/quick.gcode", None)
    assert server.finished("parts/quick.gcode") == 1
    server.cli("print", "--stored", "parts/quick.gcode", "--confirm")
    assert server.finished("parts/quick.gcode", 2) == 2
    assert server.names() == ["parts/quick.gcode"]


def test_missing_stored_file_is_not_started(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    for path in ("none.gcode", "no/folder/quick.gcode"):
        assert server.cli("print", "--stored", path, "--confirm", expect=2).code == "FILE_NOT_FOUND"
    job = server.job()
    assert (job["state"], server.prints("quick.gcode")) == ("Operational", 0)


def test_changed_file_of_same_name_is_uploaded_and_printed(server: Any, quick: Path) -> None:
    server.cli("print", quick, "--confirm")
    server.finished("quick.gcode")
    write(quick, "M117 changed\n" + DWELL)
    data = server.cli("print", quick, "--confirm").data
    assert (data["file"], data["unchanged"]) == ("quick.gcode", False)
    job = server.job()
    assert (job["state"], job["job"]["file"]["path"]) == ("Printing", "quick.gcode")
    assert job["job"]["file"]["size"] == quick.stat().st_size
    assert server.content("quick.gcode") == quick.read_bytes()


def test_print_with_if_exists_fail_starts_nothing(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    before = quick.read_bytes()
    quick.write_bytes(before + b"M117 changed\n")
    assert server.cli("print", quick, "--confirm", "--if-exists", "fail", expect=2).code == "FILE_EXISTS"
    assert (server.state(), server.prints("quick.gcode"), server.content("quick.gcode")) == ("Operational", 0, before)
    path = server.cli("print", quick, "--confirm", "--if-exists", "rename").data["file"]
    assert server.finished(path) == 1
    assert (server.content("quick.gcode"), server.content(path)) == (before, quick.read_bytes())


@pytest.mark.parametrize("paused", [False, True])
def test_print_during_another_job_sends_and_starts_nothing(server: Any, slow: Path, quick: Path, paused: bool) -> None:
    server.cli("upload", quick)
    server.cli("print", slow, "--confirm")
    if paused:
        server.cli("pause")
    stored = server.content("quick.gcode")
    write(quick, "M117 changed\n")
    for line in ([quick], [quick, "--no-preflight"], ["--stored", "quick.gcode"], ["--stored", "slow.gcode"], [slow]):
        answer = server.cli("print", *line, "--confirm", expect=3)
        assert answer.code == "PRINTER_BUSY"
        assert "slow.gcode" in answer.error["message"]
    assert server.content("quick.gcode") == stored
    job = server.job()
    assert (job["state"], job["job"]["file"]["path"]) == ("Paused" if paused else "Printing", "slow.gcode")


def test_sd_card_file_is_printed_from_the_card(server: Any, card: List[str]) -> None:
    line = ("print", "--stored", card[0], "--location", "sdcard", "--confirm")
    data = server.cli(*line).data
    assert (data["started"], data["location"], data["file"]) == (True, "sdcard", card[0])
    assert of_card(server) == ("Printing from SD", server.sd, card[0])
    status = server.cli("status").data
    assert (status["phase"], status["job"]["location"], status["job"]["file"]) == ("printing", "sdcard", card[0])
    assert server.cli(*line, expect=3).code == "PRINTER_BUSY"
    assert server.cli("pause").data["changed"] is True
    assert server.state() == "Paused"
    assert server.cli("cancel", "--confirm").data["file"] == card[0]
    assert server.state() == "Operational"


def test_second_sd_card_print_is_the_right_file_or_not_started(server: Any, card: List[str]) -> None:
    for path in card:
        answer = server.cli("print", "--stored", path, "--location", "sdcard", "--confirm", expect=None)
        if answer.exit_code == 0:
            state, *job = of_card(server)
            assert state in ("Printing from SD", "Finishing") and job == [server.sd, path]  # all of it may be read by then
            server.cli("cancel", "--confirm")
        else:
            assert (answer.exit_code, answer.code, server.state()) == (4, "NOT_STARTED", "Operational")


def test_missing_sd_card_file_is_not_started(server: Any, card: List[str]) -> None:
    line = ("print", "--stored", "nothing.gco", "--location", "sdcard", "--confirm")
    assert server.cli(*line, expect=2).code == "FILE_NOT_FOUND"
    assert server.state() == "Operational"
