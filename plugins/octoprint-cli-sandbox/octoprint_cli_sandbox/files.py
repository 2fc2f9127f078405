"""Files that two runs may want at once: the lock of a sandbox, and errors that name the file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Callable, ContextManager, Iterator

from octoprint_cli.api import file_lock
from octoprint_cli_sandbox.errors import SandboxError

Tell = Callable[[str], None]

#: Longer than an installation takes on a small computer.
LOCK_SECONDS = 900.0


def require_posix() -> None:
    """Raise where there are no POSIX signals, process groups and locks."""
    if os.name != "posix":
        raise SandboxError("the sandbox needs Linux or macOS", hint="wsl octoprint-cli sandbox start")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an error of the file system into a SandboxError that names the file."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else path
        raise SandboxError(
            f"{where} cannot be used: {error.strerror or error}",
            hint=f"ls -ld {path.parent} (OCTOPRINT_CLI_HOME moves the folder)",
        ) from error


def locked(path: Path, tell: Tell, seconds: float = LOCK_SECONDS) -> ContextManager[None]:
    """Hold the lock file of a sandbox, waiting for another run that has it.

    A pip that this process starts holds it, too: should this process be killed, no other run works here until pip has ended.
    """
    taken = SandboxError(
        f"another run has worked on this sandbox for {seconds:g} s", hint=f"fuser -v {path} shows which", retryable=True
    )
    note = f"another run works on this sandbox ({path} is locked); waiting for it ..."
    return file_lock(path, taken, seconds, waiting=lambda: tell(note), inherited=True)
