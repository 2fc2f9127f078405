"""Files that are no good, or hardly G-code at all: a clear result or a clear error, soon, and never anything else."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Callable, List

import pytest
from gcode.record import HERE

from octoprint_cli import errors
from octoprint_cli.gcode.analysis.contents import FileEnding
from octoprint_cli.gcode.analysis.reader import read_file

from .readings import PLAIN, read, without_places

SLICED = sorted(HERE.glob("*.gcode"))


# -- files that end too soon ------------------------------------------------------------------------


@pytest.mark.parametrize("file", SLICED, ids=lambda file: file.name)
def test_sliced_file_is_complete(file: Path):
    assert read(file.read_bytes()).ending.complete is (None if file.name.startswith("mach3") else True)


@pytest.mark.parametrize("file", [file for file in SLICED if not file.name.startswith("mach3")], ids=lambda file: file.name)
def test_truncated_sliced_file_is_incomplete(file: Path):
    text = file.read_bytes()
    moves = [found.start() for found in re.finditer(rb"\nG[13] X", text)]
    places = moves[len(moves) // 3 :: max(37, len(moves) // 18)]
    assert len(places) >= 3
    for at, within in zip(places, itertools.cycle((1, 3, 7))):  # at a line's end, in its code, in its first number
        ending = read(text[: at + within]).ending
        assert ending.complete is False, (at + within, ending.reason)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b"", 0),
        (b"\n\n\n", 3),
        (b"; nothing\n; but comments\n", 2),
        (b"; no end of line", 1),
        (b"\xef\xbb\xbf", 0),
        (b"\r", 1),
        (b" \t", 1),
    ],
)
def test_file_without_commands_reads_as_empty_and_undamaged(text: bytes, lines: int):
    contents = read(text)
    assert (contents.extrudes, contents.ending, contents.bad_lines, contents.tools) == (False, FileEnding(), (), ())
    assert (contents.size, contents.lines) == (len(text), lines)


def test_empty_file_can_be_read(tmp_path: Path):
    (tmp_path / "empty.gcode").touch()
    assert read_file(tmp_path / "empty.gcode") == read(b"")


# -- commands that are spelled oddly ----------------------------------------------------------------


@pytest.mark.parametrize(
    "spell",
    [
        lambda line: line.lower(),
        lambda line: line.replace(" ", ""),
        lambda line: line.replace(" ", "   ") + "  ",
        lambda line: "\t" + line.replace(" ", "\t"),
        lambda line: f"N12 {line}*85",
        lambda line: f"n7{line.lower().replace(' ', '')} * 7",
        lambda line: f"{line} ; comment",
        lambda line: f"{line};comment G1 X900",
        lambda line: f"(a remark) {line} (another X900)",
        lambda line: line.replace("G1", "G01").replace("M104", "M0104"),
        lambda line: line.replace("X1", "X+1").replace("E5", "E5.").replace("Z1", "Z01.000"),
        lambda line: line + "\r",
        lambda line: line + "\n\n; a line between",
    ],
)
def test_spelling_variants_of_a_command_read_the_same(spell: Callable[[str], str]):
    spelled = read("".join(f"{spell(line)}\n" for line in PLAIN.splitlines()).encode())
    plain = read(PLAIN.encode())
    for field in ("extruding", "moves", "extrusion", "tools", "heat", "bad_lines"):
        assert getattr(spelled, field) == getattr(plain, field)
    assert spelled.ending.complete


def test_byte_order_mark_only_shifts_offsets():
    marked, plain = (read(mark + PLAIN.encode() + b"G1 X{y}\n") for mark in (b"\xef\xbb\xbf", b""))
    assert {bad.offset for bad in marked.bad_lines} == {bad.offset + 3 for bad in plain.bad_lines} == {len(PLAIN) + 3}
    assert without_places(marked) == without_places(plain)


@pytest.mark.parametrize(
    ("line", "kind", "x"),
    [
        ("G1 X1e3 Y5", "number", (1, 1)),  # E is the extruder, and X1 is what a firmware reads
        ("G1 X--5 Y5", "number", None),
        ("G1 X. Y5", "number", None),
        ("G1 X1.2.3 Y5", "number", None),
        ("G1 X5,3 Y5", "number", None),
        (f"G1 X{'9' * 400} Y5", "number", None),
        ("G1 X\0 Y5", "control", None),
        ("\0\0\0\0 Y5", "control", None),
        ("G1 X{width} Y5", "placeholder", None),
        ("G1 X[width] Y5", "placeholder", None),
        ("<!DOCTYPE html>", "html", None),
        ("G1 X\udcff Y5", "encoding", None),
        ("G1 X7 Y5" + " " * 300, "long", (7, 7)),
    ],
)
def test_bad_line_is_reported_with_position_and_reading_continues(line: str, kind: str, x: object):
    text = f"G28\n{line}\nG1 Y6 E1\nM104 S0\n".encode("utf-8", "surrogateescape")
    contents = read(text)
    assert (kind, 2, 4) in [(bad.kind, bad.line, bad.offset) for bad in contents.bad_lines]
    assert contents.moves.x == x
    assert contents.moves.y is not None and contents.moves.y[1] == 6


@pytest.mark.parametrize(("odd", "kind"), [("\x07", "control"), ("\udcff", "encoding")])
@pytest.mark.parametrize("comment", ["; wood{}chips", "G1 X7 ; wood{}chips", "; " + "x" * 200 + "{}"])
def test_damage_in_comment_is_reported_as_comment_damage(comment: str, odd: str, kind: str):
    line = comment.format(odd).encode("utf-8", "surrogateescape")
    (bad,) = read(b"G28\n" + line + b"\nG1 Y6 E1\n").bad_lines
    assert (bad.kind, bad.line, bad.offset, bad.comment) == (kind, 2, 4, True)
    assert bad.text == line[:80].decode("utf-8", "backslashreplace")


@pytest.mark.parametrize(
    "line",
    [
        "M104 S200 T{}",
        "M568 P{} S200",
        "M104 S{}",
        "G1 X{} E1",
        "G92 X{}",
        "G2 X1 I{} E1",
        "G2 X1 R{} E1",
        "T{}",
        "G{}",
        "N{}",
        "G1 E{}",
    ],
)
def test_overflowing_number_is_ignored(line: str):
    text = line.format("9" * 400)
    contents = read(f"G91\n{text}\n{text.replace('9' * 400, '-' + '9' * 400)}\nG1 X1 E1\n".encode())
    assert contents.extruding.x is not None


@pytest.mark.parametrize(
    "line", ["G999 X5", "M9999", "Q5", "HELLO WORLD", "123", "@@", "$$", "%", "*", "N5", "G", "X5 Y5", "?", "=", "T", "Tx"]
)
def test_unknown_code_has_no_effect(line: str):
    contents = read(f"{line}\n".encode())
    assert (contents.moves.x, contents.extrusion, contents.heat, contents.bad_lines) == (None, {}, {}, ())


# -- files that are no files, and files that change -------------------------------------------------


def test_folder_is_refused_as_gcode_file(tmp_path: Path):
    with pytest.raises(errors.FileInvalid, match="folder"):
        read_file(tmp_path)


@pytest.mark.timeout(60)
def test_pipe_is_refused_without_blocking(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.gcode")
    with pytest.raises(errors.FileInvalid, match="pipe"):
        read_file(tmp_path / "pipe.gcode")


def test_missing_file_is_file_not_found(tmp_path: Path):
    with pytest.raises(errors.FileNotFound):
        read_file(tmp_path / "missing.gcode")


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"G1 X1\n")


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize(
    "change",
    [
        Path.unlink,
        lambda path: os.truncate(path, 10),
        lambda path: os.truncate(path, 100_000),
        append,
        lambda path: path.rename(path.with_name("renamed")),
        replace,
    ],
    ids="removed shortened lengthened appended renamed replaced".split(),
)
def test_file_that_changes_during_reading_is_refused(
    change: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("octoprint_cli.gcode.analysis.reader.BLOCK", 2_000)
    file = tmp_path / "changing.gcode"
    file.write_text("G1 X1 Y1\n" * 1_000)
    changes: List[int] = []

    def progress(done: int, total: int) -> None:
        if not changes:
            change(file)
        changes.append(done)

    with pytest.raises(errors.FileChanged):
        read_file(file, progress)
    assert changes
