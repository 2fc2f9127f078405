"""watch, wait: what happens, as it happens, and until it has."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import datetime
from typing import Any, Callable, Dict, FrozenSet, Iterator, Mapping

from octoprint_cli.api import (
    WAIT_CODES,
    WAITED,
    WATCHED,
    Duration,
    Heater,
    Percent,
    ShowOne,
    Stream,
    add_goals,
    seconds,
    waited,
    watched,
)


class Wait(ShowOne):
    """wait until the job is done, or the printer is as wanted

    Success means that what was waited for is true; the answer has the printer's final state, after a failure, too.
    Where no job is under way, the last one counts. The print goes on if the wait ends early.
    """

    own_timeout = True
    answer = WAITED
    effects = ("reads",)
    codes = WAIT_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_goals(parser, "--for", "what to wait for (done)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        goals = parsed_args.goals or ["done"]
        return waited(self, goals, parsed_args.fail_on, parsed_args.timeout)


class Watch(Stream):
    """watch states, progress, temperatures, events, and what the firmware asks

    At a terminal a live view, else a line for each thing that happens: with --json an object each, with its
    UTC time, a number and its source (push or poll), and the envelope as the last line. Ends at --until, or by Ctrl-C.
    """

    own_timeout = True
    answer = WAITED
    effects = ("reads",)
    codes = WAIT_CODES

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

    def told(self, item: Mapping[str, Any]) -> str:
        when = datetime.fromisoformat(item["time"].replace("Z", "+00:00")).astimezone()
        return f"{when:%H:%M:%S} {item['type']}: {_TOLD[item['type']](item)}"


#: What a person is told of each type.
_TOLD: Dict[str, Callable[[Mapping[str, Any]], str]] = {
    "state": lambda item: ", ".join(filter(None, (item["state"], item.get("file"), item.get("error")))),
    "progress": lambda item: (
        f"{Percent(item['completion']).human_readable()}, {Duration(item['print_time_left']).human_readable()} left"
    ),
    "temperature": lambda item: ", ".join(f"{name} {Heater(**now).human_readable()}" for name, now in item["temperature"].items()),
    "event": lambda item: str(item["event"]),
    "notification": lambda item: item["text"] or "answered",
    "connection": lambda item: f"{item['to']} {'up' if item['up'] else 'down'}" + (f": {item['reason']}" if item["reason"] else ""),
    "terminal": lambda item: str(item["line"]),
}


def _types(written: str) -> FrozenSet[str]:
    names = frozenset(name.strip() for name in written.split(","))
    unknown = [name for name in names if name not in WATCHED and not name[:1].isupper()]
    if unknown:
        raise ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(WATCHED)}, and no event of the server")
    return names
