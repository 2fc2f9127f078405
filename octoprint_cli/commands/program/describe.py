"""commands, schema, explain, skill: this program as a machine reads it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from octoprint_cli.api import EFFECTS, Lister, Rows, ShowOne, described, errors, explained, fields, schema_of, skill

_ARGUMENT = fields.record(
    name=fields.text("in the parsed arguments"),
    options=fields.listed(fields.text(), "none: by its place"),
    type=fields.one_of("string", "integer", "number", "boolean"),
    many=fields.switch("may be given several times"),
    repeated=fields.switch("each of several values stands behind the option anew"),
    required=fields.switch(),
    default=fields.anything("what counts without it"),
    choices=fields.listed(fields.anything("one of them")).or_null,
    help=fields.text(),
)
_COMMAND = fields.record(
    name=fields.text("as it is typed"),
    summary=fields.text(),
    description=fields.text(),
    distribution=fields.text("that adds it, null for the built-in ones").or_null,
    arguments=fields.listed(_ARGUMENT.told(lambda it: (it["options"] or [it["name"].upper()])[-1])),
    effects=fields.listed(fields.one_of(*EFFECTS), "what it does to the world, null: nobody has said, so anything")
    .told(lambda effects: ", ".join(effects) if set(effects) < set(EFFECTS) else "anything")
    .or_null,
    confirm=fields.text("why it wants --confirm, null: it does not").or_null,
    dry_run=fields.switch("--dry-run shows what it would send"),
    repeatable=fields.switch("a second time does no harm and changes nothing more"),
    streams=fields.switch("a line for each thing that happens, the envelope last"),
    exit_codes=fields.listed(fields.whole()),
    error_codes=fields.listed(fields.text()),
)


class Commands(Lister):
    """list commands with their arguments, effects, exit and error codes

    Built-in or added, all of them or those whose name begins with NAME.
    """

    answer = fields.record(commands=fields.listed(_COMMAND), broken=fields.listed(fields.text(), "what cannot be loaded, and why"))
    effects = ("reads",)
    asks_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("words", metavar="NAME", nargs="*", help="a command, or the first word of several")
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        rows, broken = _described(self.app, _matching(self.app.command_manager, parsed_args.words))
        brief = ("name", "summary", "effects", "confirm")
        more = [name for name in _COMMAND.schema["properties"] if name not in brief]
        return Rows("commands", brief, rows, more=more, broken=broken)


def _described(app: Any, names: List[str]) -> Tuple[List[Dict[str, Any]], List[str]]:
    """These commands, and what of them cannot be described."""
    manager, rows, broken = app.command_manager, [], []
    for name in names:
        try:
            command, _ = manager.described(name, app)
            rows.append(described(command, name, manager.owner(name)))
        except errors.PluginError as error:  # it costs its own row
            broken.append(error.message)
    return rows, broken


def _matching(manager: Any, words: List[str]) -> List[str]:
    wanted = " ".join(words)
    names: List[str] = [name for name in manager.names() if not words or name == wanted or name.startswith(wanted + " ")]
    if not names:
        manager.find_command(words)  # says what is near
    return names


class Schema(ShowOne):
    """show the JSON Schema of a command's answer

    Of the `data` in the envelope of a success, in the dialect of 2020-12. It promises nothing of a failure's `data`,
    which most often have some of the same members.
    """

    answer = fields.record(command=fields.text(), schema=fields.anything("the schema"))
    effects = ("reads",)
    asks_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("words", metavar="NAME", nargs="+", help="a command")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        kind, name, rest = self.app.command_manager.find_command(parsed_args.words)
        if rest:
            raise errors.UsageError(f"there is no command {' '.join(parsed_args.words)}", hint="octoprint-cli commands")
        if not hasattr(kind, "answer"):  # a stranger's: what it prints is its answer
            return {"command": name, "schema": {"type": "object"}}
        return {"command": name, "schema": schema_of(kind, name)}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        return json.dumps(data["schema"], indent=2) if "schema" in data else None


class Explain(ShowOne):
    """explain an error code: what it means, whether to try again, what to do"""

    answer = fields.record(
        code=fields.text(),
        exit_code=fields.whole(),
        meaning=fields.text(),
        retryable=fields.switch("the same command can succeed later without anything being changed"),
        advice=fields.text("what to do"),
        next=fields.text("what to run"),
    )
    effects = ("reads",)
    asks_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("code", metavar="CODE", type=str.upper, help="such as PRINTER_BUSY")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.code not in errors.CODES:
            self.app.command_manager.import_all()  # an add-on's errors are known once its modules are imported
        return explained(parsed_args.code)


class Skill(ShowOne):
    """write the skill file that tells an agent how to use this program

    SKILL.md, with the commands of add-ons: octoprint-cli skill > SKILL.md
    """

    answer = fields.record(name=fields.text("of the skill, and of the folder for its file"), content=fields.text("of SKILL.md"))
    effects = ("reads",)
    asks_server = False
    as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--built-in", action="store_true", help="without the commands of add-ons")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        rows, _ = _described(self.app, self.app.command_manager.names())
        content = skill([row for row in rows if not (parsed_args.built_in and row["distribution"])])
        return {"name": "octoprint-cli", "content": content}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        return str(data["content"]) if "content" in data else None
