"""Command lines of ours in hints, given to the parsers as the program would."""

from __future__ import annotations

import io
import re
import shlex
from functools import lru_cache
from typing import List

from octoprint_cli.app.program import Program
from octoprint_cli.errors import CliError
from octoprint_cli.framework.parser import format_parser, global_parser, parse

#: What a hint may run.
PROGRAMS = ("octoprint-cli", "date", "echo", "export", "fuser", "less", "ls", "mv", "pip", "ps", "unset", "wsl")


@lru_cache(maxsize=None)
def refused(hint: str) -> str:
    """What is wrong with a hint as a line of a shell, of which our parser says what it can; else nothing."""
    if hint.split(" ")[0] not in PROGRAMS:
        return f"{hint!r} is no command line"
    for part in re.split(r" && | \| ", hint.partition("  # ")[0]):
        if part.startswith("octoprint-cli "):
            try:
                _parse(shlex.split(part)[1:])
            except (CliError, ValueError) as error:
                return str(error)
    return ""


def _parse(words: List[str]) -> None:
    program = Program(io.StringIO(), io.StringIO(), io.StringIO(), {})
    manager = program.command_manager
    _, rest = global_parser("", "").parse_known_args(format_parser().parse_known_args(words)[1])
    if not rest or manager.is_group(rest):
        return
    _, name, rest = manager.find_command(rest)
    if name == "help":  # of a command that there is, or a page
        if rest and rest != ["formats"] and not manager.is_group(rest):
            manager.find_command(rest)
        return
    parse(manager.described(name, program)[1], name, rest)
