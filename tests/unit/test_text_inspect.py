"""inspect draws the embedded picture on a terminal, and nowhere else."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest

from octoprint_cli.app.program import Program
from octoprint_cli.testing import GCODE

from .test_text_picture import SQUARE

COLOURS = {"TERM": "xterm-256color"}


class Tty(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def file(tmp_path: Path) -> str:
    picture = base64.standard_b64encode(SQUARE).decode()
    path = tmp_path / "cube.gcode"
    path.write_text(f"; thumbnail begin 2x2 {len(picture)}\n; {picture}\n; thumbnail end\n{GCODE}")
    return str(path)


def shown(stdout: io.StringIO, environ: dict, *argv: str) -> str:
    assert Program(io.StringIO(), stdout, io.StringIO(), environ).run(list(argv)) == 0
    return stdout.getvalue()


def test_picture_is_drawn_above_the_text_on_a_terminal(file: str) -> None:
    drawing, _, rest = shown(Tty(), COLOURS, "inspect", file).partition("\x1b[1m")
    assert "▀" in drawing and drawing.endswith("\n") and "PNG 2x2" in rest


@pytest.mark.parametrize("environ", [{**COLOURS, "NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_terminal_without_colours_shows_text_alone(file: str, environ: dict) -> None:
    found = shown(Tty(), environ, "inspect", file)
    assert "\x1b" not in found and "▀" not in found and "PNG 2x2" in found


@pytest.mark.parametrize("argv", [(), ("-f", "table"), ("--json",)], ids=["text", "table", "json"])
def test_piped_answer_has_no_picture(file: str, argv: tuple) -> None:
    assert "\x1b" not in shown(io.StringIO(), COLOURS, "inspect", file, *argv)


def test_chosen_columns_come_without_the_picture(file: str) -> None:
    assert shown(Tty(), COLOURS, "inspect", file, "-c", "lines").startswith("Lines: ")
