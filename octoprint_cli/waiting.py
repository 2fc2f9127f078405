"""What commands that wait have in common: a line for the person meanwhile, the printer's state in the answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, FrozenSet, Optional, Sequence

from octoprint_cli.errors import CliError
from octoprint_cli.summary import summary

if TYPE_CHECKING:
    from octoprint_cli.watching.follow import Follower
    from octoprint_cli.watching.goals import Goal


def waited(
    command: Any,
    goals: Sequence[Goal],
    fails: Optional[FrozenSet[str]] = None,
    seconds: Optional[float] = None,
    follower: Optional[Follower] = None,
    done: Optional[Dict[str, Any]] = None,
) -> Dict[str, Any]:
    """Wait for one of the goals: which was met, after how many seconds, and how the printer is then.

    `done` is what was done before, and stands in the answer first. Raises what `Waiter.wait` raises, with the same in its `data`.
    """
    import time

    from octoprint_cli.watching.wait import Waiter

    begun = time.monotonic()
    waiter = Waiter(command.client, goals, fails, follower=follower, note=command.terminal.warn)
    wanted = [str(goal) for goal in goals]

    def told(met: Optional[Goal]) -> Dict[str, Any]:
        job, printer, ending = waiter.final()
        spent = {"waited_for": wanted, "met": str(met) if met else None, "seconds": round(time.monotonic() - begun, 3)}
        return {**(done or {}), **spent, **(summary(job, printer, ending) if job is not None else {})}

    try:
        met = waiter.wait(math.inf if seconds is None else seconds)
    except CliError as error:
        error.data = told(None)
        raise
    return told(met)
