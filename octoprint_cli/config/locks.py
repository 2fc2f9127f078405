"""One at a time: of two runs on this computer that would start a job on one server, or write one file.

The server's own check is not atomic: of two starts within some milliseconds it accepts both, and then prints
either, or neither. Must not know what is started, nor what is written.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import ContextManager, Iterator

from octoprint_cli.errors import CliError, ConfigError, PrinterBusy

#: Who holds a file's lock writes it and is done.
WRITE_SECONDS = 10.0


def exclusively(server: str, folder: Path) -> ContextManager[None]:
    """Hold the server's lock in the folder. Raises PrinterBusy if another run holds it.

    Where the folder cannot be written there is no lock: the server's own check is all there is then.
    """
    busy = PrinterBusy("another octoprint-cli on this computer is about to start a print on this server")
    return _held(folder / f"{hashlib.sha1(server.encode()).hexdigest()[:16]}.lock", 0, busy)


def in_turn(file: Path) -> ContextManager[None]:
    """Read and write the file while nobody else of ours does. Raises ConfigError after ten seconds of waiting.

    Where its folder cannot be written there is no lock, and writing will say so.
    """
    taken = ConfigError(f"another octoprint-cli has been writing {file} for {WRITE_SECONDS:g} s")
    return _held(file.with_name(f".{file.name}.lock"), WRITE_SECONDS, taken)


@contextlib.contextmanager
def _held(path: Path, seconds: float, taken: CliError) -> Iterator[None]:
    from filelock import FileLock, Timeout  # only what starts a job or writes the configuration needs it

    lock = FileLock(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock.acquire(timeout=seconds)
    except Timeout as error:
        raise taken from error
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release()
