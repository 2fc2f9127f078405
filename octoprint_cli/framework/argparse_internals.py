"""The private names of argparse, which has no public way to ask a parser for its arguments. No other file uses them."""

from __future__ import annotations

import argparse
from typing import Iterator, List, Tuple


def actions_of(parser: argparse.ArgumentParser) -> List[argparse.Action]:
    """Return every argument and option of a parser, in the order in which they were added."""
    return list(parser._actions)


def groups_of(parser: argparse.ArgumentParser) -> Iterator[Tuple[str, List[argparse.Action]]]:
    """Yield each argument group of a parser: its title and its arguments."""
    for group in parser._action_groups:
        yield group.title or "", list(group._group_actions)


def is_help(action: argparse.Action) -> bool:
    """Return whether an option is `--help`."""
    return isinstance(action, argparse._HelpAction)


def is_repeated(action: argparse.Action) -> bool:
    """Return whether an option collects the values of several occurrences."""
    return isinstance(action, argparse._AppendAction)


class KeepsParagraphs(argparse.HelpFormatter):
    """Help formatter that keeps the paragraphs of a docstring apart."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip().split("\n\n")
        return "\n\n".join(super(KeepsParagraphs, self)._fill_text(paragraph, width, indent) for paragraph in paragraphs)
