"""OctoPrint in its own virtual environment: create it, install OctoPrint into it, recognise a finished one."""

from __future__ import annotations

import collections
import json
import subprocess
import time
from pathlib import Path
from typing import Callable, Deque, Dict, List, Optional, Sequence

from octoprint_cli.api import write_private
from octoprint_cli_sandbox.errors import InstallFailed
from octoprint_cli_sandbox.installers import Installer, installers
from octoprint_cli_sandbox.process import capture, clean_environment, terminate_group
from octoprint_cli_sandbox.pythons import Python
from octoprint_cli_sandbox.releases import Release

#: The marker file is written last: an environment without one is incomplete and is installed from scratch.
_MARKER = "octoprint-cli-sandbox.json"
_VERSION_SCRIPT = "from importlib.metadata import version; print(version('OctoPrint'))"

#: The user's pip settings that would install OctoPrint outside the environment.
_REDIRECTING_VARIABLES = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON", "PIP_DRY_RUN")
_REPORTED_LINES = ("Collecting ", "Building wheel ", "Installing collected packages", "Resolved ")
_SECONDS_BETWEEN_NOTES = 4.0
_OUTPUT_LINES, _DETAIL_LINES = 200, 12


class Installation:
    """The virtual environment of one sandbox."""

    def __init__(self, folder: Path, note: Callable[[str], None] = lambda text: None) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self._note = note

    @property
    def octoprint(self) -> Optional[str]:
        """The installed version; None if there is none or the installation was not finished."""
        return self._marker.get("octoprint")

    @property
    def python_version(self) -> Optional[str]:
        """The version of the environment's Python."""
        return self._marker.get("python")

    def works(self) -> bool:
        """Return whether the environment is still intact: its Python may have been removed or updated since."""
        return self.octoprint is not None and self.octoprint == self._installed_version()

    def create(self, release: Release, python: Python) -> str:
        """Create the environment from scratch with that release. Returns the installed version. Raises InstallFailed."""
        self._note(f"installing {release} for Python {python.version} (takes up to half a minute) ...")
        first, *others = installers()
        try:
            version = self._install(release, python, first)
        except InstallFailed as failed:
            if not others:
                raise
            self._note(f"  {failed.message}; trying it with {others[0].name}")
            version = self._install(release, python, others[0])
        write_private(self.folder / _MARKER, json.dumps({"octoprint": version, "python": python.version}))
        return version

    def _install(self, release: Release, python: Python, installer: Installer) -> str:
        """Create the environment with this installer. Returns the installed version."""
        name = installer.name
        self._run(installer.create(self.folder, python), f"{name} could not create the virtual environment")
        recipe = release.recipe
        for requirements in filter(None, (recipe.first, (release.requirement, *recipe.extras))):
            self._run(installer.install(self.python, requirements), f"{name} could not install {release}")
        version = self._installed_version()
        if version is None:
            raise InstallFailed(f"{name} reported success, but {release} is not in {self.folder}", hint="pip config list")
        return version

    @property
    def _marker(self) -> Dict[str, str]:
        try:
            found: Dict[str, str] = json.loads((self.folder / _MARKER).read_text(encoding="utf-8"))
            return found
        except (OSError, ValueError):
            return {}

    def _installed_version(self) -> Optional[str]:
        try:
            return capture([str(self.python), "-c", _VERSION_SCRIPT], clean_environment()).strip()
        except (OSError, subprocess.SubprocessError):
            return None

    def _run(self, command: List[str], failure: str) -> None:
        """Run a command, reporting its progress now and then. An interrupt of this process ends the command, too."""
        with _start(command) as process:
            try:
                output = self._read_output(process)
            except BaseException:
                terminate_group(process)
                raise
        if process.returncode:
            raise _install_failed(failure, output)

    def _read_output(self, process: subprocess.Popen[str]) -> List[str]:
        """Return the last lines of output, without pip's warnings, which concern the user's pip, not this installation."""
        lines: Deque[str] = collections.deque(maxlen=_OUTPUT_LINES)
        noted_at = time.monotonic()
        for line in process.stdout or ():
            if line.strip() and not line.startswith("WARNING"):
                lines.append(line.strip())
                if line.startswith(_REPORTED_LINES) and time.monotonic() - noted_at > _SECONDS_BETWEEN_NOTES:
                    self._note(f"  {_shorten(line.strip())}")
                    noted_at = time.monotonic()
        return list(lines)


def _start(command: List[str]) -> subprocess.Popen[str]:
    environment = {name: value for name, value in clean_environment().items() if name not in _REDIRECTING_VARIABLES}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env={**environment, "PIP_USER": "0", "COLUMNS": "200"},
        close_fds=False,  # it inherits the sandbox's lock (files.locked)
        start_new_session=True,  # Ctrl-C reaches this program alone, which then ends pip together with its compilers
    )


def _shorten(line: str) -> str:
    words = line.split()
    if line.startswith("Installing"):
        return f"installing {len(words) - 3} packages"
    return f"{words[0].lower()} {words[1]}" if line.startswith("Collecting") else line.lower()


def _install_failed(failure: str, output: Sequence[str]) -> InstallFailed:
    errors = [line[len("ERROR:") :].strip() for line in output if line.startswith("ERROR:")]
    reason = (errors or list(output) or ["there was no output"])[-1]
    return InstallFailed(
        f"{failure}: {reason}",
        hint="pip index versions OctoPrint, or pip config list if the index cannot be reached",
        details={"output": list(output[-_DETAIL_LINES:])},
    )
