"""Pictures that only a printer or a QOI viewer shows are found, and become PNG files."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import pytest

from octoprint_cli.gcode.analysis.contents import Thumbnail
from octoprint_cli.gcode.analysis.pictures import MOST_PIXELS, to_png
from octoprint_cli.testing import run

from .pictures import JPG, pixels_of, png, qoi, written
from .readings import read

RED, BLACK = bytes([250, 10, 20, 255]), bytes([0, 0, 0, 255])
#: A JPG with a frame header of 20 x 10 pixels.
FRAMED = b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\0\x0a\0\x14" + b"\3" * 12 + b"\xff\xd9"


@pytest.mark.parametrize(
    "chunks, pixels",
    [
        (b"\xfe\xfa\x0a\x14", [RED]),  # red, green and blue
        (b"\xff\xfa\x0a\x14\x80", [RED[:3] + b"\x80"]),  # and alpha
        (b"\xfe\xfa\x0a\x14\xc2", [RED] * 4),  # a run of three
        (b"\xfe\xfa\x0a\x14\x7f", [RED, bytes([251, 11, 21, 255])]),  # differences of 1
        (b"\xfe\xfa\x0a\x14\xa1\x79", [RED, bytes([250, 11, 22, 255])]),  # green, and differences from green
        (b"\x55", [bytes([255, 255, 255, 255])]),  # differences of -1 from black
        (b"\xfe\xfa\x0a\x14\xfe\0\0\0\x21", [RED, BLACK, RED]),  # what was seen before, by its hash
        (b"\x05", [b"\0\0\0\0"]),  # what was never seen is transparent
    ],
)
def test_every_kind_of_qoi_chunk_is_decoded(chunks: bytes, pixels: List[bytes]) -> None:
    picture = to_png("QOI", qoi(len(pixels), 1, chunks), len(pixels), 1)
    assert picture is not None and pixels_of(picture) == pixels


@pytest.mark.parametrize(
    "data, size",
    [
        (qoi(9, 9, b"\xfe\xfa"), (9, 9)),
        (qoi(9, 9, b""), (9, 9)),
        (qoi(2, 1, b"\xfe\xfa\x0a\x14"), (0, 1)),
        (qoi(2, 1, b"\xfe\xfa\x0a\x14"), (MOST_PIXELS + 1, 1)),
        (b"", (2, 2)),
    ],
)
def test_damaged_or_endless_qoi_is_no_picture(data: bytes, size: Tuple[int, int]) -> None:
    assert to_png("QOI", data[:-8] if size == (9, 9) else data, *size) is None


def test_jpg_becomes_no_png() -> None:
    assert to_png("JPG", JPG, 2, 2) is None


def of(text: str) -> Tuple[Thumbnail, ...]:
    return read(text + "G28\nM104 S200\nG1 X1 Y1 Z0.2 E1\n").thumbnails


def qidi(width: int, height: int, digits: str) -> str:
    return f"M4010 X{width} Y{height}\nM4010 I0 T3 '{digits[:8]}'\nM4010 I3 T9 '{digits[8:]}'\n"


def test_picture_of_a_qidi_printer_is_decoded() -> None:
    """Of 16 bits five are red, five green, five blue; the one between green and blue says that a count follows."""
    (picture,) = of(qidi(3, 2, "f8003002f83f"[:4] + "07c0" + "f8203004"))
    assert (picture.format, picture.width, picture.height, picture.line) == ("QIDI", 3, 2, 1)
    shown = picture.as_png()
    red, green = bytes([248, 0, 0, 255]), bytes([0, 248, 0, 255])
    assert shown is not None and pixels_of(shown) == [red, green, *[red] * 4]


@pytest.mark.parametrize("digits", ["f800", "f8203007", "f8203004f800f800f800", "f820"])
def test_picture_of_a_qidi_printer_with_other_than_its_pixels_is_skipped(digits: str) -> None:
    assert of(qidi(3, 2, digits)) == ()


def test_picture_of_a_weedo_printer_is_found() -> None:
    lines = "".join(f"W220 {FRAMED[at : at + 10].hex()}\n" for at in range(0, len(FRAMED), 10))
    (picture,) = of(f";Start\nW221\n{lines}W222\n")
    assert (picture.format, picture.width, picture.height, picture.line, picture.data) == ("JPG", 20, 10, 2, FRAMED)
    assert of(f"W221\n{lines}") == ()  # without its end
    assert of("W221\nW220 00ff\nW222\n") == ()


def mks(prefix: str, side: int, word: str = "00f8", rows: int = 0) -> str:
    row = word * side
    return f"{prefix}:{row}\n" + f"M10086 ;{row}\n" * ((rows or side) - 1)


def test_pictures_of_an_mks_display_are_found() -> None:
    small, large = of(mks(";simage", 100) + mks(";;gimage", 200, "1f00"))
    assert [(one.format, one.width, one.height) for one in (small, large)] == [("MKS", 100, 100), ("MKS", 200, 200)]
    shown = [one.as_png() for one in (small, large)]
    assert [pixels_of(one)[0] for one in shown if one] == [bytes([248, 0, 0, 255]), bytes([0, 0, 248, 255])]


@pytest.mark.parametrize("text", [mks(";simage", 100, rows=99), mks(";simage", 100, "zz00"), ";gimage:0`000<P000380000?<?M1KX\n"])
def test_damaged_or_unknown_picture_of_an_mks_display_is_skipped(text: str) -> None:
    assert of(text) == ()


def test_picture_may_span_many_blocks() -> None:
    text = mks(";;gimage", 200) + "G28\n"
    assert len(text) > 128 * 1024
    assert [len(read(text, piece).thumbnails) for piece in (1000, 50_000)] == [1, 1]


def file(tmp_path: Path, *pictures: bytes, word: str = "thumbnail_QOI") -> Path:
    path = tmp_path / "a.gcode"
    lines = [line for picture in pictures for line in written(picture, word if picture.startswith(b"qoif") else "thumbnail")]
    path.write_bytes(b"".join(lines) + b"G28\nM104 S200\nG1 X1 Y1 Z0.2 E1\nM104 S0\n")
    return path


def test_qoi_is_written_as_a_png(tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    gcode = file(tmp_path, qoi(2, 1, b"\xfe\xfa\x0a\x14\xc0"))
    answer = run("inspect", str(gcode), "--thumbnail", str(out), "--json")
    assert answer.data["written"] == str(out) and answer.data["thumbnails"][0]["format"] == "QOI"
    assert pixels_of(out.read_bytes()) == [RED, RED]


def test_qoi_is_written_as_it_is_if_that_is_wanted(tmp_path: Path) -> None:
    out, picture = tmp_path / "out.qoi", qoi(2, 1, b"\xfe\xfa\x0a\x14\xc0")
    assert run("inspect", str(file(tmp_path, picture)), "--thumbnail", str(out), "--json").exit_code == 0
    assert out.read_bytes() == picture


def test_largest_picture_is_written_whatever_it_has_to_be_made_from(tmp_path: Path) -> None:
    out, small = tmp_path / "out.png", png(1, 1)
    run("inspect", str(file(tmp_path, small, qoi(2, 1, b"\xfe\xfa\x0a\x14\xc0"))), "--thumbnail", str(out), "--json")
    assert pixels_of(out.read_bytes()) == [RED, RED]


def test_next_largest_is_written_if_the_largest_is_damaged(tmp_path: Path) -> None:
    out, small = tmp_path / "out.png", png(1, 1)
    run("inspect", str(file(tmp_path, small, qoi(20, 20, b"\xfe\xfa"))), "--thumbnail", str(out), "--json")
    assert out.read_bytes() == small
