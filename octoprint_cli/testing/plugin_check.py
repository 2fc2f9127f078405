"""The house rules, run on an add-on: what `assert check_plugin("my-add-on") == []` stands on."""

from __future__ import annotations

import io
from typing import Any, Iterable, List, Union

from octoprint_cli.app.plugin_rules import rules
from octoprint_cli.app.program import Program

__all__ = ["check_plugin"]


def check_plugin(plugin: Union[str, Iterable[Any]]) -> List[str]:
    """What is wrong with an add-on, a sentence each; nothing is a good add-on.

    `plugin` is the name of an installed distribution, or entry points (`importlib.metadata.EntryPoint`, or whatever has a `group`,
    a `name`, a `value` and `load()`). Each must load, and have a name of its own. A command must have a short help line without
    a full stop; an answer, effects and error codes that are declared, and known; the guard, if it heats, moves, starts, deletes
    or powers; help in every format and for every option. The code may import only octoprint_cli.api and octoprint_cli.testing.
    """
    entry_points = rules.entry_points_of(plugin) if isinstance(plugin, str) else list(plugin)
    if not entry_points:
        named = f"no distribution {plugin} is installed that adds" if isinstance(plugin, str) else "there is nothing that adds"
        return [f"{named} anything to octoprint-cli"]
    found = rules.problems(Program(io.StringIO(), io.StringIO(), io.StringIO(), {}), entry_points)
    return [problem.message for problem in found]
