"""commands, schema, explain: this program described as data."""

from __future__ import annotations

import json
import shutil
import textwrap
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import (
    EFFECTS,
    EXAMPLE,
    CommandSource,
    Lister,
    Rows,
    ShowOne,
    add_command_name,
    errors,
    explained,
    fields,
    installed_commands,
    labelled,
    lines,
    schema_of,
)

_ARGUMENT = fields.record(
    name=fields.text("in the parsed arguments"),
    options=fields.listed(fields.text(), "none: a positional argument"),
    type=fields.one_of("string", "integer", "number", "boolean"),
    many=fields.switch("may be given several times"),
    repeated=fields.switch("the option is repeated for each value"),
    required=fields.switch(),
    default=fields.anything("the value if it is not given"),
    choices=fields.listed(fields.anything("one of them")).or_null,
    help=fields.text(),
)
_COMMAND = fields.record(
    name=fields.text("as it is typed"),
    summary=fields.text(),
    description=fields.text(),
    distribution=fields.text("that adds it, null for the built-in ones").or_null,
    arguments=fields.listed(_ARGUMENT.displayed_as(lambda it: (it["options"] or [it["name"].upper()])[-1])),
    effects=fields.listed(fields.one_of(*EFFECTS), "what it does to the world, null if undeclared: treat as unrestricted")
    .displayed_as(lambda effects: ", ".join(effects) if set(effects) < set(EFFECTS) else "anything")
    .or_null,
    confirm=fields.text("why it requires --confirm; null if it does not").or_null,
    dry_run=fields.switch("--dry-run shows what it would send"),
    repeatable=fields.switch("running it again does no harm and changes nothing more"),
    streams=fields.switch("one line per event, the envelope last"),
    exit_codes=fields.listed(fields.whole()),
    error_codes=fields.listed(fields.text()),
    examples=fields.listed(EXAMPLE.displayed_as(lambda it: str(it["line"])), "command lines that can be run"),
)


class Commands(Lister):
    """list commands with their arguments, effects and error codes

    Without a name, all commands are listed, also those of plugins; json and yaml have everything that is known about them.
    """

    result = fields.record(commands=fields.listed(_COMMAND), broken=fields.listed(fields.text(), "what cannot be loaded, and why"))
    headings = labelled(
        {
            "name": "{name}[ *{confirm?}]",
            "summary": "{summary}",
            "effects": "{verbose?}{effects}",
            "requires --confirm, as it": "{verbose?}{confirm}",
        }
    )
    template = lines(
        "{!verbose}* may require --confirm; -v says why.",
        "{for broken}<red>Broken:</> {value}",
    )
    examples = (
        ("octoprint-cli commands", "all commands and what they need"),
        ("octoprint-cli commands print --json", "everything about one command, as JSON"),
        ("octoprint-cli commands plugins", "the commands whose names begin with plugins"),
    )
    effects = ("reads",)
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_command_name(parser, "*", "a command, or the first word of several")
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        rows, broken = installed_commands(self.app, _matching(self.app.command_manager, parsed_args.words))
        brief = ("name", "summary", "effects", "confirm")
        more = [name for name in _COMMAND.schema["properties"] if name not in brief]
        return Rows("commands", brief, rows, more=more, broken=broken)


def _matching(manager: CommandSource, words: List[str]) -> List[str]:
    wanted = " ".join(words)
    names: List[str] = [name for name in manager.names() if not words or name == wanted or name.startswith(wanted + " ")]
    if not names:
        manager.find_command(words)  # raises with the nearest names
    return names


class Schema(ShowOne):
    """show the JSON Schema of a command's result

    The schema (dialect 2020-12) is that of `data` in the envelope of a success. After a failure `data` may have some of the same
    fields, or none.
    """

    result = fields.record(command=fields.text(), schema=fields.anything("the schema"))
    examples = (
        ("octoprint-cli schema status", "which fields status has"),
        ("octoprint-cli schema config show", "those of a command of two words"),
    )
    effects = ("reads",)
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_command_name(parser, "+", "a command")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        kind, name, rest = self.app.command_manager.find_command(parsed_args.words)
        if rest:
            raise errors.UsageError(f"there is no command {' '.join(parsed_args.words)}", hint="octoprint-cli commands")
        if not hasattr(kind, "result"):  # a plain cliff command, whose result is what it prints
            return {"command": name, "schema": {"type": "object"}}
        return {"command": name, "schema": schema_of(kind, name)}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        return json.dumps(data["schema"], indent=2) if "schema" in data else None


_CODE = {
    "code": fields.text(),
    "exit_code": fields.whole(),
    "meaning": fields.text(),
    "retryable": fields.switch("the same command can succeed later without anything being changed"),
    "advice": fields.text("what to do"),
    "next": fields.text("what to run"),
}


class Explain(ShowOne):
    """explain an error code, or list all error codes

    The explanation says what the code means, whether the same command can succeed later, and what to do.
    """

    result = fields.merged(
        fields.optional(fields.record("", _CODE)),
        fields.record(codes=fields.listed(fields.record("a code", _CODE), "without CODE: all of them").optional),
    )
    template = lines(
        "<bold>{code}</>, exit code {exit_code}",
        "{meaning}",
        ("{retryable?}The same command can succeed later.", "The same command fails again until something is changed."),
        "{advice}",
        "Next: {next}",
    )
    examples = (
        ("octoprint-cli explain PRINTER_BUSY", "what the code means, and what to do"),
        ("octoprint-cli explain", "all error codes, by exit code"),
        ("octoprint-cli explain PRINTER_BUSY -c advice -f value", "only what to do"),
    )
    effects = ("reads",)
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("code", metavar="CODE", nargs="?", type=str.upper, help="such as PRINTER_BUSY (default: list them all)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.code not in errors.CODES:
            self.app.command_manager.import_all()  # the errors of a plugin are known once its modules are imported
        if parsed_args.code is not None:
            return explained(parsed_args.code)
        return {"codes": sorted(map(explained, errors.CODES), key=lambda row: (row["exit_code"], row["code"]))}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "codes" not in data:
            return None
        width = shutil.get_terminal_size().columns
        shown: List[str] = []
        for number in sorted({row["exit_code"] for row in data["codes"]}):
            shown += ["", f"exit code {number}:"]
            for row in (row for row in data["codes"] if row["exit_code"] == number):
                shown += textwrap.wrap(
                    f"{row['code']:<21} {row['meaning']}", width, initial_indent="  ", subsequent_indent=" " * 24
                )
        return "\n".join([*shown[1:], "", "What to do about one: octoprint-cli explain CODE"])
