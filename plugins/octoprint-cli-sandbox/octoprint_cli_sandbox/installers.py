"""The programs that install into a virtual environment: uv where there is one, which needs a fifth of the time, or pip."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path
from typing import Iterator, List, Sequence, Union

from octoprint_cli_sandbox.pythons import Python

_PIP_OPTIONS = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")


class Pip:
    """The venv and pip modules of the Python that OctoPrint will run on: always there."""

    name = "pip"

    def create(self, folder: Path, python: Python) -> List[str]:
        """Return the command that creates an empty environment."""
        return [python.path, "-m", "venv", "--clear", str(folder)]

    def install(self, python: Path, requirements: Sequence[str]) -> List[str]:
        """Return the command that installs requirements into the environment of this Python."""
        return [str(python), "-m", "pip", "install", *_PIP_OPTIONS, *requirements]


class Uv:
    """uv, which reads its own settings of the package index, not pip's."""

    name = "uv"

    def __init__(self, program: str) -> None:
        # From the root folder: the settings of a project in which the user happens to be are not for OctoPrint.
        self._command = [program, "--directory", os.sep, "--no-progress"]

    def create(self, folder: Path, python: Python) -> List[str]:
        """Return the command that creates an environment with pip in it, which OctoPrint's plugin manager needs."""
        return [*self._command, "venv", "--seed", "--clear", "--python", python.path, str(folder.absolute())]

    def install(self, python: Path, requirements: Sequence[str]) -> List[str]:
        """Return the command that installs requirements into the environment of this Python."""
        return [*self._command, "pip", "install", "--python", str(python.absolute()), *requirements]


Installer = Union[Pip, Uv]


def installers() -> Iterator[Installer]:
    """Yield what can install, the fastest first. A later one is for the case that an earlier one fails."""
    own_scripts = sysconfig.get_path("scripts")
    program = shutil.which("uv", path=os.pathsep.join([own_scripts, os.environ.get("PATH", os.defpath)]))
    if program:
        yield Uv(program)
    yield Pip()
