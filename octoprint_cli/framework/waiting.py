"""What commands that wait, watch or listen have in common: the person's view meanwhile, the printer's state in the answer.

`watching` is imported by what needs it, on its first use: with it come the client and the websocket.
"""

from __future__ import annotations

import contextlib
import math
import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Generator, List, Optional, Sequence, Set, Tuple

from octoprint_cli.errors import CliError, PrinterOffline, WaitTimeout
from octoprint_cli.framework.fields import (
    listed,
    merged,
    number,
    record,
    text,
)
from octoprint_cli.framework.printer_status import SUMMARY, summary

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.resources.connection import ConnectionState
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.stored_file import History
    from octoprint_cli.client.tracking.goals import Goal, Scene
    from octoprint_cli.client.tracking.job_outcome import JobOutcome
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import Painter

#: What is said of a wait.
WAIT = record(
    waited_for=listed(text(), "the goals"),
    met=text("which of them is true").or_null,
    seconds=number("how long it took"),
)
WAITED = merged(WAIT, SUMMARY)
WAIT_CODES = tuple(
    "JOB_CANCELLED JOB_FAILED JOB_LOST JOB_PAUSED NO_ACTIVE_JOB PRINTER_OFFLINE STATE_NOT_REACHED WAIT_TIMEOUT".split()
)
Lines = Generator[Dict[str, Any], None, Dict[str, Any]]
#: What ends the wait for a connection.
_GIVEN_UP = frozenset({"error", "offline"})


def await_goal(command: Any, goals: Sequence[str], fails: FrozenSet[str], seconds: float, begun: Callable[[Scene], bool]) -> None:
    """Wait for one of the goals, of which nothing is told. What is there before `begun` ends nothing.

    Raises as `Waiter.wait`.
    """
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import Painter

    with command.terminal.watching(whole=False) as show:
        painter = Painter(show, command.app.scrubber.hide_all)
        Waiter(command.client, _parsed(goals), fails, begun=begun, look=painter.look, note=command.terminal.warn).wait(seconds)


def connected(
    command: Any, seconds: float, port: Optional[str] = None, baudrate: Optional[int] = None, profile: Optional[str] = None
) -> ConnectionState:
    """Connect the server to the printer, and wait until the printer answers. What is None is the server's preference.

    Raises PrinterOffline after `seconds`, or as soon as the server has given up. In a rehearsal nothing is waited for.
    """
    connection = command.client.connection
    connection.connect(port, baudrate, profile)
    if not command.client.rehearsing:
        with contextlib.suppress(WaitTimeout, PrinterOffline):  # the look that follows says it better
            await_goal(command, ["connected"], _GIVEN_UP, connection.patience(seconds), _begun())
    link: ConnectionState = connection.require_connected(seconds)
    return link


def _begun() -> Callable[[Scene], bool]:
    """Whether the server tries at all: until then it shows the error of an earlier try."""
    seen: Set[str] = set()

    def begun(scene: Scene) -> bool:
        seen.add(scene.phase.value)
        return "connecting" in seen

    return begun


def waited(
    command: Any,
    goals: Sequence[str],
    fails: Optional[FrozenSet[str]] = None,
    seconds: Optional[float] = None,
    follow: Optional[Tuple[Job, History]] = None,
    done: Optional[Dict[str, Any]] = None,
) -> Dict[str, Any]:
    """Wait for one of the goals: which was met, after how many seconds, and how the printer is then.

    `follow` is a job that was begun, with its file's history from before; `done` is what was done before, and
    stands in the answer first. Raises what `Waiter.wait` raises, with the same in its `data`.
    """
    from octoprint_cli.client.tracking.job_tracker import JobTracker
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_presenter import Painter

    begun = time.monotonic()
    with command.terminal.watching(whole=False) as show:
        painter = Painter(show, command.app.scrubber.hide_all)
        follower = JobTracker(command.client, *follow) if follow is not None else None
        how = {"follower": follower, "look": painter.look, "note": command.terminal.warn}
        waiter = Waiter(command.client, _parsed(goals), fails, **how)
        try:
            waiter.wait(math.inf if seconds is None else seconds)
        except CliError as error:
            error.data = {**(done or {}), **_told(waiter, painter, begun)}
            raise
        return {**(done or {}), **_told(waiter, painter, begun)}


def watched(command: Any, parsed_args: Namespace) -> Lines:
    """The lines of `watch`: `events`, `interval`, and what `add_goals` took. Raises as `waited`, if it is to end."""
    from octoprint_cli.client.push import updates
    from octoprint_cli.client.push.feed import Feed
    from octoprint_cli.client.push.socket import Subscription
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework import watch_report
    from octoprint_cli.framework.live_presenter import Painter

    begun, wanted = time.monotonic(), parsed_args.events
    with command.view() as show:
        painter = Painter(show, command.app.scrubber.hide_all)
        lines = show is not None or "terminal" in (wanted or ())
        named = [name for name in wanted or () if name[0].isupper()]
        wish = Subscription(lines=lines, events=(*watch_report.EVENTS, *named), plugins=(updates.PROMPTS, updates.NOTES))
        waiter = Waiter(command.client, _parsed(parsed_args.goals), parsed_args.fail_on, look=painter.look)
        reporter = watch_report.Reporter(parsed_args.interval)
        try:
            with Feed(command.client, wish, note=command.terminal.warn) as feed:
                for piece in waiter.watch(feed, parsed_args.timeout or math.inf):
                    painter.hear(piece)
                    if show is None:
                        yield from reporter.lines(piece, wanted)
        except CliError as error:
            error.data = _told(waiter, painter, begun)
            raise
        return _told(waiter, painter, begun)


def last_ending(client: Client, job: Job) -> Optional[JobOutcome]:
    """How the last job ended; see `watching.ending`."""
    from octoprint_cli.client.tracking import last_job

    return last_job.last_ending(client, job)


def converse(client: Client, commands: Sequence[str], seconds: float) -> List[Dict[str, Any]]:
    """Send commands, and return what the firmware said to each; see `watching.conversation`."""
    from octoprint_cli.client import gcode_replies

    return gcode_replies.converse(client, commands, seconds)


def _parsed(goals: Sequence[str]) -> List[Goal]:
    from octoprint_cli.client.tracking.goals import Goal

    return [Goal.parse(goal) for goal in goals]


def _told(waiter: Waiter, painter: Painter, begun: float) -> Dict[str, Any]:
    """What was waited for, and how the printer is at the end, which the person sees, too."""
    known = waiter.final()
    met = str(waiter.met) if waiter.met else None
    wait = {"waited_for": [str(goal) for goal in waiter.goals], "met": met, "seconds": round(time.monotonic() - begun, 3)}
    if known is None:
        return wait
    painter.end(known.job, known.printer.temperatures if known.printer else {})
    return {**wait, **summary(known)}
