"""The goals that can be waited for, and the states that end a wait with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, FrozenSet, NamedTuple, Sequence

from octoprint_cli.client.phase import Phase
from octoprint_cli.client.tracking.job_outcome import FINISHED

if TYPE_CHECKING:
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

#: Goals that can be waited for, as they are written on the command line.
GOALS = ("done", "idle", "printing", "paused", "connected", "temp", "progress=PERCENT")
#: States that end a wait with an error.
FAILURES = ("error", "offline", "cancelled", "paused")
_END = frozenset({"error", "offline", "cancelled"})

#: The condition of each goal except `progress`.
_MET: Dict[str, Callable[[PrinterSnapshot], bool]] = {
    "done": lambda known: known.ending is not None and known.ending.outcome == FINISHED,
    "idle": lambda known: known.phase is Phase.IDLE,
    "printing": lambda known: known.phase is Phase.PRINTING,
    "paused": lambda known: known.phase is Phase.PAUSED,
    "connected": lambda known: known.phase.connected,
    "temp": lambda known: known.warm,
}
#: The failures that end the wait for a goal by default, because they make it impossible or most unlikely.
_FAILS: Dict[str, FrozenSet[str]] = {
    "done": _END,
    "progress": _END,
    "paused": _END,
    "idle": frozenset({"error", "offline"}),
    "printing": frozenset({"error", "offline"}),
    "temp": frozenset({"error", "offline"}),
    "connected": frozenset(),
}


class Goal(NamedTuple):
    """A goal to wait for: one of GOALS, and for `progress` its percentage."""

    name: str
    percent: float = 0.0

    @classmethod
    def parse(cls, written: str) -> Goal:
        """Parse a goal such as `done` or `progress=50`. Raises ValueError."""
        name, equals, percent = written.partition("=")
        if name == "progress" and equals and 0 <= float(percent) <= 100:
            return cls(name, float(percent))
        if written not in _MET:
            raise ValueError(written)
        return cls(written)

    def met(self, known: PrinterSnapshot) -> bool:
        """Whether the goal is met."""
        if self.name != "progress":
            return _MET[self.name](known)
        return _MET["done"](known) or (known.phase.has_job and (known.job.completion or 0) >= self.percent)

    @property
    def of_a_job(self) -> bool:
        """Whether only a job can meet the goal."""
        return self.name in ("done", "progress")

    def __str__(self) -> str:
        return f"{self.name}={self.percent:g}" if self.name == "progress" else self.name


def usual_failures(goals: Sequence[Goal]) -> FrozenSet[str]:
    """Return the failures that end the wait for any of the goals by default: those that leave none of them possible."""
    return frozenset.intersection(*(_FAILS[goal.name] for goal in goals))
