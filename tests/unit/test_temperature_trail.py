"""The recent temperatures of the live view take a heater's reading as the client gives it."""

from __future__ import annotations

from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.output.terminal.sparkline import Trail


def test_trail_takes_a_reading_with_an_offset() -> None:
    trail = Trail(every=0)
    trail.add(1.0, {"bed": Temperature(60.0, 65.0), "tool0": Temperature(210.0, 215.0, 5.0)})
    trail.add(2.0, {"bed": Temperature(61.0, 65.0), "tool0": Temperature(211.0, 215.0, 5.0)})
    assert (trail.of("bed"), trail.of("tool0")) == ([60.0, 61.0], [210.0, 211.0])
