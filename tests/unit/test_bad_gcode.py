"""Files that are no good, or hardly G-code at all: a clear result or a clear error, soon, and never anything else."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from typing import Callable, List

import pytest
from gcode.record import HERE
from hypothesis import given, settings
from hypothesis import strategies as st

from octoprint_cli import errors
from octoprint_cli.gcode.contents import Contents, Ending
from octoprint_cli.gcode.reader import Reading, read_file

SLICED = sorted(HERE.glob("*.gcode"))
PLAIN = "G28\nM104 S200\nG1 X10 Y20 Z1 E5\nG1 X30 Y40 E10\nM104 S0\n"


def read(text: bytes, piece: int = 128 * 1024, numpy: bool = False) -> Contents:
    reading = Reading(numpy)
    for at in range(0, len(text), piece):
        reading.feed(text[at : at + piece])
    contents = reading.contents()
    json.dumps(contents.as_dict(), allow_nan=False)
    return contents


def without_places(contents: Contents) -> Contents:
    """Without what the length of a line's end changes."""
    return contents._replace(size=0, bad_lines=tuple(bad._replace(offset=0) for bad in contents.bad_lines))


# -- files that end too soon ------------------------------------------------------------------------


@pytest.mark.parametrize("file", SLICED, ids=lambda file: file.name)
def test_a_sliced_file_is_whole(file: Path):
    assert read(file.read_bytes()).ending.complete is (None if file.name.startswith("mach3") else True)


@pytest.mark.parametrize("file", [file for file in SLICED if not file.name.startswith("mach3")], ids=lambda file: file.name)
def test_a_sliced_file_that_is_cut_off_is_not(file: Path):
    text = file.read_bytes()
    moves = [at for at in range(len(text)) if text.startswith((b"\nG1 X", b"\nG3 X"), at)]
    for at in moves[len(moves) // 3 :: 37]:
        for cut in (at + 1, at + 3, at + 7):  # at a line's end, in its code, in its first number
            ending = read(text[:cut]).ending
            assert ending.complete is False, (cut, ending.reason)


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
def test_a_file_without_commands_has_nothing_and_nothing_wrong(text: bytes, lines: int):
    contents = read(text)
    assert (contents.extrudes, contents.ending, contents.bad_lines, contents.tools) == (False, Ending(), (), ())
    assert (contents.size, contents.lines) == (len(text), lines)


def test_an_empty_file_is_a_file(tmp_path: Path):
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
def test_a_command_is_the_same_however_it_is_spelled(spell: Callable[[str], str]):
    spelled = read("".join(f"{spell(line)}\n" for line in PLAIN.splitlines()).encode())
    plain = read(PLAIN.encode())
    for field in ("extruding", "moves", "extrusion", "tools", "heat", "bad_lines"):
        assert getattr(spelled, field) == getattr(plain, field)
    assert spelled.ending.complete


def test_a_byte_order_mark_shifts_offsets_alone():
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
def test_a_bad_line_is_told_with_its_place_and_the_rest_is_read(line: str, kind: str, x: object):
    text = f"G28\n{line}\nG1 Y6 E1\nM104 S0\n".encode("utf-8", "surrogateescape")
    contents = read(text)
    assert (kind, 2, 4) in [(bad.kind, bad.line, bad.offset) for bad in contents.bad_lines]
    assert contents.moves.x == x
    assert contents.moves.y is not None and contents.moves.y[1] == 6


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
def test_a_number_without_end_is_no_number(line: str):
    text = line.format("9" * 400)
    contents = read(f"G91\n{text}\n{text.replace('9' * 400, '-' + '9' * 400)}\nG1 X1 E1\n".encode())
    assert contents.extruding.x is not None


@pytest.mark.parametrize(
    "line", ["G999 X5", "M9999", "Q5", "HELLO WORLD", "123", "@@", "$$", "%", "*", "N5", "G", "X5 Y5", "?", "=", "T", "Tx"]
)
def test_a_code_that_nobody_knows_does_nothing(line: str):
    contents = read(f"{line}\n".encode())
    assert (contents.moves.x, contents.extrusion, contents.heat, contents.bad_lines) == (None, {}, {}, ())


# -- files that are no files, and files that change -------------------------------------------------


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(errors.FileInvalid, match="folder"):
        read_file(tmp_path)


@pytest.mark.timeout(20)
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.gcode")
    with pytest.raises(errors.FileInvalid, match="pipe"):
        read_file(tmp_path / "pipe.gcode")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path):
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
        lambda path: os.truncate(path, 10_000_000),
        append,
        lambda path: path.rename(path.with_name("renamed")),
        replace,
    ],
    ids="removed shortened lengthened appended renamed replaced".split(),
)
def test_a_file_that_changes_while_it_is_read_is_refused(change: Callable[[Path], object], tmp_path: Path):
    file = tmp_path / "changing.gcode"
    file.write_text("G1 X1 Y1\n" * 100_000)
    changes: List[int] = []

    def progress(done: int, total: int) -> None:
        if not changes:
            change(file)
        changes.append(done)

    with pytest.raises(errors.FileChanged):
        read_file(file, progress)
    assert changes


# -- files that would take for ever, or all memory --------------------------------------------------


