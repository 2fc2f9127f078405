"""The ancestor of a command that streams: a line for each thing that happens, and the envelope as the last one."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from typing import Any, ContextManager, Dict, Iterator, Mapping, Optional, Sequence

from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.errors import CliError
from octoprint_cli.framework.base import Output
from octoprint_cli.output.columns import to_plain_data
from octoprint_cli.output.formats.envelope import success
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.terminal.terminal import Show

#: What is told, one dict each, and at the end the envelope's data.
Happening = Iterator[Dict[str, Any]]


class Stream(Output, CliffShowOne):
    """A command that tells what happens while it happens.

    `take_action(parsed_args)` yields a dict for each thing and returns the data of the envelope that ends the stream.
    In json each is one line, the envelope too, of an error as well; in yaml a document; to a person a line of text.
    """

    streams = True
    as_tool = False

    def told(self, item: Mapping[str, Any]) -> str:
        """A person's line for one thing. Override it."""
        return " ".join(str(value) for value in item.values())

    def view(self) -> ContextManager[Optional[Show]]:
        """The live view, if this run is a person's at a terminal: what is shown there need not be told in lines."""
        live = getattr(self.formatter, "prefers_text", False)
        return self.app.terminal.watching(True, self.app.stdout) if live else contextlib.nullcontext()

    def take_action(self, parsed_args: Namespace) -> Happening:
        """What happens. Its return value is the data at the end."""
        raise NotImplementedError

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self._run_before_hooks(parsed_args)
        self.formatter = self._formatter_plugins[parsed_args.formatter].obj
        happening = self.take_action(parsed_args)
        while True:
            try:
                item = next(happening)
            except StopIteration as end:
                self._end(self.answer.dress(end.value or {}), parsed_args)
                return 0
            except CliError as error:
                error.data = self.answer.dress(error.data)
                raise
            self._write(self.app.scrubber.hide_all(item), parsed_args)
            self.app.stdout.flush()

    def _write(self, item: Dict[str, Any], parsed_args: Namespace) -> None:
        chosen = _chosen(item, parsed_args.columns)
        if hasattr(self.formatter, "emit_line"):
            self.formatter.emit_line(to_plain_data(chosen), self.app.stdout)
        elif getattr(self.formatter, "prefers_text", False):
            text = " ".join(map(str, chosen.values())) if parsed_args.columns else self.told(item)
            self.app.stdout.write(visible(text) + "\n")
        else:
            self.formatter.emit_one(list(chosen), list(chosen.values()), self.app.stdout, parsed_args)

    def _end(self, data: Dict[str, Any], parsed_args: Namespace) -> None:
        if hasattr(self.formatter, "emit_line"):
            self.formatter.emit_line(self.app.scrubber.hide_all(success(data)), self.app.stdout)


def _chosen(item: Dict[str, Any], columns: Sequence[str]) -> Dict[str, Any]:
    """Of the fields that `-c` names those that this thing has: not each has all."""
    return {name: item[name] for name in columns if name in item} if columns else item
