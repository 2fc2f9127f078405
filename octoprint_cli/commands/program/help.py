"""help: of one command, or of all."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import (
    ShowOne,
    add_command_name,
    errors,
    fields,
)


class Help(ShowOne):
    """show help, for one command or for all"""

    result = fields.record(
        group=fields.text("whose commands are listed").or_null.optional,
        commands=fields.listed(fields.record(name=fields.text(), summary=fields.text())).optional,
        command=fields.text().optional,
        help=fields.text().optional,
        distribution=fields.text("that adds the command, null for the built-in ones").or_null.optional,
    )
    effects = ("reads",)
    needs_server = False
    exposed_as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_command_name(parser, "*", "a command's name", metavar="COMMAND")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        manager = self.app.command_manager
        words = parsed_args.words
        below = manager.subcommands(words) if words else manager.names()
        if not below or " ".join(words) in manager.names():
            return self._one(words)
        return {"group": " ".join(words) or None, **self._overview(below)}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "help" in data:
            return str(data["help"])
        rows = [f"  {row['name']:<16} {row['summary']}" for row in data["commands"]]
        head = "" if data.get("group") else self.app.parser.format_help() + "\n"
        return "\n".join([head + "commands:", *rows, "", "octoprint-cli help COMMAND tells more."])

    def _one(self, words: List[str]) -> Dict[str, Any]:
        _, name, _ = self.app.command_manager.find_command(words)
        text = self.app.command_manager.described(name, self.app)[1].format_help()
        owner = self.app.command_manager.owner(name)
        return {"command": name, "help": text + (f"\nThis command comes from {owner}.\n" if owner else ""), "distribution": owner}

    def _overview(self, names: List[str]) -> Dict[str, Any]:
        return {"commands": [{"name": name, "summary": self._summary(name)} for name in names]}

    def _summary(self, name: str) -> str:
        try:
            doc = self.app.command_manager.load_soon(name).__doc__ or ""
        except errors.PluginError as error:  # a broken plugin costs one line of the list
            return f"(broken: {error.message})"
        return textwrap.dedent(doc).strip().split("\n", 1)[0].rstrip(".")
