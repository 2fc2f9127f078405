"""What a machine is told of a command, read off its class and its parser: its arguments, its effects, how it can end."""

from __future__ import annotations

import argparse
import inspect
from typing import Any, Dict, Iterator, List, Optional, Sequence, Type

from octoprint_cli.errors import CODES
from octoprint_cli.errors.base import Exit
from octoprint_cli.framework.guard import Guarded
from octoprint_cli.framework.options import seconds
from octoprint_cli.framework.results import SKIPPED, rehearsed

#: Every command can end with these, one that asks a server with the next, one that changes something there with the last.
COMMON_CODES = ("USAGE_ERROR", "CONFIG_ERROR", "OUTPUT_ERROR", "PLUGIN_ERROR", "INTERNAL_ERROR", "INTERRUPTED", "TERMINATED")
SERVER_CODES = (
    *"CONNECTION_ERROR TIMEOUT TLS_ERROR SERVER_STARTING AUTH_ERROR PERMISSION_DENIED SERVER_ERROR UNEXPECTED_RESPONSE".split(),
    "PRINTER_BUSY",  # a refusal (409) in words that nobody knows
)
ACT_CODES = ("OUTCOME_UNKNOWN",)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS = {int: "integer", float: "number", seconds: "number"}


def described(command: Any, name: str, owner: Optional[str]) -> Dict[str, Any]:
    """A command, an instance of it, as the catalogue has it."""
    kind = type(command)
    codes = sorted(error_codes(kind))
    effects = effects_of(kind)
    return {
        "name": name,
        "summary": summary_of(kind),
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "distribution": owner,
        "arguments": list(arguments(command.get_parser(name))),
        "effects": effects,
        "confirm": getattr(kind, "destructive", None) if issubclass(kind, Guarded) else None,
        "dry_run": issubclass(kind, Guarded),
        "repeatable": effects is not None and getattr(kind, "repeatable", False),
        "streams": getattr(kind, "streams", False),
        "exit_codes": sorted({int(Exit.OK), *(int(CODES[code].exit_code) for code in codes if code in CODES)}),
        "error_codes": codes,
    }


def summary_of(kind: Type[Any]) -> str:
    """The first line of its help."""
    return inspect.cleandoc(kind.__doc__ or "").split("\n", 1)[0].rstrip(".")


def effects_of(kind: Type[Any]) -> Optional[List[str]]:
    """What it does to the world, as it is declared; None if nobody has said."""
    declared = getattr(kind, "effects", None)
    return None if declared is None else list(declared)


def error_codes(kind: Type[Any]) -> Sequence[str]:
    """All that it may end with."""
    codes = {*COMMON_CODES, *getattr(kind, "codes", ())}
    if getattr(kind, "asks_server", True):
        codes |= {*SERVER_CODES}
        codes |= set() if effects_of(kind) == ["reads"] else {*ACT_CODES}
    if getattr(kind, "destructive", None):
        codes.add("CONFIRMATION_REQUIRED")
    if "heats" in (effects_of(kind) or ()):
        codes.add("LIMIT_EXCEEDED")
    return sorted(codes)


def arguments(parser: argparse.ArgumentParser) -> Iterator[Dict[str, Any]]:
    """The command's own arguments, without those of the output formats, which every command has."""
    for group in parser._action_groups:  # argparse has no public way to ask
        if (group.title or "").endswith(("formatter", "formatters")):
            continue
        for action in group._group_actions:
            if isinstance(action, argparse._HelpAction) or action.help is argparse.SUPPRESS:
                continue
            if action.dest != "formatter":  # which a stranger's command has among its own
                yield _argument(action)


def _argument(action: argparse.Action) -> Dict[str, Any]:
    repeated = isinstance(action, argparse._AppendAction)
    several = action.nargs in ("*", "+", argparse.REMAINDER) or (isinstance(action.nargs, int) and action.nargs > 1)
    return {
        "name": action.dest,
        "options": list(action.option_strings),
        "type": "boolean" if action.nargs == 0 else _NUMBERS.get(action.type, "string"),
        "many": repeated or several,
        "repeated": repeated,
        "required": action.required and action.nargs != "*",
        "default": action.default if isinstance(action.default, (str, int, float, list)) else None,
        "choices": list(action.choices) if action.choices else None,
        "help": _help(action),
    }


def _help(action: argparse.Action) -> str:
    return " ".join((action.help or "").split()).replace("%%", "%")


def schema_of(kind: Type[Any], name: str) -> Dict[str, Any]:
    """The JSON Schema of the `data` that a success of the command has."""
    answers: List[Dict[str, Any]] = [kind.answer.schema]
    if issubclass(kind, Guarded):
        answers.append((kind.rehearsal or rehearsed(kind.preflight, kind.skippable)).schema)
        answers += [SKIPPED.schema] if kind.skippable else []
    body = answers[0] if len(answers) == 1 else {"anyOf": answers}
    return {"$schema": _DIALECT, "title": f"data of octoprint-cli {name}", **body}
