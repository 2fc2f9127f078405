"""Wait until one of the goals is met, or cannot be met any more."""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Iterator, Optional, Sequence

from octoprint_cli import errors
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.push.feed import Feed
from octoprint_cli.client.push.socket import Subscription
from octoprint_cli.client.push.updates import (
    Event,
    HeaterUpdate,
    StateUpdate,
    Update,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.tracking import outcome_errors
from octoprint_cli.client.tracking.goals import Goal, Scene, usual_failures
from octoprint_cli.client.tracking.job_outcome import (
    CANCELLED,
    FAILED,
    FINISHED,
    LOST,
    UNFINISHED,
    JobOutcome,
)
from octoprint_cli.client.tracking.job_tracker import EVENTS, LOOK_SECONDS, JobTracker
from octoprint_cli.client.tracking.last_job import last_ending
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

#: Seconds to wait until the printer is at rest: a heat-up that is cancelled goes on for a while.
REST_SECONDS = 10.0
#: Seconds to wait for the state after the event of an end: it follows in milliseconds, unless another client starts a job.
SETTLE_SECONDS = 2.0
#: Time limit in seconds for the last look at the server.
HURRY_SECONDS = 5.0
#: The words of `--fail-on` for each outcome of a job that did not finish.
_FAILURES_OF = {CANCELLED: {"cancelled"}, **{bad: {"error", "offline"} for bad in (FAILED, UNFINISHED, LOST)}}


class Waiter:
    """Waits for any of the goals. `fails` are words of FAILURES; None stands for those that make the goals impossible.

    A `follower` tracks a job that is known to have begun. Without it the active job is followed, or, if there is none,
    the last one counts for `done`. `begun` decides whether a scene can end the wait with an error; `look` receives each.
    """

    def __init__(
        self,
        client: Client,
        goals: Sequence[Goal],
        fails: Optional[FrozenSet[str]] = None,
        *,
        follower: Optional[JobTracker] = None,
        begun: Callable[[Scene], bool] = lambda scene: True,
        look: Callable[[Scene], None] = lambda scene: None,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._client, self.goals, self._look, self._note = client, goals, look, note
        self._fails = usual_failures(goals) if fails is None and goals else fails or frozenset()
        self._follower, self._begun = follower, begun
        self.scene: Optional[Scene] = None
        self.met: Optional[Goal] = None
        self._handlers: Dict[type, Callable[[Scene, Any], None]] = {
            StateUpdate: self._state,
            HeaterUpdate: self._heaters,
            Event: self._event,
        }

    def wait(self, seconds: float = math.inf) -> Goal:
        """Wait, and return the goal that is met.

        Raises WaitTimeout, JobFailed, JobCancelled, JobLost, JobPaused, PrinterOffline, NoActiveJob, and what the client
        raises once the server has been away for minutes.
        """
        with Feed(self._client, Subscription(events=EVENTS), note=self._note) as feed:
            for _ in self.watch(feed, seconds):
                pass
        assert self.met is not None
        return self.met

    def watch(self, feed: Feed, seconds: float = math.inf) -> Iterator[Update]:
        """Yield every update until a goal is met, or for `seconds` if there are no goals. Raises what `wait` raises."""
        deadline = time.monotonic() + seconds
        while self.met is None:
            update = feed.next(min(deadline, self._due()))
            if update is not None:
                self._process(update)
                yield update
            elif self._follower is not None and time.monotonic() >= self._due():
                job = self._follower.conclude()
                if job is not None and self.scene is not None:
                    self.scene = self.scene._replace(job=job, phase=job.phase)
            self.met = self._judge()
            if self.met is None and time.monotonic() >= deadline:
                if not self.goals:
                    return  # without goals, the time is all to wait for
                raise self._late(seconds)

    def _due(self) -> float:
        due = self._follower.due if self._follower is not None else None
        return math.inf if due is None else due

    def _process(self, update: Update) -> None:
        content = update.content
        if self._follower is not None:
            self._follower.process(update)
        if isinstance(content, Job):
            self._read(content)
        elif self.scene and type(content) in self._handlers:
            self._handlers[type(content)](self.scene, content)
        if self.scene:
            self._look(self.scene)

    def _state(self, scene: Scene, update: StateUpdate) -> None:
        self.scene = scene._replace(phase=phase_of(update.text), job=scene.job._replace(state=update.text))

    def _heaters(self, scene: Scene, update: HeaterUpdate) -> None:
        self.scene = scene._replace(heaters=update.heaters)

    def _read(self, job: Job) -> None:
        if self.scene is None:
            self.scene = Scene(job, job.phase)
            if self._follower is None and job.phase.at_rest and any(goal.of_a_job for goal in self.goals):
                self.scene = self.scene._replace(ending=self._last(job))
        self.scene = self.scene._replace(job=job, phase=job.phase)
        if self._follower is not None and self._follower.over and not self._follower.goes_on(job):
            self._follower = None  # it is off the printer: the wait continues with the next job
        if self._follower is None and job.phase.has_job:
            self._follower = JobTracker(self._client, job)
            self.scene = self.scene._replace(ending=None)

    def _event(self, scene: Scene, event: Event) -> None:
        """Follow a job by its PrintStarted event, because it may be over before a reading shows it."""
        if event.type == "PrintStarted" and (self._follower is None or self._follower.over):
            self._follower = JobTracker(self._client, scene.job.of_event(event.payload))
            self.scene = scene._replace(ending=None)

    def _last(self, job: Job) -> Optional[JobOutcome]:
        with self._client.http.hurried(LOOK_SECONDS):
            last = last_ending(self._client, job)
        if last is None and all(goal.of_a_job for goal in self.goals):
            job.require_connected()
            raise errors.NoActiveJob(
                "there is no job to wait for, and none before that the server tells of", details={"state": job.state}
            )
        return last

    # -- judging ----------------------------------------------------------------------------------

    def _judge(self) -> Optional[Goal]:
        if self._follower is not None and self.scene is not None:
            if self._follower.due is not None:
                return None  # in a moment it is known how the job ended
            self.scene = self.scene._replace(ending=self._follower.ending or self.scene.ending)
        scene = self.scene
        if scene is None or not self.goals:
            return None
        met = next((goal for goal in self.goals if goal.met(scene)), None)
        if met is None and self._begun(scene):
            self._require_possible(scene)
        return met

    def _require_possible(self, scene: Scene) -> None:
        if scene.ending is not None:
            self._require_no_failure(scene, scene.ending)
        unwanted = outcome_errors.of_phase(scene.job, scene.phase, self._fails)
        if unwanted is not None:
            raise unwanted
        heated = any(reading.target for reading in scene.heaters.values())
        if [goal.name for goal in self.goals] == ["temp"] and scene.heaters and not heated and not scene.phase.has_job:
            raise errors.StateNotReached(
                "no heater has a target, so there is no temperature to wait for", hint="octoprint-cli temp --tool 200 --wait"
            )

    def _require_no_failure(self, scene: Scene, ending: JobOutcome) -> None:
        if ending.outcome == FINISHED:
            if all(goal.name == "paused" for goal in self.goals):
                raise errors.StateNotReached(f"{ending.file or 'the job'} has finished, and was never paused")
        elif self._fails & _FAILURES_OF[ending.outcome] or (ending.outcome == LOST and all(goal.of_a_job for goal in self.goals)):
            error = outcome_errors.of_ending(ending, scene.job if ending.by_firmware else self._settled(scene.job))
            assert error is not None
            raise error

    def _settled(self, job: Job) -> Job:
        """Return the job once its state shows the end: the event of the end may come before that of a lost connection."""
        if not job.phase.has_job:
            return job
        with contextlib.suppress(errors.CliError), self._client.http.hurried(HURRY_SECONDS):
            return self._client.job.poll(self._client.job.current, lambda now: not now.phase.has_job, SETTLE_SECONDS)[0]
        return job

    def _late(self, seconds: float) -> errors.CliError:
        wanted = " or ".join(map(str, self.goals))
        state = self.scene.job.state if self.scene else "unknown"
        return errors.WaitTimeout(
            f"after {seconds:g} s the printer is {state}, and not {wanted}",
            details={"wanted": [str(goal) for goal in self.goals], "state": state},
        )

    # -- afterwards -------------------------------------------------------------------------------

    def _at_rest(self) -> Job:
        """Return the server's job once the ended one has wound down, which goes on after the event of its end."""
        follower = self._follower
        ended = follower.ending if follower else None
        if follower is None or ended is None:
            return self._client.job.current()

        def at_rest(job: Job) -> bool:
            # An unfinished job winds down as Cancelling; in any other state it is the next job of the same file.
            next_one = ended.outcome != FINISHED and job.phase is not Phase.CANCELLING
            return next_one or not follower.goes_on(job)

        return self._client.job.poll(self._client.job.current, at_rest, REST_SECONDS)[0]

    def final(self) -> Optional[PrinterSnapshot]:
        """Return the final snapshot: read now, or else the last one known; None if the server never answered."""
        if self.scene is None:
            return None
        known = PrinterSnapshot(self.scene.job, None, self.scene.ending)
        with contextlib.suppress(errors.CliError), self._client.http.hurried(HURRY_SECONDS):
            known = known._replace(job=self._at_rest())
            if known.ending is None and self._follower is None:
                known = known._replace(ending=last_ending(self._client, known.job))
            if known.job.phase.connected:
                known = known._replace(printer=self._client.printer.current(), prompt=self._client.prompt(known.job))
        return known
