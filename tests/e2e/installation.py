"""One installation of each release for all processes that run tests: each has a server of its own, on what one has installed."""

from __future__ import annotations

import contextlib
import fcntl
from pathlib import Path
from typing import IO, Iterator

from octoprint_cli_sandbox.sandbox import Sandbox, list_sandboxes


@contextlib.contextmanager
def shared(home: Path, name: str) -> Iterator[None]:
    """Inside, that sandbox may be started. The first process installs OctoPrint, for which the others wait, and link to it."""
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as waiting:
        lock: IO[str] = waiting.enter_context((home / ".installing.lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_installed(Sandbox(home, name)):
            waiting.close()
        yield


def _is_installed(sandbox: Sandbox) -> bool:
    """Return whether the sandbox has an installation, or has one now: that of another one."""
    if not sandbox.exists:
        others = [other for other in list_sandboxes(sandbox.path.parent.parent) if other.installation.octoprint]
        if others:
            with sandbox.lock():
                sandbox.create()
                sandbox.installation.folder.symlink_to(others[0].installation.folder.resolve())
    return sandbox.exists and sandbox.installation.octoprint is not None
