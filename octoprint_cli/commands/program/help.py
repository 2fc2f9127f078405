"""help, version: the program itself."""

from __future__ import annotations

import platform
import textwrap
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import (
    ShowOne,
    errors,
    fields,
    visible,
)

#: Characters of a version that are shown to a person.
LONGEST_VERSION = 80


class Help(ShowOne):
    """show help, for one command or for all"""

    answer = fields.record(
        group=fields.text("whose commands are listed").or_null.sometimes,
        commands=fields.listed(fields.record(name=fields.text(), summary=fields.text())).sometimes,
        command=fields.text().sometimes,
        help=fields.text().sometimes,
        distribution=fields.text("that adds the command, null for the built-in ones").or_null.sometimes,
    )
    effects = ("reads",)
    asks_server = False
    as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("words", metavar="COMMAND", nargs="*", help="a command's name")
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
        except errors.PluginError as error:  # it costs its own line
            return f"(broken: {error.message})"
        return textwrap.dedent(doc).strip().split("\n", 1)[0].rstrip(".")


class Version(ShowOne):
    """show the version of this program and of the server"""

    answer = fields.record(
        cli=fields.text("this program's"),
        python=fields.text(),
        host=fields.text("the server's address").or_null,
        server=fields.text("OctoPrint's").or_null,
    )
    effects = ("reads",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--client", action="store_true", help="this program's alone; asks no server")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        data = {"cli": self.app.version, "python": platform.python_version(), "host": None, "server": None}
        host = None if parsed_args.client else self.settings.find("host")
        if host is None:
            return data
        data["host"] = host.shown("host")
        try:
            data["server"] = self.client.server.version()
        except errors.CliError as error:
            error.data = data
            raise
        return data

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        server = f"\nOctoPrint {visible(data['server'], LONGEST_VERSION)} at {data['host']}" if data.get("server") else ""
        return f"{self.app.NAME} {data['cli']}{server}" if "cli" in data else None
