"""The plot: points where they belong, gaps where nothing is known, names, axes, and any odd series."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from octoprint_cli.output.terminal.temperature_plot import NOTHING, plot

from .hostile import few

#: Ten minutes: tool0 rises from 20 to 220 at once, then in steps of its own; bed stays.
RISING = {
    "tool0": [(60 * minute, 20.0 + 20 * minute) for minute in range(11)],
    "bed": [(60 * minute, 60.0) for minute in range(11)],
}


def rows(series, width=80, height=14, fine=False):
    return plot(series, width, height, fine).split("\n")


def drawn(series, **how):
    """What is between the axis and the names."""
    return [row.partition("|")[2] for row in rows(series, **how)[:-2]]


def of(symbol, series):
    """The columns and rows of a heater's symbol; rows are counted from the bottom."""
    found = drawn(series)
    last = max(len(row) for row in found)
    return {(x, len(found) - 1 - y) for y, row in enumerate(found) for x, there in enumerate(row[: last - 8]) if there == symbol}


def test_rising_line_has_no_breaks():
    dots = of("*", RISING)
    columns = sorted({x for x, _ in dots})
    assert columns == list(range(len(columns))) and len(columns) > 50
    heights = [max(y for x, y in dots if x == column) for column in columns]
    assert heights == sorted(heights) and heights[0] < 2 and heights[-1] > 9


def test_a_fine_line_rises_dot_by_dot():
    above = [row.partition("┤" if "┤" in row else "│")[2] for row in rows({"bed": [(0, 0.0), (600, 100.0)]}, fine=True)[:-2]]
    dots = {
        (2 * x + across, 4 * (len(above) - y) - down)
        for y, row in enumerate(above)
        for x, there in enumerate(row)
        if 0x2800 < ord(there) < 0x2900
        for across, bits in enumerate(((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)))
        for down, bit in enumerate(bits)
        if (ord(there) - 0x2800) & bit
    }
    heights = [y for _, y in sorted(dots)]
    assert heights == sorted(heights) and len({x for x, _ in dots}) > 110 and {*heights} == {*range(1, 49)}


def test_small_jitter_is_drawn_as_level_line():
    jitter = [(float(second), 21.3 + second % 2 / 10) for second in range(60)]
    assert sum("*" in row for row in rows({"bed": jitter})) == 1


def test_a_point_stands_above_its_minute():
    *above, line, labels = rows({"bed": [(60 * minute, 60.0 if minute >= 6 else None) for minute in range(11)]})
    first = min(row.index("*") for row in above if "*" in row)
    assert line[first] == "+" and labels[first] == "4"


def test_constant_temperature_is_a_level_line_at_its_tick():
    assert len({y for _, y in of("o", RISING)}) == 1
    steady = [row for row in rows({"bed": [(0, 60.0), (60, 60.0)]}) if "**" in row]
    assert len(steady) == 1 and steady[0].startswith("60 °C |")


@pytest.mark.parametrize("fine", [True, False], ids=["fine", "coarse"])
def test_each_line_ends_at_its_label(fine):
    shown = rows(RISING, fine=fine)
    ends = {name: next(index for index, row in enumerate(shown) if row.endswith(name)) for name in RISING}
    assert ends["tool0"] < ends["bed"]
    assert ("*" in shown[ends["tool0"]]) is not fine


def test_lines_ending_at_same_temperature_keep_separate_labels():
    shown = rows({"tool0": [(0, 21.0), (60, 21.0)], "tool1": [(0, 21.0), (60, 21.0)], "bed": [(0, 21.0), (60, 21.0)]})
    assert [name for row in shown for name in ("* tool0", "o tool1", "+ bed") if row.endswith(name)] != []
    assert all(any(row.endswith(name) for row in shown) for name in ("* tool0", "o tool1", "+ bed"))


def test_axes_show_degrees_and_minutes():
    *_, line, labels = rows(RISING)
    assert labels.split() == ["10", "8", "6", "4", "2", "now", "minutes", "ago"]
    assert [labels.index(word) + len(word) // 2 for word in ("8", "2")] == [
        index for index, there in enumerate(line) if there == "+" and labels[index] in "82"
    ]
    degrees = [row.partition(" °C |")[0].strip() for row in rows(RISING) if " °C |" in row]
    assert degrees == ["250", "200", "150", "100", "50", "0"]


def test_missing_temperature_is_a_gap():
    known = [(float(second), 50.0 if not 40 <= second <= 60 else None) for second in range(101)]
    (row,) = [row for row in drawn({"bed": known}) if "*" in row]
    assert [len(part) for part in row.split(" * bed")[0].rstrip().split()] == pytest.approx([24, 24], abs=3)
    (row,) = [row for row in drawn({"bed": [point for point in known if point[1] is not None]}) if "*" in row]
    assert len(row.split(" * bed")[0].split()) == 1  # what is merely far apart belongs together


def test_fine_plot_has_eight_dots_per_character():
    one = plot({"bed": [(0, 0.0), (600, 100.0)]}, 80, 14)
    dots = [char for char in one if 0x2800 < ord(char) < 0x2900]
    assert sum(bin(ord(char) - 0x2800).count("1") for char in dots) > 1.5 * len(dots) > 60
    assert "*" not in one and plot(RISING, 80, 14, False).replace("°", "").isascii()


@pytest.mark.parametrize("series", [{}, {"bed": []}, {"bed": [(5.0, None)]}, {"bed": [(5.0, math.nan)]}], ids=str)
@pytest.mark.parametrize("fine", [True, False])
def test_empty_series_gives_a_text_message(series, fine):
    assert plot(series, 80, 14, fine) == NOTHING


@pytest.mark.parametrize("fine", [True, False])
def test_single_point_is_drawn_at_now(fine):
    shown = rows({"bed": [(1795398164.0, 21.3)]}, fine=fine)
    assert sum(any(0x2800 < ord(there) < 0x2900 or there == "*" for there in row) for row in shown) == 1
    assert shown[-1].split() == ["now", "minutes", "ago"]


def test_heater_without_points_is_left_out():
    assert "chamber" not in plot({**RISING, "chamber": [(0.0, None)]}, 80, 14)


def test_points_are_sorted_by_time():
    assert plot({"bed": RISING["tool0"][::-1]}, 80, 14) == plot({"bed": RISING["tool0"]}, 80, 14)


@pytest.mark.parametrize("width", [0, 30, 40, 80, 200])
@pytest.mark.parametrize("height", [0, 6, 24])
def test_plot_has_requested_size(width, height):
    shown = rows(RISING, width, height, fine=True)
    assert max(map(len, shown)) == max(width, 30) and len(shown) == max(height, 6)


_VALUES = st.one_of(st.none(), st.floats(-1e17, 1e17), st.sampled_from([0.0, -1.0, 1e-300, math.nan, math.inf]))
_POINTS = st.lists(st.tuples(st.floats(-1e17, 1e17), _VALUES), max_size=12)


@few
@given(st.dictionaries(st.sampled_from(["tool0", "bed", "tool" + "1" * 50]), _POINTS), st.booleans())
def test_any_series_is_plotted(series, fine):
    shown = plot(series, 60, 12, fine)
    assert shown == NOTHING or len(shown.split("\n")) == 12


def test_more_heaters_than_rows_are_no_crash():
    assert "tool0" in plot({f"tool{index}": [(0.0, 20.0)] for index in range(30)}, 60, 8, False)
