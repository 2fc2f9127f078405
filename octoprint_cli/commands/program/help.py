"""help: of one command, of a topic, or of all."""

from __future__ import annotations

import textwrap
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import EXAMPLE, ShowOne, add_command_name, errors, fields, overview

#: The names of the pages that are about no single command.
PAGES = ("formats",)


class Help(ShowOne):
    """show help for a command, or list all commands

    `help formats` describes the output formats.
    """

    result = fields.record(
        group=fields.text("whose commands are listed").or_null.optional,
        commands=fields.listed(
            fields.record(
                name=fields.text(), summary=fields.text(), topic=fields.text("what it is about; null: it is a plugin's").or_null
            )
        ).optional,
        command=fields.text().optional,
        help=fields.text().optional,
        distribution=fields.text("that adds the command, null for the built-in ones").or_null.optional,
        examples=fields.listed(EXAMPLE, "command lines that can be run").optional,
        topic=fields.text("the topic that `help` is about").optional,
    )
    examples = (
        ("octoprint-cli help print", "the options and examples of a command"),
        ("octoprint-cli help plugins", "the commands whose names begin with plugins"),
        ("octoprint-cli help formats", "output as JSON, YAML, CSV, and single fields"),
    )
    effects = ("reads",)
    needs_server = False
    exposed_as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_command_name(parser, "*", f"a command, or one of these pages: {', '.join(PAGES)}", metavar="COMMAND")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        manager = self.app.command_manager
        words = parsed_args.words
        below = manager.subcommands(words) if words else manager.names()
        if " ".join(words) in PAGES and not below:
            from octoprint_cli.api import help_topic

            return {"topic": words[0], "help": help_topic(words[0])}
        if not below or " ".join(words) in manager.names():
            return self._one(words)
        return {"group": " ".join(words) or None, **self._overview(below)}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "commands" in data:
            return overview(data["commands"], None if data.get("group") else self.app.parser)
        return str(data["help"]) if "help" in data else None

    def _one(self, words: List[str]) -> Dict[str, Any]:
        from octoprint_cli.api import examples_of, help_page

        _, name, _ = self.app.command_manager.find_command(words)
        command, parser = self.app.command_manager.described(name, self.app)
        owner = self.app.command_manager.owner(name)
        text = help_page(command, parser) + (f"\nThis command comes from {owner}.\n" if owner else "")
        return {"command": name, "help": text, "distribution": owner, "examples": examples_of(command)}

    def _overview(self, names: List[str]) -> Dict[str, Any]:
        topic = self.app.command_manager.topic
        return {"commands": [{"name": name, "summary": self._summary(name), "topic": topic(name)} for name in names]}

    def _summary(self, name: str) -> str:
        try:
            doc = self.app.command_manager.load_soon(name).__doc__ or ""
        except errors.PluginError as error:  # a broken plugin costs one line of the list
            return f"(broken: {error.message})"
        return textwrap.dedent(doc).strip().split("\n", 1)[0].rstrip(".")
