"""The plugin guidelines: everything that is wrong with a plugin, in sentences. Slow: it imports what it checks.

Commands are checked in `command_rules`, imports in `import_rules`, checks and formats here.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional

from octoprint_cli.app.plugin_rules.command_rules import Violation, command_problems
from octoprint_cli.app.plugin_rules.import_rules import import_problems
from octoprint_cli.errors import NotFound
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.framework.results import HARMLESS
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP
from octoprint_cli.plugins import distributions
from octoprint_cli.plugins.entry_points import (
    CHECKS,
    COMMANDS,
    EntryPointGroup,
    is_own,
    loaded,
)

__all__ = ["Problem", "entry_points_of", "judged", "problems"]

_KINDS = {COMMANDS: "command", CHECKS: "check", SHOW_GROUP: "format", LIST_GROUP: "format"}
#: An underscore of a command's name is a space.
_NAME = re.compile(r"[a-z][a-z0-9-]*(_[a-z0-9][a-z0-9-]*)*")


class Problem(NamedTuple):
    """A rule that is broken: which one, by what, and the whole sentence."""

    rule: str
    what: str
    message: str


def entry_points_of(distribution: str) -> List[Any]:
    """Return the entry points that a distribution adds to this program; none if it is not installed, or adds nothing."""
    wanted = _plain(distribution)
    return [
        entry_point for found in distributions.installed() if _plain(found.name) == wanted for entry_point in found.entry_points
    ]


def judged(app: Any, name: Optional[str] = None) -> List[Dict[str, Any]]:
    """Check each installed plugin and list its problems; with a name, only that plugin, which may be this program itself.

    Raises NotFound for a name that no installed plugin has.
    """
    known = sorted(distributions.installed(), key=lambda found: found.name.lower())
    wanted = [found for found in known if (_plain(found.name) == _plain(name) if name else not _is_ours(found))]
    if name and not wanted:
        raise _not_installed(name, [found.name for found in known])
    found = [(one.name, problems(app, one.entry_points)) for one in wanted]
    return [{"distribution": one, "ok": not told, "problems": [problem._asdict() for problem in told]} for one, told in found]


def _is_ours(distribution: distributions.Distribution) -> bool:
    return any(map(is_own, distribution.entry_points))


def _not_installed(name: str, known: List[str]) -> NotFound:
    near = close_matches(_plain(name), known) or [one for one in known if _plain(name) in _plain(one)]
    return NotFound(
        f"no installed distribution {name} adds anything to octoprint-cli{did_you_mean(near)}",
        hint=f"octoprint-cli plugins check {near[0]}" if near else "octoprint-cli plugins list",
        details={"did_you_mean": near},
    )


def problems(app: Any, entry_points: Iterable[Any]) -> List[Problem]:
    """List the problems of these entry points (each has a `group`, a `name`, a `value` and `load()`) and of their code.

    `app` is the application that the commands are created for. Of their code only the creation and the help are run.
    """
    found = list(entry_points)
    told = [_problem(rule, one, said) for one in found for rule, said in _of_one(app, one, found)]
    imported = [Problem("imports", package, message) for package, message in import_problems(found)]
    return list(dict.fromkeys([*told, *imported]))


def _problem(rule: str, entry_point: Any, said: str) -> Problem:
    what = _called(entry_point)
    return Problem(rule, what, f"{what} {said}")


def _of_one(app: Any, entry_point: Any, beside: List[Any]) -> Iterator[Violation]:
    if entry_point.group not in _KINDS:
        yield "group", f"is in the group {entry_point.group}, which does not exist (choose from {', '.join(_KINDS)})"
        return
    if not _NAME.fullmatch(entry_point.name):
        yield "name", "has a name that is not all lower case, digits, - and _"
    yield from _rivals(entry_point, beside)
    try:
        kind = loaded(entry_point)
    except (Exception, SystemExit) as error:  # a third-party module can fail in any way
        yield "loads", f"cannot be loaded: {type(error).__name__}: {error}"
        return
    yield from _RULES[entry_point.group](app, entry_point.name, kind)


def _rivals(entry_point: Any, beside: List[Any]) -> Iterator[Violation]:
    """Yield the other claims to the name: built in, installed, or in the same plugin."""
    claims = [
        *EntryPointGroup(entry_point.group).claims(entry_point.name),
        *(one for one in beside if _same_name(one, entry_point)),
    ]
    others = dict.fromkeys(one.value for one in claims if one.value != entry_point.value)
    if others:
        yield "unique", f"has a name that is also claimed by {', '.join(others)}"


def _same_name(one: Any, other: Any) -> bool:
    return bool((one.group, one.name) == (other.group, other.name))


def _check_problems(app: Any, name: str, kind: Any) -> Iterator[Violation]:
    from octoprint_cli.preflight.check import Check

    if not (isinstance(kind, type) and issubclass(kind, Check)):
        yield "kind", "is not derived from Check of octoprint_cli.api"
        return
    if kind.run is Check.run:
        yield "kind", "has no run() of its own"
    if not (kind.__dict__.get("__doc__") or "").strip():
        yield "help", "has no docstring to say what it checks"
    unknown = [effect for effect in kind.effects if effect not in HARMLESS]
    if unknown:
        yield "effects", f"has effects that no check may have: {', '.join(unknown)} (choose from {' and '.join(sorted(HARMLESS))})"


def _format_problems(method: str) -> Callable[[Any, str, Any], Iterator[Violation]]:
    def found(app: Any, name: str, kind: Any) -> Iterator[Violation]:
        if not callable(getattr(kind, method, None)):
            yield "kind", f"has no {method}()"
        if not callable(getattr(kind, "add_argument_group", None)):
            yield "kind", "has no add_argument_group()"

    return found


_RULES: Dict[str, Callable[[Any, str, Any], Iterator[Violation]]] = {
    COMMANDS: command_problems,
    CHECKS: _check_problems,
    SHOW_GROUP: _format_problems("emit_one"),
    LIST_GROUP: _format_problems("emit_list"),
}


def _called(entry_point: Any) -> str:
    kind = _KINDS.get(entry_point.group, "entry point")
    return f"{kind} {entry_point.name.replace('_', ' ') if kind == 'command' else entry_point.name}"


def _plain(name: str) -> str:
    """Return a distribution's name in the normal form that package indexes compare."""
    return re.sub(r"[-_.]+", "-", name).lower()
