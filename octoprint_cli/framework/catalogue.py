"""Commands as data, read from the class and the parser: arguments, effects, error codes, the schema of the result."""

from __future__ import annotations

import argparse
import contextlib
import inspect
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Sequence, Tuple, Type

from octoprint_cli.errors import CODES, PluginError
from octoprint_cli.errors.base import Exit
from octoprint_cli.framework.argparse_internals import groups_of, is_help, is_repeated
from octoprint_cli.framework.guard import Guarded
from octoprint_cli.framework.help_page import examples_of, is_of_formatters
from octoprint_cli.framework.options import number_text, seconds
from octoprint_cli.framework.results import EFFECTS, HARMLESS, SKIPPED, rehearsal_of
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup, is_own

if TYPE_CHECKING:
    from octoprint_cli.framework.run_context import RunContext

#: Error codes of every command.
COMMON_CODES = ("USAGE_ERROR", "CONFIG_ERROR", "OUTPUT_ERROR", "PLUGIN_ERROR", "INTERNAL_ERROR", "INTERRUPTED", "TERMINATED")
#: Additional error codes of every command that sends requests to a server.
SERVER_CODES = (
    *"CONNECTION_ERROR TIMEOUT TLS_ERROR SERVER_STARTING AUTH_ERROR PERMISSION_DENIED SERVER_ERROR UNEXPECTED_RESPONSE".split(),
    "NOT_FOUND",  # an endpoint that an old or another server lacks
    "PRINTER_BUSY",  # a refusal (409) whose reason is unknown
)
#: Additional error codes of every command that changes something on the server.
ACT_CODES = ("OUTCOME_UNKNOWN",)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS = {int: "integer", float: "number", seconds: "number", number_text: "number"}
#: The types of arguments by what their functions are declared to return.
_RETURNED = {"int": "integer", "float": "number", int: "integer", float: "number"}


def described(command: Any, name: str, owner: Optional[str]) -> Dict[str, Any]:
    """Return the catalogue's entry of a command, which is given as an instance."""
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
        "examples": examples_of(kind),
    }


def installed_commands(app: RunContext, names: Sequence[str]) -> Tuple[List[Dict[str, Any]], List[str]]:
    """Return the catalogue's entries of the named commands, and the problems of those that cannot be described."""
    manager, rows, broken = app.command_manager, [], []
    for name in names:
        try:
            command, _ = manager.described(name, app)
            rows.append(described(command, name, manager.owner(name)))
        except PluginError as error:  # a broken plugin must not hide the other commands
            broken.append(error.message)
    return rows, broken


def summary_of(kind: Type[Any]) -> str:
    """Return the first line of a command's help."""
    return inspect.cleandoc(kind.__doc__ or "").split("\n", 1)[0].rstrip(".")


def effects_of(kind: Type[Any]) -> Optional[List[str]]:
    """Return the declared effects of a command, with those of the checks that it runs; None if undeclared."""
    declared = getattr(kind, "effects", None)
    if declared is None:
        return None
    checks = _effects_of_checks() if getattr(kind, "preflight", False) else ()
    return [*declared, *(effect for effect in checks if effect not in declared)]


def _effects_of_checks() -> Sequence[str]:
    """Return the effects of the checks from plugins. The built-in ones only read, and a check that cannot be loaded is not run."""
    extensions, found = EntryPointGroup(CHECKS), {"reads"}
    for name in extensions.names():
        if not is_own(extensions.entry_point(name)):
            with contextlib.suppress(PluginError):
                found.update(getattr(extensions.load(name), "effects", ()))
    return [effect for effect in EFFECTS if effect in found]


def error_codes(kind: Type[Any]) -> Sequence[str]:
    """Return every error code that a command may end with."""
    codes = {*COMMON_CODES, *getattr(kind, "error_codes", ())}
    codes |= {"PRINTER_HALTED"} if "PRINTER_OFFLINE" in codes else set()  # the firmware may have halted wherever it may be offline
    if getattr(kind, "needs_server", True):
        codes |= {*SERVER_CODES}
        codes |= set() if set(effects_of(kind) or ("unknown",)) <= HARMLESS else {*ACT_CODES}
    if getattr(kind, "destructive", None):
        codes.add("CONFIRMATION_REQUIRED")
    if "heats" in (effects_of(kind) or ()):
        codes.add("LIMIT_EXCEEDED")
    return sorted(codes)


def arguments(parser: argparse.ArgumentParser) -> Iterator[Dict[str, Any]]:
    """Yield the arguments of a command, without those of the output formats, which every command has."""
    for title, actions in groups_of(parser):
        if is_of_formatters(title):
            continue
        for action in actions:
            if is_help(action) or action.help is argparse.SUPPRESS:
                continue
            if action.dest != "formatter":  # a third-party cliff command has it among its own arguments
                yield _argument(action)


def _argument(action: argparse.Action) -> Dict[str, Any]:
    repeated = is_repeated(action)
    several = action.nargs in ("*", "+", argparse.REMAINDER) or (isinstance(action.nargs, int) and action.nargs > 1)
    return {
        "name": action.dest,
        "options": list(action.option_strings),
        "type": "boolean" if action.nargs == 0 else _type_of(action),
        "many": repeated or several,
        "repeated": repeated,
        "required": action.required and action.nargs != "*",
        "default": action.default if isinstance(action.default, (str, int, float, list)) else None,
        "choices": list(action.choices) if action.choices else None,
        "help": _help(action),
    }


def _type_of(action: argparse.Action) -> str:
    """Return the JSON type of an option's value: that of its `type`, or of what this function is declared to return."""
    known = _NUMBERS.get(action.type)
    return known or _RETURNED.get(getattr(action.type, "__annotations__", {}).get("return"), "string")


def _help(action: argparse.Action) -> str:
    return " ".join((action.help or "").split()).replace("%%", "%")


def schema_of(kind: Type[Any], name: str) -> Dict[str, Any]:
    """Return the JSON Schema of the `data` of a successful command."""
    results: List[Dict[str, Any]] = [kind.result.schema]
    if issubclass(kind, Guarded):
        results.append(rehearsal_of(kind).schema)
        results += [SKIPPED.schema] if kind.skippable else []
    body = results[0] if len(results) == 1 else {"anyOf": results}
    return {"$schema": _DIALECT, "title": f"data of octoprint-cli {name}", **body}
