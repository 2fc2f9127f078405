"""The plugin checks as a function: `assert check_plugin("my-plugin") == []`."""

from __future__ import annotations

import io
from typing import Any, Iterable, List, Union

from octoprint_cli.app.plugin_rules import rules
from octoprint_cli.app.program import Program

__all__ = ["check_plugin"]


def check_plugin(plugin: Union[str, Iterable[Any]]) -> List[str]:
    """Return what is wrong with a plugin, a sentence each; an empty list means that it passes.

    `plugin` is the name of an installed distribution, or entry points (`importlib.metadata.EntryPoint`, or objects with `group`,
    `name`, `value` and `load()`). Each must load and have a unique name. A command must have a short help line without
    a full stop; a declared result, effects and error codes; the guard, if it heats, moves, starts, deletes
    or switches power; help in every format and for every option. The code may import only octoprint_cli.api and
    octoprint_cli.testing.
    """
    entry_points = rules.entry_points_of(plugin) if isinstance(plugin, str) else list(plugin)
    if not entry_points:
        named = f"no distribution {plugin} is installed that adds" if isinstance(plugin, str) else "there is nothing that adds"
        return [f"{named} anything to octoprint-cli"]
    found = rules.problems(Program(io.StringIO(), io.StringIO(), io.StringIO(), {}), entry_points)
    return [problem.message for problem in found]
