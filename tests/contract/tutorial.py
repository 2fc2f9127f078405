"""The pages of docs/plugins as something that can be followed: their blocks in order, and a Python of its own to follow them in.

A block behind a line with a path is a file, or with `at its end` what is added to one; a console block is run, and what it
shows is what must come, where `...` stands for anything. A command behind which nothing is shown need only succeed.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Set

from .warm_python import WarmPython

FOLDER = Path(__file__).parents[2] / "docs" / "plugins"
#: Each page goes on where the one before it ends.
_NAMES = "tutorial guarded-commands configuration server-plugins checks formats publishing"
PAGES = [FOLDER / f"{name}.md" for name in _NAMES.split()]
#: Longer than an installation takes, on a busy machine too.
LIMIT = 180

_BLOCK = re.compile(r"(?:^`([^`\n]+)`(, at its end)?:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LOOSELY = doctest.ELLIPSIS | doctest.REPORT_NDIFF
#: What `pip install -e` changes when it is repeated is the metadata, which setuptools makes anew; for all else pip itself runs.
_PIP = """
import glob, os, shutil, subprocess, sys, tempfile
here, (verb, *rest) = {site!r}, sys.argv[1:]
made = glob.glob(os.path.join(here, rest[-1].replace("-", "_") + "-*.dist-info")) if (verb, *rest[:-1]) == ("install", "-e") else []
if not made:
    sys.exit(subprocess.call([sys.executable, "-m", "pip", verb, *rest, "--quiet", "--no-index", "--no-build-isolation"]))
from setuptools import build_meta
os.chdir(rest[-1])
sys.argv, stdout = ["setup.py"], os.dup(1)
with tempfile.TemporaryDirectory() as folder:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    name = build_meta.prepare_metadata_for_build_editable(folder)
    shutil.copytree(os.path.join(folder, name), made[0], dirs_exist_ok=True)
"""
#: What else is installed here for pytest: whoever follows the tutorial has none of it, and each run would import it anew.
_PYTEST = [
    word
    for name in ("cacheprovider", "hypothesispytest", "requests_mock", "anyio", "xdist", "xdist.looponfail", "timeout")
    for word in ("-p", f"no:{name}")
]
_TIMES = re.compile(r"(?<= in )[0-9.]+s")


class Block(NamedTuple):
    """A file that is written or added to, or with no path commands to run."""

    part: str
    path: str
    added: bool
    text: str


class Step(NamedTuple):
    """A command line, and what is shown behind it."""

    command: str
    shown: str


def blocks() -> Iterator[Block]:
    """All of the tutorial's, in order."""
    for page in PAGES:
        yield from blocks_of(page.read_text(encoding="utf-8"))


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of a page, each with the heading that it stands below, which is the page's title above the first one."""
    headings = [(found.start(), found.group(1)) for found in re.finditer(r"(?:\A#|^##) (.+)$", text, re.MULTILINE)]
    for found in _BLOCK.finditer(text):
        path, added, language, body = found.groups()
        assert bool(path) != (language == "console"), f"a block that is neither a file nor commands:\n{body}"
        part = [title for start, title in headings if start < found.start()][-1]
        yield Block(part, path or "", bool(added), body)


def steps(block: Block) -> List[Step]:
    """Its commands."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert parts[0] == "", f"output before any command: {parts[0]}"
    return [Step(*part.split("\n", 1)) for part in parts[1:]]


def differs(step: Step, said: str) -> str:
    """How what was said differs from what is shown; empty if it does not."""
    said = _TIMES.sub("...s", "".join(f"{line.rstrip()}\n" for line in said.splitlines()))
    checker = doctest.OutputChecker()
    if checker.check_output(step.shown, said, _LOOSELY):
        return ""
    return f"$ {step.command}\n" + checker.output_difference(doctest.Example("", step.shown), said, _LOOSELY)


class Follower:
    """Somebody in an empty folder, who has a Python with octoprint-cli installed, and a printer configured."""

    def __init__(self, folder: Path, server: Dict[str, str]) -> None:
        self.home, self.work, python = folder / "home", folder / "work", folder / "python"
        for made in (self.home, self.work):
            made.mkdir()
        self._env = {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PATH": f"{python / 'bin'}{os.pathsep}{os.defpath}",
            "LC_ALL": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **server,
        }
        self._make_python(python)
        self._warm = WarmPython(python / "bin" / "python", self._site, self._env)
        self._programs = {
            "octoprint-cli": ("octoprint_cli", []),
            "pytest": ("pytest", _PYTEST),
            "pip": (str(python / "pip.py"), []),
        }
        self._started: Set[str] = set()

    def __enter__(self) -> Follower:
        return self

    def __exit__(self, *_: object) -> None:
        self._warm.close()

    def _make_python(self, python: Path) -> None:
        """One into which pip installs, and that sees all that this one sees. Nothing is fetched: what builds is here, too."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(python)], check=True, timeout=LIMIT)
        self._site = next((python / "lib").glob("python*")) / "site-packages"
        (self._site / "outside.pth").write_text(f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n")
        pip = python / "pip.py"
        pip.write_text(_PIP.format(site=str(self._site)))
        runs = {
            "octoprint-cli": '-m octoprint_cli "$@"',
            "pytest": f'-m pytest "$@" {" ".join(_PYTEST)}',
            "pip": f'"{pip}" "$@"',
        }
        for name, line in runs.items():
            script = python / "bin" / name
            script.write_text(f'#!/bin/sh\nexec "{python}/bin/python" {line}\n')
            script.chmod(0o755)

    def write(self, block: Block) -> None:
        """Write a block's file. One that is there already must be the same."""
        path = self.home / block.path[2:] if block.path.startswith("~/") else self.work / block.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.added:
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(before + block.text, encoding="utf-8")
            path.chmod(0o600)
        elif path.exists():
            assert path.read_text(encoding="utf-8") == block.text, f"{block.path} is there, and is another"
        else:
            path.write_text(block.text, encoding="utf-8")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """A line as a shell takes it: stdout and stderr in one. Each program is started once by a shell, and then warm."""
        program, *words = shlex.split(command)
        if program in self._started and not set(command) & set("|<>$;&`*~"):
            name, options = self._programs[program]
            return self._warm.run(name, [*words, *options], self.work)
        self._started.add(program)
        how = {"shell": True, "cwd": str(self.work), "env": self._env, "text": True, "timeout": LIMIT}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **how
        )
