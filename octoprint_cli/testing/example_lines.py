"""The examples of a command's help, run as a shell would run them: with a pipe from echo, and files for stdin and stdout."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, Callable, List

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.testing.runner import Result

_LINE = re.compile(
    r"(?:echo (?P<echoed>.+) \| )?octoprint-cli(?P<words> .*?)?(?: < (?P<stdin>[\w.-]+))?(?: > (?P<stdout>[\w.-]+))?"
)


def examples(command: str) -> List[str]:
    """Return the command lines that the help of an installed command shows."""
    return [line for line, _ in CommandManager().load(command).examples]


def run_example(line: str, run: Callable[..., Any], folder: Path) -> Result:
    """Run an example by `run(*words, stdin=...)`, with the files of a folder, and return the result.

    The line is `octoprint-cli ...`, behind `echo ... |` or not, and before `< FILE` and `> FILE` or not. Raises ValueError for
    another one.
    """
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(f"{line!r} is no command line of octoprint-cli that can be run here")
    stdin = (folder / found["stdin"]).read_text(encoding="utf-8") if found["stdin"] else ""
    if found["echoed"]:
        stdin = " ".join(shlex.split(found["echoed"])) + "\n"
    result: Result = run(*shlex.split(found["words"] or ""), stdin=stdin)
    if found["stdout"]:
        (folder / found["stdout"]).write_text(result.stdout, encoding="utf-8")
    return result
