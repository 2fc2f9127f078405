"""The help of one command: usage, description, its own options, safety, output in one line, examples.

Made from its parser and its class, of a third-party command too. Must not know any command.
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from typing import Any, Dict, Iterator, List, Tuple

from octoprint_cli.framework.argparse_internals import groups_of, is_help, paragraphs, sections, usage_of

#: What stands for the options of the formatters, which are the same for every command.
OUTPUT = "output:\n  --json, -f FORMAT, -c FIELD: see octoprint-cli help formats"
ELSEWHERE = "Options of every command (--host, --printer, --timeout ...): octoprint-cli help"
_SAFETY = "safety"


def help_page(command: Any, parser: argparse.ArgumentParser) -> str:
    """Return the help of a command, which is given as an instance with its parser."""
    parts = [
        f"usage: {usage_of(parser)}",
        paragraphs(parser, parser.description),
        sections(parser, list(_groups(parser))),
        OUTPUT,
        _examples(examples_of(command)),
        paragraphs(parser, parser.epilog),
        ELSEWHERE,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def examples_of(command: Any) -> List[Dict[str, str]]:
    """Return the examples of a command or its class, a third-party one too, as data."""
    return [{"line": line, "meaning": meaning} for line, meaning in getattr(command, "examples", ())]


def _groups(parser: argparse.ArgumentParser) -> Iterator[Tuple[str, List[argparse.Action]]]:
    """Yield the arguments, the command's own options, its other groups and the guard's, each with its title."""
    found = [(title, _shown(actions)) for title, actions in groups_of(parser) if not is_of_formatters(title)]
    plain = [action for title, actions in found[:2] for action in actions]
    yield "arguments", [action for action in plain if not action.option_strings]
    yield "options", [action for action in plain if action.option_strings]
    yield from sorted(found[2:], key=lambda group: group[0] == _SAFETY)


def is_of_formatters(title: str) -> bool:
    """Return whether a group of this title has the options of cliff's formatters."""
    return title.endswith(("formatter", "formatters"))


def _shown(actions: List[argparse.Action]) -> List[argparse.Action]:
    hidden = (action for action in actions if is_help(action) or action.help is argparse.SUPPRESS or action.dest == "formatter")
    left_out = {id(action) for action in hidden}
    return [action for action in actions if id(action) not in left_out]


def _examples(examples: List[Dict[str, str]]) -> str:
    """Return the examples, each under a remark that says what it does."""
    width = max(shutil.get_terminal_size().columns - 2, 40)
    lines = ["examples:"]
    for example in examples:
        lines += textwrap.wrap(example["meaning"], width, initial_indent="  # ", subsequent_indent="  # ")
        lines.append(f"  {example['line']}")
    return "\n".join(lines) if examples else ""
