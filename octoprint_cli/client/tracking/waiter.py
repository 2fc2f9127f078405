"""Wait until one of the goals is met, or cannot be met any more."""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Iterator, Optional, Sequence, Tuple

from octoprint_cli import errors
from octoprint_cli.client.phase import Phase
from octoprint_cli.client.push.feed import SHORTEST_SECONDS, Feed
from octoprint_cli.client.push.socket import Subscription
from octoprint_cli.client.push.updates import (
    Event,
    HeaterUpdate,
    ServerReachability,
    SocketChange,
    StateUpdate,
    Update,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.tracking import outcome_errors
from octoprint_cli.client.tracking.goals import Goal, usual_failures
from octoprint_cli.client.tracking.halt import halt_reason
from octoprint_cli.client.tracking.job_outcome import (
    CANCELLED,
    FAILED,
    FINISHED,
    LOST,
    UNFINISHED,
    JobOutcome,
)
from octoprint_cli.client.tracking.job_tracker import EVENTS, LOOK_SECONDS, JobTracker
from octoprint_cli.client.tracking.last_job import LastJob, find_last_job
from octoprint_cli.client.tracking.reading import with_heaters
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client

#: Seconds to wait until the printer is at rest: a heat-up that is cancelled goes on for a while.
REST_SECONDS = 10.0
#: Seconds to wait for the state after the event of an end: it follows in milliseconds, unless another client starts a job.
SETTLE_SECONDS = 2.0
#: Time limit in seconds for the last look at the server.
HURRY_SECONDS = 5.0
#: Longest time in seconds for the server to list its files, which alone say how the last job ended: without a job under way the
#: verdict waits for it, and a server that takes longer is said not to have told.
LIST_SECONDS = 5.0
#: ... and how long that is waited for where the verdict is known without it.
ASIDE_SECONDS = 2.0
#: Seconds after which the job is read once more before it is said that there is none.
STALE_SECONDS = 1.0
#: The words of `--fail-on` for each outcome of a job that did not finish.
_FAILURES_OF = {CANCELLED: {"cancelled"}, **{bad: {"error", "offline"} for bad in (FAILED, UNFINISHED, LOST)}}


class Waiter:
    """Waits for any of the goals. `fails` are words of FAILURES; None stands for those that make the goals impossible.

    A `follower` tracks a job that is known to have begun. Without it the active job is followed, or, if there is none,
    the last one counts for `done`. `begun` decides whether a snapshot can end the wait with an error; `on_snapshot` receives each.
    """

    def __init__(
        self,
        client: Client,
        goals: Sequence[Goal],
        fails: Optional[FrozenSet[str]] = None,
        *,
        follower: Optional[JobTracker] = None,
        begun: Callable[[PrinterSnapshot], bool] = lambda snapshot: True,
        on_snapshot: Callable[[PrinterSnapshot], None] = lambda snapshot: None,
        note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._client, self.goals, self._on_snapshot, self._note = client, goals, on_snapshot, note
        self._fails = usual_failures(goals) if fails is None and goals else fails or frozenset()
        self._follower, self._begun = follower, begun
        #: What is known of the printer: of a job that has begun it is that job, until the server is asked again.
        self.snapshot = PrinterSnapshot(follower.job, heard=time.time()) if follower is not None else None
        self.met: Optional[Goal] = None
        self._deadline = math.inf
        self._last_job: Optional[LastJob] = None  # as it was found when the wait began, until a job is followed
        self._handlers: Dict[type, Callable[[PrinterSnapshot, Any], None]] = {
            StateUpdate: self._state,
            HeaterUpdate: self._heaters,
            Event: self._event,
            ServerReachability: self._reachability,
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
        deadline = self._deadline = time.monotonic() + seconds
        while self.met is None:
            update = feed.next_update(min(deadline, self._due()))
            if update is not None:
                self._process(update)
                yield update
            elif self._follower is not None and time.monotonic() >= self._due():
                job = self._follower.conclude()
                if job is not None and self.snapshot is not None:
                    self.snapshot = _with_job(self.snapshot, job)
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
        elif self.snapshot and type(content) in self._handlers:
            self._handlers[type(content)](self.snapshot, content)
        if self.snapshot:
            if not isinstance(content, (ServerReachability, SocketChange)):
                self.snapshot = self.snapshot._replace(heard=update.time)
            self._on_snapshot(self.snapshot)

    def _state(self, snapshot: PrinterSnapshot, update: StateUpdate) -> None:
        self.snapshot = _with_job(snapshot, snapshot.job._replace(state=update.text))

    def _heaters(self, snapshot: PrinterSnapshot, update: HeaterUpdate) -> None:
        if snapshot.phase.connected:
            self.snapshot = snapshot._replace(heaters=update.heaters)

    def _reachability(self, snapshot: PrinterSnapshot, change: ServerReachability) -> None:
        self.snapshot = snapshot._replace(unreachable=change.reason)

    def _read(self, job: Job) -> None:
        if self.snapshot is None:
            self.snapshot = PrinterSnapshot(job)
            if self._follower is None and job.phase.at_rest and self._depends_on_the_last_job(self.snapshot):
                job, ending = self._last(job)
                self.snapshot = self.snapshot._replace(ending=ending)
        self.snapshot = _with_job(self.snapshot, job)
        if self._follower is not None and self._follower.over and not self._follower.goes_on(job):
            self._follower = None  # it is off the printer: the wait continues with the next job
        if self._follower is None and job.phase.has_job:
            self._follower, self._last_job = JobTracker(self._client, job), None
            self.snapshot = self.snapshot._replace(ending=None)

    def _event(self, snapshot: PrinterSnapshot, event: Event) -> None:
        """Follow a job by its PrintStarted event, because it may be over before a reading shows it."""
        error = event.payload.get("error")
        if event.type == "Error" and isinstance(error, str):
            self.snapshot = snapshot._replace(firmware_error=error)
        if event.type == "PrintStarted" and (self._follower is None or self._follower.over):
            self._follower, self._last_job = JobTracker(self._client, snapshot.job.of_event(event.payload)), None
            self.snapshot = snapshot._replace(ending=None)

    def _depends_on_the_last_job(self, snapshot: PrinterSnapshot) -> bool:
        """Whether it takes the end of the last job to judge the goals."""
        return any(goal.of_a_job for goal in self.goals) and not any(goal.met(snapshot) for goal in self.goals)

    def _last(self, job: Job) -> Tuple[Job, Optional[JobOutcome]]:
        """Return how the last job ended, if it is sure to be the last one: its file is the one that the server shows.

        Returns also the job, which is a newer one if another client has started one meanwhile.
        """
        begun = time.monotonic()
        with self._client.http.hurried(max(SHORTEST_SECONDS, min(LIST_SECONDS, self._deadline - begun))):
            last = self._last_job = find_last_job(self._client, job)
        if last.is_sure:
            return job, last.ending
        if all(goal.of_a_job for goal in self.goals):
            if time.monotonic() >= begun + STALE_SECONDS:
                job = self._client.job.current()
            if not job.phase.has_job:
                job.require_connected()
                raise outcome_errors.nothing_to_wait_for(job, last)
        return job, None

    # -- judging ----------------------------------------------------------------------------------

    def _judge(self) -> Optional[Goal]:
        if self._follower is not None and self.snapshot is not None:
            if self._follower.due is not None:
                return None  # in a moment it is known how the job ended
            self.snapshot = self.snapshot._replace(ending=self._follower.ending or self.snapshot.ending)
        snapshot = self.snapshot
        if snapshot is None or not self.goals:
            return None
        met = next((goal for goal in self.goals if goal.met(snapshot)), None)
        if met is None and self._begun(snapshot):
            self._require_possible(snapshot)
        return met

    def _require_possible(self, snapshot: PrinterSnapshot) -> None:
        if snapshot.ending is not None:
            self._require_no_failure(snapshot, snapshot.ending)
        unwanted = outcome_errors.of_snapshot(snapshot, self._fails, self._halt_reason)
        if unwanted is not None:
            raise unwanted
        heated = any(reading.target for reading in snapshot.heaters.values())
        if [goal.name for goal in self.goals] == ["temp"] and snapshot.heaters and not heated and not snapshot.phase.has_job:
            raise errors.StateNotReached(
                "no heater has a target, so there is no temperature to wait for", hint="octoprint-cli temp --tool 200 --wait"
            )

    def _halt_reason(self, job: Job) -> Optional[str]:
        with self._client.http.hurried(LOOK_SECONDS):
            return halt_reason(self._client, job)

    def _require_no_failure(self, snapshot: PrinterSnapshot, ending: JobOutcome) -> None:
        if ending.outcome == FINISHED:
            if all(goal.name == "paused" for goal in self.goals):
                raise errors.StateNotReached(f"{ending.file or 'the job'} has finished, and was never paused")
        elif self._fails & _FAILURES_OF[ending.outcome] or (ending.outcome == LOST and all(goal.of_a_job for goal in self.goals)):
            error = outcome_errors.of_ending(ending, snapshot.job if ending.by_firmware else self._settled(snapshot.job))
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
        known = self.snapshot
        silence = None if known is None or known.heard is None else max(0.0, time.time() - known.heard)
        return outcome_errors.too_late(known, [str(goal) for goal in self.goals], seconds, silence)

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
        known = self.snapshot
        if known is None:
            return None
        with contextlib.suppress(errors.CliError), self._client.http.hurried(HURRY_SECONDS):
            known = _with_job(known, self._at_rest())._replace(heard=None, unreachable=None)
            if self._follower is not None and known.ending is not None:
                known = known._replace(ending=self._follower.dated() or known.ending)
            if known.phase.connected:
                known = known._replace(printer=self._client.printer.current(), prompt=self._client.prompt(known.job))
            known = with_heaters(self._client, known)
            if known.ending is None and self._follower is None:
                last = self._last_job or self._last_job_aside(known.job)
                unknown = {**known.unknown, "last_job": last.unknown} if last.unknown else known.unknown
                known = known._replace(ending=last.ending, unknown=unknown)
        return known

    def _last_job_aside(self, job: Job) -> LastJob:
        with self._client.http.hurried(ASIDE_SECONDS):
            return find_last_job(self._client, job)


def _with_job(known: PrinterSnapshot, job: Job) -> PrinterSnapshot:
    """Return the snapshot with a newer job. Without a connected printer, earlier temperatures say nothing."""
    if job.phase.connected:
        return known._replace(job=job, firmware_error=known.firmware_error if known.phase.connected else None)
    return known._replace(job=job, heaters={}, firmware_error=job.error or known.firmware_error)
