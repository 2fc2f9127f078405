"""The table format: for interactive users, with units, and with untrusted text escaped."""

from __future__ import annotations

import shutil
from argparse import Namespace
from typing import Any, List, Sequence, TextIO

from cliff.formatters.base import ListFormatter, SingleFormatter

from octoprint_cli.output.formats.flat import flatten, for_person, row_for_person
from octoprint_cli.output.safe_text import written_for

#: On a terminal with less room per column, a list is shown as records.
NARROWEST_COLUMN = 14


class TableFormatter(ListFormatter, SingleFormatter):
    """Formatter that lets cliff draw tables of escaped text. cliff's is imported on first use, since that is slow."""

    #: Whether this format shows a command's text, if it has one, instead of a table.
    prefers_text = True

    def add_argument_group(self, parser: Any) -> None:
        group = parser.add_argument_group("table formatter")
        group.add_argument("--max-width", metavar="COLUMNS", type=int, default=0, help="maximum width of a table; 0: no limit")
        group.add_argument("--fit-width", action="store_true", help="no wider than the terminal (always so at a terminal)")
        group.add_argument("--print-empty", action="store_true", help="show the headings of a table without rows, too")

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        cells = list(flatten(column_names, data, machine=False))
        names, values = ([written_for(stdout, for_person(cell[side])) for cell in cells] for side in (0, 1))
        _cliff_formatter().emit_one(names, values, stdout, _fitted(stdout, parsed_args))

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        rows = [[written_for(stdout, cell) for cell in row_for_person(row)] for row in data]
        names = [for_person(name) for name in column_names]
        if _too_narrow(stdout, [names, *rows]):
            stdout.write("\n".join(_record(names, row) for row in rows))
        elif rows or parsed_args.print_empty:
            _cliff_formatter().emit_list(names, rows, stdout, _fitted(stdout, parsed_args))
        extra = getattr(parsed_args, "rows_extra", {})
        for name, value in flatten(list(extra), list(extra.values()), machine=False):
            stdout.write(f"{for_person(name)}: {for_person(value)}\n")


def _fitted(stdout: TextIO, parsed_args: Namespace) -> Namespace:
    """Return the options with the width of the terminal, if stdout is one and no width is given.

    cliff asks the terminal alone, which does not know its width in a container, for example; COLUMNS may say it.
    """
    if parsed_args.max_width > 0 or not stdout.isatty():
        return parsed_args
    return Namespace(**{**vars(parsed_args), "max_width": shutil.get_terminal_size((0, 0)).columns})


def _too_narrow(stdout: TextIO, rows: List[List[str]]) -> bool:
    """Return whether stdout is a terminal too narrow for a table of these rows."""
    if not stdout.isatty():
        return False
    width = shutil.get_terminal_size().columns
    wanted = sum(max(map(len, column)) + 3 for column in zip(*rows))
    return wanted > width and width < NARROWEST_COLUMN * len(rows[0])


def _record(names: List[str], row: List[str]) -> str:
    """Format a row as a record, one line for each column, for a narrow terminal."""
    longest = max(map(len, names))
    return "".join(f"{name:<{longest}}  {value}\n" for name, value in zip(names, row))


def _cliff_formatter() -> Any:
    from cliff.formatters.table import TableFormatter as CliffTable

    return CliffTable()
