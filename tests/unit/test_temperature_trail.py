"""The recent temperatures of the live view take a heater's reading as the client gives it."""

from __future__ import annotations

from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.output.terminal.sparkline import Trail


def test_trail_takes_a_reading_with_an_offset() -> None:
    trail = Trail(every=0)
    trail.add(1.0, {"bed": Temperature(60.0, 65.0), "tool0": Temperature(210.0, 215.0, 5.0)})
    trail.add(2.0, {"bed": Temperature(61.0, 65.0), "tool0": Temperature(211.0, 215.0, 5.0)})
    assert (trail.of("bed"), trail.of("tool0")) == ([60.0, 61.0], [210.0, 211.0])


def test_curve_spans_the_servers_history_and_what_was_read_since() -> None:
    trail = Trail()
    trail.put_before([(second, {"bed": float(second)}) for second in range(0, 100, 5)])
    trail.add(100.0, {"bed": Temperature(100.0, 100.0)})
    assert trail.curve("bed", 21) == [float(second) for second in range(0, 101, 5)]
    narrow = [value for value in trail.curve("bed", 11) if value is not None]
    assert len(narrow) == 11 and narrow == sorted(narrow) and narrow[-1] == 100.0
    assert trail.curve("bed", 0) == [] == trail.curve("tool0", 11)


def test_curve_has_a_gap_where_the_printer_was_not_connected_and_ends_after_half_an_hour() -> None:
    trail = Trail()
    trail.put_before([(0.0, {"bed": 20.0}), (1000.0, {"bed": 21.0}), (1010.0, {"bed": 22.0})])
    trail.add(2800.0, {"bed": Temperature(23.0, 0.0)})
    curve = trail.curve("bed", 181)
    assert curve[:2] == [21.0, 22.0] and curve[-1] == 23.0 and set(curve[2:-1]) == {None}
