"""Waiting and connecting for commands: with a live view meanwhile, and the printer's state in the result.

Each function imports the client and the websocket library on first use, so that help does not need them.
"""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple

from octoprint_cli.errors import CliError, PrinterOffline, Terminated, WaitTimeout
from octoprint_cli.framework.fields import (
    listed,
    merged,
    number,
    record,
    text,
    time as time_of,
)
from octoprint_cli.framework.printer_status import SUMMARY, summary, unknown_summary

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.connection import ConnectionState
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.stored_file import History
    from octoprint_cli.client.tracking.goals import Goal
    from octoprint_cli.client.tracking.job_outcome import JobOutcome
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import LivePresenter
    from octoprint_cli.framework.run_context import CommandContext

#: The part of a result that describes the wait.
WAIT = record(
    waited_for=listed(text(), "the goals"),
    met=text("which of them is true").or_null,
    seconds=number("how long it took"),
    heard=time_of("when the server was last heard; the state is as old as that").or_null,
    heard_ago=number("seconds since then, at the end of the wait").or_null,
)
WAITED = merged(WAIT, SUMMARY)
WAIT_CODES = tuple(
    "JOB_CANCELLED JOB_FAILED JOB_LOST JOB_PAUSED NO_ACTIVE_JOB PRINTER_OFFLINE STATE_NOT_REACHED WAIT_TIMEOUT".split()
)
#: The states that end the wait for a connection.
_GIVEN_UP = frozenset({"error", "offline"})


def await_goal(
    command: CommandContext, goals: Sequence[str], fails: FrozenSet[str], seconds: float, begun: Callable[[PrinterSnapshot], bool]
) -> None:
    """Wait for one of the goals, and return nothing. Raises what `Waiter.wait` raises.

    States in `fails` do not end the wait before `begun` returns true.
    """
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import LivePresenter

    with command.terminal.watching(whole=False) as show:
        presenter = LivePresenter(show, command.app.scrubber.hide_all)
        note = command.terminal.warn
        Waiter(command.client, parsed(goals), fails, begun=begun, on_snapshot=presenter.show_snapshot, note=note).wait(seconds)


def connected(
    command: CommandContext,
    seconds: float,
    port: Optional[str] = None,
    baudrate: Optional[int] = None,
    profile: Optional[str] = None,
) -> ConnectionState:
    """Connect the server to the printer, wait until the printer answers, and return the connection.

    None for an argument means the server's preference. Raises PrinterOffline after `seconds`, or as soon as the server
    has given up. A dry run does not wait.
    """
    connection = command.client.connection
    connection.connect(port, baudrate, profile)
    if not command.client.rehearsing:
        with contextlib.suppress(WaitTimeout, PrinterOffline):  # require_connected() below reports the reason
            await_goal(command, ["connected"], _GIVEN_UP, connection.patience(seconds), _begun())
    state: ConnectionState = connection.require_connected(seconds)
    return state


def _begun() -> Callable[[PrinterSnapshot], bool]:
    """Return a predicate that is true once the server has begun to connect; until then it reports an earlier attempt's error."""
    seen: Set[str] = set()

    def begun(snapshot: PrinterSnapshot) -> bool:
        seen.add(snapshot.phase.value)
        return "connecting" in seen

    return begun


def waited(
    command: CommandContext,
    goals: Sequence[str],
    fails: Optional[FrozenSet[str]] = None,
    seconds: Optional[float] = None,
    follow: Optional[Tuple[Job, History]] = None,
    done: Optional[Dict[str, Any]] = None,
) -> Dict[str, Any]:
    """Wait for one of the goals, and return which was met, after how many seconds, and the printer's state then.

    `follow` is the job that was started, with the history of its file from before; `done` is what the command did before, and
    comes first in the result. Raises what `Waiter.wait` raises, with that result in its `data`.
    """
    from octoprint_cli.client.tracking.job_tracker import JobTracker
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import LivePresenter

    begun = time.monotonic()
    with command.terminal.watching(whole=False) as show:
        presenter = LivePresenter(show, command.app.scrubber.hide_all)
        follower = JobTracker(command.client, *follow) if follow is not None else None
        note = command.terminal.warn
        waiter = Waiter(command.client, parsed(goals), fails, follower=follower, on_snapshot=presenter.show_snapshot, note=note)
        with described(waiter, presenter, begun, done):
            waiter.wait(math.inf if seconds is None else seconds)
        return {**(done or {}), **final(waiter, presenter, begun)}


def last_ending(client: Client, job: Job) -> Optional[JobOutcome]:
    """Return the outcome of the last job, or None if it is unknown."""
    from octoprint_cli.client.tracking import last_job

    return last_job.last_ending(client, job)


def read_snapshot(
    client: Client, needs: Callable[..., bool] = lambda *names: True
) -> Tuple[PrinterSnapshot, Optional[PrinterOffline]]:
    """Return the state of the printer, and the error that says why it is offline if it is."""
    from octoprint_cli.client.tracking import reading

    return reading.read_snapshot(client, needs)


def send_and_read_replies(client: Client, commands: Sequence[str], seconds: float) -> List[Dict[str, Any]]:
    """Send G-code commands, and return the firmware's reply to each. Raises NoReply after `seconds` without a reply."""
    from octoprint_cli.client import gcode_replies

    return gcode_replies.send_and_read_replies(client, commands, seconds)


def parsed(goals: Sequence[str]) -> List[Goal]:
    from octoprint_cli.client.tracking.goals import Goal

    return [Goal.parse(goal) for goal in goals]


@contextlib.contextmanager
def described(waiter: Waiter, presenter: LivePresenter, begun: float, done: Optional[Dict[str, Any]] = None) -> Iterator[None]:
    """Give whatever ends the wait early its outcome as `data`: every field of WAITED, null where nothing is known."""
    try:
        yield
    except CliError as error:
        error.data = {**(done or {}), **final(waiter, presenter, begun)}
        raise
    except (KeyboardInterrupt, Terminated) as interruption:  # which wants to end now: the server is not asked again
        vars(interruption)["data"] = {**(done or {}), **outcome(waiter, waiter.snapshot, seconds_since(begun))}
        raise


def final(waiter: Waiter, presenter: LivePresenter, begun: float) -> Dict[str, Any]:
    """Return the outcome of the wait with the printer's final state, and show that state in the live view."""
    seconds = seconds_since(begun)  # without the last look
    known = waiter.final()
    if known is not None:
        presenter.show_snapshot(known)
    return outcome(waiter, known, seconds)


def seconds_since(begun: float) -> float:
    return round(time.monotonic() - begun, 3)


def outcome(waiter: Waiter, known: Optional[PrinterSnapshot], seconds: float) -> Dict[str, Any]:
    met = str(waiter.met) if waiter.met else None
    wait = {"waited_for": [str(goal) for goal in waiter.goals], "met": met, "seconds": seconds}
    if known is None:
        return {**wait, "heard": None, "heard_ago": None, **unknown_summary("the server has not reported its state")}
    now = time.time()
    heard = now if known.heard is None else known.heard
    return {**wait, "heard": heard, "heard_ago": round(max(0.0, now - heard), 1), **summary(known)}
