"""Aliases for class attributes: old names that third-party classes may still declare or read."""

from __future__ import annotations

from typing import Any, Mapping, Type


def map_attributes(cls: Type[Any], aliases: Mapping[str, str]) -> None:
    """Set each attribute of a new class under its old and its new name, whichever is declared. `aliases` maps old to new names.

    The declaration that counts is the first one in the method resolution order, by either name: it may stand in a mixin, which
    does not map its own attributes.
    """
    for old, new in aliases.items():
        owner = next((owner for owner in cls.__mro__ if not {old, new}.isdisjoint(owner.__dict__)), None)
        if owner is not None and not {old, new} <= owner.__dict__.keys():
            value = owner.__dict__[new if new in owner.__dict__ else old]
            setattr(cls, new, value)
            setattr(cls, old, value)
