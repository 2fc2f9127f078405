"""Runs of plain moves: at once, with numpy and line by line come to the same."""

from __future__ import annotations

from typing import Callable, List, Optional

import pytest
from hypothesis import example, given, strategies as st

from octoprint_cli.gcode.analysis import fast_moves, fast_moves_numpy
from octoprint_cli.gcode.analysis.interpreter import GcodeInterpreter
from octoprint_cli.gcode.analysis.run_result import NeedsLineByLine, RunResult, RunStart

NUMBERS = st.one_of(
    st.integers(-3, 3).map(str),
    st.decimals(-99999, 99999, allow_nan=False, places=6).map(str),
    st.decimals(-400, 400, allow_nan=False, places=3).map(str),
    st.decimals(-2, 2, allow_nan=False, places=5).map(lambda number: str(number).replace("0.", ".")),
    st.just("0"),
)
#: Moves as slicers write them: some of the words, in their order, F before or behind.
WORDS = st.tuples(*[st.one_of(st.none(), NUMBERS.map(lambda number, name=name: name + number)) for name in "FXYZEF"])
MOVES = st.builds(
    lambda code, words: " ".join([code, *_once(words)]),
    st.sampled_from(["G1", "G1", "G1", "G0"]),
    WORDS.filter(lambda words: any(words)),
)
ARCS = st.builds(
    "G{} X{} Y{} I{} J{}{}".format, st.sampled_from([2, 3]), *[NUMBERS] * 4, st.one_of(st.just(""), NUMBERS.map(" E{}".format))
).filter(lambda arc: any(float(word[1:]) for word in arc.split() if word[0] in "IJ"))
PLAIN = st.one_of(MOVES, MOVES, MOVES, ARCS, st.just(""), NUMBERS.map("G92 E{}".format))
#: Lines of which a reader must make the same, or nothing, whichever way it takes.
ODD = st.one_of(
    st.sampled_from(
        ["G1 X1 X2", "G1 X", "G1 X Y2", "G1 X.", "G1 X1e2", "G1 X--1", "G1 X1 2", "G1 E1 E2", "G92 E1 X2", "G1 X1.2.3"]
    ),
    st.text("GMXYZEF0123456789.- ", max_size=12).map("G1 ".__add__),
)


def _once(words: tuple[Optional[str], ...]) -> List[str]:
    """F stands in two places; only one of them counts."""
    return [word for word in words[:5] if word] + ([words[5]] if words[5] and not words[0] else [])


