"""The installed distributions with plugins for this program. Slow, so only for lists, and to name a broken plugin."""

from __future__ import annotations

import sys
from typing import Any, Iterator, List, NamedTuple

if sys.version_info >= (3, 10):
    from importlib import metadata
else:  # the backport that stevedore uses on these versions, too
    import importlib_metadata as metadata


class Distribution(NamedTuple):
    """An installed distribution with entry points of ours."""

    name: str
    version: str
    entry_points: List[Any]
    requires: List[str]  # requirements, without those of extras


def installed() -> Iterator[Distribution]:
    """Yield every distribution that has an entry point in a group of this program."""
    seen = set()
    for found in metadata.distributions():
        entry_points = [entry for entry in found.entry_points if entry.group.startswith("octoprint_cli.")]
        if not entry_points:  # its metadata is ten times as slow to read
            continue
        name = found.metadata["Name"]
        if name not in seen:  # a path that is twice on sys.path lists a distribution twice
            seen.add(name)
            requires = [requirement for requirement in found.requires or () if "extra ==" not in requirement]
            yield Distribution(name, found.version, entry_points, requires)
