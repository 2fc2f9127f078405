"""Files that two runs may want at once, and that only their owner may read."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, Optional

from octoprint_cli_sandbox.errors import SandboxError

try:
    import fcntl
except ImportError:  # Windows, where `require_posix` says so
    fcntl = None  # type: ignore[assignment]

Tell = Callable[[str], None]

#: Longer than an installation takes on a small computer.
LOCK_SECONDS = 900.0
_PAUSE = 0.2


def require_posix() -> None:
    """Raise where there are no POSIX signals, process groups and locks."""
    if fcntl is None:
        raise SandboxError("the sandbox needs Linux or macOS", hint="wsl octoprint-cli sandbox start")


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Inside, an error of the file system becomes ours, naming the file."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else path
        raise SandboxError(
            f"{where} cannot be used: {error.strerror or error}",
            hint=f"ls -ld {path.parent} (OCTOPRINT_CLI_HOME moves the folder)",
        ) from error


def write_private(path: Path, text: str) -> None:
    """Replace a file in one piece; its owner alone may read it."""
    handle, temporary = tempfile.mkstemp(dir=str(path.parent), prefix=f".{path.name}-")  # 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


@contextlib.contextmanager
def locked(path: Path, tell: Tell, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock file, waiting for whoever has it. The kernel lets go of it if this process dies.

    A helper that is started with `close_fds=False` holds it, too: should this process be killed, nobody
    else works here until that pip, say, has ended as well.
    """
    deadline = time.monotonic() + seconds
    handle = _try(path)
    if handle is None:
        tell(f"another run works on this sandbox ({path} is locked); waiting for it ...")
    while handle is None:
        if time.monotonic() > deadline:
            raise SandboxError(
                f"another run has worked on this sandbox for {seconds:g} s",
                hint=f"fuser -v {path} shows which",
                retryable=True,
            )
        time.sleep(_PAUSE)
        handle = _try(path)
    os.set_inheritable(handle, True)
    try:
        yield
    finally:
        os.close(handle)


def _try(path: Path) -> Optional[int]:
    """The locked file, or None. It goes with the sandbox, so a lock on a deleted one counts for nothing."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None
