"""The private names of argparse, which has no public way to ask a parser for its arguments. No other file uses them."""

from __future__ import annotations

import argparse
from typing import Iterator, List, Optional, Sequence, Tuple


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


def _lines(text: str, width: int, indent: str = "") -> List[str]:
    import textwrap  # for help alone

    return textwrap.wrap(" ".join(text.split()), width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


class KeepsParagraphs(argparse.HelpFormatter):
    """Help formatter that keeps a docstring's paragraphs, breaks no option at a hyphen, and is the same on every Python."""

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings:
            return super()._format_action_invocation(action)
        value = "" if action.nargs == 0 else self._format_args(action, action.dest.upper())
        return " ".join(filter(None, [", ".join(action.option_strings), value]))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n\n".join("\n".join(_lines(paragraph, width, indent)) for paragraph in text.strip().split("\n\n"))

    def _split_lines(self, text: str, width: int) -> List[str]:
        return [part for line in text.splitlines() for part in _lines(line, width)]


def usage_of(parser: argparse.ArgumentParser) -> str:
    """Return a usage line with the arguments and the options that are required, without the others."""
    group_of = {id(action): group for group in parser._mutually_exclusive_groups for action in group._group_actions}
    words: List[str] = []
    for action in actions_of(parser):
        group = group_of.get(id(action))
        if group is not None and (group.required or not action.option_strings):
            members = " | ".join(_usage_word(parser, member).strip("[]") for member in group._group_actions)
            words.append(f"({members})" if group.required else f"[{members}]")
        elif group is None and (action.required or not action.option_strings):
            words.append(_usage_word(parser, action))
    return " ".join([parser.prog, *dict.fromkeys(words), "[options]"])


def _usage_word(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    formatter = parser._get_formatter()
    value = "" if action.nargs == 0 else formatter._format_args(action, action.dest.upper())
    return " ".join(filter(None, [*action.option_strings[-1:], value]))


def sections(parser: argparse.ArgumentParser, groups: Sequence[Tuple[str, Sequence[argparse.Action]]]) -> str:
    """Return the help of groups of arguments, each under its title, laid out as argparse does it."""
    formatter = parser._get_formatter()
    for title, actions in groups:
        formatter.start_section(title)
        formatter.add_arguments(list(actions))
        formatter.end_section()
    return formatter.format_help().strip("\n")


def paragraphs(parser: argparse.ArgumentParser, text: Optional[str]) -> str:
    """Return a text in lines that fit, as argparse shows a description."""
    formatter = parser._get_formatter()
    formatter.add_text(text)
    return formatter.format_help().strip("\n")
