"""The commands marlin mesh show and probe: the bed mesh."""

from __future__ import annotations

import shutil
from argparse import Namespace
from typing import Any, Dict, Mapping, Optional, Tuple

from octoprint_cli.api import Guarded, can_write, errors, fields
from octoprint_cli_marlin.firmware_command import AMBIGUOUS, FIRMWARE_CODES, FirmwareCommand, Reply, marlin_info, no_reply, refusal
from octoprint_cli_marlin.mesh import KINDS, Mesh, is_plane, kind_of, read_mesh
from octoprint_cli_marlin.mesh_view import SHADES, render

#: Probing a large bed takes minutes, during which a firmware without host keepalive is silent.
PROBE_SECONDS = 300.0
#: The commands that home and probe. With UBL, `G29 P3` fills in the points that the probe cannot reach.
_HOME, _PROBE, _UBL_PROBE = "G28", ("G29",), ("G29 P1", "G29 P3")
KEEP_COMMAND = "octoprint-cli marlin eeprom save --confirm"
_PRUSA_8BIT = "Prusa-Firmware "  # Prusa's 8-bit firmware has its own codes; Prusa-Firmware-Buddy is closer to Marlin


def _height(meaning: str) -> fields.Field:
    return fields.number(f"mm: {meaning}").displayed_as(lambda height: f"{height:.3f} mm")


MESH = fields.record(
    kind=fields.one_of(*KINDS, meaning="the leveling system that reported it"),
    enabled=fields.switch("whether leveling is on").or_null,
    fade_height=fields.length("height above the bed at which leveling ends; 0: it never does").or_null,
    columns=fields.whole(),
    rows=fields.whole(),
    points=fields.listed(
        fields.listed(fields.number("mm; null: not probed").or_null, "a row, from left to right"), "from front to back"
    ),
    complete=fields.switch("false if points were lost in transmission"),
    x=fields.reach("positions of the first and the last column, if UBL reports them").or_null,
    y=fields.reach("positions of the first and the last row, if UBL reports them").or_null,
    lowest=_height("the lowest point"),
    highest=_height("the highest point"),
    range=_height("from the lowest to the highest"),
    mean=_height("of all points"),
    ambiguous=AMBIGUOUS,
)


