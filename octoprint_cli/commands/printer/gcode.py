"""gcode: raw commands to the printer."""

from __future__ import annotations

import json
import shlex
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional

from octoprint_cli.api import (
    EFFECTS,
    UNDER_WAY,
    Guarded,
    ShowOne,
    errors,
    fields,
    in_one_sentence,
    job_under_way,
    require_piped,
    seconds,
    send_and_read_replies,
    visible,
)

if TYPE_CHECKING:
    from octoprint_cli.api import GcodeCommand, Job

#: OctoPrint drops the connection on a body above 100 KiB, and then nobody knows what came of it.
MAX_BODY = 100_000
#: A move to the other end of a large bed takes less, and what takes longer says `busy` meanwhile.
REPLY_SECONDS = 30.0

_REPLY = fields.record(
    command=fields.text(),
    lines=fields.listed(fields.text(), "what the firmware answered"),
    ok=fields.switch("acknowledged, without an error"),
    ambiguous=fields.switch("another client's command was sent at the same time, so lines may be answers to that one"),
    error=fields.text("what the firmware complains about").or_null,
    parsed=fields.anything("the answer to M105, M114, M115, M119 and M503 as values, else null"),
    chatter=fields.listed(fields.text(), "what it said in the meantime, not in answer"),
)


class Gcode(Guarded, ShowOne):
    """send G-code commands to the printer, in order

    Success means that the server has queued them. Whether the firmware carried them out is known only with --reply: then it has
    acknowledged each of them and refused none. M112, the emergency stop, is sent at once, without any check, and is never answered.

    While a job prints, commands that move the printer are refused. While it prints or is paused, commands that would spoil it
    (homing, M84, changes of the calibration) and any code or word that this program does not know require --confirm.
    """

    destructive = "can brick the printer, power it off, or erase or start something"
    result = fields.record(
        action=fields.one_of("sent"),
        commands=fields.listed(fields.text(), "as they were sent"),
        replies=fields.listed(_REPLY, "with --reply").optional,
        job_under_way=UNDER_WAY.optional,
    )
    would = "Would send {commands:list}."
    template = (
        "{for commands}{value=M112}<green>Sent the emergency stop</>, which is never answered: look at the printer.",
        "<green>Sent</> {commands:list} to the server's queue. "
        "Whether the firmware carries it out is not known: --reply waits for its answer.",
    )
    examples = (
        ("octoprint-cli gcode G28", "home all axes"),
        ("octoprint-cli gcode G28 'G1 Z10 F600'", "several commands, in order"),
        ("octoprint-cli gcode M115 --reply", "ask the firmware, and show its answer"),
    )
    effects = EFFECTS
    unqueued_when = ("commands",)  # M112 may be one of them
    repeatable = False
    error_codes = ("FIRMWARE_REFUSED", "INVALID_VALUE", "NO_REPLY", "PRINTER_OFFLINE", "PUSH_UNAVAILABLE")
    _parsed: Optional[List[GcodeCommand]] = None
    _job: Optional[Job] = None  # as it was when consent was looked for

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "commands", metavar="CMD", nargs="+", help="a command such as G28 or 'M104 S0'; - reads commands from stdin"
        )
        parser.add_argument("--reply", action="store_true", help="wait for the firmware's answers, and show them")
        parser.add_argument(
            "--reply-timeout",
            metavar="SECONDS",
            type=seconds,
            default=REPLY_SECONDS,
            help=f"with --reply: maximum silence of the firmware (default: {REPLY_SECONDS:g})",
        )
        return parser

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        lines = self._lines(parsed_args)
        harms = [line.harm for line in lines if line.harm]
        if not (harms or parsed_args.confirm or any(line.stops for line in lines)):
            harms = self._disturbances(lines)
        return f"sends {'; '.join(harms)}" if harms else None

    def _disturbances(self, lines: List[GcodeCommand]) -> List[str]:
        """Return what the commands would do to the job, if there is one. The server is asked only if there is anything to say."""
        disturbing = [line for line in lines if line.disturbs]
        if not disturbing:
            return []
        self._job = job = self.client.job.current()
        if not job.phase.has_job or (job.phase.moving and any(line.moves for line in lines)):  # which `check` refuses
            return []
        return [f"{line.disturbs}, during a job" for line in disturbing]

    def check(self, parsed_args: Namespace) -> List[GcodeCommand]:
        from octoprint_cli.api import only_asks  # slow to import, and help does without

        lines = self._lines(parsed_args)
        for line in lines:
            self.client.printer.require_with_offsets(line.targets, line.text)
        if any(line.moves for line in lines):
            self._require_still("motion would ruin the job")
        if parsed_args.reply and not all(only_asks(line.text) or line.stops for line in lines):
            self._require_still("its answers could not be distinguished from those to the job's own commands")
        return lines

    def perform(self, parsed_args: Namespace, plan: List[GcodeCommand]) -> Dict[str, Any]:
        commands = [line.text for line in plan]
        sent: Dict[str, Any] = {"action": "sent", "commands": commands}
        if not parsed_args.reply or parsed_args.dry_run or any(line.stops for line in plan):
            self.client.printer.send(commands)
            return sent
        self._require_answers(plan)
        try:
            sent["replies"] = send_and_read_replies(self.client, commands, parsed_args.reply_timeout)
        except errors.NoReply as error:
            error.data = {**sent, **error.data}
            raise
        _require_accepted(plan, sent)
        return sent

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any], *plan: Any) -> Dict[str, Any]:
        lines = self._lines(parsed_args)
        if any(line.stops for line in lines) or not any(line.affects_job for line in lines):
            return outcome
        return {**outcome, **job_under_way(self)}

    @staticmethod
    def _require_answers(lines: List[GcodeCommand]) -> None:
        for line in lines:
            if line.codes[0].startswith("@"):
                raise errors.InvalidValue(
                    f"{line.text} is for the server, and the firmware never answers it",
                    hint=f"octoprint-cli gcode {shlex.quote(line.text)}",
                )

    def text(self, data: Mapping[str, Any]) -> Optional[str]:
        if "replies" not in data:
            return None
        return "\n".join(_text_of(reply) for reply in data["replies"])

    def _lines(self, parsed_args: Namespace) -> List[GcodeCommand]:
        """Return the parsed commands; stdin is read once. Raises InvalidValue."""
        from octoprint_cli.api import parse_command

        if self._parsed is None:
            texts: List[str] = []
            for text in parsed_args.commands:
                texts += self._stdin() if text == "-" else [text]
            _require_one_request(texts)
            self._parsed = [parse_command(text) for text in texts]
        return self._parsed

    def _stdin(self) -> List[str]:
        """Return the lines of stdin, without empty ones and comments."""
        stdin = require_piped(self.app.stdin, "- reads commands from stdin", "echo G28 | octoprint-cli gcode -")
        lines = [line.rstrip("\r\n") for line in stdin]
        lines = [line for line in lines if line.split(";", 1)[0].strip()]
        if not lines:
            raise errors.InvalidValue("there is no command on stdin", hint="echo G28 | octoprint-cli gcode -")
        return lines

    def _require_still(self, why: str) -> None:
        """Raise PrinterBusy if the job may be moving the printer."""
        job = self._job or self.client.job.current()
        if job.phase.moving:
            raise job.busy(why, hint="octoprint-cli pause")


