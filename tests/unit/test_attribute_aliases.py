"""The earlier names of a command's declarations, which plugins may still use."""

from __future__ import annotations

from typing import Any

import pytest

from octoprint_cli.api import Guarded, ShowOne, fields
from octoprint_cli.framework.base import ALIASES

ANSWER = fields.record(sentence=fields.text())
#: A declaration of each, other than the default.
DECLARED = {"answer": ANSWER, "codes": ("PRINTER_BUSY",), "asks_server": False, "as_tool": False, "urgent": ("off",)}
BOTH = pytest.mark.parametrize("name", [*ALIASES, *ALIASES.values()])


def old(name: str) -> str:
    return name if name in ALIASES else next(first for first, now in ALIASES.items() if now == name)


def values(command: Any, name: str) -> Any:
    return getattr(command, old(name)), getattr(command, ALIASES[old(name)])


@BOTH
def test_a_declaration_by_either_name_can_be_read_by_both(name: str) -> None:
    declared = DECLARED[old(name)]
    assert values(type("Chat", (ShowOne,), {name: declared}), name) == (declared, declared)


@BOTH
@pytest.mark.parametrize("mixin", [(object,), (Guarded,)], ids=["plain", "guarded"])
def test_a_declaration_in_a_mixin_before_the_base_class_can_be_read_by_both_names(name: str, mixin: Any) -> None:
    declared = DECLARED[old(name)]
    shared = type("Shared", mixin, {name: declared, "destructive": None})
    assert values(type("Chat", (shared, ShowOne), {}), name) == (declared, declared)


@BOTH
def test_a_declaration_of_the_class_wins_over_that_of_a_mixin_by_the_other_name(name: str) -> None:
    declared, other = DECLARED[old(name)], ALIASES[name] if name in ALIASES else old(name)
    mixin = type("Shared", (), {other: object()})
    command = type("Chat", (mixin, ShowOne), {name: declared})
    assert values(command, name) == (declared, declared)
    assert values(type("Second", (command,), {}), name) == (declared, declared)
