"""watch: what happens, as it happens."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, FrozenSet, Iterator, Mapping

from octoprint_cli.api import GOALS, WATCHED, Stream, add_goals, seconds, watched


class Watch(Stream):
    """watch the printer: states, progress, temperatures, events, the firmware's questions

    At a terminal a live view, else a line for each thing that happens: with --json one JSON object a line, each with its
    UTC time, a sequence number and its source (push or poll); the last line is the envelope. Ends at --until, or by Ctrl-C.
    """

    own_timeout = True

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--events", metavar="TYPES", type=_types, help=f"only these: {','.join(WATCHED)}, or the server's own, such as PrintDone")
        parser.add_argument("--interval", metavar="SECONDS", type=seconds, default=5.0, help="least time between two of progress, and of temperatures (5)")
        add_goals(parser, "--until", "end, with success, when it is so")
        return parser

    def take_action(self, parsed_args: Namespace) -> Iterator[Dict[str, Any]]:
        return watched(self, parsed_args)

    def told(self, item: Mapping[str, Any]) -> str:
        return ""


def _types(written: str) -> FrozenSet[str]:
    names = frozenset(name.strip() for name in written.split(",") if name.strip())
    unknown = [name for name in names if name not in WATCHED and not name[:1].isupper()]
    if unknown or not names:
        raise ArgumentTypeError(f"{written!r} names none of {', '.join(WATCHED)}, and no event of the server")
    return names
