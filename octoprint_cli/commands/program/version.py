"""version: the versions of this program and of the server."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.api import ShowOne, errors, fields, name_conflict, visible

#: The number of characters of a server's version that are shown in a text.
LONGEST_VERSION = 80


class Version(ShowOne):
    """show the version of this program and of the server"""

    result = fields.record(
        cli=fields.text("this program's"),
        python=fields.text(),
        host=fields.text("the server's address").or_null,
        server=fields.text("OctoPrint's").or_null,
        conflict=fields.text("what is wrong if another project named octoprint-cli is installed beside this one").or_null,
    )
    examples = (
        ("octoprint-cli version", "this program and the server"),
        ("octoprint-cli version --client", "this program only, without asking the server"),
        ("octoprint-cli version --json", "the same, as JSON"),
    )
    effects = ("reads",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("--client", action="store_true", help="only the version of this program; ask no server")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        data: Dict[str, Any] = {"cli": self.app.version, "python": sys.version.split()[0]}
        data.update(host=None, server=None, conflict=None)
        conflict = name_conflict()
        if conflict is not None:
            data["conflict"] = str(conflict)
            self.terminal.warn(data["conflict"])
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
