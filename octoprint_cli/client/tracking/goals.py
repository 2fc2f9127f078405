"""The goals that can be waited for, and the states that end a wait with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, FrozenSet, Mapping, NamedTuple, Optional, Sequence

from octoprint_cli.client.phase import Phase
from octoprint_cli.client.tracking.job_outcome import FINISHED, JobOutcome
from octoprint_cli.output.units import NEAR_DEGREES

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.printer import Temperature

#: Goals that can be waited for, as they are written on the command line.
GOALS = ("done", "idle", "printing", "paused", "connected", "temp", "progress=PERCENT")
#: States that end a wait with an error.
FAILURES = ("error", "offline", "cancelled", "paused")
_END = frozenset({"error", "offline", "cancelled"})


class Scene(NamedTuple):
    """The facts about the printer that goals are judged by. `ending` belongs to the followed job, or to the last one."""

    job: Job
    phase: Phase
    heaters: Mapping[str, Temperature] = {}
    ending: Optional[JobOutcome] = None

    @property
    def warm(self) -> bool:
        """Whether a heater has a target, and all that have one are near it."""
        heated = [reading for reading in self.heaters.values() if reading.target]
        return bool(heated) and all(_near(reading) for reading in heated)


def _near(reading: Temperature) -> bool:
    return reading.actual is not None and reading.target is not None and abs(reading.actual - reading.target) <= NEAR_DEGREES


#: The condition of each goal except `progress`.
_MET: Dict[str, Callable[[Scene], bool]] = {
    "done": lambda scene: scene.ending is not None and scene.ending.outcome == FINISHED,
    "idle": lambda scene: scene.phase is Phase.IDLE,
    "printing": lambda scene: scene.phase is Phase.PRINTING,
    "paused": lambda scene: scene.phase is Phase.PAUSED,
    "connected": lambda scene: scene.phase.connected,
    "temp": lambda scene: scene.warm,
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

    def met(self, scene: Scene) -> bool:
        """Whether the goal is met."""
        if self.name != "progress":
            return _MET[self.name](scene)
        return _MET["done"](scene) or (scene.phase.has_job and (scene.job.completion or 0) >= self.percent)

    @property
    def of_a_job(self) -> bool:
        """Whether only a job can meet the goal."""
        return self.name in ("done", "progress")

    def __str__(self) -> str:
        return f"{self.name}={self.percent:g}" if self.name == "progress" else self.name


def usual_failures(goals: Sequence[Goal]) -> FrozenSet[str]:
    """Return the failures that end the wait for any of the goals by default: those that leave none of them possible."""
    return frozenset.intersection(*(_FAILS[goal.name] for goal in goals))
