"""files: the G-code files on the server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from octoprint_cli.api import Lister, Rows, add_location, fields

COLUMNS = ("name", "path", "location", "size", "date")


class Files(Lister):
    """list the G-code files on the server

    With those in folders, of both locations unless one is named.
    """

    result = fields.record(
        free=fields.size("that an upload may take").or_null,
        total=fields.size("of the server's disk").or_null,
        files=fields.listed(
            fields.record(
                name=fields.text("as it was typed at the upload"),
                path=fields.text("on the server"),
                location=fields.one_of("local", "sdcard"),
                size=fields.size("of the file").or_null,
                date=fields.time("of the upload").or_null,
            )
        ),
    )
    effects = ("reads",)
    error_codes = ("PRINTER_OFFLINE",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_location(parser, default=None)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        listing = self.client.files.list(parsed_args.location)
        rows = [(file.name, file.path, file.location, file.size, file.date) for file in listing.files]
        return Rows("files", COLUMNS, rows, free=listing.free, total=listing.total)
