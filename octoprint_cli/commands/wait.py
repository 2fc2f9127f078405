"""wait: until the printer is as wanted."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, FrozenSet, Optional

from octoprint_cli.api import FAILURES, GOALS, Goal, ShowOne, seconds, waited


class Wait(ShowOne):
    """wait until the job is done, or the printer is as wanted

    Success means that what was waited for is true; the answer has the printer's final state, after a failure, too. Without a
    job under way, the last one counts as the one that is waited for. The print goes on if the wait ends early.
    """

    own_timeout = True

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--for",
            dest="goals",
            metavar="GOAL",
            type=_goal,
            action="append",
            help=f"{', '.join(GOALS)} (done); may be repeated, and any of them ends the wait. temp: all heaters "
            "with a target are within 2 degrees of it",
        )
        parser.add_argument(
            "--fail-on",
            metavar="STATES",
            type=_failures,
            help=f"end the wait on any of {','.join(FAILURES)}, or none (what makes the goals impossible)",
        )
        parser.add_argument("--timeout", metavar="SECONDS", type=seconds, help="longest wait (no limit)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        goals = parsed_args.goals or [Goal.parse("done")]
        return waited(self, goals, parsed_args.fail_on, parsed_args.timeout)


def _goal(written: str) -> Goal:
    try:
        return Goal.parse(written)
    except ValueError as error:
        raise ArgumentTypeError(f"{written!r} is none of {', '.join(GOALS)}") from error


def _failures(written: str) -> Optional[FrozenSet[str]]:
    words = [] if written == "none" else [word.strip() for word in written.split(",")]
    unknown = [word for word in words if word not in FAILURES]
    if unknown:
        raise ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FAILURES)}, none")
    return frozenset(words)
