"""Flattening of nested data and formatting of cells, as table, value, csv and shell share them."""

from __future__ import annotations

import json
from typing import Any, Iterator, List, Sequence, Tuple

from cliff.columns import FormattableColumn

from octoprint_cli.output.columns import to_plain_data
from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.units import UNKNOWN

#: The longest cell of a table; longer text is cut there, and complete in the machine formats.
CELL_LIMIT = 300


def flatten(names: Sequence[str], values: Sequence[Any], machine: bool) -> Iterator[Tuple[str, Any]]:
    """Yield nested values under dotted names, such as `temperature.tool0.actual`.

    Without `machine` a column stays one cell, and an object without known values is one dash; with it, both are
    flattened like any other object.
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
    """Format a value for scripts: raw, empty for null, objects as JSON."""
    value = to_plain_data(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return visible(value if isinstance(value, str) else json.dumps(value, default=str))


def for_person(value: Any) -> str:
    """Format a value for a table: with units, a dash for unknown, the items of a list on a line each."""
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
    """Format the values of a table's row."""
    return [for_person(value) for value in row]
