"""marlin eeprom: the firmware's settings."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import Guarded, fields
from octoprint_cli_marlin.asking import AMBIGUOUS, ASK_CODES, Asking, Reply, marlin, refused, values

_ECHO = re.compile(r"(?:echo:)?\s*;?\s*")
_COMMAND = re.compile(r"(?:echo:)?\s*([GMC][0-9]+\b.*)")
#: `echo:Settings Stored (655 bytes; crc 42354)`; without the brackets in old ones.
_STORED = re.compile(r"settings stored(?:\s*\((\d+) bytes; crc (-?\d+)\))?", re.IGNORECASE)

_SECTION = fields.record(
    title=fields.text("the firmware's own heading").or_null,
    commands=fields.listed(fields.text(), "as they would be sent to set the same again"),
)


class Show(Asking):
    """show the settings in use, as commands that set them again (M503)

    What is in use is not what is stored, if something was changed since. Put aside, the commands are a backup.
    """

    answer = fields.record(
        firmware_name=fields.text().or_null,
        settings=fields.mapping(
            fields.listed(fields.mapping(fields.anything("a number, a list of them, a text, or true for a letter alone"))),
            "by code such as M92, one entry for each line",
        ),
        sections=fields.listed(_SECTION, "in the firmware's order"),
        ambiguous=AMBIGUOUS,
    )
    effects = ("reads",)
    codes = (*ASK_CODES, "NOT_MARLIN")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        about, reply = self.ask(parsed_args, "M115", "M503")
        name = marlin(about)["firmware_name"]
        found = values(reply)  # a firmware that was built without M503 acknowledges it, too
        return {"firmware_name": name, **found, "sections": sections(reply["lines"]), "ambiguous": reply["ambiguous"]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "sections" not in data:
            return None
        return "\n".join(_told(section) for section in data["sections"])


class Save(Guarded, Asking):
    """store the settings in use, so that they outlive a restart (M500)

    `saved` says that the firmware has told so; `acknowledged`, that it has told nothing, as one that was built without
    EEPROM_CHITCHAT does.
    """

    destructive = "overwrites the stored settings"
    answer = fields.record(
        action=fields.one_of("saved", "acknowledged"),
        firmware_name=fields.text().or_null,
        bytes=fields.size("that were stored").or_null,
        crc=fields.whole("of what was stored").or_null,
    )
    effects = ("writes",)
    codes = (*ASK_CODES, "NOT_MARLIN")

    def check(self, parsed_args: Namespace) -> None:
        self.client.job.current().require_idle()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.dry_run:
            self.client.printer.send(["M500"])
            return {}
        about = self.ask(parsed_args, "M115")[0]
        firmware = marlin(about)
        if firmware["capabilities"].get("EEPROM") is False:
            raise refused(about, "the firmware was built without an EEPROM: it can store no settings")
        return {**stored(self.do(parsed_args, "M500")), "firmware_name": firmware["firmware_name"]}


def stored(reply: Reply) -> Dict[str, Any]:
    """Return what the answer to M500 says: `action`, `bytes`, `crc`."""
    found = next(filter(None, map(_STORED.search, reply["lines"])), None)
    size, crc = found.groups() if found else (None, None)
    return {
        "action": "saved" if found else "acknowledged",
        "bytes": int(size) if size else None,
        "crc": int(crc) if crc else None,
    }


def sections(lines: List[str]) -> List[Dict[str, Any]]:
    """Group the answer to M503 by its headings: `[{"title": "Steps per unit", "commands": ["M92 X80.00 Y80.00"]}, ...]`.

    A heading without commands is left out, as is what is neither (`SD init fail`).
    """
    found: List[Dict[str, Any]] = []
    title: Optional[str] = None
    for line in lines:
        command = _COMMAND.match(line)
        if command is None:
            title = _ECHO.sub("", line, count=1).strip().rstrip(":") or None
        elif found and found[-1]["title"] == title:
            found[-1]["commands"].append(command.group(1).strip())
        else:
            found.append({"title": title, "commands": [command.group(1).strip()]})
    return found


def _told(section: Mapping[str, Any]) -> str:
    return "\n".join([*([f"; {section['title']}"] if section["title"] else []), *section["commands"]])
