"""plugins list, check, new: the installed plugins."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import Lister, Rows, ShowOne, errors, fields, labelled, write_plugin


class PluginsList(Lister):
    """list installed plugins, and what does not work

    A plugin adds commands, pre-flight checks or output formats. What cannot be loaded, or claims a name that is taken, is listed
    with the reason.
    """

    result = fields.record(
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
    headings = labelled(
        {
            "distribution": "{distribution}",
            "version": "{version}",
            "commands": ("{verbose?}{commands}", "{commands:count}"),
            "checks": ("{verbose?}{checks}", "{checks:count}"),
            "formats": ("{verbose?}{formats}", "{formats:count}"),
            "problems": "<red>{problems}</>",
        }
    )
    template = "{!verbose}-v shows their names."
    examples = (
        ("octoprint-cli plugins list", "the plugins and what is wrong with them"),
        ("octoprint-cli plugins list -v", "with the names of all that they add"),
    )
    effects = ("reads",)
    needs_server = False

    def take_action(self, parsed_args: Namespace) -> Rows:
        columns = ("distribution", "version", "commands", "checks", "formats", "problems")
        return Rows("plugins", columns, self.app.command_manager.inventory(), more=("requires",))


_PROBLEM = fields.record(
    rule=fields.text("which one is broken"),
    what=fields.text("the command, check, format or package that breaks it"),
    message=fields.text("the whole sentence"),
)


class PluginsCheck(Lister):
    """check plugins against the plugin guidelines

    A plugin must load, use names of its own, have help, declare its results and effects, and guard what does harm; its commands
    must parse in every format, and it may import only octoprint_cli.api. The command imports what it checks, but runs none of it.
    """

    result = fields.record(
        plugins=fields.listed(
            fields.record(
                distribution=fields.text(),
                ok=fields.switch("it breaks none"),
                problems=fields.listed(_PROBLEM.displayed_as(lambda it: str(it["message"]))),
            )
        )
    )
    headings = labelled({"distribution": "{distribution}", "follows the guidelines": "{ok}", "problems": "<red>{problems}</>"})
    examples = (
        ("octoprint-cli plugins check", "check all plugins"),
        ("octoprint-cli plugins check octoprint-agent-cli", "check the built-in commands"),
    )
    effects = ("reads",)
    error_codes = ("NOT_FOUND", "PLUGIN_RULES")
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("name", metavar="NAME", nargs="?", help="a distribution, or octoprint-agent-cli (default: all plugins)")
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        judged = self.app.command_manager.judged(self.app, parsed_args.name)
        rows = Rows("plugins", ("distribution", "ok", "problems"), judged)
        bad = [row["distribution"] for row in judged if not row["ok"]]
        if bad:
            raise errors.PluginRules(
                f"{' and '.join(bad)} {'break' if bad[1:] else 'breaks'} plugin guidelines",
                hint=f"octoprint-cli plugins check {bad[0]}  # once that is fixed",
                data=rows,
            )
        return rows


class PluginsNew(ShowOne):
    """write a new plugin: a package with a command and its tests

    The package is a new folder, octoprint-cli-NAME, in the working folder. The tutorial (docs/plugins/tutorial.md) begins with it.
    """

    result = fields.record(
        folder=fields.text(), files=fields.listed(fields.text(), "below it"), next=fields.listed(fields.text(), "what to run")
    )
    examples = (
        ("octoprint-cli plugins new my-printer", "write the folder octoprint-cli-my-printer"),
        ("octoprint-cli plugins new lights --json", "the same, and list its files as JSON"),
    )
    effects = ("writes",)
    repeatable = False
    error_codes = ("FILE_EXISTS", "FILE_UNWRITABLE", "INVALID_VALUE")
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("name", metavar="NAME", help="such as my-printer")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        name = parsed_args.name
        folder = write_plugin(name, Path.cwd())
        files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        steps = [
            f"pip install -e {folder.name}",
            f"octoprint-cli {name.replace('-', ' ')} chat",
            f"pytest {folder.name}",
            f"octoprint-cli plugins check {folder.name}",
        ]
        return {"folder": str(folder), "files": files, "next": steps}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "next" not in data:
            return None
        return "\n".join([f"Wrote {Path(data['folder']).name}. Next:", *(f"  {step}" for step in data["next"])])
