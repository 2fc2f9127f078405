"""What table, value, csv and shell share: nested data made flat, a stranger's text made safe."""

from __future__ import annotations

import json
from typing import Any, Iterator, List, Sequence, Tuple

from cliff.columns import FormattableColumn

from octoprint_cli.output.columns import to_plain_data
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.units import UNKNOWN

#: A cell longer than this is no use to a person; the machine formats have it whole.
CELL_LIMIT = 300


def flatten(names: Sequence[str], values: Sequence[Any], machine: bool) -> Iterator[Tuple[str, Any]]:
    """Dotted names with their values: `temperature.tool0.actual`.

    To a person a column stays one cell, and an object of which nothing is known is one dash; to a machine
    both are taken apart like any other object.
    """
    for name, value in zip(names, values):
        if machine and isinstance(value, FormattableColumn):
            value = value.machine_readable()
        if not machine and isinstance(value, dict) and all(to_plain_data(item) is None for item in value.values()):
            value = None
        if isinstance(value, dict) and value:
            keys = [f"{name}.{key}" for key in value]
            yield from flatten(keys, list(value.values()), machine)
        else:
            yield name, value


def for_machine(value: Any) -> str:
    """A value as a script reads it: raw, nothing for null, objects as JSON."""
    value = to_plain_data(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return visible(value if isinstance(value, str) else json.dumps(value, default=str))


def for_person(value: Any) -> str:
    """A value as a person reads it: units, a dash for unknown, lists one under another."""
    if isinstance(value, FormattableColumn):
        return visible(str(value.human_readable()), CELL_LIMIT)
    if value is None or value in ({}, []):
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return "\n".join(for_person(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{for_person(key)} {for_person(item)}" for key, item in value.items())
    return visible(str(value), CELL_LIMIT)


def row_for_person(row: Sequence[Any]) -> List[str]:
    """A row of a table."""
    return [for_person(value) for value in row]
