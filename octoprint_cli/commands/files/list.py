"""files: the G-code files on the server."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Sequence

from octoprint_cli.api import Lister, Rows, add_location, fields, labelled

if TYPE_CHECKING:
    from octoprint_cli.api import StoredFile

COLUMNS = ("name", "path", "location", "size", "date")
#: Columns that a table leaves out.
MORE = ("print_time", "estimated_print_time", "last_print")

_LAST_PRINT = fields.record(
    outcome=fields.one_of("finished", "unfinished", meaning="unfinished: it was cancelled, or has failed"),
    ended=fields.time("when").or_null,
)


class Files(Lister):
    """list the G-code files on the server

    Files in folders are included, and so are those on the printer's SD card.
    """

    result = fields.record(
        free=fields.size("that an upload may take").or_null,
        total=fields.size("of the server's disk").or_null,
        files=fields.listed(
            fields.record(
                name=fields.text("as given at the upload"),
                path=fields.text("on the server"),
                location=fields.one_of("local", "sdcard"),
                size=fields.size("of the file").or_null,
                date=fields.time("of the upload").or_null,
                print_time=fields.span("that the last print took; null: it did not finish, or there was none").or_null,
                estimated_print_time=fields.span("of a print, from the server's analysis").or_null,
                last_print=_LAST_PRINT.displayed_as(lambda last: str(last["outcome"])).or_null,
            )
        ),
    )
    headings = labelled(
        {
            "file": "{path}",
            "on": "{location=sdcard}SD card",
            "size": "{size}",
            "uploaded": "{date:day}",
            "print time": ("{print_time}", "~ {estimated_print_time}"),
            "last print": ("{last_print.outcome=finished}<green>finished</>", "{last_print?}<yellow>not finished</>"),
        }
    )
    template = "{free} free[ of {total}]"
    examples = (
        ("octoprint-cli files", "all files with size, date and print time"),
        ("octoprint-cli files --location sdcard", "only those on the SD card"),
        ("octoprint-cli files -c path -f value", "only their paths, one per line"),
    )
    effects = ("reads",)
    error_codes = ("PRINTER_OFFLINE",)

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_location(parser, default=None)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        listing = self.client.files.list(parsed_args.location)
        return Rows("files", COLUMNS, map(_row, listing.files), more=MORE, free=listing.free, total=listing.total)


def _row(file: StoredFile) -> Sequence[Any]:
    """Return a file as a row of the answer."""
    known = (file.name, file.path, file.location, file.size, file.date)
    outcome = {True: "finished", False: "unfinished", None: None}[file.history.succeeded]
    last_print = {"outcome": outcome, "ended": file.history.last} if outcome else None
    return (*known, file.print_time, file.estimated_print_time, last_print)
