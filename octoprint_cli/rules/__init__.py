"""The house rules for add-ons: all that is wrong with one, in sentences. Slow: it imports what it judges.

Commands are in `command`, what an add-on imports in `imports`; checks and formats here.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterable, Iterator, List

from octoprint_cli import distributions
from octoprint_cli.extensions import CHECKS, COMMANDS, Extensions
from octoprint_cli.formatters import LIST_GROUP, SHOW_GROUP
from octoprint_cli.rules.command import command_problems
from octoprint_cli.rules.imports import import_problems

__all__ = ["entry_points_of", "problems"]

_KINDS = {COMMANDS: "command", CHECKS: "check", SHOW_GROUP: "format", LIST_GROUP: "format"}
#: An underscore of a command's name is a space.
_NAME = re.compile(r"[a-z][a-z0-9-]*(_[a-z0-9][a-z0-9-]*)*")


def entry_points_of(distribution: str) -> List[Any]:
    """What an installed distribution adds to this program; nothing for one that is not installed, or adds nothing."""
    wanted = _plain(distribution)
    return [
        entry_point for found in distributions.installed() if _plain(found.name) == wanted for entry_point in found.entry_points
    ]


def problems(app: Any, entry_points: Iterable[Any]) -> List[str]:
    """What is wrong with these entry points (each has a `group`, a `name`, a `value` and `load()`), and the code behind them.

    `app` is an application, which commands are made for. Nothing of theirs is run but their making and their help.
    """
    found = list(entry_points)
    told = [f"{_called(one)} {problem}" for one in found for problem in _of_one(app, one, found)]
    return list(dict.fromkeys([*told, *import_problems(found)]))


def _of_one(app: Any, entry_point: Any, beside: List[Any]) -> Iterator[str]:
    if entry_point.group not in _KINDS:
        yield f"is in the group {entry_point.group}, which there is not; there are {', '.join(_KINDS)}"
        return
    if not _NAME.fullmatch(entry_point.name):
        yield "has a name that is not all lower case, digits, - and _"
    yield from _rivals(entry_point, beside)
    try:
        kind = entry_point.load()
    except (Exception, SystemExit) as error:  # a stranger's module can fail in any way
        yield f"cannot be loaded: {type(error).__name__}: {error}"
        return
    yield from _RULES[entry_point.group](app, entry_point.name, kind)


def _rivals(entry_point: Any, beside: List[Any]) -> Iterator[str]:
    """Who else claims the name, built in, installed, or in the very same add-on."""
    claims = [*Extensions(entry_point.group).claims(entry_point.name), *(one for one in beside if _same_name(one, entry_point))]
    others = dict.fromkeys(one.value for one in claims if one.value != entry_point.value)
    if others:
        yield f"has a name that is also claimed by {', '.join(others)}"


def _same_name(one: Any, other: Any) -> bool:
    return bool((one.group, one.name) == (other.group, other.name))


def _check_problems(app: Any, name: str, kind: Any) -> Iterator[str]:
    from octoprint_cli.preflight import Check

    if not (isinstance(kind, type) and issubclass(kind, Check)):
        yield "is not derived from Check of octoprint_cli.api"
        return
    if kind.run is Check.run:
        yield "has no run() of its own"
    if not (kind.__dict__.get("__doc__") or "").strip():
        yield "says nothing about what it asks: it has no docstring"


def _format_problems(method: str) -> Callable[[Any, str, Any], Iterator[str]]:
    def found(app: Any, name: str, kind: Any) -> Iterator[str]:
        if not callable(getattr(kind, method, None)):
            yield f"has no {method}()"
        if not callable(getattr(kind, "add_argument_group", None)):
            yield "has no add_argument_group()"

    return found


_RULES: Dict[str, Callable[[Any, str, Any], Iterator[str]]] = {
    COMMANDS: command_problems,
    CHECKS: _check_problems,
    SHOW_GROUP: _format_problems("emit_one"),
    LIST_GROUP: _format_problems("emit_list"),
}


def _called(entry_point: Any) -> str:
    kind = _KINDS.get(entry_point.group, "entry point")
    return f"{kind} {entry_point.name.replace('_', ' ') if kind == 'command' else entry_point.name}"


def _plain(name: str) -> str:
    """A distribution's name as package indexes compare them."""
    return re.sub(r"[-_.]+", "-", name).lower()
