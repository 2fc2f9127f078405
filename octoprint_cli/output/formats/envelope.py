"""The envelope: what every answer looks like to a program, whether it went well or not."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict, Iterable, Mapping, Sequence, TextIO

from cliff.formatters.base import ListFormatter, SingleFormatter

from octoprint_cli.errors import CliError
from octoprint_cli.output.columns import to_plain_data


def success(data: Any) -> Dict[str, Any]:
    """The envelope of a result."""
    return {"status": "success", "data": to_plain_data(data)}


def failure(error: CliError) -> Dict[str, Any]:
    """The envelope of an error, with the result it may carry."""
    return {"status": "error", "data": to_plain_data(error.data), "error": to_plain_data(error.as_dict())}


def rows_as_data(columns: Sequence[str], rows: Iterable[Sequence[Any]], args: Namespace) -> Dict[str, Any]:
    """The `data` of a list: its rows under their plural name, beside whatever else the command said.

    Our Lister leaves both on the arguments, which is the one channel that cliff passes through.
    """
    name: str = getattr(args, "rows_name", "rows")
    extra: Mapping[str, Any] = getattr(args, "rows_extra", {})
    return {**extra, name: [dict(zip(columns, row)) for row in rows]}


class EnvelopeFormatter(ListFormatter, SingleFormatter):
    """A format that carries the envelope, so errors too."""

    def add_argument_group(self, parser: Any) -> None:
        """No options of its own."""

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_envelope(success(dict(zip(column_names, data))), stdout, parsed_args)

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_envelope(success(rows_as_data(column_names, data, parsed_args)), stdout, parsed_args)

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        """Write one document."""
        raise NotImplementedError
