"""The skill file for agents: the guide docs/agents/guide.md, of which this package has a copy, and a table of every command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterable

NAME = "octoprint-cli"
#: The description by which agents choose the skill.
DESCRIPTION = (
    "Drive a 3D printer through its OctoPrint server from the command line: check a G-code file, upload, print, wait, watch, "
    "pause, cancel, set temperatures, send G-code. Use it for whatever has to do with a 3D printer or its jobs."
)
_COMMANDS = """
## Every command

Besides these, every command takes the global options (`octoprint-cli --help`). The last column is what `--confirm` consents to.

| command | does | arguments | effects | `--confirm` |
|---|---|---|---|---|
"""


def guide() -> str:
    """Return the guide for agents, docs/agents/guide.md."""
    return (Path(__file__).parent / "agents.md").read_text(encoding="utf-8")


def skill(commands: Iterable[Dict[str, Any]]) -> str:
    """Return the text of SKILL.md for the given commands, which are entries of the catalogue."""
    front = f"---\nname: {NAME}\ndescription: {json.dumps(DESCRIPTION)}\n---\n\n"  # quoted, as a bare YAML text has no colon
    return front + guide() + _COMMANDS + "".join(map(_row, commands))


def _row(command: Dict[str, Any]) -> str:
    arguments = " ".join(map(_argument, (one for one in command["arguments"] if one["name"] != "confirm")))
    effects = "unknown" if command["effects"] is None else ", ".join(command["effects"])
    cells = [f"`{command['name']}`", command["summary"], f"`{arguments}`" if arguments else "", effects]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in [*cells, command["confirm"] or ""]) + " |\n"


def _argument(argument: Dict[str, Any]) -> str:
    """Format an argument as in a usage line: `FILE`, `[--location local|sdcard]`."""
    value = (
        "|".join(map(str, argument["choices"])) if argument["choices"] else _VALUES.get(argument["type"], argument["name"].upper())
    )
    words = [*argument["options"][-1:], *([value] if value else [])]
    text = " ".join(words) + (" ..." if argument["many"] else "")
    return text if argument["required"] else f"[{text}]"


#: Placeholders of values by type, if they differ from the argument's name.
_VALUES = {"boolean": "", "integer": "N", "number": "N"}
