"""`Controls`: the fake printer's heaters and terminal: targets, G-code, and the firmware's replies. This module knows no HTTP."""

from __future__ import annotations

import re
from typing import Any, Dict

from octoprint_cli.testing.octoprint import firmware
from octoprint_cli.testing.octoprint.job import JobControl
from octoprint_cli.testing.octoprint.reply import Refused, Reply, done

_CODES = {"bed": "M140", "chamber": "M141"}


class Controls(JobControl):
    """The commands that control the printer directly, without a job."""

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        #: The number of the last line that was sent during a print.
        self.line = 0

    # -- heaters and G-code -----------------------------------------------------------------------

    def set_target(self, heater: str, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/printer/tool|bed|chamber`: target, or offset."""
        self.require_operational()
        if body.get("command") not in ("target", "offset"):
            raise Refused(400, "command is invalid")
        if heater != "tool" and heater not in self.heaters:
            raise Refused(409, f"Printer does not have a heated {heater}")
        if body["command"] == "offset":
            return self._set_offset(heater, body)
        wanted = "targets" if heater == "tool" else "target"
        if wanted not in body:
            raise Refused(400, "Mandatory parameters missing")
        targets = body["targets"] if heater == "tool" else {heater: body["target"]}
        for name, target in targets.items():
            self._check_target(heater, name, target)
        for name, target in targets.items() if self.does("target") else ():
            self.heaters[name if name in self.heaters else "tool0"][1] = target
            self._talk(f"M104 T{name[4:]} S{target:g}" if heater == "tool" else f"{_CODES[heater]} S{target:g}")
        return done(bool(targets) and self.does("target"))

    def _set_offset(self, heater: str, body: Dict[str, Any]) -> Reply:
        word = "offsets" if heater == "tool" else "offset"
        if word not in body:
            raise Refused(400, "Mandatory parameters missing")
        offsets = body["offsets"] if heater == "tool" else {heater: body["offset"]}
        for name, offset in offsets.items():
            if heater == "tool" and not re.fullmatch(r"tool\d+", name):
                raise Refused(400, "offsets contains invalid tool")
            if not isinstance(offset, (int, float)) or not -50 <= offset <= 50:
                raise Refused(400, "offsets contains invalid value" if heater == "tool" else "offset is invalid")
        self.offsets.update(offsets)
        return done(bool(offsets))

    @staticmethod
    def _check_target(heater: str, name: str, target: Any) -> None:
        word = "targets" if heater == "tool" else "target"
        if heater == "tool" and not re.fullmatch(r"tool\d*", name):
            raise Refused(400, "targets contains invalid tool")
        if not isinstance(target, (int, float)):
            raise Refused(400, f"{word} contains invalid value" if heater == "tool" else f"{word} is invalid")
        if target < 0:
            raise Refused(500, "The server encountered an internal error")

    def send(self, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/printer/command`: command or commands."""
        self.require_operational()
        if "command" in body and "commands" in body:
            raise Refused(400, "'command' and 'commands' are mutually exclusive")
        if "command" not in body and "commands" not in body:
            raise Refused(400, "Need one of 'command', 'commands' or 'script'")
        commands = [body["command"]] if "command" in body else body["commands"]
        if not isinstance(commands, list):
            raise Refused(400, "commands is invalid")
        if self.does("command"):
            self.commands += commands
            for command in commands:
                self._talk(str(command))
            if "M112" in commands:
                self.break_off("Offline after error", "Closing serial port due to emergency stop M112.", stopped=True)
        return done(bool(commands) and self.does("command"))

    def _talk(self, line: str) -> None:
        """Send a line to the firmware, with a line number during a print, as all lines of a file have."""
        self.line = self.line + 1 if self.busy else 0
        self.wrote(firmware.numbered(self.line, line) if self.busy else line)
        self.heard(firmware.answer(self, line))

    def act_on_card(self, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/printer/sd`: init, refresh, release, none of which changes anything here."""
        if body.get("command") not in ("init", "refresh", "release"):
            raise Refused(400, "command is invalid")
        if not self.connected or self.busy:
            raise Refused(409, "Printer is not operational or currently busy")
        return done(acted=False)
