"""Two runs of `print` at the same moment: one job, printed once, and the other run says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Tuple

import pytest

from .limits import dwell
from .prints import write

ROUNDS = 2


def start_together(server: Any, lines: List[Tuple[Any, ...]], homes: Tuple[Any, ...] = (None, None)) -> List[Any]:
    environs = [{"OCTOPRINT_CLI_HOME": str(home)} if home else {} for home in homes]
    runs = [server.begin("print", *line, "--confirm", **environ) for line, environ in zip(lines, environs)]
    return [run.answer() for run in runs]


def winner_and_loser(answers: List[Any]) -> Tuple[Any, Any]:
    winner, loser = sorted(answers, key=lambda answer: answer.exit_code)
    assert (winner.exit_code, loser.exit_code, loser.code) == (0, 3, "PRINTER_BUSY"), answers
    return winner, loser


@pytest.fixture
def files(tmp_path: Path) -> List[Path]:
    """Two files that print for one and a half seconds each."""
    made = [tmp_path / "first.gcode", tmp_path / "second.gcode"]
    for file in made:
        write(file, f"M117 {file.stem}\n" + "G1 X1 F6000\n" + dwell(1.5))
    return made


def test_simultaneous_prints_of_two_files_print_one(server: Any, files: List[Path]) -> None:
    for printed in range(1, ROUNDS + 1):
        winner, _loser = winner_and_loser(start_together(server, [(file,) for file in files]))
        job = server.job()
        assert job["job"]["file"]["path"] == winner.data["file"]
        assert job["state"].startswith(("Printing", "Finishing"))
        server.idle()
        counts = lambda: sum(server.prints(name) for name in server.names())  # noqa: E731
        assert server.until(counts, lambda count, so_far=printed: count >= so_far) == printed
        assert server.job()["job"]["file"]["path"] == winner.data["file"]


def test_simultaneous_prints_of_one_file_print_once(server: Any, files: List[Path]) -> None:
    server.cli("upload", files[0])
    for printed in range(1, ROUNDS + 1):
        lines = [(files[0],), ("--stored", "first.gcode")]
        winner, _loser = winner_and_loser(start_together(server, lines))
        assert winner.data["file"] == server.job()["job"]["file"]["path"] == "first.gcode"
        assert server.finished("first.gcode", printed) == printed


def test_prints_from_two_computers_report_the_actual_winner(server: Any, files: List[Path], tmp_path: Path) -> None:
    """Each has a lock of its own, and the server accepts two starts within some milliseconds."""
    homes = []
    for name in ("here", "there"):
        home = tmp_path / name
        home.mkdir()
        config = home / "config.yaml"
        config.write_text(f"printers: {{{server.name}: {{host: '{server.host}', api_key: {server.key}}}}}\n")
        config.chmod(0o600)
        homes.append(home)
    for file in files:
        server.cli("upload", file)
    for _ in range(ROUNDS):
        answers = start_together(server, [("--stored", file.name) for file in files], tuple(homes))
        winners = [answer.data["file"] for answer in answers if answer.exit_code == 0]
        job = server.job()
        assert winners in ([], [job["job"]["file"]["path"]]), answers
        assert all(answer.exit_code in (0, 3, 4) for answer in answers), answers
        server.idle()
