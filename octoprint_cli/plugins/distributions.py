"""The installed distributions and what each adds to this program. Slow; only for lists and for blame."""

from __future__ import annotations

import sys
from typing import Any, Iterator, List, NamedTuple

if sys.version_info >= (3, 10):
    from importlib import metadata
else:  # what stevedore uses there, too
    import importlib_metadata as metadata


class Distribution(NamedTuple):
    """An installed distribution."""

    name: str
    version: str
    entry_points: List[Any]
    requires: List[str]  # other distributions


def installed() -> Iterator[Distribution]:
    """Every distribution that adds something to a group of ours."""
    seen = set()
    for found in metadata.distributions():
        entry_points = [entry for entry in found.entry_points if entry.group.startswith("octoprint_cli.")]
        name = found.metadata["Name"]
        if entry_points and name not in seen:  # a path that stands twice on sys.path lists it twice
            seen.add(name)
            yield Distribution(name, found.version, entry_points, [wish for wish in found.requires or () if "extra ==" not in wish])
