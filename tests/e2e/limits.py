"""The program's own time limits, as the runs of these tests have them.

What a busy machine breaks is longer there: on one, the server's answers and events come later. What a test would only wait for is
shorter: that the limit is kept shows as well after a second.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Dict, Iterator
from unittest import mock

from busy import busy

#: By module and name.
Limits = Dict[str, Dict[str, Any]]
#: Beyond these a verdict is rather "unknown" than what the server will say in a moment.
VERDICTS = {
    "octoprint_cli.client.client": ["AFTERMATH_SECONDS", "REFUSED_SECONDS"],
    "octoprint_cli.client.gcode_replies": ["SETTLE_SECONDS"],
    "octoprint_cli.client.push.feed": ["OPEN_SECONDS"],
    "octoprint_cli.client.resources.job": ["START_SECONDS", "SELECT_SECONDS"],
    "octoprint_cli.client.tracking.job_tracker": ["GRACE_SECONDS", "LOOK_SECONDS", "AMENDED_SECONDS"],
    "octoprint_cli.client.tracking.waiter": ["HURRY_SECONDS", "SETTLE_SECONDS"],
}
#: Nothing waits longer than that, on however busy a machine.
MOST = 4.0
#: What these limits are for comes in milliseconds, and they are of a second or more. They hold while so many things want each
#: processor, as they do when all rings run at once, and only beyond are they longer: most of them are waited for to their ends.
SPARE = 2.0


def longer() -> float:
    """How many times longer the limits are now: 1 or more."""
    return min(max(busy() / SPARE, 1.0), MOST)


def current(**others: float) -> Limits:
    """Return the limits for a run that begins now; `others` are those of HELD, in seconds."""
    times = longer()
    found: Limits = {}
    for module, names in VERDICTS.items():
        constants = vars(importlib.import_module(module))
        found[module] = {name: _times(constants[name], times) for name in names}
    for name, seconds in others.items():
        assert hasattr(importlib.import_module(HELD[name]), name), f"{name} has moved: nothing would hold it there"
        found.setdefault(HELD[name], {})[name] = seconds
    return found


def _times(seconds: Any, times: float) -> Any:
    return {key: value * times for key, value in seconds.items()} if isinstance(seconds, dict) else seconds * times


#: The limits that tests wait for, and the modules in which they stand.
HELD = {
    "LOST_SECONDS": "octoprint_cli.client.resource",
    "APPEARS_SECONDS": "octoprint_cli.client.resources.uploads",
    "OLD_SECONDS": "octoprint_cli.client.tracking.outcome_errors",
}


@contextlib.contextmanager
def applied(limits: Limits) -> Iterator[None]:
    """Inside, runs in this process have these limits."""
    with contextlib.ExitStack() as patches:
        for module, constants in limits.items():
            patches.enter_context(mock.patch.multiple(module, **constants))
        yield


def dwell(seconds: float) -> str:
    """A job of so many seconds, on a busy machine of more: what begins beside it, begins later there."""
    return "G4 P100\n" * int(10 * seconds * longer())
