"""Errors of argparse in our words, with the word that was probably meant. Imported after an error only."""

from __future__ import annotations

import argparse
import re
from typing import Iterator, Sequence

from octoprint_cli.errors import UsageError
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.framework.argparse_internals import actions_of

_UNKNOWN = "unrecognized arguments: "
_CHOICE = re.compile(r"argument (?P<name>.+?): invalid choice: (?P<quoted>'(?P<value>.*)'|.+) \(choose from ")


Parsers = Sequence[argparse.ArgumentParser]


def usage_error(message: str, parsers: Parsers, hint: str) -> UsageError:
    """Return the error for a message of argparse. The parsers are the command's and that of the global options."""
    if message.startswith(_UNKNOWN):
        words = message[len(_UNKNOWN) :].split()
        option = next((word for word in words if re.match("--?[a-zA-Z]", word)), None)
        return UsageError(message, hint=hint) if option is None else unknown_option(option, parsers, hint)
    found = _CHOICE.match(message)
    choices = next((action.choices for action in _actions(parsers) if found and _name(action) == found["name"]), None)
    if found is None or choices is None:
        return UsageError(message, hint=hint)
    value = found["quoted"] if found["value"] is None else found["value"]
    known = [str(choice) for choice in choices]
    said = f"argument {found['name']}: invalid choice: {value!r} (choose from {', '.join(known)})"
    return _suggesting(said, value, known, hint)


def unknown_option(written: str, parsers: Parsers, hint: str) -> UsageError:
    """Return the error for an option that none of the parsers has."""
    option = written.partition("=")[0]
    known = list(dict.fromkeys(option for action in _actions(parsers) for option in action.option_strings))
    return _suggesting(f"there is no option {option}", option, known, hint)


def _suggesting(said: str, word: str, known: Sequence[str], hint: str) -> UsageError:
    near = close_matches(word, known)
    return UsageError(f"{said}{did_you_mean(near)}", hint=hint, details={"did_you_mean": near})


def _actions(parsers: Parsers) -> Iterator[argparse.Action]:
    return (action for parser in parsers for action in actions_of(parser) if action.help is not argparse.SUPPRESS)


def _name(action: argparse.Action) -> str:
    """Return the name of an argument as argparse's messages have it."""
    return "/".join(action.option_strings) or str(action.metavar or action.dest)
