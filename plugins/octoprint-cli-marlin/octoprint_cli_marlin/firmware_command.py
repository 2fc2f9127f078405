"""The base class of this plugin's commands: send G-code, read the replies, report failures. Must not know what the codes mean.

OctoPrint passes the firmware's replies only to clients that read its terminal, so each of these conversations needs the push
socket and takes about a second.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from typing import Any, ClassVar, Dict, List, Mapping, Sequence

from octoprint_cli.api import ShowOne, errors, fields, in_one_sentence, only_asks, seconds, send_and_read_replies
from octoprint_cli_marlin.errors import NotMarlin

#: A command, the lines of the firmware's reply, and the values parsed from them: see `octoprint_cli.api.send_and_read_replies`.
Reply = Mapping[str, Any]

#: An idle firmware replies at once; this is the limit for a command that only asks.
REPLY_SECONDS = 20.0
#: The error codes of every command that talks to the firmware.
FIRMWARE_CODES = ("FIRMWARE_REFUSED", "NO_REPLY", "PERMISSION_DENIED", "PRINTER_OFFLINE", "PUSH_UNAVAILABLE")

#: The field that results take over from the reply.
AMBIGUOUS = fields.switch("another client's command was sent at the same time, so this may be the reply to that one")

#: Marlin replies `echo:Unknown command: "M420 V1"`, Prusa's firmware `Unknown G code: G29`.
_UNKNOWN = re.compile(r"(?:echo:\s*)?unknown (?:command|[gm] code)\b", re.IGNORECASE)
#: Replies that report a failure without beginning with `Error:`: `?Probe position out of range`, `echo:Home XYZ first`,
#: `PID Autotune failed! timeout`, `echo:Error writing to EEPROM!`.
_FAILED = re.compile(r"\?|(?:echo:\s*)?home [xyz/]+ first|.*\bfail(?:ed|ure)?\b|(?:echo:\s*)?error\b", re.IGNORECASE)
#: Firmwares derived from Marlin, some of which do not have Marlin in their name.
_MARLIN = re.compile(r"marlin|prusa-firmware", re.IGNORECASE)
_DETAIL_LINES = 20


class FirmwareCommand(ShowOne):
    """A command that talks to the firmware."""

    #: The default of --reply-timeout: how long the firmware may be silent, in seconds.
    reply_seconds: ClassVar[float] = REPLY_SECONDS
    error_codes: ClassVar[Sequence[str]] = FIRMWARE_CODES

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        meaning = f"maximum silence of the firmware (default: {self.reply_seconds:g}); a busy message is not silence"
        parser.add_argument("--reply-timeout", metavar="SECONDS", type=seconds, default=self.reply_seconds, help=meaning)
        return parser

    def send(self, parsed_args: Namespace, *commands: str) -> List[Reply]:
        """Send the commands and return the firmware's reply to each. During a job only commands that just ask are sent.

        Raises PrinterBusy, PrinterOffline, PushUnavailable and NoReply; FirmwareRefused for an error or an unknown command.
        """
        if not all(map(only_asks, commands)):
            self.client.job.current().require_idle()
        replies: List[Reply] = [*send_and_read_replies(self.client, commands, parsed_args.reply_timeout)]
        for reply in replies:
            _require_accepted(reply)
        return replies

    def execute(self, parsed_args: Namespace, command: str) -> Reply:
        """Send one command that acts. Raises as `send` does, and FirmwareRefused if the reply reports a failure."""
        reply = self.send(parsed_args, command)[0]
        failure = next((line for line in reply["lines"] if _FAILED.match(line)), None)
        if failure is not None:
            raise refusal(reply, f"the firmware failed to carry out {reply['command']}: {in_one_sentence(failure)}")
        return reply

    def require_marlin(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Ask with M115 and return its parsed values. Raises NotMarlin, and as `send` does."""
        return marlin_info(self.send(parsed_args, "M115")[0])


def parsed_values(reply: Reply) -> Dict[str, Any]:
    """Return the values parsed from the reply. Raises FirmwareRefused if nothing could be parsed."""
    values: Dict[str, Any] = reply["parsed"]
    if values is None:
        first = f": {in_one_sentence(reply['lines'][0])}" if reply["lines"] else ""
        raise refusal(reply, f"the firmware's reply to {reply['command']} {'cannot be parsed' if first else 'is empty'}{first}")
    return values


def is_marlin(firmware: Mapping[str, Any]) -> bool:
    """Return whether the values of M115 describe Marlin, or a firmware derived from it."""
    return any(_MARLIN.search(firmware[name] or "") for name in ("firmware_name", "source_code_url"))


def marlin_info(reply: Reply) -> Dict[str, Any]:
    """Return the values of a reply to M115. Raises NotMarlin if it is another firmware."""
    firmware: Dict[str, Any] = reply["parsed"] or {"firmware_name": None, "source_code_url": None, "capabilities": {}}
    if is_marlin(firmware):
        return firmware
    name = firmware["firmware_name"]
    reason = f"is {name}, not Marlin" if name else "does not say what it is, so it is not treated as Marlin"
    raise NotMarlin(f"the printer's firmware {reason}", details={"firmware": name})


def refusal(reply: Reply, message: str, data: Any = None) -> errors.FirmwareRefused:
    """Return the error for a reply, with the firmware's lines as details."""
    return errors.FirmwareRefused(message, hint="octoprint-cli marlin info", details=_details(reply), data=data)


def no_reply(error: errors.NoReply, consequence: str, hint: str) -> errors.NoReply:
    """Return the error for an act that got no reply: it says what may still be going on, and which command to run."""
    return errors.NoReply(f"{error.message}; {consequence}", hint=hint, details=_details(error.data["replies"][-1]))


def _details(reply: Reply) -> Dict[str, Any]:
    return {"command": reply["command"], "lines": [*reply["lines"]][-_DETAIL_LINES:]}


def _require_accepted(reply: Reply) -> None:
    if any(map(_UNKNOWN.match, reply["lines"])):
        raise refusal(reply, f"the firmware does not know {reply['command']}")
    if reply["error"]:
        raise refusal(reply, f"{reply['command']} was not carried out: {in_one_sentence(reply['error'])}")
