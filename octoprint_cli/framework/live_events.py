"""Events, terminal lines and endings in the words of the live view."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from octoprint_cli.client.tracking.job_outcome import CANCELLED, FAILED, FINISHED, UNFINISHED, JobOutcome
from octoprint_cli.errors.foreign_words import in_one_sentence
from octoprint_cli.gcode.command import code_of
from octoprint_cli.gcode.firmware.terminal_log import FIRMWARE, HOST, read_terminal_line
from octoprint_cli.output import units

_Payload = Mapping[str, Any]


def _name(payload: _Payload) -> str:
    return str(payload.get("path") or payload.get("name") or payload.get("file") or payload.get("filename") or "a file")


#: What the server's events mean. What begins with `! ` needs somebody.
_EVENTS: Dict[str, Callable[[_Payload], str]] = {
    "PrintStarted": lambda payload: f"print started: {_name(payload)}",
    "PrintDone": lambda payload: f"print finished: {_name(payload)}",
    "PrintFailed": lambda payload: "print cancelled" if payload.get("reason") == "cancelled" else _failed(payload),
    "PrintCancelling": lambda payload: "the print is being cancelled",
    "PrintCancelled": lambda payload: "print cancelled",
    "PrintPaused": lambda payload: "print paused",
    "PrintResumed": lambda payload: "print resumed",
    "Error": lambda payload: f"! error: {in_one_sentence(str(payload.get('error') or 'not named'))}",
    "PrinterReset": lambda payload: "! the firmware has reset itself",
    "EStop": lambda payload: "! emergency stop",
    "Connected": lambda payload: "printer connected",
    "Disconnected": lambda payload: "printer disconnected",
    "FileSelected": lambda payload: f"file selected: {_name(payload)}",
    "FileDeselected": lambda payload: "no file is selected any more",
    "FileAdded": lambda payload: f"file added: {_name(payload)}",
    "FileRemoved": lambda payload: f"file deleted: {_name(payload)}",
    "Upload": lambda payload: f"uploaded: {_name(payload)}",
    "TransferStarted": lambda payload: "transfer to the SD card started",
    "TransferDone": lambda payload: "transfer to the SD card finished",
    "TransferFailed": lambda payload: "! the transfer to the SD card failed",
    "FilamentChange": lambda payload: "! filament change",
    "ToolChange": lambda payload: f"tool {payload.get('new')}",
    "CommandSuppressed": lambda payload: f"! the server did not send {payload.get('command')}: {payload.get('message')}",
    "PowerOn": lambda payload: "printer switched on",
    "PowerOff": lambda payload: "printer switched off",
    "PrinterProfileModified": lambda payload: "printer profile changed",
    "CaptureFailed": lambda payload: "no snapshot for the timelapse",
    "MovieDone": lambda payload: "timelapse rendered",
    "Startup": lambda payload: "the server has started",
    "Shutdown": lambda payload: "the server is shutting down",
}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: A command that sets what the view shows.
_SETTING = re.compile(r"(M106|M107|M117)(?![\d.])(.*)")
#: What the server asks the printer for again and again, and answers that only acknowledge, or report what the view shows anyway.
_POLLS = ("M105", "M27")
_NOISE = re.compile(r"(?:ok(?: [NPB]?\d+)*)? *(?:T\d?:.*|[BC]: ?-?\d.*)?|wait|Not SD printing|SD printing byte .*")
_SPEED = re.compile(r"\bS(\d+(?:\.\d+)?)")
#: A fan with a number other than 0 cools something else.
_OTHER_FAN = re.compile(r"\bP[1-9]")
_WORDS = {FINISHED: "Finished", CANCELLED: "Cancelled", FAILED: "Failed", UNFINISHED: "Cancelled or failed"}


def event_in_words(kind: str, payload: _Payload) -> str:
    """Return a line for an event of the server, also for one that is not known."""
    if kind in _EVENTS:
        return _EVENTS[kind](payload)
    return _CAPITAL.sub(" ", kind).lower() if kind.isalpha() else kind


def timed(text: str, moment: float) -> str:
    """Return a line with the local time before it."""
    return f"{datetime.fromtimestamp(moment):%H:%M:%S} {text}"


class Sent(NamedTuple):
    """What a line of the terminal sets: the fan in percent, the text of the display."""

    fan: Optional[float] = None
    display: Optional[str] = None


def what_was_sent(line: str) -> Sent:
    """Return what a line of the server's terminal sets."""
    said_by, text = read_terminal_line(line)
    found = _SETTING.match(text) if said_by == HOST else None
    if found is None:
        return Sent()
    code, rest = found.groups()
    if code == "M117":
        return Sent(display=rest.strip())
    if _OTHER_FAN.search(rest):
        return Sent()
    speed = _SPEED.search(rest)
    share = float(speed.group(1)) / 255 if speed else 1.0
    return Sent(fan=0.0 if code == "M107" else min(100.0, 100 * share))


def is_noise(line: str) -> bool:
    """Return whether a line of the server's terminal says nothing new to a person."""
    said_by, text = read_terminal_line(line)
    if said_by == HOST:
        return code_of(text) in _POLLS
    return said_by == FIRMWARE and _NOISE.fullmatch(text) is not None


def tidied(line: str) -> str:
    """Return a line of the server's terminal without what only the serial line needs: the number and the checksum."""
    said_by, text = read_terminal_line(line)
    return f"{line.split(' ', 1)[0]} {text}" if said_by == HOST else line


def ending_in_words(ending: JobOutcome, ended: float, now: float, seconds: Optional[float]) -> str:
    """Return how a job ended: `Finished at 01:33 in 1 min 39 s`. `ended` and `now` are seconds since 1970."""
    word = _WORDS.get(ending.outcome)
    if word is None:
        return "How the print ended is not known"
    then, today = datetime.fromtimestamp(ended), datetime.fromtimestamp(now).date()
    clock = f"{then:%H:%M}" if then.date() == today else f"{then:%Y-%m-%d %H:%M}"
    span = "" if not seconds else f" {'in' if ending.outcome == FINISHED else 'after'} {units.duration(seconds)}"
    reason = f": {in_one_sentence(ending.reason)}" if ending.reason else ""
    return f"{word} at {clock}{span}{reason}"


def _failed(payload: _Payload) -> str:
    reason = str(payload.get("error") or payload.get("reason") or "unknown")
    return "! print failed" if reason == "unknown" else f"! print failed: {in_one_sentence(reason)}"
