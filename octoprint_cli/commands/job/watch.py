"""watch: events of the printer and its job, as they happen."""

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
    Stream,
    add_bell,
    add_goals,
    fields,
    seconds,
    watched,
)

#: What an event can have; which of it an event has depends on its type.
_FIELDS = (
    *"seq time source type state phase file location error completion print_time print_time_left temperature".split(),
    *"event payload text choices line to up reason".split(),
)


class Watch(Stream):
    """watch the printer live: progress, temperatures, events

    At a terminal this is a live view with its keys shown below it: q leaves, p pauses, r resumes, c cancels. Elsewhere it prints
    one line per event; with --json one object per event, with its UTC time, a number and its source (push or poll), and the
    envelope as the last line. It ends at --until or on Ctrl-C; the print goes on.
    """

    own_timeout = True
    result = WAITED
    events = fields.record(**dict.fromkeys(_FIELDS, fields.anything("of some events").optional))
    examples = (
        ("octoprint-cli watch --until done", "watch the print until it is done"),
        ("octoprint-cli watch --until done --json", "the same, as one JSON object per line"),
        ("octoprint-cli watch --events state,notification --until idle", "only changes of state and what the firmware asks"),
    )
    effects = ("reads",)
    error_codes = WAIT_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--events",
            metavar="TYPES",
            type=_types,
            help=f"only these, separated by commas: {', '.join(WATCHED)}, or events of the server, such as PrintDone "
            "(default: all but terminal)",
        )
        parser.add_argument(
            "--interval",
            metavar="SECONDS",
            type=seconds,
            default=5.0,
            help="shortest time between two lines of progress, or of temperatures (default: 5)",
        )
        add_bell(parser)
        add_goals(parser, "--until", "end at this goal (default: none)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Iterator[Dict[str, Any]]:
        return watched(self, parsed_args)

    def event_text(self, item: Mapping[str, Any]) -> str:
        when = datetime.fromisoformat(item["time"].replace("Z", "+00:00")).astimezone()
        return f"{when:%H:%M:%S} {item['type']}: {_TEXTS[item['type']](item)}"


#: The text of an event, by its type.
_TEXTS: Dict[str, Callable[[Mapping[str, Any]], str]] = {
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
        raise ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(WATCHED)}, and not an event of the server")
    return names
