"""plugins list, plugins new: the add-ons."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import Lister, Rows, ShowOne, fields, write_add_on


class PluginsList(Lister):
    """list what is installed that adds commands, checks or formats

    What cannot be loaded, or claims a name that is taken, is named with the reason.
    """

    answer = fields.record(
        plugins=fields.listed(
            fields.record(
                distribution=fields.text(),
                version=fields.text(),
                commands=fields.listed(fields.text()),
                checks=fields.listed(fields.text()),
                formats=fields.listed(fields.text()),
                problems=fields.listed(fields.text(), "what of it does not work, and why"),
                requires=fields.listed(fields.text(), "other distributions"),
            )
        )
    )
    asks_server = False

    def take_action(self, parsed_args: Namespace) -> Rows:
        columns = ("distribution", "version", "commands", "checks", "formats", "problems")
        return Rows("plugins", columns, self.app.command_manager.inventory(), more=("requires",))


class PluginsNew(ShowOne):
    """write a new add-on: a package with one command and its test

    Into a folder octoprint-cli-NAME, here. docs/plugins.md goes on from there.
    """

    answer = fields.record(
        folder=fields.text(), files=fields.listed(fields.text(), "below it"), next=fields.listed(fields.text(), "what to run")
    )
    effects = ("writes",)
    repeatable = False
    codes = ("FILE_EXISTS", "FILE_UNREADABLE", "INVALID_VALUE")
    asks_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("name", metavar="NAME", help="such as my-printer")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        name = parsed_args.name
        folder = write_add_on(name, Path.cwd())
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        steps = [f"pip install -e {folder.name}", f"octoprint-cli {name.replace('-', ' ')} show", f"pytest {folder.name}"]
        return {"folder": str(folder), "files": files, "next": steps}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "next" not in data:
            return None
        return "\n".join([f"{data['folder']} is there. Next:", *(f"  {step}" for step in data["next"])])
