"""config show: the effective configuration."""

from __future__ import annotations

from argparse import Namespace

from octoprint_cli.api import Lister, Rows, fields, labelled


class ConfigShow(Lister):
    """show the settings in effect, and where each comes from

    The API key is masked.
    """

    result = fields.record(
        path=fields.text("of the file"),
        printers=fields.listed(fields.text(), "their names"),
        settings=fields.listed(
            fields.record(name=fields.text(), value=fields.anything("the value"), origin=fields.text("where it comes from"))
        ),
    )
    headings = labelled({"setting": "{name}", "value": "{value}", "comes from": "{origin}"})
    template = labelled({"File": "{path}", "Printers": "{printers}"})
    examples = (
        ("octoprint-cli config show", "all settings with their origin"),
        ("octoprint-cli config show --printer mk3 --json", "those of one of several printers"),
    )
    effects = ("reads",)
    needs_server = False

    def take_action(self, parsed_args: Namespace) -> Rows:
        rows = [(name, value.shown(name), value.origin) for name, value in self.settings.describe()]
        return Rows(
            "settings", ("name", "value", "origin"), rows, path=str(self.settings.path), printers=sorted(self.settings.printers)
        )
