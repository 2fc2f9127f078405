"""The text format: what a person reads, in sentences, labelled lines and columns, filled from the templates of commands.

A command declares its template beside its answer, and prints nothing itself (`output/template.py`). Without a template its
values are labelled lines, or columns. What lays them out is imported when there is something to lay out: help is a text already.
"""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any, Sequence, TextIO

from cliff.formatters.base import ListFormatter, SingleFormatter

from octoprint_cli.output.formats.registry import Presentation

if TYPE_CHECKING:
    from octoprint_cli.output.formats.text_page import Page


class TextFormatter(ListFormatter, SingleFormatter):
    """Formatter that writes sentences, labelled lines and plain columns."""

    #: Whether this format shows a command's text, if it has one.
    prefers_text = True
    #: Whether this format fills the command's templates, from all columns of a list.
    fills_templates = True

    def add_argument_group(self, parser: Any) -> None:
        """Add no options."""

    def emit_one(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        page = _page(stdout, parsed_args)
        values = dict(zip(column_names, data))
        lines = page.filled(page.presentation.template, values) if page.presentation.template else page.labelled(values)
        page.write_picture()
        page.write(lines or page.labelled(values))

    def emit_list(self, column_names: Sequence[str], data: Any, stdout: TextIO, parsed_args: Namespace) -> None:
        page = _page(stdout, parsed_args)
        rows = [dict(zip(column_names, row)) for row in data]
        name, extra = getattr(parsed_args, "rows_name", "rows"), getattr(parsed_args, "rows_extra", {})
        lines = page.table(column_names, rows, name)
        if page.presentation.template is not None:
            lines += page.filled(page.presentation.template, {**extra, name: rows})
        else:
            lines += page.labelled({key: value for key, value in extra.items() if page.has_words(value)})
        page.write(lines)


def _page(stdout: TextIO, parsed_args: Namespace) -> Page:
    from octoprint_cli.output.formats.text_page import Page  # slow to import, and help does without

    return Page(stdout, getattr(parsed_args, "presentation", Presentation()))
