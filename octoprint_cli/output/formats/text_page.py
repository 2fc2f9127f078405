"""A page of the text format: templates filled, laid out for its stream, and written. Must not know commands.

Colours, pictures and breaking of lines are for terminals alone.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import Any, Dict, Iterator, List, Mapping, Sequence, TextIO, Tuple

from cliff.columns import FormattableColumn

from octoprint_cli.output.formats.registry import Presentation
from octoprint_cli.output.phrases import Surroundings, in_words, label
from octoprint_cli.output.safe_text import can_write, visible, written_for
from octoprint_cli.output.template import Line, Piece, Scope, fill, labelled
from octoprint_cli.output.terminal import layout
from octoprint_cli.output.terminal.colours import has_colours
from octoprint_cli.output.units import UNKNOWN

#: Characters of progress bars and marks, which a stream must be able to write for them to be used.
_FINE = "█░…°"


class Page:
    """Lines for one stream: filled from templates, laid out for its width, and written at once."""

    def __init__(self, stdout: TextIO, presentation: Presentation) -> None:
        self._stdout, self.presentation = stdout, presentation
        self._is_terminal = stdout.isatty()
        self.width = shutil.get_terminal_size().columns if self._is_terminal else 0
        self._environ = os.environ if presentation.environ is None else presentation.environ
        self._fine, self._colours = can_write(stdout, _FINE), has_colours(stdout, self._environ)
        command = presentation.command or Surroundings().command
        self._surroundings = Surroundings(self.width or 80, self._fine, command, time.time)

    def filled(self, template: Any, values: Mapping[str, Any]) -> List[Line]:
        """Return the lines of a template. `verbose` is true with -v; in a dry run the arguments are known, too."""
        known = {**vars(self.presentation.arguments), "verbose": self.presentation.verbose}
        return fill(template, Scope((values, known), self._surroundings))

    @staticmethod
    def has_words(value: Any) -> bool:
        """Return whether there is anything to say of a value."""
        return in_words(value) is not None

    def labelled(self, values: Mapping[str, Any], indent: int = 0) -> List[Line]:
        """Return values as labelled lines, those of an object below its label."""
        lines: List[Line] = []
        plain: List[Tuple[str, Line]] = []
        for name, value in values.items():
            nested = list(_nested(value))
            plain.append((label(str(name)), Line((Piece("" if nested else in_words(value) or UNKNOWN),))))
            if nested:
                lines += [*labelled(plain, indent), *(line for one in nested for line in self._item(one, indent + 2))]
                plain = []
        return [*lines, *labelled(plain, indent)]

    def _item(self, value: Any, indent: int) -> List[Line]:
        """Return the lines of an object, or of one item of a list."""
        if isinstance(value, Mapping):
            return self.labelled(value, indent)
        return [Line((Piece(" " * indent + (in_words(value) or UNKNOWN)),), indent + 2)]

    def table(self, names: Sequence[str], rows: List[Dict[str, Any]], plural: str) -> List[Line]:
        """Return rows as columns, or on a terminal too narrow for them as records; a sentence if there are none.

        With -v nothing is shortened: what does not fit whole is shown as records.
        """
        headings = self.presentation.headings
        if headings == {}:
            return []
        if not rows:
            return [Line((Piece(f"No {plural.replace('_', ' ')}."),))]
        table = self._by_template(headings, rows) if headings else self._by_name(names, rows)
        table = [[self._written(cell) for cell in row] for row in table]
        if self.width and layout.is_too_narrow(table, self.width, whole=self.presentation.verbose):
            return _records(table)
        return layout.columns(table, self.width, "…" if self._fine else "...")

    @staticmethod
    def _by_name(names: Sequence[str], rows: List[Dict[str, Any]]) -> List[List[Line]]:
        head = [_heading(label(name)) for name in names]
        return [head, *([Line((Piece(in_words(row[name]) or UNKNOWN),)) for name in names] for row in rows)]

    def _by_template(self, headings: Mapping[str, Any], rows: List[Dict[str, Any]]) -> List[List[Line]]:
        """Fill the template of each column for each row. A column without any value is left out."""
        unknown = Line((Piece(UNKNOWN),))
        filled = {name: [next(iter(self.filled(text, row)), unknown) for row in rows] for name, text in headings.items()}
        kept = {name: cells for name, cells in filled.items() if any(cell is not unknown for cell in cells)}
        return [[_heading(name) for name in kept], *map(list, zip(*kept.values()))]

    def write(self, lines: Sequence[Line]) -> None:
        """Write lines, on a terminal broken between words and coloured."""
        lines = [self._written(line) for line in lines]
        if self.width:
            lines = [part for line in lines for part in self._broken(line)]
        texts = [(layout.painted(line) if self._colours else line.text).rstrip() for line in lines]
        self._stdout.write("\n".join(texts or ["-"]) + "\n")

    def write_picture(self) -> None:
        """Draw the command's picture, if it has one and a terminal is there."""
        if not self._is_terminal or self.presentation.picture is None:
            return
        from octoprint_cli.output.terminal.picture import drawn  # who has no picture does without

        drawing = drawn(self.presentation.picture, self.width, self._environ, self._fine, self._colours)
        if drawing:
            self._stdout.write(drawing)

    def _broken(self, line: Line) -> List[Line]:
        """Break a line for the terminal, except one with a command line, which is there to be copied."""
        return [line] if ": octoprint-cli " in line.text else layout.broken(line, self.width)

    def _written(self, line: Line) -> Line:
        """Return the line with the characters that the stream lacks replaced."""
        if line.text.isascii():
            return line
        return line._replace(pieces=tuple(Piece(written_for(self._stdout, text), style) for text, style in line.pieces))


def _nested(value: Any) -> Iterator[Any]:
    """Yield what stands on lines of its own below a label: the object itself, or the items of a list that holds objects."""
    if isinstance(value, FormattableColumn) or not value:
        return
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, (list, tuple)) and any(isinstance(item, (dict, FormattableColumn)) for item in value):
        yield from value


def _heading(name: str) -> Line:
    return Line((Piece(visible(name).upper(), "bold"),))


def _records(table: Sequence[Sequence[Line]]) -> List[Line]:
    """Return the rows as labelled lines each, with an empty line between them."""
    head, *rows = table
    records: List[Line] = []
    for row in rows:
        entries = [(name.text.capitalize(), cell) for name, cell in zip(head, row)]
        records += [*([Line((Piece(""),))] if records else []), *labelled(entries)]
    return records
