"""Lock files for sandboxes, and file errors that name the file. Must not know what a sandbox holds."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Callable, ContextManager, Iterator

from octoprint_cli.api import file_lock
from octoprint_cli_sandbox.errors import SandboxError

#: Shows a line of text to the user.
Notify = Callable[[str], None]

#: The longest wait for another run; longer than an installation takes on a small computer.
LOCK_SECONDS = 900.0


def require_posix() -> None:
    """Raise SandboxError on a system without POSIX signals, process groups and locks."""
    if os.name != "posix":
        raise SandboxError("the sandbox needs Linux or macOS", hint="wsl octoprint-cli sandbox start")


@contextlib.contextmanager
def translate_os_errors(path: Path) -> Iterator[None]:
    """Turn file system errors inside the block into a SandboxError that names the file."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else path
        raise SandboxError(
            f"{where} cannot be used: {error.strerror or error}",
            hint=f"ls -ld {path.parent}  # OCTOPRINT_CLI_HOME moves the folder",
        ) from error


def locked(path: Path, notify: Notify, seconds: float = LOCK_SECONDS) -> ContextManager[None]:
    """Hold the lock file of a sandbox, waiting while another run has it. Raises SandboxError after `seconds`.

    A pip that this process starts inherits the lock: should this process be killed, other runs wait until pip has ended.
    """
    taken = SandboxError(
        f"another run has been using this sandbox for {seconds:g} s", hint=f"fuser -v {path}  # shows which", retryable=True
    )
    note = f"another run is using this sandbox ({path} is locked); waiting for it ..."
    return file_lock(path, taken, seconds, waiting=lambda: notify(note), inherited=True)
