"""gcode: raw commands to the printer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any, Dict, List, Optional

from octoprint_cli.api import Guarded, Line, ShowOne, errors, read_line

#: OctoPrint drops the connection on a body above 100 KB.
MAX_CHARACTERS = 80_000


class Gcode(Guarded, ShowOne):
    """send G-code commands, in order, in one request

    Success means that the server has queued them; what the firmware makes of them it does not say. M112,
    the emergency stop, goes through with nothing in its way.
    """

    destructive = "can brick the printer, power it off, or erase or start something"

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("commands", metavar="CMD", nargs="+", help="such as G28 or 'M104 S0'; - reads them from stdin")
        return parser

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        harms = [line.harm for line in self._lines(parsed_args) if line.harm]
        return f"sends {'; '.join(harms)}" if harms else None

    def check(self, parsed_args: Namespace) -> None:
        lines = self._lines(parsed_args)
        for line in lines:
            self._require_within_limits(line)
        if any(line.moves for line in lines):
            self._require_still()

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        lines = self._lines(parsed_args)
        self.client.printer.send([line.text for line in lines])
        return {"action": "sent", "commands": [line.text for line in lines]}

    def _lines(self, parsed_args: Namespace) -> List[Line]:
        """The commands, understood; stdin is read once. Raises InvalidValue."""
        if not hasattr(parsed_args, "lines"):
            texts: List[str] = []
            for text in parsed_args.commands:
                texts += self._stdin() if text == "-" else [text]
            if sum(map(len, texts)) > MAX_CHARACTERS:
                raise errors.InvalidValue("these are too many commands for one request", hint="octoprint-cli print FILE --confirm")
            parsed_args.lines = [read_line(text) for text in texts]
        lines: List[Line] = parsed_args.lines
        return lines

    def _stdin(self) -> List[str]:
        """The lines of stdin, without empty ones and comments."""
        if self.app.stdin is None or self.app.stdin.isatty():
            raise errors.UsageError("- reads commands from stdin, and nothing is piped in", hint="echo G28 | octoprint-cli gcode -")
        lines = [line.rstrip("\r\n") for line in self.app.stdin]
        lines = [line for line in lines if line.split(";", 1)[0].strip()]
        if not lines:
            raise errors.InvalidValue("there is no command on stdin", hint="echo G28 | octoprint-cli gcode -")
        return lines

    def _require_within_limits(self, line: Line) -> None:
        for kind, degrees in line.targets:
            limit = self.settings.limits.of(kind)
            if degrees > limit:
                raise errors.LimitExceeded(
                    f"{line.text!r} asks for {degrees:g} °C, above the limit of {limit:g} °C for the {kind}",
                    details={"heater": kind, "value": degrees, "limit": limit},
                )

    def _require_still(self) -> None:
        job = self.client.job.current()
        if job.phase.moving:
            raise job.busy("motion would ruin the job", hint="octoprint-cli pause")
