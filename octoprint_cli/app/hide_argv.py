"""Secrets on the command line, which `ps` shows to every user of the machine."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Tuple


def hide(secret: str) -> None:
    """Overwrite a secret in the command line of this process, on Linux alone. Nothing is raised."""
    with contextlib.suppress(Exception):
        start, end = _arguments()
        import ctypes  # slow to import, and few runs have a secret there

        at = ctypes.string_at(start, end - start).find(secret.encode())
        if secret and at >= 0:
            ctypes.memset(start + at, ord("*"), len(secret.encode()))


def _arguments() -> Tuple[int, int]:
    """Return where the arguments are in memory: fields 48 and 49 of proc(5)'s stat."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()  # the name, field 2, may hold spaces
    return int(fields[48 - 3]), int(fields[49 - 3])
