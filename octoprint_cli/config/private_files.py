"""Atomic writes of files that only their owner may read, and lock files between runs on this computer.

Must not know what the files hold. File-system errors are left to the caller, who can say what they mean.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Iterator, Optional

from octoprint_cli.errors import CliError

if sys.platform == "win32":
    import msvcrt

    _TAKEN = PermissionError
else:
    import fcntl

    _TAKEN = BlockingIOError

#: Seconds between two tries to get a lock.
_PAUSE = 0.05


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically, readable by its owner only.

    The folder must exist. On an error (OSError) the old file is untouched.
    """
    handle, temporary = tempfile.mkstemp(dir=str(path.parent), prefix=f".{path.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


@contextlib.contextmanager
def file_lock(
    path: Path,
    taken: CliError,
    seconds: float = 0.0,
    *,
    waiting: Callable[[], object] = lambda: None,
    inherited: bool = False,
) -> Iterator[None]:
    """Hold a lock file, waiting up to `seconds` for another run that has it; raise `taken` after that.

    `waiting` is called once if the lock is not free. The system releases the lock when this process dies; with `inherited`, when
    the child processes that it started with `close_fds=False` have ended as well. Raises OSError if the file cannot be locked.
    """
    deadline = time.monotonic() + seconds
    handle = _try_lock(path)
    if handle is None and seconds > 0:
        waiting()
    while handle is None:
        if time.monotonic() >= deadline:
            raise taken
        time.sleep(_PAUSE)
        handle = _try_lock(path)
    os.set_inheritable(handle, inherited)
    try:
        yield
    finally:
        os.close(handle)


def _try_lock(path: Path) -> Optional[int]:
    """Return a handle of the locked file, or None if another run holds the lock or has just deleted the file."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if _lock(handle) and os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except FileNotFoundError:
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _lock(handle: int) -> bool:
    """Lock an open file without waiting, and return whether that succeeded."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except _TAKEN:
        return False
    return True
