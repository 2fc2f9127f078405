"""Finding a Python that a release of OctoPrint runs on: this one if it fits, else another of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

from octoprint_cli_sandbox.errors import NeedsPython
from octoprint_cli_sandbox.process import clean_environment
from octoprint_cli_sandbox.releases import Recipe, Release

#: A Python to use whatever the release, as --python does.
VARIABLE = "OCTOPRINT_CLI_SANDBOX_PYTHON"

# Debian ships a Python whose venv and ensurepip are packages of their own.
_PROBE = "import ensurepip, sys, venv; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])"
_PROBE_SECONDS = 20


class Python(NamedTuple):
    """An interpreter that can make a virtual environment."""

    path: str
    version: str  # such as 3.11.7


def find(release: Release, explicit: Optional[str]) -> Python:
    """The interpreter for a release. An explicit one is used whether or not it is known to fit.

    Raises NeedsPython with what would do.
    """
    if explicit:
        return _explicit(release, explicit)
    for candidate in _candidates(release.recipe):
        python = probe(candidate)
        if python is not None and release.recipe.fits(python.version):
            return python
    raise _needs(release, f"{release} needs Python {release.recipe.pythons} (with venv and ensurepip); none was found")


def probe(command: str) -> Optional[Python]:
    """What a command is, by running it: pyenv's shims are there but may lead nowhere. None if it is no use."""
    try:
        found = subprocess.run(
            [command, "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
            timeout=_PROBE_SECONDS,
            check=True,
        )
        path, version = os.fsdecode(found.stdout).splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python(path, version)


def _explicit(release: Release, explicit: str) -> Python:
    path = shutil.which(str(Path(explicit).expanduser()))
    python = probe(path) if path else None
    if python is None:
        raise _needs(release, f"{explicit} is no Python with venv and ensurepip")
    return python


def _candidates(recipe: Recipe) -> Iterator[str]:
    """This Python, then those on PATH and pyenv's, the newest that fits first."""
    if sys.executable:
        yield sys.executable
    for number in range(recipe.newest[1], recipe.oldest[1] - 1, -1):
        found = shutil.which(f"python3.{number}")
        if found:
            yield found
        yield from map(str, _pyenv().glob(f"versions/3.{number}.*/bin/python"))
    found = shutil.which("python3")
    if found:
        yield found


def _pyenv() -> Path:
    """Where pyenv keeps its Pythons; its commands on PATH work only for those that were activated."""
    root = os.environ.get("PYENV_ROOT")
    return Path(root) if root else Path.home() / ".pyenv"


def _needs(release: Release, message: str) -> NeedsPython:
    recipe = release.recipe
    newest = f"python{recipe.newest[0]}.{recipe.newest[1]}"
    return NeedsPython(
        message,
        hint=f"install one, then: octoprint-cli sandbox start --octoprint {release.asked} --python {newest}",
        details={"oldest": ".".join(map(str, recipe.oldest)), "newest": ".".join(map(str, recipe.newest))},
    )
