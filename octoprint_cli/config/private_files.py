"""Files that only their owner may read, written in one piece, and locks between runs on this computer.

Must not know what the files hold. Errors of the file system are left to the caller, who knows what they are about.
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
    """Replace a file in one piece: a reader sees the old text or the new one, and only the owner can read either.

    The folder must exist. Raises OSError, and then the old file is untouched.
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
    """Hold the lock file, waiting up to `seconds` for another run that has it; then raise `taken`.

    `waiting` is called once if it has to wait. The system releases the lock when this process dies; with `inherited`, when the
    helpers that it started with `close_fds=False` have ended as well. Raises OSError where no lock can be made.
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
    """Return the locked file, or None if another run holds it. A lock on a file that was deleted meanwhile does not count."""
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
    """Lock the open file without waiting. Return whether that was possible."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except _TAKEN:
        return False
    return True
