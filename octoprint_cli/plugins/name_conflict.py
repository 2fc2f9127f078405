"""Finds the other project named `octoprint-cli`, which has this program's command and import name, beside this program.

Looks at folders only, without importlib.metadata, as `--version` must be fast.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Dict, Iterator, NamedTuple, Optional

#: What pip leaves of a distribution named `octoprint-cli`, such as `octoprint_cli-0.1.4.dist-info`.
_OTHER = re.compile(r"octoprint[-_.]cli-(?P<version>[^-]+)(-py[0-9.]+)?\.(dist|egg)-info", re.IGNORECASE)
_OWN = re.compile(r"octoprint_agent_cli-[^-]+\.dist-info")


class NameConflict(NamedTuple):
    """The other project in the environment of this program."""

    version: str
    #: A file of this program that it has replaced, None if it replaced none.
    overwritten: Optional[str]

    def __str__(self) -> str:
        harm = f"and has overwritten {self.overwritten}" if self.overwritten else "and shares its command and import name"
        return (
            f"another project, octoprint-cli {self.version}, is installed beside this program {harm}: "
            "uninstall octoprint-cli and octoprint-agent-cli, then install octoprint-agent-cli again"
        )


def name_conflict() -> Optional[NameConflict]:
    """Return the other project if it is installed where this Python looks for packages."""
    for folder in filter(None, sys.path):
        for name in _names(folder):
            other = _OTHER.fullmatch(name)
            if other:
                return NameConflict(other["version"], _overwritten(Path(folder), name))
    return None


def _names(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entry.name for entry in entries)
    except OSError:  # a folder that does not exist, a zip file
        return


def _overwritten(folder: Path, other: str) -> Optional[str]:
    """Return the first file of both distributions whose content is the other one's."""
    own = next((name for name in _names(str(folder)) if _OWN.fullmatch(name)), None)
    if own is None:  # installed elsewhere, or editable
        return None
    mine, theirs = _hashes(folder / own), _hashes(folder / other)
    for path, digest in mine.items():
        if path in theirs and theirs[path] != digest and _digest(folder / path) == theirs[path]:
            return path
    return None


def _hashes(metadata: Path) -> Dict[str, str]:
    """Return the hash of each file that a distribution's RECORD lists, such as `sha256=...`."""
    import csv

    try:
        with (metadata / "RECORD").open(encoding="utf-8", newline="") as file:
            return {row[0]: row[1] for row in csv.reader(file) if len(row) > 1 and row[1]}
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str:
    """Return a file's hash as a RECORD has it; empty if the file cannot be read."""
    import base64
    import hashlib

    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return ""
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
