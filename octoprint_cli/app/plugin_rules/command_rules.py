"""The guidelines for one command: its help, its declarations, its guard, its options. It is instantiated, and never run."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import json
import re
import shlex
from typing import Any, Iterator, List, Tuple, Type

from octoprint_cli.errors import CODES, UsageError
from octoprint_cli.framework.argparse_internals import actions_of
from octoprint_cli.framework.base import Output
from octoprint_cli.framework.catalogue import arguments, schema_of, summary_of
from octoprint_cli.framework.guard import Guarded
from octoprint_cli.framework.help_page import examples_of
from octoprint_cli.framework.parser import format_parser, global_parser, parse
from octoprint_cli.framework.results import EFFECTS, HARMLESS
from octoprint_cli.output.formats.registry import Formatters

#: A guideline and how it is broken.
Violation = Tuple[str, str]

#: Effects that need the guard.
HARMFUL = frozenset({"heats", "moves", "starts", "deletes", "powers"})
#: Characters of a summary, which stands in a list beside its name.
_SHORTEST, _LONGEST = 10, 72
#: Global options that every command has as well.
_SHARED = frozenset({"-f", "--format", "-h", "--help", "--json"})


def command_problems(app: Any, name: str, kind: Any) -> Iterator[Violation]:
    """Yield what is wrong with the class of a command."""
    if not (isinstance(kind, type) and issubclass(kind, Output)):
        yield "kind", "is derived from none of ShowOne, Lister, Stream of octoprint_cli.api"
        return
    yield from _help(kind)
    yield from _declared(kind, name)
    yield from _guarded(kind)
    yield from _codes(kind)
    yield from _parsed(app, name.replace("_", " "), kind)


def _help(kind: Type[Any]) -> Iterator[Violation]:
    document = inspect.cleandoc(kind.__dict__.get("__doc__") or "")
    lines = document.split("\n")
    if not document:
        yield "help", "has no docstring to be its help"
    elif len(lines) > 1 and lines[1].strip():
        yield "help", "has help whose first line does not stand alone: a blank line must follow it"
    elif lines[0].rstrip().endswith("."):
        yield "help", "has a help line that ends with a full stop"
    elif not (_SHORTEST <= len(summary_of(kind)) <= _LONGEST and lines[0].isprintable()):
        yield "help", f"has a help line of {len(lines[0])} characters; it must have {_SHORTEST} to {_LONGEST}"
    elif not re.match(r"[a-z0-9]", lines[0]):
        yield "help", "has a help line that does not begin in lower case"


def _declared(kind: Type[Any], name: str) -> Iterator[Violation]:
    if kind.result is Output.result:
        yield "answer", "declares no result: result = fields.record(...)"
    try:
        json.dumps(schema_of(kind, name))
    except Exception as error:
        yield "answer", f"has a result without a JSON Schema: {type(error).__name__}: {error}"
    if kind.effects is None:
        yield "effects", f"declares no effects: effects = (...) of {', '.join(EFFECTS)}"
    unknown = [effect for effect in kind.effects or () if effect not in EFFECTS]
    if unknown:
        yield "effects", f"has unknown effects: {', '.join(unknown)} (choose from {', '.join(EFFECTS)})"


def _guarded(kind: Type[Any]) -> Iterator[Violation]:
    if kind.effects is None:  # reported already
        return
    changes = set(kind.effects) - HARMLESS
    if issubclass(kind, Guarded):
        if not changes:
            yield "guard", "is guarded, so it changes something, but its effects do not say what"
        return
    harm = sorted(changes & HARMFUL)
    if harm and not kind.runs_commands:
        yield "guard", f"{' and '.join(harm)}, and is not guarded: class {kind.__name__}(Guarded, ...)"


def _codes(kind: Type[Any]) -> Iterator[Violation]:
    for code in kind.error_codes:
        if code not in CODES:
            yield "codes", f"may end with {code}, but no error has that code"
        elif not (CODES[code].__dict__.get("__doc__") or "").strip():
            yield "codes", f"may end with {code}, whose class has no docstring to say what the code means"
        elif not CODES[code].advice:
            yield "codes", f"may end with {code}, whose class has no advice on what to do"


def _parsed(app: Any, name: str, kind: Type[Any]) -> Iterator[Violation]:
    before = app.format
    try:
        for wanted in Formatters(kind._group, "").names():
            app.format = before._replace(name=wanted, asked_for=True)
            try:
                parser = kind(app, app.options, cmd_name=name).get_parser(f"{app.NAME} {name}")
                text = _shown(parser, name, wanted)
            except Exception as error:
                yield "formats", f"cannot show its help with -f {wanted}: {type(error).__name__}: {error}"
                return
            if not text.startswith("usage:"):
                yield "formats", f"shows no help with -f {wanted}"
                return
    finally:
        app.format = before
    yield from _options(kind, parser)
    yield from _examples(kind, name, parser)


def _shown(parser: argparse.ArgumentParser, name: str, wanted: str) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.suppress(SystemExit):
        parse(parser, name, ["-f", wanted, "--help"])
    return told.getvalue()


def _options(kind: Type[Any], parser: argparse.ArgumentParser) -> Iterator[Violation]:
    taken = {option for action in actions_of(global_parser("", "")) for option in action.option_strings} - _SHARED
    taken -= {"--timeout"} if kind.own_timeout else set()
    for argument in arguments(parser):
        spelled: List[str] = argument["options"] or [argument["name"].upper()]
        if not argument["help"]:
            yield "options", f"has no help for {spelled[-1]}"
        for option in sorted(taken.intersection(spelled)):
            yield "options", f"never sees its option {option}: the program has one of that name"


def _examples(kind: Type[Any], name: str, parser: argparse.ArgumentParser) -> Iterator[Violation]:
    """Yield the examples that the command's own parser refuses. Global options and files for stdin and stdout are no part of it."""
    for example in examples_of(kind):
        _, program, line = re.split(r"[<>]", example["line"])[0].rpartition(f"octoprint-cli {name}")
        try:
            words = shlex.split(line)
            if not program:
                raise UsageError(f"it does not run octoprint-cli {name}")
            parse(parser, name, global_parser("", "").parse_known_args(format_parser().parse_known_args(words)[1])[1])
        except (ValueError, UsageError) as error:
            yield "examples", f"has an example that cannot be run, {example['line']!r}: {error}"
