"""Watching for commands: the events of `watch`, and the live view of a job that a command has started."""

from __future__ import annotations

import math
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Generator, Iterable, Optional, Tuple

from octoprint_cli.framework.waiting import described, final, outcome, parsed, seconds_since, waited

if TYPE_CHECKING:
    from octoprint_cli.client.push.socket import Subscription
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.client.resources.stored_file import History
    from octoprint_cli.framework.run_context import CommandContext, StreamContext

Lines = Generator[Dict[str, Any], None, Dict[str, Any]]


def watched(command: StreamContext, parsed_args: Namespace) -> Lines:
    """Yield the events of `watch`. Reads `events`, `interval`, `bell` and what `add_goals` added. Raises what `waited` raises.

    Without goals, whoever reads the events on a terminal ends this by Ctrl-C or the view's key, and that is its good end.
    """
    from octoprint_cli.client.push.feed import Feed
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework import watch_report
    from octoprint_cli.framework.live_keys import LiveKeys
    from octoprint_cli.framework.live_presenter import LivePresenter

    begun, wanted, keys = time.monotonic(), parsed_args.events, LiveKeys(command)
    with command.view(keys.press) as show:
        presenter = LivePresenter(show, command.app.scrubber.hide_all, bell=getattr(parsed_args, "bell", False))
        keys.show_in(presenter)
        subscription = _subscription(wanted or (), show is not None)
        waiter = Waiter(command.client, parsed(parsed_args.goals), parsed_args.fail_on, on_snapshot=presenter.show_snapshot)
        reporter = watch_report.Reporter(parsed_args.interval)
        try:
            with described(waiter, presenter, begun), Feed(command.client, subscription, note=command.terminal.warn) as feed:
                for update in waiter.watch(feed, parsed_args.timeout or math.inf):
                    presenter.show_update(update)
                    if show is None:
                        yield from reporter.lines(update, wanted)
        except KeyboardInterrupt:
            if parsed_args.goals or not command.is_read_live:
                raise
            command.app.handled()
            return outcome(waiter, waiter.snapshot, seconds_since(begun))
        return final(waiter, presenter, begun)


def watched_job(
    command: CommandContext,
    follow: Tuple[Job, History],
    done: Dict[str, Any],
    *,
    seconds: Optional[float] = None,
    file: Optional[str] = None,
    bell: bool = False,
    required: bool = False,
) -> Dict[str, Any]:
    """Show the job that was started in the live view until its end, and return what `waited` returns.

    `file` is the local file that was uploaded for it. Who leaves the view, by its key or by Ctrl-C, gets `done`, what the command
    did before; with `required`, Ctrl-C is an error.
    Without an interactive user it only waits.
    """
    from octoprint_cli.client.push.feed import Feed
    from octoprint_cli.client.tracking.job_tracker import JobTracker
    from octoprint_cli.client.tracking.waiter import Waiter
    from octoprint_cli.framework.live_keys import LiveKeys
    from octoprint_cli.framework.live_place import PlaceInFile
    from octoprint_cli.framework.live_presenter import LivePresenter

    begun, keys = time.monotonic(), LiveKeys(command)
    with command.terminal.watching(True, None, keys.press) as show:
        if show is not None:
            place = PlaceInFile(Path(file), follow[0].file) if file else None
            presenter = LivePresenter(show, command.app.scrubber.hide_all, place, bell)
            keys.show_in(presenter)
            presenter.note(f"print started: {follow[0].file}")  # before the socket was there to report it
            tracker, note = JobTracker(command.client, *follow), command.terminal.warn
            waiter = Waiter(command.client, parsed(["done"]), follower=tracker, on_snapshot=presenter.show_snapshot)
            try:
                with described(waiter, presenter, begun, done), Feed(command.client, _subscription((), True), note=note) as feed:
                    for update in waiter.watch(feed, seconds or math.inf):
                        presenter.show_update(update)
            except KeyboardInterrupt:
                if required and not keys.left:
                    raise
                command.app.handled()
                return done
            return {**done, **final(waiter, presenter, begun)}
    return waited(command, ["done"], None, seconds, follow, done)


def _subscription(wanted: Iterable[str], shown: bool) -> Subscription:
    """Return what to subscribe to for these types and events; what is shown live has the terminal's lines, too."""
    from octoprint_cli.client.push import updates
    from octoprint_cli.client.push.socket import Subscription
    from octoprint_cli.framework.watch_report import EVENTS

    named = [name for name in wanted if name[0].isupper()]
    return Subscription(lines=shown or "terminal" in wanted, events=(*EVENTS, *named), plugins=(updates.PROMPTS, updates.NOTES))
