"""The formats value, csv and shell: raw values without units, for scripts."""

from __future__ import annotations

import csv
import re
import shlex
from argparse import Namespace
from typing import Any, Sequence, TextIO

from cliff.formatters.base import ListFormatter, SingleFormatter

from octoprint_cli.output.formats.flat import flatten, for_machine

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")


class ValueFormatter(ListFormatter, SingleFormatter):
    """Formatter that writes bare values: one a line, or for a list one row a line, separated by spaces."""

    def add_argument_group(self, parser: Any) -> None:
        """Add no options."""

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        for _, value in flatten(column_names, data, machine=True):
            stdout.write(for_machine(value) + "\n")

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        for row in data:
            stdout.write(" ".join(for_machine(value) for value in row) + "\n")


class CsvFormatter(ListFormatter):
    """Formatter that writes a list as CSV (RFC 4180) with a header."""

    def add_argument_group(self, parser: Any) -> None:
        """Add no options."""

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        writer = csv.writer(stdout, lineterminator="\n")
        writer.writerow(column_names)
        for row in data:
            writer.writerow([for_machine(value) for value in row])


class ShellFormatter(SingleFormatter):
    """Formatter that writes shell assignments, which are safe to `eval` whatever the values contain."""

    def add_argument_group(self, parser: Any) -> None:
        group = parser.add_argument_group("shell formatter")
        group.add_argument("--prefix", default="", help="put this before each variable's name")

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        for name, value in flatten(column_names, data, machine=True):
            variable = _NOT_IN_A_NAME.sub("_", getattr(parsed_args, "prefix", "") + name)
            if not variable.isidentifier():  # a shell would run `3d=1` as a command
                variable = f"_{variable}"
            stdout.write(f"{variable}={shlex.quote(for_machine(value))}\n")
