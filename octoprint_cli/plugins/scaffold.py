"""The files of a new plugin: a package with one command, its tests and its metadata, ready to install.

The tutorial in docs/plugins/tutorial.md shows the Python files and pyproject.toml; a test compares them.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Dict, Iterator, Tuple

from octoprint_cli.errors import FileExists, FileUnwritable, InvalidValue

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PYPROJECT = """[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages = ["octoprint_cli_{entry}"]

[project]
name = "octoprint-cli-{name}"
version = "0.1.0"
description = "Plugin for octoprint-cli: {words}"
readme = "README.md"
requires-python = ">=3.8"
dependencies = ["octoprint-agent-cli>=0.1"]

[project.entry-points."octoprint_cli.commands"]
{entry}_chat = "octoprint_cli_{entry}.commands:Chat"
"""
_PACKAGE = """# octoprint-cli-{name}: adds {words} to octoprint-cli
"""
_COMMANDS = '''from octoprint_cli.api import ShowOne, fields


class Chat(ShowOne):
    """say what the printer is doing"""

    result = fields.record(sentence=fields.text("for a person to read aloud"))
    template = "{{sentence}}"
    examples = (("octoprint-cli {words} chat", "in one sentence"),)
    effects = ("reads",)

    def take_action(self, parsed_args):
        return {{"sentence": f"The printer is {{self.client.job.current().state}}."}}
'''
_TESTS = """from octoprint_cli.testing import check_plugin


def test_chat_says_what_the_printer_is_doing(octoprint_server, octoprint_run):
    octoprint_server.octoprint.printing("cube.gcode")
    result = octoprint_run({quoted}, "chat")
    assert result.data == {{"sentence": "The printer is Printing."}}


def test_the_plugin_follows_the_guidelines():
    assert check_plugin("octoprint-cli-{name}") == []
"""
_README = """# octoprint-cli-{name}

A plugin for `octoprint-cli` that adds {words}.

    pip install octoprint-cli-{name}
    octoprint-cli {words} chat

| command | what it does |
|---|---|
| `{words} chat` | say what the printer is doing |

To work on it: `pip install -e . pytest`, `pytest`, `octoprint-cli plugins check octoprint-cli-{name}`.
"""
_LICENSE = """MIT License

Copyright (c) {year} the octoprint-cli-{name} developers

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
_IGNORED = """__pycache__/
*.egg-info/
build/
dist/
.venv/
.pytest_cache/
"""
_WORKFLOW = """name: test
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.9", "3.13"]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{{{ matrix.python }}}}
      - run: pip install . pytest
      - run: pytest
      - run: octoprint-cli plugins check octoprint-cli-{name}
"""


def files_of(name: str) -> Iterator[Tuple[str, str]]:
    """Yield each file of a new plugin: its path in the plugin's folder, and its text. Raises InvalidValue for a bad name."""
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{name!r} is not a name for a plugin: use lower-case letters and digits, and join words with -",
            hint="octoprint-cli plugins new my-printer",
        )
    entry = name.replace("-", "_")
    words = name.split("-")
    quoted = ", ".join(f'"{word}"' for word in words)
    fill = {"name": name, "entry": entry, "words": " ".join(words), "quoted": quoted, "year": time.strftime("%Y")}
    for path, text in _FILES.items():
        yield path.format(**fill), text.format(**fill)


_FILES: Dict[str, str] = {
    "pyproject.toml": _PYPROJECT,
    "octoprint_cli_{entry}/__init__.py": _PACKAGE,
    "octoprint_cli_{entry}/commands.py": _COMMANDS,
    "tests/test_{entry}.py": _TESTS,
    "README.md": _README,
    "LICENSE": _LICENSE,
    ".gitignore": _IGNORED,
    ".github/workflows/test.yml": _WORKFLOW,
}


def write_plugin(name: str, below: Path) -> Path:
    """Write a new plugin into a new folder below `below`, and return that folder.

    Raises FileExists, FileUnwritable, InvalidValue.
    """
    files = dict(files_of(name))
    folder = below / f"octoprint-cli-{name}"
    if os.path.lexists(folder):  # unlike exists(), true for a dangling link
        raise FileExists(f"{folder} exists already", hint=f"octoprint-cli plugins new {name}-2")
    try:
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnwritable(f"{folder} cannot be written: {error.strerror}", hint=f"ls -ld {below}") from error
    return folder