def _require_accepted(lines: List[GcodeCommand], sent: Dict[str, Any]) -> None:
    """Raise FirmwareRefused for the first command that the firmware refused; a reset is no failure of what restarts it."""
    for line, reply in zip(lines, sent["replies"]):
        reset = line.restarts and reply["error"] not in reply["lines"]
        if reply["error"] and not reset:
            raise errors.FirmwareRefused(
                f"{reply['command']} was not carried out: {in_one_sentence(reply['error'])}",
                hint="octoprint-cli status",
                details={"command": reply["command"], "lines": reply["lines"]},
                data=sent,
            )


def _text_of(reply: Mapping[str, Any]) -> str:
    """Format a command and its answer as text."""
    end = "ok" if reply["ok"] else f"not ok: {reply['error']}"
    doubt = " (ambiguous: another client's command was sent at the same time)" if reply["ambiguous"] else ""
    return "\n".join([f"> {visible(reply['command'])}{doubt}", *(f"  {visible(line)}" for line in reply["lines"]), f"  {end}"])


def _require_one_request(texts: List[str]) -> None:
    size = len(json.dumps({"commands": texts}))
    if size > MAX_BODY:
        raise errors.InvalidValue(
            f"these commands ({len(texts)} lines) make a request of {size} bytes, but OctoPrint accepts at most {MAX_BODY}; "
            "nothing was sent",
            hint="octoprint-cli help print  # a file may have any size",
        )
