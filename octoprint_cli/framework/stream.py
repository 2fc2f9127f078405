"""The base class of streaming commands, which write a line for each event and the envelope as the last line."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from typing import Any, Callable, ClassVar, ContextManager, Dict, Iterator, Mapping, Optional, Sequence

from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.errors import CliError, Terminated
from octoprint_cli.framework.attribute_aliases import map_attributes
from octoprint_cli.framework.base import Output, format_failure
from octoprint_cli.framework.column_choice import require_event_columns
from octoprint_cli.framework.fields import Field, anything
from octoprint_cli.output.columns import to_plain_data
from octoprint_cli.output.formats.envelope import success
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.terminal.colours import is_terminal
from octoprint_cli.output.terminal.terminal import Show

#: New names of methods by their old ones; both can be overridden and called.
ALIASES = {"told": "event_text"}
#: An iterator of dicts, one for each event, that returns the envelope's data at its end.
Happening = Iterator[Dict[str, Any]]


class Stream(Output, CliffShowOne):
    """Base class of a command that reports events while they happen.

    `take_action(parsed_args)` yields a dict for each event and returns the data of the envelope that ends the stream.
    Each event, and the envelope, is a line in json and a document in yaml; a table shows each event as a line of text.
    """

    streams = True
    #: The fields that an event can have, each optional, for `-c`. A stream without a declaration takes any column.
    events: ClassVar[Field] = anything("an event")
    exposed_as_tool = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        map_attributes(cls, ALIASES)

    def event_text(self, item: Mapping[str, Any]) -> str:
        """Return the line of text for one event. Override it."""
        return " ".join(str(value) for value in item.values())

    def view(self, on_key: Optional[Callable[[str], None]] = None) -> ContextManager[Optional[Show]]:
        """Open the live view, or give None if there is no interactive user or the format has a line for each event.

        `on_key` is called, by a thread, with each key that is pressed while the view is open.
        """
        live = getattr(self.formatter, "prefers_text", False)
        return self.app.terminal.watching(True, self.app.stdout, on_key) if live else contextlib.nullcontext()

    @property
    def is_read_live(self) -> bool:
        """Whether somebody reads the events on a terminal, as text."""
        return bool(getattr(self.formatter, "prefers_text", False)) and is_terminal(self.app.stdout)

    def take_action(self, parsed_args: Namespace) -> Happening:
        """Yield the events, and return the data of the envelope."""
        raise NotImplementedError

    def run(self, parsed_args: Namespace) -> int:
        parsed_args = self.begin(parsed_args)
        happening = self.take_action(parsed_args)
        while True:
            try:
                item = next(happening)
            except StopIteration as end:
                self._end(self.result.format(end.value or {}), parsed_args)
                return 0
            except (CliError, KeyboardInterrupt, Terminated) as failure:
                format_failure(self.result, failure)
                raise
            with self.app.writing(item, self, parsed_args.formatter):
                self._write(self.app.scrubber.hide_all(item), parsed_args)
                self.app.stdout.flush()

    def require_possible_columns(self, parsed_args: Namespace) -> None:
        require_event_columns(self, parsed_args)

    def _write(self, item: Dict[str, Any], parsed_args: Namespace) -> None:
        chosen = _chosen(item, parsed_args.columns)
        if hasattr(self.formatter, "emit_line"):
            self.formatter.emit_line(to_plain_data(chosen), self.app.stdout)
        elif getattr(self.formatter, "prefers_text", False):
            text = " ".join(map(str, chosen.values())) if parsed_args.columns else self.event_text(item)
            self.app.stdout.write(visible(text) + "\n")
        else:
            self.formatter.emit_one(list(chosen), list(chosen.values()), self.app.stdout, parsed_args)

    def _end(self, data: Dict[str, Any], parsed_args: Namespace) -> None:
        if hasattr(self.formatter, "emit_line"):
            self.formatter.emit_line(self.app.scrubber.hide_all(success(data)), self.app.stdout)


def _chosen(item: Dict[str, Any], columns: Sequence[str]) -> Dict[str, Any]:
    """Return the fields of an event that `-c` names; all fields without `-c`."""
    return {name: item[name] for name in columns if name in item} if columns else item


map_attributes(Stream, ALIASES)
