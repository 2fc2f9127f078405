"""Aliases for class attributes: old names that third-party classes may still declare or read."""

from __future__ import annotations

from typing import Any, Mapping, Type


def map_attributes(cls: Type[Any], aliases: Mapping[str, str]) -> None:
    """Set each attribute of a new class under its old and its new name, whichever it declares. `aliases` maps old to new names."""
    for old, new in aliases.items():
        declared = new if new in cls.__dict__ else old
        if declared in cls.__dict__:
            value = cls.__dict__[declared]
            setattr(cls, new, value)
            setattr(cls, old, value)
