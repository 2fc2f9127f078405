"""Shell completion: commands, options, choices, and current values of the server and the configuration.

No errors are raised, since a shell cannot show them during completion.
"""

from __future__ import annotations

import argparse
import contextlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence

from octoprint_cli.client.tracking.goals import FAILURES, GOALS
from octoprint_cli.errors import CODES, CliError
from octoprint_cli.framework.argparse_internals import actions_of, is_repeated
from octoprint_cli.framework.catalogue import summary_of
from octoprint_cli.framework.results import UPDATE_TYPES
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP, Formatters

if TYPE_CHECKING:
    from octoprint_cli.framework.run_context import RunContext

#: The maximum wait for the server, in seconds, since the shell waits for the answer.
SECONDS = 1.0


class Candidates(NamedTuple):
    """The words that can come next, and whether a local file name can."""

    words: List[str]
    files: bool = False
    #: What some of the words mean: commands and options.
    meanings: Mapping[str, str] = MappingProxyType({})


def candidates(app: RunContext, words: Sequence[str], describe: bool = False) -> Candidates:
    """Return the completions of the last of `words`, which may be empty. With `describe`, what they mean, too."""
    *before, current = words or [""]
    if current.startswith("--") and "=" in current and "--" not in before:
        option, _, value = current.partition("=")
        values = candidates(app, [*before, option, value])
        return values._replace(words=[f"{option}={word}" for word in values.words])
    line, possible = _CommandLine(app, before, current), Candidates([])
    with contextlib.suppress(CliError, SystemExit, ValueError):
        possible = line.possible()
    found = sorted({word for word in possible.words if word.startswith(current) and word})
    return possible._replace(words=found, meanings=line.meanings(found) if describe else {})


class _CommandLine:
    """A command line that is being completed."""

    def __init__(self, app: RunContext, before: List[str], current: str) -> None:
        self.app, self.before, self.current = app, before, current
        #: Whether the word at the cursor can be an option.
        self.option = current.startswith("-") and "--" not in before
        self._options_shown: Dict[str, str] = {}
        #: The words of the command's name that are there already, if more of them can follow.
        self._head: Optional[List[str]] = None

    def meanings(self, words: Sequence[str]) -> Dict[str, str]:
        """Return what the given words mean, of those that are options or words of commands."""
        found = {word: self._options_shown[word] for word in words if word in self._options_shown}
        if self._head is not None:
            found.update({word: self._meaning_of_command([*self._head, word]) for word in words if word not in found})
        return {word: meaning for word, meaning in found.items() if meaning}

    def _meaning_of_command(self, words: List[str]) -> str:
        """Return the summary of a command, or the words that can follow; nothing for a broken plugin."""
        manager, name = self.app.command_manager, " ".join(words)
        if name not in manager.names():
            return ", ".join(dict.fromkeys(_next_words(manager.names(), words)))
        with contextlib.suppress(CliError):
            return summary_of(manager.load_soon(name))
        return ""

    def possible(self) -> Candidates:
        """Return every word that can stand at the cursor, regardless of the characters typed already."""
        rest = self._without_options(self.app.parser)
        names: List[str] = self.app.command_manager.names()
        command = next((" ".join(rest[:length]) for length in range(len(rest), 0, -1) if " ".join(rest[:length]) in names), None)
        following = _next_words(names, rest)
        if command is None:
            value_of = self._waiting(self.app.parser)
            if value_of is not None:
                return self._values(value_of)
            self._head = rest
            return Candidates([*following, *(self._options(self.app.parser) if self.option else [])])
        found = self._of_command(command)
        if not (following and self._at_a_word()):
            return found
        self._head = rest
        return found._replace(words=[*following, *found.words])

    def _at_a_word(self) -> bool:
        """Return whether no option precedes the word at the cursor."""
        return not any(word.startswith("-") for word in [*self.before, self.current])

    def _of_command(self, command: str) -> Candidates:
        instance, parser = self.app.command_manager.described(command, self.app)
        kind = type(instance)
        value_of = self._waiting(parser) or self._waiting(self.app.parser)
        if value_of is not None:
            return self._values(value_of, kind)
        if self.option:
            return Candidates([*self._options(parser), *self._options(self.app.parser)])
        given = self._without_options(self.app.parser, parser)[len(command.split()) :]
        by_place = [action for action in actions_of(parser) if not action.option_strings]
        index = min(len(given), len(by_place) - 1)
        if index < 0 or (index < len(given) and by_place[index].nargs not in ("*", "+")):
            return Candidates([])
        return self._values(by_place[index], kind, given)

    def _options(self, parser: argparse.ArgumentParser) -> List[str]:
        """Return the parser's long options that may still be added to the line."""
        given = {word.partition("=")[0] for word in self.before}
        shown = [action for action in actions_of(parser) if action.help is not argparse.SUPPRESS]
        free = [action for action in shown if is_repeated(action) or not given & set(action.option_strings)]
        options = {option: _one_line(action.help) for action in free for option in action.option_strings if option.startswith("--")}
        self._options_shown.update(options)
        return list(options)

    def _waiting(self, parser: argparse.ArgumentParser) -> Optional[argparse.Action]:
        """Return the option whose value comes next, if one does."""
        if self.option or "--" in self.before:
            return None
        return _takes_value(self.before[-1] if self.before else "", parser)

    def _without_options(self, *parsers: argparse.ArgumentParser) -> List[str]:
        """Return the words of the line without options and their values."""
        rest, skip, ended = [], False, False
        for word in self.before:
            if ended or not (skip or word.startswith("-")):
                rest.append(word)
            ended = ended or (word == "--" and not skip)
            skip = not ended and not skip and any(_takes_value(word, parser) for parser in parsers)
        return rest

    def _values(self, action: argparse.Action, kind: Any = None, given: Sequence[str] = ()) -> Candidates:
        if action.choices:
            return Candidates([str(choice) for choice in action.choices])
        if action.dest == "words" and not action.option_strings:
            self._head = list(given)
            return Candidates(_next_words(self.app.command_manager.names(), list(given)))
        if action.dest == "columns":
            return Candidates(_columns(kind))
        if action.dest in _LIVE and action.metavar != "N":
            line = self.before[:-1] if action.option_strings else self.before
            with contextlib.suppress(CliError, SystemExit):  # an unfinished line may be invalid
                self.app.apply_options(self.app.parser.parse_known_args(line)[0])
            head = "".join(self.current.rpartition(",")[:2]) if action.dest in _BY_COMMA else ""
            return Candidates([head + word for word in _LIVE[action.dest](self.app)])
        return Candidates([], files=str(action.metavar or action.dest).upper().startswith(_FILES))


