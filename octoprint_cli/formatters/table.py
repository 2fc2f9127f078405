"""table: for a person, with units, and with a stranger's text made harmless."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Sequence, TextIO

from cliff.formatters.table import TableFormatter as CliffTable

from octoprint_cli.formatters.flat import flatten, for_person, row_for_person


class TableFormatter(CliffTable):
    """cliff's table over safe text."""

    #: A command's plain text, where it has one, reads better here than a table.
    prefers_text = True

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        cells = [(for_person(name), for_person(value)) for name, value in flatten(column_names, data, machine=False)]
        super().emit_one([name for name, _ in cells], [value for _, value in cells], stdout, parsed_args)

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        rows = [row_for_person(row) for row in data]
        if rows or parsed_args.print_empty:
            super().emit_list([for_person(name) for name in column_names], rows, stdout, parsed_args)
        extra = getattr(parsed_args, "rows_extra", {})
        for name, value in flatten(list(extra), list(extra.values()), machine=False):
            stdout.write(f"{for_person(name)}: {for_person(value)}\n")
