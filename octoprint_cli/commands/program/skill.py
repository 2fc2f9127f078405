"""skill: the skill file for agents."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import ShowOne, fields, installed_commands, skill


class Skill(ShowOne):
    """print the skill file that teaches an agent this program

    It is the content of SKILL.md, and has the commands of plugins, too.
    """

    result = fields.record(name=fields.text("of the skill, and of the folder for its file"), content=fields.text("of SKILL.md"))
    examples = (
        ("octoprint-cli skill > SKILL.md", "write the file"),
        ("octoprint-cli skill --built-in", "without the commands of plugins"),
    )
    effects = ("reads",)
    needs_server = False
    exposed_as_tool = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--built-in", action="store_true", help="leave out the commands of plugins")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        rows, _ = installed_commands(self.app, self.app.command_manager.names())
        content = skill([row for row in rows if not (parsed_args.built_in and row["distribution"])])
        return {"name": "octoprint-cli", "content": content}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        return str(data["content"]) if "content" in data else None