def _one_line(help: Optional[str]) -> str:
    return " ".join((help or "").replace("%%", "%").split())


def _takes_value(word: str, parser: argparse.ArgumentParser) -> Optional[argparse.Action]:
    return next((action for action in actions_of(parser) if word in action.option_strings and action.nargs != 0), None)


def _next_words(names: List[str], rest: List[str]) -> List[str]:
    """Return the next word of each command whose name begins with the words of `rest`."""
    split = [name.split() for name in names]
    return [name[len(rest)] for name in split if name[: len(rest)] == rest and len(name) > len(rest)]


def _columns(kind: Any) -> List[str]:
    """Return the fields of a command's result, including those of its rows for a list."""
    properties: Dict[str, Any] = (getattr(kind, "result", None) and kind.result.schema["properties"]) or {}
    rows = [name for value in properties.values() for name in value.get("items", {}).get("properties", ())]
    return [*properties, *(rows if getattr(kind, "_group", SHOW_GROUP) == LIST_GROUP else [])]


def _stored(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return [file.path for file in app.client.files.list("local").files]


def _ports(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return ["AUTO", *app.client.connection.current().ports]


def _profiles(app: Any) -> List[str]:
    with app.client.http.hurried(SECONDS):
        return list(app.client.connection.current().profiles)


def _checks(_: Any) -> List[str]:
    from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup

    return EntryPointGroup(CHECKS).claimed()


#: Prefixes of the metavar of an argument that is a local file or folder.
_FILES = ("FILE", "OUT", "PATH")
#: Arguments that hold several values, separated by commas.
_BY_COMMA = ("events", "fail_on")
#: Functions by argument name that return the current values of an argument.
_LIVE: Dict[str, Callable[[Any], Iterable[str]]] = {
    "stored": _stored,
    "port": _ports,
    "profile": _profiles,
    "printer": lambda app: app.settings.printers,
    "format": lambda app: [*Formatters(SHOW_GROUP, "").names(), *Formatters(LIST_GROUP, "").names()],
    "ignore": _checks,
    "code": lambda app: CODES,
    "goals": lambda app: [goal.partition("=")[0] + ("=" if "=" in goal else "") for goal in GOALS],
    "fail_on": lambda app: [*FAILURES, "none"],
    "events": lambda app: UPDATE_TYPES,
}
