"""What can come next on a command line: commands, options, choices, and what the server and the configuration have right now.

Raises nothing: a shell that asks for more shows no errors.
"""

from __future__ import annotations

import argparse
import contextlib
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence

from octoprint_cli.errors import CliError
from octoprint_cli.formatters import LIST_GROUP, SHOW_GROUP, Formatters

#: A shell waits for this.
SECONDS = 1.0


def candidates(app: Any, words: Sequence[str]) -> List[str]:
    """The words that the last of `words`, which may be empty, can become."""
    *before, current = words or [""]
    with contextlib.suppress(CliError, SystemExit, ValueError):
        return sorted({word for word in _possible(app, before, current) if word.startswith(current) and word})
    return []


def _possible(app: Any, before: List[str], current: str) -> Iterable[str]:
    value_of = _waiting(app.parser, before)
    if value_of is not None:
        return _values(app, value_of)
    rest = _without_options(app.parser, before)
    names: List[str] = app.command_manager.names()
    command = next((" ".join(rest[:length]) for length in (3, 2, 1) if " ".join(rest[:length]) in names), None)
    if command is None or (len(rest) < 2 and not current.startswith("-") and any(name.startswith(command + " ") for name in names)):
        return [*_next_words(names, rest), *(_options(app.parser) if current.startswith("-") else [])]
    return _of_command(app, command, before, current)


def _of_command(app: Any, command: str, before: List[str], current: str) -> Iterable[str]:
    kind = app.command_manager.load(command)
    parser = kind(app, app.options, cmd_name=command).get_parser(command)
    value_of = _waiting(parser, before)
    if value_of is not None:
        return _values(app, value_of)
    if current.startswith("-"):
        return [*_options(parser), *_options(app.parser)]
    return [word for action in parser._actions if not action.option_strings for word in _values(app, action)]


def _next_words(names: List[str], rest: List[str]) -> List[str]:
    """The next word of each command that begins so."""
    split = [name.split() for name in names]
    return [name[len(rest)] for name in split if name[: len(rest)] == rest and len(name) > len(rest)]


def _options(parser: argparse.ArgumentParser) -> List[str]:
    shown = [action for action in parser._actions if action.help is not argparse.SUPPRESS]
    return [option for action in shown for option in action.option_strings if option.startswith("--")]


def _waiting(parser: argparse.ArgumentParser, before: List[str]) -> Optional[argparse.Action]:
    """The option whose value comes next, if one does."""
    last = before[-1] if before else ""
    takes_value = (action for action in parser._actions if last in action.option_strings and action.nargs != 0)
    return next(takes_value, None)


def _without_options(parser: argparse.ArgumentParser, before: List[str]) -> List[str]:
    """The words without the global options and their values."""
    rest, skip = [], False
    for word in before:
        if not skip and not word.startswith("-"):
            rest.append(word)
        skip = not skip and _waiting(parser, [word]) is not None
    return rest


def _values(app: Any, action: argparse.Action) -> Iterable[str]:
    if action.choices:
        return map(str, action.choices)
    live = _LIVE.get(action.dest)
    return live(app) if live else []


def _stored(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return [file.path for file in app.client.files.list("local").files]


def _ports(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return ["AUTO", *app.client.connection.current().ports]


def _profiles(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return list(app.client.connection.current().profiles)


def _checks(app: Any) -> List[str]:
    from octoprint_cli.extensions import CHECKS, Extensions

    return Extensions(CHECKS).claimed()


#: Arguments whose values are looked up, by their name in the parsed arguments.
_LIVE: Dict[str, Callable[[Any], List[str]]] = {
    "stored": _stored,
    "port": _ports,
    "profile": _profiles,
    "printer": lambda app: sorted(app.settings.printers),
    "format": lambda app: sorted({*Formatters(SHOW_GROUP, "").names(), *Formatters(LIST_GROUP, "").names()}),
    "ignore": _checks,
}
