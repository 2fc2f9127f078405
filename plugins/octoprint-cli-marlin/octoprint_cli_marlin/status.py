"""marlin info, position, endstops: what any firmware reports. They change nothing, so they also work during a job."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict

from octoprint_cli.api import errors, fields
from octoprint_cli_marlin.asking import AMBIGUOUS, ASK_CODES, Asking, is_marlin, values


class Info(Asking):
    """show what the firmware tells of itself (M115)

    Its name, the machine, and its capabilities, of which a table has those that are there. Works with other firmwares, too.
    """

    answer = fields.record(
        firmware_name=fields.text("with its version").or_null,
        marlin=fields.switch("it is a Marlin, or was made of it"),
        machine_type=fields.text().or_null,
        extruder_count=fields.whole().or_null,
        protocol_version=fields.text().or_null,
        uuid=fields.text().or_null,
        source_code_url=fields.text().or_null,
        capabilities=fields.flags("by the firmware's names; what it does not name is not known"),
        fields=fields.mapping(fields.text(), "all that it says, by its own names"),
        ambiguous=AMBIGUOUS,
    )
    effects = ("reads",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.ask(parsed_args, "M115")[0]
        told = values(reply)
        return {**told, "marlin": is_marlin(told), "ambiguous": reply["ambiguous"]}


class Position(Asking):
    """show where the firmware thinks that the nozzle is (M114)

    Before the axes are homed that is a guess. Works with other firmwares, too.
    """

    answer = fields.record(
        **{axis: fields.length().or_null for axis in "xyz"},
        e=fields.length("of the filament").or_null,
        count=fields.mapping(fields.number(), "the motors' own count, in steps on most machines").or_null,
        ambiguous=AMBIGUOUS,
    )
    effects = ("reads",)

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.ask(parsed_args, "M114")[0]
        return {**values(reply), "ambiguous": reply["ambiguous"]}


class Endstops(Asking):
    """show which endstops and filament sensors are triggered (M119)

    Works with other firmwares, too.
    """

    answer = fields.record(
        endstops=fields.mapping(fields.one_of("open", "triggered"), "by name, such as x_min or z_probe"),
        filament=fields.mapping(fields.one_of("open", "triggered"), "filament sensors; Marlin: triggered is filament present"),
        ambiguous=AMBIGUOUS,
    )
    effects = ("reads",)
    codes = (*ASK_CODES, "NOT_FOUND")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        reply = self.ask(parsed_args, "M119")[0]
        if reply["parsed"] is None and not reply["lines"]:
            raise errors.NotFound("the firmware has acknowledged M119, and reports no endstops", hint="octoprint-cli marlin info")
        return {**values(reply), "ambiguous": reply["ambiguous"]}
