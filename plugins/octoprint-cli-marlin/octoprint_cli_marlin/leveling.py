"""marlin mesh: the bed mesh, shown and probed."""

from __future__ import annotations

import shutil
from argparse import Namespace
from typing import Any, Dict, Mapping, Optional, Tuple

from octoprint_cli.api import Guarded, can_write, errors, fields
from octoprint_cli_marlin.asking import AMBIGUOUS, ASK_CODES, Asking, Reply, after, marlin, refused
from octoprint_cli_marlin.mesh import KINDS, Mesh, is_plane, kind_of, read_mesh
from octoprint_cli_marlin.picture import SHADES, drawn

#: A large bed takes minutes, of which a firmware that was built without host keepalive says nothing.
PROBE_SECONDS = 300.0
#: What homes, and what probes then: UBL fills in by `G29 P3` what its probe cannot reach.
_HOME, _PROBE, _UBL_PROBE = "G28", ("G29",), ("G29 P1", "G29 P3")
KEEP = "octoprint-cli marlin eeprom save --confirm"
_PRUSA = "Prusa-Firmware "  # its 8-bit firmware, that is, which has codes of its own; -Buddy is nearer to Marlin


def _height(meaning: str) -> fields.Field:
    return fields.number(f"mm: {meaning}").told(lambda height: f"{height:.3f} mm")


MESH = fields.record(
    kind=fields.one_of(*KINDS, meaning="the leveling system that told it"),
    enabled=fields.switch("whether leveling is on").or_null,
    fade_height=fields.length("height above the bed where it has faded out; 0 is never").or_null,
    columns=fields.whole(),
    rows=fields.whole(),
    points=fields.listed(
        fields.listed(fields.number("mm; null was not probed").or_null, "a row, from the left"), "from the front of the bed"
    ),
    complete=fields.switch("no point got lost on its way from the firmware"),
    x=fields.reach("position of the first and the last column, where UBL tells it").or_null,
    y=fields.reach("position of the first and the last row, where UBL tells it").or_null,
    lowest=_height("the lowest point"),
    highest=_height("the highest point"),
    range=_height("from the lowest to the highest"),
    mean=_height("of all points"),
    ambiguous=AMBIGUOUS,
)


class Meshed(Asking):
    """A command that answers a mesh."""

    _mesh: Optional[Mesh] = None

    def ask_mesh(self, parsed_args: Namespace, firmware: Mapping[str, Any]) -> Tuple[Reply, Optional[Mesh]]:
        """Ask the firmware for its mesh; return its reply, and the mesh in it, if any. Raises as `ask`."""
        prusa = (firmware["firmware_name"] or "").startswith(_PRUSA)
        reply = self.ask(parsed_args, "G81" if prusa else "M420 V1")[0]
        return reply, read_mesh(reply["lines"], back_first=prusa)

    def shown(self, reply: Reply, mesh: Mesh) -> Dict[str, Any]:
        """Return the mesh as the command's answer, and keep it for `text` to draw."""
        self._mesh = mesh
        heights = [height for height, _, _ in mesh.known]
        low, high, mean = min(heights), max(heights), sum(heights) / len(heights)
        numbers = {"lowest": low, "highest": high, "range": round(high - low, 5), "mean": round(mean, 5)}
        return {**mesh._asdict(), "columns": mesh.columns, "rows": len(mesh.points), **numbers, "ambiguous": reply["ambiguous"]}

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if self._mesh is None or not {"kind", "points"} <= data.keys():
            return None
        picture = drawn(self._mesh, shutil.get_terminal_size().columns, can_write(self.app.stdout, SHADES))
        done = [f"{data['action']} with {', '.join(data['commands'])}; to keep it: {data['keep']}"] if "keep" in data else []
        return "\n".join([*done, picture])


class Show(Meshed):
    """show the bed mesh that is in use (M420 V1)

    A table of heights and a small heat map; json and yaml have the numbers, row by row from the front of the bed.
    Works with bilinear, UBL and mesh bed leveling. Nothing moves, but it is not asked for while a job is active.
    """

    answer = MESH
    effects = ("reads",)
    codes = (*ASK_CODES, "NOT_FOUND", "NOT_MARLIN")

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        self.client.job.current().require_idle()
        reply, mesh = self.ask_mesh(parsed_args, self.require_marlin(parsed_args))
        if mesh is None:
            raise _no_mesh(reply)
        return self.shown(reply, mesh)


class Probe(Guarded, Meshed):
    """home the axes, probe the bed, and show the mesh (G28, G29)

    Takes minutes. With UBL it is G29 P1, and G29 P3 for what the probe cannot reach. The mesh is lost with the power until
    it is stored: octoprint-cli marlin eeprom save.
    """

    destructive = "homes the axes, and moves the nozzle close over the whole bed, which must be clear"
    silence = PROBE_SECONDS
    answer = fields.merged(
        fields.record(
            action=fields.one_of("probed"),
            commands=fields.listed(fields.text(), "what was sent"),
            keep=fields.text("what to run to store it"),
        ),
        MESH,
    )
    effects = ("moves",)
    repeatable = False
    codes = (*ASK_CODES, "NOT_MARLIN")

    def check(self, parsed_args: Namespace) -> None:
        self.client.job.current().require_idle()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        if parsed_args.dry_run:
            for command in (_HOME, *_PROBE):
                self.client.printer.send([command])
            return {}
        firmware = self._require_probe(parsed_args)
        before, _ = self.ask_mesh(parsed_args, firmware)  # which system it is, no M115 says
        commands = [_HOME, *(_UBL_PROBE if kind_of(before["lines"]) == "ubl" else _PROBE)]
        self.terminal.note("homing and probing, which takes some minutes ...")
        for command in commands:  # one by one: what fails must not be followed by more
            self._move(parsed_args, command)
        reply, mesh = self.ask_mesh(parsed_args, firmware)
        if mesh is None:
            raise refused(reply, f"{commands[-1]} was acknowledged, but the firmware has no mesh")
        return {"action": "probed", "commands": commands, "keep": KEEP, **self.shown(reply, mesh)}

    def _require_probe(self, parsed_args: Namespace) -> Mapping[str, Any]:
        """Return the reply to M115. Raises NotMarlin, and FirmwareRefused for a firmware that does not probe by itself."""
        about = self.ask(parsed_args, "M115")[0]
        firmware = marlin(about)
        if (firmware["firmware_name"] or "").startswith(_PRUSA):
            raise refused(about, f"{firmware['firmware_name']} probes by codes of its own (G28 W, G80)")
        if firmware["capabilities"].get("AUTOLEVEL") is False:
            raise refused(about, "the firmware does not probe by itself (AUTOLEVEL:0): it is leveled by hand, or not at all")
        return firmware

    def _move(self, parsed_args: Namespace, command: str) -> None:
        try:
            self.do(parsed_args, command)
        except errors.NoReply as error:
            raise after("the printer may still be moving", error, "octoprint-cli marlin position") from error


def _no_mesh(reply: Reply) -> errors.NotFound:
    plane = is_plane(reply["lines"])
    why = (
        "the firmware levels by a plane, which has no mesh"
        if plane
        else f"the firmware has no mesh: none came for {reply['command']}"
    )
    hint = "octoprint-cli marlin info" if plane else "octoprint-cli marlin mesh probe --confirm"
    return errors.NotFound(why, hint=hint, details={"command": reply["command"], "lines": reply["lines"]})
