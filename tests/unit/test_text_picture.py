"""Pictures on a terminal: by its own protocol, else in half blocks; and none that is damaged."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Sequence

import pytest

from octoprint_cli.output.terminal.picture import drawn
from octoprint_cli.output.terminal.png import read_png

RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(rows: Sequence[bytes], width: int, kind: int = 6, more: bytes = b"", depth: int = 8) -> bytes:
    """A PNG file of rows with their filter bytes."""
    head = struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, 0)
    packed = zlib.compress(b"".join(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


SQUARE = png([b"\0" + bytes([*RED, *BLUE]), b"\0" + bytes([*CLEAR, *BLUE])], 2)


def test_pixels_of_each_kind_and_filter_are_read() -> None:
    found = read_png(SQUARE)
    assert found is not None and found.rows == [[RED, BLUE], [CLEAR, BLUE]]
    by_sub = png([b"\1" + bytes([10, 20, 30, 1, 1, 1])], 2, kind=2)
    assert read_png(by_sub).rows == [[(10, 20, 30, 255), (11, 21, 31, 255)]]
    by_up = png([b"\0\x0a", b"\2\x05"], 1, kind=0)
    assert read_png(by_up).rows == [[(10, 10, 10, 255)], [(15, 15, 15, 255)]]
    by_average_and_paeth = png([b"\0\x0a\x14", b"\3\x05\x05", b"\4\x01\x01"], 2, kind=0)
    assert [pixel[0] for row in read_png(by_average_and_paeth).rows for pixel in row] == [10, 20, 10, 20, 11, 21]
    palette = chunk(b"PLTE", bytes([1, 2, 3, 4, 5, 6])) + chunk(b"tRNS", b"\0")
    assert read_png(png([b"\0\0\1"], 2, kind=3, more=palette)).rows == [[(1, 2, 3, 0), (4, 5, 6, 255)]]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no picture",
        SQUARE[:40],
        SQUARE[:-26],
        png([b"\0\0"], 1, kind=0, depth=16),
        png([b"\0\7"], 1, kind=3),
        png([b"\7\0"], 1, kind=0),
    ],
    ids=["empty", "text", "cut", "cut at its end", "16 bits", "no palette", "unknown filter"],
)
def test_damaged_picture_is_not_drawn(damaged: bytes) -> None:
    assert read_png(damaged) is None
    assert drawn(damaged, 80, {"TERM": "xterm"}, True, True) is None


def test_half_blocks_show_two_pixels_each() -> None:
    assert drawn(SQUARE, 2, {"TERM": "xterm", "COLORTERM": "truecolor"}, True, True) == (
        "\x1b[0;38;2;255;0;0m▀\x1b[38;2;0;0;255;48;2;0;0;255m▀\x1b[0m\n"
    )
    assert "38;5;21" in drawn(SQUARE, 2, {"TERM": "xterm"}, True, True)


def test_nothing_is_drawn_without_colours_or_blocks() -> None:
    assert drawn(SQUARE, 80, {"TERM": "xterm-kitty"}, True, False) is None
    assert drawn(SQUARE, 80, {"TERM": "xterm"}, False, True) is None


def test_terminal_with_a_protocol_is_given_the_file() -> None:
    encoded = base64.standard_b64encode(SQUARE).decode()
    kitty = drawn(SQUARE, 80, {"TERM": "xterm-kitty"}, True, True)
    assert kitty.startswith("\x1b_Ga=T,f=100,q=2,r=14,m=0;") and f";{encoded}\x1b\\" in kitty
    iterm = drawn(SQUARE, 80, {"TERM": "xterm", "TERM_PROGRAM": "iTerm.app"}, True, True)
    assert iterm.startswith("\x1b]1337;File=inline=1;") and iterm.endswith(f":{encoded}\x07\n")
    assert "▀" in drawn(SQUARE, 80, {"TERM": "xterm-kitty", "TMUX": "x"}, True, True)


def test_large_file_is_given_to_kitty_in_pieces() -> None:
    large = SQUARE + bytes(range(256)) * 40
    found = drawn(large, 80, {"KITTY_WINDOW_ID": "1"}, True, True)
    pieces = [piece.split(";", 1) for piece in found.strip().strip("\x1b\\").split("\x1b\\\x1b_G")]
    assert len(pieces) > 2 and [head[-1] for head, _ in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    assert max(len(data) for _, data in pieces) <= 4096
