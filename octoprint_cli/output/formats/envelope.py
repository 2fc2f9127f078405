"""The envelope: the common shape of every machine-readable answer, success or error."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict, Iterable, Mapping, Sequence, TextIO

from cliff.formatters.base import ListFormatter, SingleFormatter

from octoprint_cli.errors import CliError
from octoprint_cli.output.columns import to_plain_data


def success(data: Any) -> Dict[str, Any]:
    """Return the envelope of a result."""
    return {"status": "success", "data": to_plain_data(data)}


def failure(error: CliError) -> Dict[str, Any]:
    """Return the envelope of an error, with the result that the error may carry."""
    return {"status": "error", "data": to_plain_data(error.data), "error": to_plain_data(error.as_dict())}


def rows_as_data(columns: Sequence[str], rows: Iterable[Sequence[Any]], args: Namespace) -> Dict[str, Any]:
    """Return the `data` of a list: the rows under their plural name, and the command's other values beside them.

    Lister puts the name and those values into the parsed arguments, the only thing that cliff passes to a formatter.
    """
    name: str = getattr(args, "rows_name", "rows")
    extra: Mapping[str, Any] = getattr(args, "rows_extra", {})
    return {**extra, name: [dict(zip(columns, row)) for row in rows]}


class EnvelopeFormatter(ListFormatter, SingleFormatter):
    """Base class of the formats that carry the envelope, and therefore errors as well as results."""

    def add_argument_group(self, parser: Any) -> None:
        """Add no options."""

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_envelope(success(dict(zip(column_names, data))), stdout, parsed_args)

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        self.emit_envelope(success(rows_as_data(column_names, data, parsed_args)), stdout, parsed_args)

    def emit_envelope(self, envelope: Dict[str, Any], stdout: TextIO, parsed_args: Namespace) -> None:
        """Write an envelope as one document. Override it."""
        raise NotImplementedError
