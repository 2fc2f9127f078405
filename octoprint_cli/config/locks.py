"""Lock files: one octoprint-cli at a time may start a job on a server, or write the configuration.

The server's own check is not atomic: of two starts within some milliseconds it accepts both, and then prints
either, or neither. Must not know what is started, nor what is written.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import ContextManager, Iterator

from octoprint_cli.config.private_files import file_lock
from octoprint_cli.errors import CliError, ConfigError, PrinterBusy

#: Seconds to wait for another run that writes the configuration.
WRITE_SECONDS = 10.0


def job_lock(server: str, folder: Path) -> ContextManager[None]:
    """Hold the server's lock in the folder. Raises PrinterBusy if another run holds it.

    Where the folder cannot be written there is no lock: the server's own check is all there is then.
    """
    busy = PrinterBusy("another octoprint-cli on this computer is about to start a print on this server")
    return _held(folder / f"{hashlib.sha1(server.encode()).hexdigest()[:16]}.lock", busy, 0)


def config_lock(file: Path) -> ContextManager[None]:
    """Keep other runs from writing the file. Raises ConfigError after ten seconds of waiting.

    Where its folder cannot be written there is no lock, and writing will report that.
    """
    taken = ConfigError(f"another octoprint-cli has been writing {file} for {WRITE_SECONDS:g} s")
    return _held(file.with_name(f".{file.name}.lock"), taken, WRITE_SECONDS)


@contextlib.contextmanager
def _held(path: Path, taken: CliError, seconds: float) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            stack.enter_context(file_lock(path, taken, seconds))
        yield
