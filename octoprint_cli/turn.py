"""One at a time: of two runs on this computer that would start a job on one server, the second is told so.

The server's own check is not atomic: of two starts within some milliseconds it accepts both, and then prints
either, or neither. Must not know what is started.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Iterator

from octoprint_cli.errors import PrinterBusy


@contextlib.contextmanager
def exclusively(server: str, folder: Path) -> Iterator[None]:
    """Hold the server's lock in the folder. Raises PrinterBusy if another run holds it.

    Where the folder cannot be written there is no lock: the server's own check is all there is then.
    """
    from filelock import FileLock, Timeout  # only what starts a job needs it

    lock = FileLock(str(folder / f"{hashlib.sha1(server.encode()).hexdigest()[:16]}.lock"))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise PrinterBusy("another octoprint-cli on this computer is about to start a print on this server") from error
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release()
