"""Whatever stands in a terminal log: nothing raises, and what comes out is JSON with finite numbers."""

from __future__ import annotations

import json
import time
from typing import List

import pytest
from hypothesis import example, given, strategies as st

from octoprint_cli.gcode.command import only_asks
from octoprint_cli.gcode.firmware.replies import parsed_reply
from octoprint_cli.gcode.firmware.terminal_log import (
    FIRMWARE,
    HOST,
    SERVER,
    is_chatter,
    is_error,
    is_ok,
    is_resend,
    is_start,
    read_terminal_line,
)

from . import firmwares

SEEN = [line for name, lines in vars(firmwares).items() if name.isupper() and isinstance(lines, list) for line in lines]
COMMANDS = ["M105", "M114", "M115", "M119", "M503"]
#: What looks like an answer, in pieces put together at random.
PIECES = [
    *'XYZETBC:/ @;,"-.*NMG0129',
    "ok ",
    "echo:",
    " /0.0",
    "Count",
    "Machine",
    "nan",
    "inf",
    "9" * 400,
    "Cap:",
    "A_B:",
    "x_min: ",
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(SEEN),
        st.text(),
        st.binary().map(lambda raw: raw.decode("latin-1")),
        st.lists(st.sampled_from(PIECES)).map("".join),
    ),
    max_size=6,
)


@given(st.one_of(st.sampled_from(COMMANDS), st.text()), LINES)
@example("M105", ["ok T:\u0661 /\u0662", "T99999999999:1", "T\u0661:1"])
@example("M" + "1" * 5000, ["ok"])
def test_arbitrary_lines_parse_to_finite_json(command: str, lines: List[str]) -> None:
    said = parsed_reply(command, lines)
    assert said is None or json.loads(json.dumps(said, allow_nan=False)) == said


@given(st.sampled_from(COMMANDS), LINES, st.sampled_from(["Recv: ", "<<< ", "Send: ", ">>> ", ""]))
def test_every_terminal_line_is_classified_consistently(command: str, lines: List[str], mark: str) -> None:
    for line in lines:
        read = read_terminal_line(mark + line)
        assert read.said_by in (HOST, FIRMWARE, SERVER)
        assert not (is_ok(read.text) and is_chatter(read.text, command))
        assert not (is_error(read.text) and is_resend(read.text))
        assert not is_start(read.text) or is_chatter(read.text, command)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_query_command_is_a_single_command(text: str) -> None:
    for command in (text, "M105 " + text, "M114" + text):
        if only_asks(command):
            sent = command.partition(";")[0]
            assert sum(sent.upper().count(letter) for letter in "GM") == 1
            assert len(command.splitlines()) == 1


@pytest.mark.parametrize(
    "line",
    [
        " " * 50000 + "x",
        "X" * 50000,
        "1" * 50000,
        "X1:" * 20000,
        'M1 X"' * 10000,
        '"' * 50001,
        "A-" * 25000,
        "X:" + "1" * 50000 + "Y:",
        "N1 M117 " + "*" * 50000,
        "M105 " + "T " * 25000 + "!",
        "M92 " + "X  " * 20000 + "!",
        "Error:" + "line " * 10000,
        "a : " * 12000,
    ],
)
def test_long_lines_are_parsed_quickly(line: str) -> None:
    begun = time.process_time()
    for command in COMMANDS:
        parsed_reply(command, [line, "M503 " + line])
        is_chatter(line, command)
    only_asks(line)
    read_terminal_line("Send: " + line)
    assert time.process_time() - begun < 2.0
