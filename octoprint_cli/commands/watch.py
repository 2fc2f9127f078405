"""watch, wait: what happens, as it happens, and until it has."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, FrozenSet, Iterator

from octoprint_cli.api import WATCHED, Goal, ShowOne, Stream, add_goals, seconds, waited, watched


class Wait(ShowOne):
    """wait until the job is done, or the printer is as wanted

    Success means that what was waited for is true; the answer has the printer's final state, after a failure, too.
    Where no job is under way, the last one counts. The print goes on if the wait ends early.
    """

    own_timeout = True

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_goals(parser, "--for", "what to wait for (done)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        goals = parsed_args.goals or [Goal.parse("done")]
        return waited(self, goals, parsed_args.fail_on, parsed_args.timeout)


class Watch(Stream):
    """watch states, progress, temperatures, events, and what the firmware asks

    At a terminal a live view, else a line for each thing that happens: with --json an object each, with its
    UTC time, a number and its source (push or poll), and the envelope as the last line. Ends at --until, or by Ctrl-C.
    """

    own_timeout = True

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--events",
            metavar="TYPES",
            type=_types,
            help=f"only these: {','.join(WATCHED)}, or events of the server, such as PrintDone (all but terminal)",
        )
        parser.add_argument(
            "--interval",
            metavar="SECONDS",
            type=seconds,
            default=5.0,
            help="least time between two lines of progress, and two of temperatures (5)",
        )
        add_goals(parser, "--until", "what to end at (nothing)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Iterator[Dict[str, Any]]:
        return watched(self, parsed_args)


def _types(written: str) -> FrozenSet[str]:
    names = frozenset(name.strip() for name in written.split(","))
    unknown = [name for name in names if name not in WATCHED and not name[:1].isupper()]
    if unknown:
        raise ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(WATCHED)}, and no event of the server")
    return names
