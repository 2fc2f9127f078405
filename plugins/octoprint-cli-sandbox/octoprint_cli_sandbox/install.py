"""OctoPrint in a virtual environment of its own: made, filled by pip, recognised when it is there already."""

from __future__ import annotations

import collections
import json
import subprocess
import time
from pathlib import Path
from typing import Callable, Deque, Dict, List, Optional, Sequence

from octoprint_cli.api import write_private
from octoprint_cli_sandbox.errors import InstallFailed
from octoprint_cli_sandbox.process import clean_environment, end_group
from octoprint_cli_sandbox.pythons import Python
from octoprint_cli_sandbox.releases import Release

#: Written last: an environment without it was left half made, and is made anew.
_MARKER = "octoprint-cli-sandbox.json"
_VERSION = "from importlib.metadata import version; print(version('OctoPrint'))"

#: Settings of a person's pip that would put OctoPrint elsewhere than into the environment.
_ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_DRY_RUN")
_TOLD = ("Collecting ", "Building wheel ", "Installing collected packages")
_SECONDS_BETWEEN_NOTES = 4.0
_COMPLAINT_LINES = 12


class Installation:
    """The virtual environment of one sandbox."""

    def __init__(self, folder: Path, note: Callable[[str], None] = lambda text: None) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._note = note

    @property
    def octoprint(self) -> Optional[str]:
        """The installed version, None if there is none or the installation was not finished."""
        return self._marker.get("octoprint")

    @property
    def python_version(self) -> Optional[str]:
        """The version of the environment's Python."""
        return self._marker.get("python")

    def works(self) -> bool:
        """Whether it still holds what it should: its Python may have gone since, or been updated away."""
        return self.octoprint is not None and self.octoprint == self._installed()

    def make(self, release: Release, python: Python) -> str:
        """Make it anew with that release; returns the version that came. Raises InstallFailed."""
        self._note(f"installing {release} for Python {python.version} (takes about half a minute) ...")
        self._run([python.path, "-m", "venv", "--clear", str(self.folder)], "the virtual environment could not be made")
        recipe = release.recipe
        for requirements in filter(None, (recipe.before, (release.requirement, *recipe.beside))):
            self._pip(requirements, f"pip could not install {release}")
        version = self._installed()
        if version is None:
            raise InstallFailed(f"pip said it installed {release}, but not into {self.folder}", hint="pip config list")
        write_private(self.folder / _MARKER, json.dumps({"octoprint": version, "python": python.version}))
        return version

    @property
    def _marker(self) -> Dict[str, str]:
        try:
            found: Dict[str, str] = json.loads((self.folder / _MARKER).read_text(encoding="utf-8"))
            return found
        except (OSError, ValueError):
            return {}

    def _installed(self) -> Optional[str]:
        try:
            found = subprocess.run(
                [str(self.python), "-c", _VERSION],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=clean_environment(),
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return found.stdout.decode().strip()

    def _pip(self, requirements: Sequence[str], failure: str) -> None:
        quiet = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off")
        self._run([str(self.python), "-m", "pip", "install", *quiet, *requirements], failure)

    def _run(self, command: List[str], failure: str) -> None:
        """Run it, telling what it says in moderation. Whatever interrupts this run ends it, too."""
        environment = {name: value for name, value in clean_environment().items() if name not in _ELSEWHERE}
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**environment, "PIP_USER": "0", "COLUMNS": "200"},
            close_fds=False,  # it holds the sandbox's lock (files.locked)
            start_new_session=True,  # Ctrl-C reaches this program alone, which then ends it with its compilers
        )
        with process:
            try:
                said = self._listen(process)
            except BaseException:
                end_group(process)
                raise
        if process.returncode:
            raise _complaint(failure, said)

    def _listen(self, process: subprocess.Popen[str]) -> List[str]:
        """All that it says until it ends, but for its warnings: those are about the machine's pip, not the install."""
        kept: Deque[str] = collections.deque(maxlen=200)
        told = time.monotonic()
        for line in process.stdout or ():
            if line.strip() and not line.startswith("WARNING"):
                kept.append(line.strip())
                if line.startswith(_TOLD) and time.monotonic() - told > _SECONDS_BETWEEN_NOTES:
                    self._note(f"  {_shortened(line.strip())}")
                    told = time.monotonic()
        return list(kept)


def _shortened(line: str) -> str:
    words = line.split()
    if line.startswith("Installing"):
        return f"installing {len(words) - 3} packages"
    return f"{words[0].lower()} {words[1]}" if line.startswith("Collecting") else line.lower()


def _complaint(failure: str, said: Sequence[str]) -> InstallFailed:
    errors = [line[len("ERROR:") :].strip() for line in said if line.startswith("ERROR:")]
    reason = (errors or list(said) or ["it said nothing"])[-1]
    return InstallFailed(
        f"{failure}: {reason}",
        hint="pip index versions OctoPrint, or pip config list if the index cannot be reached",
        details={"output": list(said[-_COMPLAINT_LINES:])},
    )
