"""The commands marlin info, position and endstops. They work with any firmware and change nothing, so a job may be active."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict

from octoprint_cli.api import errors, fields, labelled, lines
from octoprint_cli_marlin.firmware_command import AMBIGUOUS, FIRMWARE_CODES, FirmwareCommand, is_marlin, parsed_values

_AMBIGUOUS = "{ambiguous?}<yellow>Another client's command was sent at the same time: this may be the reply to that one.</>"


class Info(FirmwareCommand):
    """show the firmware's name, machine and capabilities (M115)

    A table lists only the capabilities that the firmware has. This works with other firmwares, too.
    """

    result = fields.record(
        firmware_name=fields.text("with its version").or_null,
        marlin=fields.switch("whether it is Marlin, or derived from it"),
        machine_type=fields.text().or_null,
        extruder_count=fields.whole().or_null,
        protocol_version=fields.text().or_null,
        uuid=fields.text().or_null,
        source_code_url=fields.text().or_null,
        capabilities=fields.flags("by the firmware's names; those that it does not list are unknown"),
        fields=fields.mapping(fields.text(), "the whole reply, by the firmware's names"),
        ambiguous=AMBIGUOUS,
    )
    template = lines(
        labelled(
            {
                "Firmware": "{firmware_name|unknown}",
                "Marlin": "{marlin}",
                "Machine": "{machine_type}",
                "Extruders": "{extruder_count}",
                "Capabilities": "{capabilities}",
                "UUID": "{uuid}",
                "Source": "{source_code_url}",
            }
        ),
        _AMBIGUOUS,
    )
    examples = (
        ("octoprint-cli marlin info", "which firmware, and what it can do"),
        ("octoprint-cli marlin info -c capabilities --json", "only its capabilities, as JSON"),
    )
    effects = ("reads",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.send(parsed_args, "M115")[0]
        values = parsed_values(reply)
        return {**values, "marlin": is_marlin(values), "ambiguous": reply["ambiguous"]}


class Position(FirmwareCommand):
    """show the nozzle's position, as the firmware reports it (M114)

    Before the axes are homed, the position is a guess. This works with other firmwares, too.
    """

    result = fields.record(
        **{axis: fields.length().or_null for axis in "xyz"},
        e=fields.length("of the filament").or_null,
        count=fields.mapping(fields.number(), "the motors' own count, in steps on most printers").or_null,
        ambiguous=AMBIGUOUS,
    )
    template = lines(
        "X {x|unknown}, Y {y|unknown}, Z {z|unknown}[, E {e}]",
        _AMBIGUOUS,
    )
    examples = (
        ("octoprint-cli marlin position", "where the nozzle is"),
        ("octoprint-cli marlin position --json", "the same, as JSON"),
    )
    effects = ("reads",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.send(parsed_args, "M114")[0]
        return {**parsed_values(reply), "ambiguous": reply["ambiguous"]}


class Endstops(FirmwareCommand):
    """show the state of endstops and filament sensors (M119)

    This works with other firmwares, too.
    """

    result = fields.record(
        endstops=fields.mapping(fields.one_of("open", "triggered"), "by name, such as x_min or z_probe"),
        filament=fields.mapping(fields.one_of("open", "triggered"), "filament sensors; in Marlin, triggered: filament is present"),
        ambiguous=AMBIGUOUS,
    )
    template = lines(
        labelled({"{for endstops}{key}": "{value}", "{for filament}{key}": "{value}"}),
        _AMBIGUOUS,
    )
    examples = (
        ("octoprint-cli marlin endstops", "which ones are triggered"),
        ("octoprint-cli marlin endstops --json", "the same, as JSON"),
    )
    effects = ("reads",)
    error_codes = (*FIRMWARE_CODES, "NOT_FOUND")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.send(parsed_args, "M119")[0]
        if reply["parsed"] is None and not reply["lines"]:
            raise errors.NotFound("the firmware acknowledged M119, but reported no endstops", hint="octoprint-cli marlin info")
        return {**parsed_values(reply), "ambiguous": reply["ambiguous"]}
