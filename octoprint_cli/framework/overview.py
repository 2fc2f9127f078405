"""The overview of all commands, by topic, and the order in which a newcomer needs them."""

from __future__ import annotations

import shutil
import textwrap
from argparse import ArgumentParser
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from octoprint_cli.framework.argparse_internals import groups_of, sections

#: The titles of the topics, which are folders of `commands`, in the order of the overview; None is for the commands of plugins.
TOPICS: Mapping[Optional[str], str] = {
    "job": "print jobs",
    "printer": "printer",
    "files": "files",
    "server": "server",
    "setup": "setup",
    None: "plugins",
    "program": "this program",
}
#: The commands of every day, which come first in their topics, in the order in which they are needed.
DAILY = ("print", "watch", "pause", "resume", "cancel", "status", "temp", "files", "upload", "init", "help")
_USAGE = "usage: octoprint-cli COMMAND [options]"
_FIRST_STEPS = """first steps:
  octoprint-cli init                         # save address and API key
  octoprint-cli preflight cube.gcode         # can this be printed now?
  octoprint-cli print cube.gcode --confirm   # upload and print it
  octoprint-cli watch                        # how far is it?"""
_MORE = """A command's options and examples: octoprint-cli help COMMAND
Output as JSON, YAML, CSV ...:    octoprint-cli help formats"""
#: The least and the greatest width of the column of names. A longer name has a line of its own.
_NAMES = (15, 24)


def in_order(rows: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
    """Return the rows of commands by topic, those of every day first, then by name."""
    topics = list(TOPICS)

    def place(row: Mapping[str, Any]) -> Tuple[int, int, str]:
        topic = topics.index(row["topic"]) if row["topic"] in topics else len(topics)
        return (topic, DAILY.index(row["name"]) if row["name"] in DAILY else len(DAILY), row["name"])

    return sorted(rows, key=place)


def overview(rows: Sequence[Mapping[str, Any]], parser: Optional[ArgumentParser] = None) -> str:
    """Return the list of commands as a text. With the parser of the global options, those and the first steps as well."""
    by_title: Dict[str, List[str]] = {}
    names = min(max(_NAMES[0], *(len(row["name"]) for row in rows)), _NAMES[1]) if rows else _NAMES[0]
    for row in in_order(rows):
        title = TOPICS.get(row["topic"], str(row["topic"])) if parser else "commands"
        by_title.setdefault(title, []).append(_entry(row["name"], row["summary"], names))
    listed = ["\n".join([f"{title}:", *lines]) for title, lines in by_title.items()]
    if parser is None:
        return "\n\n".join([*listed, _MORE.splitlines()[0]])
    groups = [("options", actions) if n == 1 else (title, actions) for n, (title, actions) in enumerate(groups_of(parser))]
    options = sections(parser, [(title, actions) for title, actions in groups if actions])
    return "\n\n".join([_USAGE, parser.description or "", *listed, options, _FIRST_STEPS, _MORE])


def _entry(name: str, summary: str, names: int) -> str:
    """Return a name and its summary, which goes on below itself where the terminal ends."""
    first, indent = f"  {name:<{names}}  ", " " * (names + 4)
    room = max(shutil.get_terminal_size().columns, len(indent) + 20)
    lines = textwrap.wrap(summary, room, initial_indent=indent, subsequent_indent=indent) or [indent]
    if len(first) > len(indent):
        return "\n".join([first.rstrip(), *lines])
    return "\n".join([first + lines[0][len(indent) :], *lines[1:]])
