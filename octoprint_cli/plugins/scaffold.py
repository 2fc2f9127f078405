"""The files of a new add-on: a package with one command, its tests and its metadata, ready to install.

They are those of the first part of docs/plugins.md: a test holds each against the other.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Dict, Iterator, Tuple

from octoprint_cli.errors import FileExists, FileUnreadable, InvalidValue

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PYPROJECT = """[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages = ["octoprint_cli_{entry}"]

[project]
name = "octoprint-cli-{name}"
version = "0.1.0"
dependencies = ["octoprint-agent-cli"]

[project.entry-points."octoprint_cli.commands"]
{entry}_chat = "octoprint_cli_{entry}.commands:Chat"
"""
_PACKAGE = """# octoprint-cli-{name}: adds {words} to octoprint-cli
"""
_COMMANDS = '''from octoprint_cli.api import ShowOne, fields


class Chat(ShowOne):
    """say what the printer is doing"""

    answer = fields.record(sentence=fields.text("for a person to read aloud"))
    effects = ("reads",)

    def take_action(self, parsed_args):
        job = self.client.job.current()
        return {{"sentence": f"The printer is {{job.state}}."}}
'''
_TESTS = """from octoprint_cli.testing import check_plugin


def test_it_says_what_is_going_on(octoprint_server, octoprint_run):
    octoprint_server.octoprint.printing("cube.gcode")
    result = octoprint_run({quoted}, "chat")
    assert result.data == {{"sentence": "The printer is Printing."}}


def test_it_keeps_the_rules_of_the_house():
    assert check_plugin("octoprint-cli-{name}") == []
"""


def files_of(name: str) -> Iterator[Tuple[str, str]]:
    """Each file of an add-on of that name: its path below the folder, and its text. Raises InvalidValue."""
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name!r} is no name for an add-on: small letters and digits, words joined by -",
            hint="octoprint-cli plugins new my-printer",
        )
    entry = name.replace("-", "_")
    words = name.split("-")
    fill = {"name": name, "entry": entry, "words": " ".join(words), "quoted": ", ".join(f'"{word}"' for word in words)}
    for path, text in _FILES.items():
        yield path.format(**fill), text.format(**fill)


_FILES: Dict[str, str] = {
    "pyproject.toml": _PYPROJECT,
    "octoprint_cli_{entry}/__init__.py": _PACKAGE,
    "octoprint_cli_{entry}/commands.py": _COMMANDS,
    "tests/test_{entry}.py": _TESTS,
}


def write_add_on(name: str, below: Path) -> Path:
    """Write a new add-on into a folder of its own below `below`, and return it. Raises FileExists, FileUnreadable, InvalidValue."""
    files = dict(files_of(name))
    folder = below / f"octoprint-cli-{name}"
    if os.path.lexists(folder):  # a link that leads nowhere, too
        raise FileExists(f"{folder} exists already", hint=f"octoprint-cli plugins new {name}-2")
    try:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(f"{folder} cannot be written: {error.strerror}", hint=f"ls -ld {below}") from error
    return folder
