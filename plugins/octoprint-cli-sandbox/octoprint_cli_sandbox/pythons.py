"""Find a Python that a release of OctoPrint runs on: the current one if suitable, else another one on this computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

from octoprint_cli_sandbox.errors import NeedsPython
from octoprint_cli_sandbox.process import capture, clean_environment
from octoprint_cli_sandbox.releases import Recipe, Release

#: The environment variable that names the Python to use for any release, as --python does.
VARIABLE = "OCTOPRINT_CLI_SANDBOX_PYTHON"

# Debian packages venv and ensurepip separately from Python itself.
_PROBE = "import ensurepip, sys, venv; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])"
_PROBE_SECONDS = 20


class Python(NamedTuple):
    """A Python interpreter that can create a virtual environment."""

    path: str
    version: str  # such as 3.11.7


def find(release: Release, explicit: Optional[str]) -> Python:
    """Return the interpreter for a release. An explicit one is used even if it is not known to be suitable.

    Raises NeedsPython, which names the suitable versions.
    """
    if explicit:
        return _find_explicit(release, explicit)
    for candidate in _candidates(release.recipe):
        python = probe(candidate)
        if python is not None and release.recipe.fits(python.version):
            return python
    raise _needs_python(release, f"{release} needs Python {release.recipe.pythons} (with venv and ensurepip); none was found")


def probe(command: str) -> Optional[Python]:
    """Run a command to find out which Python it is. None if it is not usable, such as a pyenv shim that leads nowhere."""
    try:
        path, version = capture([command, "-c", _PROBE], clean_environment(), _PROBE_SECONDS).splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Python(path, version)


def _find_explicit(release: Release, explicit: str) -> Python:
    path = shutil.which(str(Path(explicit).expanduser()))
    python = probe(path) if path else None
    if python is None:
        raise _needs_python(release, f"{explicit} is not a Python with venv and ensurepip")
    return python


def _candidates(recipe: Recipe) -> Iterator[str]:
    """Yield the current Python, then those on PATH and pyenv's, the newest suitable version first."""
    if sys.executable:
        yield sys.executable
    for number in range(recipe.newest[1], recipe.oldest[1] - 1, -1):
        found = shutil.which(f"python3.{number}")
        if found:
            yield found
        yield from map(str, _pyenv_root().glob(f"versions/3.{number}.*/bin/python"))
    found = shutil.which("python3")
    if found:
        yield found


def _pyenv_root() -> Path:
    """Return pyenv's folder. Its commands on PATH work only for the versions that are activated."""
    root = os.environ.get("PYENV_ROOT")
    return Path(root or os.path.expanduser("~/.pyenv"))  # noqa: PTH111 - unlike Path.home(), it does without a home folder


def _needs_python(release: Release, message: str) -> NeedsPython:
    recipe = release.recipe
    newest = f"python{recipe.newest[0]}.{recipe.newest[1]}"
    return NeedsPython(
        message,
        hint=f"install one, then: octoprint-cli sandbox start --octoprint {release.requested} --python {newest}",
        details={"oldest": ".".join(map(str, recipe.oldest)), "newest": ".".join(map(str, recipe.newest))},
    )
