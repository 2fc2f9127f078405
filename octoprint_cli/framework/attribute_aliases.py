"""Old names of attributes that third-party classes may still declare, or read."""

from __future__ import annotations

from typing import Any, Mapping, Type


def map_attributes(cls: Type[Any], aliases: Mapping[str, str]) -> None:
    """Give a new class each attribute under both names, whichever of the two it declares. `aliases` is new names by old ones."""
    for old, new in aliases.items():
        declared = new if new in cls.__dict__ else old
        if declared in cls.__dict__:
            value = cls.__dict__[declared]
            setattr(cls, new, value)
            setattr(cls, old, value)