class MeshCommand(FirmwareCommand):
    """A command whose result is a mesh."""

    _mesh: Optional[Mesh] = None

    def query_mesh(self, parsed_args: Namespace, firmware: Mapping[str, Any]) -> Tuple[Reply, Optional[Mesh]]:
        """Ask for the mesh; return the reply and the mesh in it, if any. Raises as `send` does."""
        prusa = (firmware["firmware_name"] or "").startswith(_PRUSA_8BIT)
        reply = self.send(parsed_args, "G81" if prusa else "M420 V1")[0]
        return reply, read_mesh(reply["lines"], back_first=prusa)

    def to_result(self, reply: Reply, mesh: Mesh) -> Dict[str, Any]:
        """Return the result for a mesh, and keep the mesh for `text` to draw."""
        self._mesh = mesh
        heights = [height for height, _, _ in mesh.known]
        low, high, mean = min(heights), max(heights), sum(heights) / len(heights)
        numbers = {"lowest": low, "highest": high, "range": round(high - low, 5), "mean": round(mean, 5)}
        return {**mesh._asdict(), "columns": mesh.columns, "rows": len(mesh.points), **numbers, "ambiguous": reply["ambiguous"]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if self._mesh is None or not {"kind", "points"} <= data.keys():
            return None
        picture = render(self._mesh, shutil.get_terminal_size().columns, can_write(self.app.stdout, SHADES))
        header = [f"{data['action']} with {', '.join(data['commands'])}; to keep it: {data['keep']}"] if "keep" in data else []
        return "\n".join([*header, picture])


class Show(MeshCommand):
    """show the bed mesh that is in use (M420 V1)

    The output is a table of heights and a small heat map; json and yaml have the numbers, row by row from the front of the
    bed. This works with bilinear, UBL and mesh bed leveling. Nothing moves, but the command is refused during a job.
    """

    result = MESH
    examples = (
        ("octoprint-cli marlin mesh show", "the mesh, as a table and a heat map"),
        ("octoprint-cli marlin mesh show --json", "the heights as numbers"),
    )
    effects = ("reads",)
    error_codes = (*FIRMWARE_CODES, "NOT_FOUND", "NOT_MARLIN")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        self.client.job.current().require_idle()
        reply, mesh = self.query_mesh(parsed_args, self.require_marlin(parsed_args))
        if mesh is None:
            raise _no_mesh(reply)
        return self.to_result(reply, mesh)


class Probe(Guarded, MeshCommand):
    """home the axes, probe the bed, and show the mesh (G28, G29)

    Probing takes minutes. With UBL it is G29 P1, and G29 P3 for the points that the probe cannot reach. The mesh is lost at
    power-off unless it is stored: octoprint-cli marlin eeprom save.
    """

    destructive = "homes the axes and moves the nozzle closely over the whole bed, which must be clear"
    reply_seconds = PROBE_SECONDS
    result = fields.merged(
        fields.record(
            action=fields.one_of("probed"),
            commands=fields.listed(fields.text(), "the commands that were sent"),
            keep=fields.text("the command that stores the mesh"),
        ),
        MESH,
    )
    examples = (
        ("octoprint-cli marlin mesh probe --confirm", "probe the bed, which must be clear"),
        ("octoprint-cli marlin mesh probe --dry-run", "show what would be sent"),
    )
    effects = ("moves",)
    repeatable = False
    error_codes = (*FIRMWARE_CODES, "NOT_MARLIN")

    def check(self, parsed_args: Namespace) -> None:
        self.client.job.current().require_idle()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.dry_run:
            for command in (_HOME, *_PROBE):
                self.client.printer.send([command])
            return {}
        firmware = self._require_probe(parsed_args)
        before, _ = self.query_mesh(parsed_args, firmware)  # M115 does not say which leveling system it is
        commands = [_HOME, *(_UBL_PROBE if kind_of(before["lines"]) == "ubl" else _PROBE)]
        self.terminal.note("homing and probing (takes some minutes) ...")
        for command in commands:  # one at a time, so that nothing is sent after a failure
            self._move(parsed_args, command)
        reply, mesh = self.query_mesh(parsed_args, firmware)
        if mesh is None:
            raise refusal(reply, f"{commands[-1]} was acknowledged, but the firmware has no mesh")
        return {"action": "probed", "commands": commands, "keep": KEEP_COMMAND, **self.to_result(reply, mesh)}

    def _require_probe(self, parsed_args: Namespace) -> Mapping[str, Any]:
        """Return the values of M115. Raises NotMarlin; FirmwareRefused for a firmware that cannot probe by G29."""
        about = self.send(parsed_args, "M115")[0]
        firmware = marlin_info(about)
        if (firmware["firmware_name"] or "").startswith(_PRUSA_8BIT):
            raise refusal(about, f"{firmware['firmware_name']} uses its own codes for probing (G28 W, G80)")
        if firmware["capabilities"].get("AUTOLEVEL") is False:
            raise refusal(about, "the firmware has no automatic probing (AUTOLEVEL:0): the bed is leveled by hand, or not at all")
        return firmware

    def _move(self, parsed_args: Namespace, command: str) -> None:
        try:
            self.execute(parsed_args, command)
        except errors.NoReply as error:
            raise no_reply(error, "the printer may still be moving", "octoprint-cli marlin position") from error


def _no_mesh(reply: Reply) -> errors.NotFound:
    if is_plane(reply["lines"]):
        message, hint = "the firmware levels by a plane, which has no mesh", "octoprint-cli marlin info"
    else:
        message = f"the firmware has no mesh: {reply['command']} reported none"
        hint = "octoprint-cli marlin mesh probe --confirm"
    return errors.NotFound(message, hint=hint, details={"command": reply["command"], "lines": reply["lines"]})
