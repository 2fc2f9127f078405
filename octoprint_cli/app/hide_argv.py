"""This process as others see it: `ps` shows every user of the machine what stands on its command line."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Tuple


def hide(secret: str) -> None:
    """Blot a secret out of this process's command line. Linux alone; elsewhere, or on any trouble, nothing is done."""
    with contextlib.suppress(Exception):
        start, end = _arguments()
        import ctypes  # slow to import, and few runs have a secret there

        at = ctypes.string_at(start, end - start).find(secret.encode())
        if secret and at >= 0:
            ctypes.memset(start + at, ord("*"), len(secret.encode()))


def _arguments() -> Tuple[int, int]:
    """Where in memory the system keeps the arguments: fields 48 and 49 of proc(5)'s stat."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()  # the name, field 2, may hold spaces
    return int(fields[48 - 3]), int(fields[49 - 3])
