"""The adapter that gives third-party plain cliff commands our formats, envelope and error codes."""

from __future__ import annotations

import contextlib
import io
from argparse import ArgumentParser, Namespace
from typing import Any, Tuple, Type

from cliff.command import Command as CliffCommand
from cliff.lister import Lister as CliffLister
from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.errors import PluginError
from octoprint_cli.framework.base import Output
from octoprint_cli.framework.cliff_internals import own_epilog
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP, Formatters


class ForeignCommand:
    """Mixin for a third-party plain cliff command: what it prints becomes the envelope's `output`."""

    app: Any  # a Run, of which this adapter uses more than commands do
    cmd_name: str
    #: Undeclared, which counts as unrestricted.
    effects = None
    repeatable = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser: ArgumentParser = super().get_parser(prog_name)  # type: ignore[misc]
        known = Formatters(SHOW_GROUP, "").names()
        parser.add_argument("-f", "--format", dest="formatter", choices=known, help="the output format, defaults to text")
        return parser

    def get_epilog(self) -> str:
        return own_epilog(self) or ""

    def run(self, parsed_args: Namespace) -> int:
        formatter = self.app.envelope_formatter()
        if formatter is None:
            self._require_success(super().run(parsed_args))  # type: ignore[misc]
            return 0
        printed, stdout = io.StringIO(), self.app.stdout
        self.app.stdout = printed
        try:
            with contextlib.redirect_stdout(printed):
                self._require_success(super().run(parsed_args))  # type: ignore[misc]
        finally:
            self.app.stdout = stdout
        formatter.emit_one(["output"], [printed.getvalue()], stdout, parsed_args)
        return 0

    def _require_success(self, returned: Any) -> None:
        if returned:
            owner = self.app.command_manager.owner(self.cmd_name)
            raise PluginError(f"{self.cmd_name} of {owner} ended with {returned!r}", details={"returned": repr(returned)})


class _ForeignOutput(Output):
    """Mixin for a third-party cliff command with columns: its answer is not lost if it cannot be written."""

    repeatable = False

    def produce_output(self, parsed_args: Namespace, column_names: Any, data: Any) -> int:
        if self._group == LIST_GROUP:
            data = [tuple(row) for row in data]
            answer: Any = {"rows": [dict(zip(column_names, row)) for row in data]}
        else:
            answer = dict(zip(column_names, data))
        with self.app.writing(answer, self, parsed_args.formatter):
            return int(super().produce_output(parsed_args, column_names, data) or 0)  # type: ignore[misc]


class _ForeignShowOne(_ForeignOutput):
    _group = SHOW_GROUP


class _ForeignLister(_ForeignOutput):
    _group = LIST_GROUP


def adapt(command: Type[Any]) -> Type[Any]:
    """Return a third-party cliff command with our formats and errors; a command of ours is returned unchanged."""
    if issubclass(command, (Output, ForeignCommand)):
        return command
    mixin: Tuple[Tuple[type, type], ...] = (
        (CliffLister, _ForeignLister),
        (CliffShowOne, _ForeignShowOne),
        (CliffCommand, ForeignCommand),
    )
    ancestor = next(ours for theirs, ours in mixin if issubclass(command, theirs))
    return type(command.__name__, (ancestor, command), {"__doc__": command.__doc__, "__module__": command.__module__})
