"""Waiting for goals with a scripted feed, in the time of the virtual clock."""

from __future__ import annotations

from typing import Any, Type

import pytest

from octoprint_cli.client.push.updates import Event
from octoprint_cli.client.tracking.goals import Goal
from octoprint_cli.client.tracking.waiter import Waiter
from octoprint_cli.errors import CliError

from .scripted_push import ScriptedFeed, client

DONE = Event("PrintDone", {"path": "cube.gcode"})
CANCELLED = Event("PrintFailed", {"path": "cube.gcode", "reason": "cancelled"})
BROKEN = Event("PrintFailed", {"path": "cube.gcode", "reason": "error", "error": ""})


def feed_of(clock: Any, *pieces: Any) -> ScriptedFeed:
    """Return a feed that delivers each update a second after the one before."""
    return ScriptedFeed(clock, *((clock.now + number, piece) for number, piece in enumerate(pieces)))


def wait_for(clock: Any, words: str, *pieces: Any, fails: Any = None, seconds: float = 600.0, **how: Any) -> str:
    """Wait for these goals. Return the one that is met."""
    waiter = Waiter(client(), [Goal.parse(word) for word in words.split()], fails, **how)
    for _ in waiter.watch(feed_of(clock, *pieces), seconds):
        pass
    return str(waiter.met)


def wait_error(error: Type[CliError], clock: Any, *how: Any, **more: Any) -> Any:
    """Wait for goals that are not met. Return the error, which must be of this class."""
    with pytest.raises(error) as raised:
        wait_for(clock, *how, **more)
    return raised.value
