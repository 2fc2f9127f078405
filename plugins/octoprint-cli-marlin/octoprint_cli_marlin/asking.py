"""The base of the marlin commands: sends G-code and reads the answers. This module must not know what any of it means.

OctoPrint gives a firmware's answers to nobody but the readers of its terminal, so each of these conversations takes the
push socket and a second.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from typing import Any, ClassVar, Dict, List, Mapping, Sequence

from octoprint_cli.api import ShowOne, converse, errors, fields, only_asks, seconds
from octoprint_cli_marlin.errors import FirmwareRefused, NotMarlin

#: A command, what the firmware said to it, and what that means: see `octoprint_cli.api.converse`.
Reply = Mapping[str, Any]

#: A firmware that is not at work answers at once.
ASK_SECONDS = 20.0
#: What may go wrong where a firmware is asked.
ASK_CODES = ("FIRMWARE_REFUSED", "NO_REPLY", "PERMISSION_DENIED", "PRINTER_OFFLINE", "PUSH_UNAVAILABLE")

#: For answers, in which a reply says the same.
AMBIGUOUS = fields.switch("somebody else's command stood between, so that this may be the answer to that")

#: Marlin says `echo:Unknown command: "M420 V1"`, Prusa's `Unknown G code: G29`.
_UNKNOWN = re.compile(r"(?:echo:\s*)?unknown (?:command|[gm] code)\b", re.IGNORECASE)
#: What a firmware says of an act that came to nothing, beside lines that begin with `Error:`: `?Probe position out of range`,
#: `echo:Home XYZ first`, `PID Autotune failed! timeout`, `echo:Error writing to EEPROM!`.
_FAILED = re.compile(r"\?|(?:echo:\s*)?home [xyz/]+ first|.*\bfail(?:ed|ure)?\b|(?:echo:\s*)?error\b", re.IGNORECASE)
#: Firmwares that were made of Marlin, and do not all say so.
_MARLIN = re.compile(r"marlin|prusa-firmware", re.IGNORECASE)


class Asking(ShowOne):
    """A command that talks with the firmware."""

    #: The longest silence of the firmware that is borne, in seconds: where it says that it is busy, it is not silent.
    silence: ClassVar[float] = ASK_SECONDS
    codes: ClassVar[Sequence[str]] = ASK_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        told = f"longest silence of the firmware that is borne ({self.silence:g}); where it says that it is busy, it is not silent"
        parser.add_argument("--reply-timeout", metavar="SECONDS", type=seconds, default=self.silence, help=told)
        return parser

    def ask(self, parsed_args: Namespace, *commands: str) -> List[Reply]:
        """Send the commands and return the firmware's reply to each; while a job is active, only commands that change nothing.

        Raises PrinterBusy, PrinterOffline, PushUnavailable and NoReply; FirmwareRefused for an error, and for a command
        that it does not know.
        """
        if not all(map(only_asks, commands)):
            self.client.job.current().require_idle()
        replies: List[Reply] = [*converse(self.client, commands, parsed_args.reply_timeout)]
        for reply in replies:
            _require_accepted(reply)
        return replies

    def do(self, parsed_args: Namespace, command: str) -> Reply:
        """Send one command that acts and return its reply. Raises as `ask`, and FirmwareRefused for a reported failure."""
        reply = self.ask(parsed_args, command)[0]
        failure = next((line for line in reply["lines"] if _FAILED.match(line)), None)
        if failure is not None:
            raise refused(reply, f"the firmware fails at {reply['command']}: {failure}")
        return reply

    def require_marlin(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Return what the firmware reports about itself in reply to M115. Raises NotMarlin, and as `ask`."""
        return marlin(self.ask(parsed_args, "M115")[0])


def values(reply: Reply) -> Dict[str, Any]:
    """Return the parsed values of a reply. Raises FirmwareRefused if nothing of it is understood."""
    parsed: Dict[str, Any] = reply["parsed"]
    if parsed is None:
        said = f": {reply['lines'][0]}" if reply["lines"] else ""
        raise refused(reply, f"the firmware's answer to {reply['command']} is {'not understood' if said else 'empty'}{said}")
    return parsed


def is_marlin(firmware: Mapping[str, Any]) -> bool:
    """Whether the reply to M115 is of a Marlin, or of a firmware that was made of it."""
    return any(_MARLIN.search(firmware[name] or "") for name in ("firmware_name", "source_code_url"))


def marlin(reply: Reply) -> Dict[str, Any]:
    """Return what a Marlin reports about itself in this reply to M115. Raises NotMarlin."""
    firmware: Dict[str, Any] = reply["parsed"] or {"firmware_name": None, "source_code_url": None, "capabilities": {}}
    if is_marlin(firmware):
        return firmware
    name = firmware["firmware_name"]
    is_what = f"is {name}, which is no Marlin" if name else "does not say which it is, so that it counts as no Marlin"
    raise NotMarlin(f"the printer's firmware {is_what}", details={"firmware": name})


def refused(reply: Reply, message: str, data: Any = None) -> FirmwareRefused:
    """Make the error for a refusing reply, with the last 20 lines that the firmware said."""
    return FirmwareRefused(message, details={"command": reply["command"], "lines": [*reply["lines"]][-20:]}, data=data)


def _require_accepted(reply: Reply) -> None:
    if reply["error"]:
        raise refused(reply, f"{reply['command']} was not carried out: {reply['error']}")
    if any(map(_UNKNOWN.match, reply["lines"])):
        raise refused(reply, f"the firmware does not know {reply['command']}")


def after(done: str, error: errors.NoReply, hint: str) -> errors.NoReply:
    """Make the error of a firmware that fell silent at an act: `done` says what may still go on, `hint` what to run."""
    reply = error.data["replies"][-1]
    return errors.NoReply(
        f"{error.message}; {done}", hint=hint, details={"command": reply["command"], "lines": [*reply["lines"]][-20:]}
    )