def text_of(lines: List[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def one_by_one(lines: List[str], start: RunStart) -> GcodeInterpreter:
    machine = prepared(start)
    for number, line in enumerate(lines):
        machine.execute(line.encode(), number)
    return machine


def at_once(measure_run: Callable[[bytes, RunStart], RunResult], lines: List[str], start: RunStart) -> GcodeInterpreter:
    machine = prepared(start)
    machine.toolpath.take(measure_run(text_of(lines), machine.toolpath.start()), 0)
    return machine


def prepared(start: RunStart) -> GcodeInterpreter:
    """A machine that stands there, its zero somewhere else."""
    machine = GcodeInterpreter()
    x, y, z = start.position
    machine.execute(b"G1 X3 Y4 Z5", 0)
    machine.execute(f"G92 X{x} Y{y} Z{z} E{start.e}".encode(), 0)
    machine.execute(b"M83" if start.relative_e else b"M82", 0)
    machine.execute(b"G91" if start.relative else b"G90", 0)
    return machine


def known(machine: GcodeInterpreter) -> object:
    """All that a run may change, sums to a nanometre."""
    toolpath = machine.toolpath
    return (
        [
            [_rounded(end) for end in span] if span else None
            for reach in (toolpath.moves, toolpath.extruding)
            for span in reach.extents()
        ],
        {tool: round(length, 6) for tool, length in toolpath.lengths.items()},
        {tool: round(length, 6) for tool, length in toolpath.unwound.items()},
        [_rounded(value) for value in toolpath.start().position],
        _rounded(toolpath.start().e),
        toolpath.last_extrusion,
        machine.heaters.cold,
        toolpath.layers().count,
    )


def _rounded(value: float) -> float:
    return round(value, 6) + 0.0


STARTS = st.builds(RunStart, st.tuples(*[st.sampled_from([0.0, 1.5, -20.0])] * 3), st.sampled_from([0.0, 2.5]), st.booleans())
TRAVELS = pytest.mark.parametrize("measure_run", [fast_moves.measure_run, fast_moves_numpy.measure_run], ids=["plain", "numpy"])


@TRAVELS
@given(lines=st.lists(PLAIN, min_size=1, max_size=30), start=STARTS)
@example(lines=["G2 X-1 Y0 I-1 J0.001"], start=RunStart((0.0, 0.0, 0.0), 0.0, False))  # ends nearly at its own centre
@example(lines=["G2 X0 Y0 I1 J0", "G3 X0.000001 Y0 I0 J1"], start=RunStart((1.5, 0.0, 0.0), 0.0, False))  # and nearly at its start
def test_fast_moves_equal_line_by_line(
    measure_run: Callable[[bytes, RunStart], RunResult], lines: List[str], start: RunStart
) -> None:
    assert known(at_once(measure_run, lines, start)) == known(one_by_one(lines, start))


@TRAVELS
@given(lines=st.lists(st.one_of(MOVES, NUMBERS.map("G92 E{}".format)), min_size=1, max_size=20), start=STARTS)
def test_relative_moves_equal_line_by_line(
    measure_run: Callable[[bytes, RunStart], RunResult], lines: List[str], start: RunStart
) -> None:
    start = start._replace(relative=True)
    assert known(at_once(measure_run, lines, start))[:-1] == known(one_by_one(lines, start))[:-1]  # type: ignore[index]


@given(lines=st.lists(PLAIN, min_size=1, max_size=40), start=STARTS)
def test_numpy_and_reference_give_identical_numbers(lines: List[str], start: RunStart) -> None:
    assert fast_moves_numpy.measure_run(text_of(lines), start) == fast_moves.measure_run(text_of(lines), start)


@TRAVELS
@given(lines=st.lists(st.one_of(PLAIN, ODD), min_size=1, max_size=12), start=STARTS)
def test_fast_moves_with_unusual_lines_fall_back_or_equal_line_by_line(
    measure_run: Callable[[bytes, RunStart], RunResult], lines: List[str], start: RunStart
) -> None:
    lines = [
        line
        for line in lines
        if line == "" or line.startswith("G92 E") or (line[:2] in ("G0", "G1", "G2", "G3") and line[3:4].isalpha())
    ]
    lines = [line for line in lines if line[3:4] not in tuple("GMNRT")]
    try:
        machine = at_once(measure_run, lines, start)
    except NeedsLineByLine:
        return
    assert known(machine) == known(one_by_one(lines, start))


@TRAVELS
@pytest.mark.parametrize(
    "odd",
    [
        *["G1 X1 X2", "G1 X", "G1 X Y5 6", "G1 X1e3", "G1 X--5", "G1 X.", "G1 X1 T1", "G1 X1_0", "G1 X+1"],
        *["G92 E1 X2", "G92 X2 E1", "G92 X2", "G92", "G92 F1", "G92 E1 E2", "G1 X1 G92 E1", "G1 X1 G2", "G1 X1 G0 Y2"],
        *["G5 X1 Y2 I1 J2", "G2.5 X1 Y2 I1 J2", "G-2 X1 Y2 I1 J2", "G2 X1 Y2 I1", "G2 I1 J2", "G1 X1 Y2 I1", "G28 X1"],
        *["G2 X1 Y2 I0 J0", "G3 X1 Y2 I-0 J0.0 E9"],  # no centre
    ],
)
def test_unusual_lines_are_refused_by_fast_path(measure_run: Callable[[bytes, RunStart], RunResult], odd: str) -> None:
    with pytest.raises(NeedsLineByLine):
        measure_run(text_of(["G1 X1 Y2 E3", odd, "G1 X2 Y2 E4"]), RunStart((0.0, 0.0, 0.0)))
