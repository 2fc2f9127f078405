"""Temperature offsets that the server adds to what a file asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from .printers import GOOD, one_line
from .prints import DWELL, print_of


@pytest.fixture
def warmer(server: Any) -> Iterator[Any]:
    """The server, which adds 45 °C to what a file asks of its hotend, and 5 °C of its bed."""
    set_offsets(server, 45, 5)
    yield server
    server.reset()
    set_offsets(server, 0, 0)


def set_offsets(server: Any, tool: float, bed: float) -> None:
    server.post("/api/printer/tool", {"command": "offset", "offsets": {"tool0": tool}})
    server.post("/api/printer/bed", {"command": "offset", "offset": bed})


def test_offsets_of_the_server_are_shown_and_count(warmer: Any, tmp_path: Path) -> None:
    for line in (["status"], ["temp"]):
        shown = warmer.cli(*line).data["temperature"]
        assert (shown["tool0"]["offset"], shown["bed"]["offset"]) == (45, 5)
    hot, bed = tmp_path / "hot.gcode", tmp_path / "bed.gcode"
    hot.write_text(GOOD.replace("S200", "S280"))
    bed.write_text(print_on_bed(117))
    answer = warmer.cli("print", hot, "--confirm", expect=4)
    assert answer.code == "LIMIT_EXCEEDED" and "325 °C" in answer.error["message"]
    assert warmer.cli("preflight", bed, expect=4).code == "LIMIT_EXCEEDED"
    bed.write_text(print_on_bed(115))
    warmer.cli("preflight", bed)
    for line in (["temp", "--tool", 280], ["gcode", "M104 S280"], ["temp", "--bed", 117]):
        assert warmer.cli(*line, expect=4).code == "LIMIT_EXCEEDED"
    assert warmer.names() == []


def print_on_bed(degrees: float) -> str:
    return one_line(20, 20, 80, 60, before=f"M140 S{degrees}\n")


def test_offset_reaches_the_printer_while_a_file_is_printed(warmer: Any, tmp_path: Path) -> None:
    """The reason why it counts: the hotend's target is what the file asks for and the offset."""
    set_offsets(warmer, 7, 0)
    file = tmp_path / "warm.gcode"
    file.write_text(print_of(f"M104 S26\n{DWELL}M104 S0\n"))
    warmer.cli("print", file, "--confirm")
    warmer.until(lambda: warmer.get("/api/printer")["temperature"]["tool0"]["target"], lambda target: target == 33)
    warmer.cli("cancel", "--confirm")
    warmer.cli("temp", "--off")
