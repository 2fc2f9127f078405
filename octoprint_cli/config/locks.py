"""Lock files: one octoprint-cli at a time may start a job on a server, or write the configuration.

The server's own check is not atomic: of two starts within a few milliseconds it accepts both, and then prints
one of them, or neither. Must not know what is started or written.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import ContextManager, Iterator

from octoprint_cli.config.private_files import file_lock
from octoprint_cli.errors import CliError, ConfigError, PrinterBusy

#: Seconds to wait while another run writes the configuration.
WRITE_SECONDS = 10.0


def job_lock(server: str, folder: Path) -> ContextManager[None]:
    """Hold the lock file for starting a job on a server. Raises PrinterBusy if another run holds it.

    If the folder is not writable there is no lock, and only the server's own check remains.
    """
    busy = PrinterBusy("another octoprint-cli on this computer is about to start a print on this server")
    return _held(folder / f"{hashlib.sha1(server.encode()).hexdigest()[:16]}.lock", busy, 0)


def config_lock(file: Path) -> ContextManager[None]:
    """Hold the lock file for writing the configuration. Raises ConfigError after ten seconds of waiting.

    If the folder is not writable there is no lock, and the write itself reports the problem.
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
