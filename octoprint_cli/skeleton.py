"""The files of a new add-on: a package with one command, its test and its metadata, ready to install."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Iterator, Tuple

from octoprint_cli import __version__
from octoprint_cli.errors import FileExists, FileUnreadable, InvalidValue

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PYPROJECT = """[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "octoprint-cli-{name}"
version = "0.1.0"
description = "Adds {words} to octoprint-cli"
readme = "README.md"
requires-python = ">=3.8"
dependencies = ["octoprint-agent-cli>={version}"]

[project.entry-points."octoprint_cli.commands"]
{entry}_show = "octoprint_cli_{entry}.commands:Show"

[tool.setuptools]
packages = ["octoprint_cli_{entry}"]
"""
_COMMANDS = '''"""{words} show: the first command of this add-on."""

from octoprint_cli.api import ShowOne, fields


class Show(ShowOne):
    """show what the printer is doing, in this add-on's words"""

    answer = fields.record(
        state=fields.text("the server's own word"),
        file=fields.text("what is printing").or_null,
    )

    def take_action(self, parsed_args):
        job = self.client.job.current()
        return {{"state": job.state, "file": job.file}}
'''
_TESTS = """from octoprint_cli.testing import FaultServer, run


def test_it_shows_what_is_printing():
    with FaultServer() as server:
        server.octoprint.printing("cube.gcode")
        result = run("{words}", "show", "--json", env=server.env)
    assert result.exit_code == 0
    assert result.data == {{"state": "Printing", "file": "cube.gcode"}}
"""
_README = """# octoprint-cli-{name}

Adds commands to [octoprint-cli](https://pypi.org/project/octoprint-agent-cli/).

    pip install -e .
    octoprint-cli {words} show
    octoprint-cli plugins check octoprint-cli-{name}
    pytest
"""


def files_of(name: str) -> Iterator[Tuple[str, str]]:
    """Each file of an add-on of that name: its path below the folder, and its text. Raises InvalidValue."""
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name!r} is no name for an add-on: small letters and digits, words joined by -",
            hint="octoprint-cli plugins new my-printer",
        )
    entry = name.replace("-", "_")
    fill = {"name": name, "entry": entry, "words": name.replace("-", " "), "version": __version__}
    for path, text in _FILES.items():
        yield path.format(**fill), text.format(**fill)


_FILES: Dict[str, str] = {
    "pyproject.toml": _PYPROJECT,
    "README.md": _README,
    "octoprint_cli_{entry}/__init__.py": "",
    "octoprint_cli_{entry}/commands.py": _COMMANDS,
    "tests/test_{entry}.py": _TESTS,
}


def write_add_on(name: str, below: Path) -> Path:
    """Write a new add-on into a folder of its own below `below`, and return it. Raises FileExists, FileUnreadable, InvalidValue."""
    files = dict(files_of(name))
    folder = below / f"octoprint-cli-{name}"
    if folder.exists():
        raise FileExists(f"{folder} exists already", hint=f"octoprint-cli plugins new {name}-2")
    try:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(f"{folder} cannot be written: {error.strerror}", hint=f"ls -ld {below}") from error
    return folder