def test_a_line_without_end_takes_little_memory():
    piece, reading = b"G1 X1 Y2 " * 14_564, Reading()
    reading.feed(PLAIN.encode())
    tracemalloc.start()
    for _ in range(2_000):
        reading.feed(piece)
    reading.feed(b"\nG1 X\0\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    contents = reading.contents()
    assert contents.size > 250_000_000
    assert peak < 16 * 1024 * 1024
    places = {bad.kind: (bad.line, bad.offset) for bad in contents.bad_lines}
    assert places["long"] == (6, len(PLAIN))
    assert places["control"] == (7, len(PLAIN) + 2_000 * len(piece) + 1)


LINES = {
    "bad numbers": b"G1 X--5\n",
    "dots": b"G1 X.\n",
    "lists": b"SET_X A=[1]\n",
    "html": b"<p>x</p>\n",
    "zeros": b"\0\n",
    "placeholders": b"M104 S{t}\n",
    "text": "M117 ä\n".encode(),
    "latin text": b"M117 \xe4\n",
    "latin comments": b"; \xe4\n",
    "long": b"G1 X1" + b" " * 400 + b"\n",
    "empty": b"\n",
    "returns": b"\r",
    "words": b"START_PRINT A=1\n",
    "tools": b"T0\nT1\n",
    "modes": b"G90\nG1 X1\nG91\n",
    "heights": b"".join(b"G1 Z%d.%d E1\n" % (number // 7, number) for number in range(60_000)),
}
LONG = (
    b"(",
    b"G1 (",
    b"[",
    b"{",
    b"{a",
    b"[a ",
    b"A",
    b"A ",
    b"A=1 ",
    b"1",
    b" ",
    b"*1",
    b"\0",
    b";",
    b"<",
    b"M1",
    b"X1",
    b"\xe4",
    b"; a:",
    b"#",
)


@pytest.mark.timeout(30)  # each takes a second at most; what looks back at all that it has seen takes minutes
@pytest.mark.parametrize("name", LINES)
def test_a_megabyte_of_odd_lines_is_read_in_a_moment(name: str):
    text = LINES[name] * (1_000_000 // len(LINES[name]))
    assert read(text).size == len(text)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("begin", [b"", b"G1 ", b"START_PRINT ", b"SET_HEATER_TEMPERATURE HEATER", b"M117 ", b"; "])
@pytest.mark.parametrize("part", LONG)
def test_a_line_of_a_megabyte_is_read_in_a_moment(begin: bytes, part: bytes):
    text = begin + part * (1_000_000 // len(part))
    assert read(text).size == len(text)


# -- anything ---------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(-300, 300).map(str),
    st.floats(-1e6, 1e6).map("{:.5f}".format),
    st.sampled_from(
        ["", ".", "-", "--5", "1e3", "1.2.3", ".5", "+5", "9" * 25, "9" * 400, "-0", "nan", "inf", "0x1", "1_0", "\u0661"]
    ),
)
WORDS = st.builds("{}{}".format, st.sampled_from("XYZEFSPTIJRKNxyze "), NUMBERS)
COMMANDS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        "G0 G1 G1 G1 G2 G3 G10 G17 G18 G20 G21 G28 G90 G91 G92 M82 M83 M104 M109 M140 M568 M117 M500 M84 T0 T1 T99 g1 N5".split()
    ),
    st.sampled_from([" ", "", "\t"]),
    st.lists(WORDS, max_size=4).flatmap(lambda words: st.sampled_from([" ", ""]).map(lambda space: space.join(words))),
)
LIKE_GCODE = st.one_of(
    COMMANDS,
    COMMANDS,
    st.builds("{};{}".format, COMMANDS, st.text(max_size=5).map(lambda text: "".join(text.split()))),
    st.sampled_from(
        [
            ";LAYER_CHANGE",
            ";LAYER:1",
            "; thumbnail begin 16x16 8",
            "; AAAA",
            "; thumbnail end",
            "; prusaslicer_config = end",
            "; layer_height = 0.2",
            "; nozzle_diameter = 0.4,x",
            ";TIME:x",
            "; generated by PrusaSlicer 2.5.0 on",
            "; estimated printing time (normal mode) = 1d 2h 99999999999h",
            "START_PRINT BED=60 EXTRUDER=1e9 X=",
            "SET_HEATER_TEMPERATURE HEATER=extruder1 TARGET=",
            "END_PRINT",
            "(",
            "{a}",
            "[b]",
            "",
        ]
    ),
    st.text("GMTNXYZEFIJ0123456789.-+*()[]{}=;:@<> \t\0", max_size=20),
)
FILES = st.builds(
    lambda lines, times, last: ("\n".join(lines * times) + last).encode("utf-8", "replace"),
    st.lists(LIKE_GCODE, max_size=12),
    st.sampled_from([1, 1, 3, 60]),
    st.sampled_from(["", "\n"]),
)


@settings(deadline=None)
@given(st.binary(max_size=400), st.integers(1, 400))
def test_any_bytes_can_be_read_in_any_pieces(text: bytes, piece: int):
    assert read(text) == read(text, piece)


@settings(deadline=None)
@given(FILES, st.integers(1, 2000))
def test_anything_like_gcode_is_the_same_in_any_pieces_with_any_line_ends(text: bytes, piece: int):
    contents = read(text)
    assert contents == read(text, piece)
    assert without_places(contents) == without_places(read(text.replace(b"\n", b"\r\n"), piece))


@settings(deadline=None)
@given(FILES)
def test_anything_like_gcode_is_the_same_with_numpy(text: bytes):
    pytest.importorskip("numpy")
    assert read(text) == read(text, numpy=True)
