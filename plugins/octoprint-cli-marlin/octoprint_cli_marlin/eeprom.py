"""The commands marlin eeprom show and save: the firmware's settings."""

from __future__ import annotations

import re
from argparse import Namespace
from typing import Any, Dict, List, Mapping, Optional

from octoprint_cli.api import Guarded, fields
from octoprint_cli_marlin.firmware_command import (
    AMBIGUOUS,
    FIRMWARE_CODES,
    FirmwareCommand,
    Reply,
    marlin_info,
    parsed_values,
    refusal,
)

_ECHO = re.compile(r"(?:echo:)?\s*;?\s*")
_COMMAND = re.compile(r"(?:echo:)?\s*([GMC][0-9]+\b.*)")
#: `echo:Settings Stored (655 bytes; crc 42354)`; old versions omit the brackets.
_STORED = re.compile(r"settings stored(?:\s*\((\d+) bytes; crc (-?\d+)\))?", re.IGNORECASE)

_SECTION = fields.record(
    title=fields.text("the firmware's own heading").or_null,
    commands=fields.listed(fields.text(), "that restore these settings"),
)


class Show(FirmwareCommand):
    """show the settings in use, as commands (M503)

    The settings in use differ from the stored ones if some were changed since. The commands can serve as a backup.
    """

    result = fields.record(
        firmware_name=fields.text().or_null,
        settings=fields.mapping(
            fields.listed(fields.mapping(fields.anything("a number, a list of numbers, a text, or true for a bare letter"))),
            "by code, such as M92, with one entry for each line",
        ),
        sections=fields.listed(_SECTION, "in the firmware's order"),
        ambiguous=AMBIGUOUS,
    )
    examples = (
        ("octoprint-cli marlin eeprom show", "the settings, as commands"),
        ("octoprint-cli marlin eeprom show --json", "the same, as JSON"),
    )
    effects = ("reads",)
    error_codes = (*FIRMWARE_CODES, "NOT_MARLIN")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        about, reply = self.send(parsed_args, "M115", "M503")
        name = marlin_info(about)["firmware_name"]
        values = parsed_values(reply)  # a firmware without M503 acknowledges it, too
        return {"firmware_name": name, **values, "sections": parse_sections(reply["lines"]), "ambiguous": reply["ambiguous"]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "sections" not in data:
            return None
        return "\n".join(_section_text(section) for section in data["sections"])


class Save(Guarded, FirmwareCommand):
    """store the settings in use in the EEPROM (M500)

    `saved` means that the firmware reported so. `acknowledged` means that it reported nothing, as a firmware that was built
    without EEPROM_CHITCHAT does.
    """

    destructive = "overwrites the stored settings"
    would = "Would store the settings in use."
    result = fields.record(
        action=fields.one_of("saved", "acknowledged"),
        firmware_name=fields.text().or_null,
        bytes=fields.size("that were stored").or_null,
        crc=fields.whole("of what was stored").or_null,
    )
    template = (
        "{action=saved}<green>The firmware stored its settings</>[ ({bytes})].",
        "<yellow>The firmware acknowledged the command</>, and did not report that it stored its settings.",
    )
    examples = (
        ("octoprint-cli marlin eeprom save --confirm", "store the settings in use"),
        ("octoprint-cli marlin eeprom save --dry-run", "show what would be sent"),
    )
    effects = ("writes",)
    error_codes = (*FIRMWARE_CODES, "NOT_MARLIN")

    def check(self, parsed_args: Namespace) -> None:
        self.client.job.current().require_idle()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.dry_run:
            self.client.printer.send(["M500"])
            return {}
        about = self.send(parsed_args, "M115")[0]
        firmware = marlin_info(about)
        if firmware["capabilities"].get("EEPROM") is False:
            raise refusal(about, "the firmware was built without an EEPROM, so it cannot store settings")
        return {**parse_saved(self.execute(parsed_args, "M500")), "firmware_name": firmware["firmware_name"]}


def parse_saved(reply: Reply) -> Dict[str, Any]:
    """Parse the reply to M500 into `action`, `bytes` and `crc`."""
    found = next(filter(None, map(_STORED.search, reply["lines"])), None)
    size, crc = found.groups() if found else (None, None)
    return {
        "action": "saved" if found else "acknowledged",
        "bytes": int(size) if size else None,
        "crc": int(crc) if crc else None,
    }


def parse_sections(lines: List[str]) -> List[Dict[str, Any]]:
    """Split the reply to M503 at its headings: `[{"title": "Steps per unit", "commands": ["M92 X80.00 Y80.00"]}, ...]`.

    Headings without commands are left out, and so are other lines (`SD init fail`).
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


def _section_text(section: Mapping[str, Any]) -> str:
    return "\n".join([*([f"; {section['title']}"] if section["title"] else []), *section["commands"]])
