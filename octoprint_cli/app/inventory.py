"""The inventory: what every installed distribution adds to this program, and what of it fails."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

from octoprint_cli.errors import PluginError
from octoprint_cli.output.formats.registry import LIST_GROUP, SHOW_GROUP
from octoprint_cli.plugins.entry_points import CHECKS, COMMANDS, EntryPointGroup, command_name_of

#: What the entry points of each group add.
KINDS = {COMMANDS: "commands", CHECKS: "checks", SHOW_GROUP: "formats", LIST_GROUP: "formats"}


def inventory() -> Iterator[Dict[str, Any]]:
    """Yield every distribution that adds something: its commands, checks and formats, and what of it fails.

    Slow: it imports everything that is added, and reads the metadata of everything installed.
    """
    from octoprint_cli.plugins.distributions import installed

    extensions = {group: EntryPointGroup(group) for group in KINDS}
    clashes = [fault for group in extensions.values() for fault in group.clashes()]
    for distribution in sorted(installed(), key=lambda found: found.name.lower()):
        row: Dict[str, Any] = {"distribution": distribution.name, "version": distribution.version}
        row.update({kind: [] for kind in ("commands", "checks", "formats")})
        row["requires"] = distribution.requires
        row["problems"] = [fault.problem for fault in clashes if fault.distribution == distribution.name]
        for entry_point in distribution.entry_points:
            if entry_point.group in KINDS:
                added: List[str] = row[KINDS[entry_point.group]]
                name = command_name_of(entry_point.name) if entry_point.group == COMMANDS else entry_point.name
                added += [name] if name not in added else []
                row["problems"] += _problem(extensions[entry_point.group], entry_point)
        yield row


def _problem(extensions: EntryPointGroup, entry_point: Any) -> List[str]:
    if entry_point.name not in extensions or extensions.entry_point(entry_point.name).value != entry_point.value:
        return []  # a clash, which is reported already
    try:
        extensions.load(entry_point.name)
    except PluginError as error:
        return [error.message]
    return []
