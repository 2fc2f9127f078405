"""The kinds of update from a printer, pushed or polled, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

from octoprint_cli.client.parsing import inner, items, members, number, text, texts
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import Temperature, readings_of
from octoprint_cli.output.redact import without_passwords

if TYPE_CHECKING:
    from octoprint_cli.client.push.socket import Message

#: The bundled server plugins that report a firmware's prompts and notifications.
PROMPTS, NOTES = "action_command_prompt", "action_command_notification"


class StateUpdate(NamedTuple):
    """A new state text of the printer, without the job's progress."""

    text: str


class HeaterUpdate(NamedTuple):
    """The temperatures of the heaters, by name (tool0, bed ...)."""

    heaters: Dict[str, Temperature]


class RecentHistory(NamedTuple):
    """What the server had from the last half hour when the socket was opened, the newest last."""

    #: Seconds before the update, and the heaters then; none where the printer was not connected.
    temperatures: List[Tuple[float, Dict[str, Temperature]]]
    #: Lines of the terminal.
    lines: List[str]


class Event(NamedTuple):
    """One of the server's events, such as PrintDone."""

    type: str
    payload: Dict[str, Any]


class FirmwareMessage(NamedTuple):
    """A message of the firmware to the user: a prompt with its choices, or a note. `text` None closes the prompt."""

    text: Optional[str]
    choices: List[str]


class TerminalUpdate(NamedTuple):
    """A line of the server's terminal, as the server writes it."""

    text: str


class SocketChange(NamedTuple):
    """The push socket was connected, or was lost for a reason."""

    up: bool
    reason: Optional[str]


class ServerReachability(NamedTuple):
    """The server cannot be reached for a reason, or can be reached again if the reason is None."""

    reason: Optional[str]


UpdateContent = Union[
    Job, StateUpdate, HeaterUpdate, RecentHistory, Event, FirmwareMessage, TerminalUpdate, SocketChange, ServerReachability
]


class Update(NamedTuple):
    """An update with its origin. `source` is push or poll, `time` seconds since 1970 by this computer's clock."""

    source: str
    time: float
    content: UpdateContent


def updates_in(message: Message) -> Iterator[UpdateContent]:
    """Yield the updates in a message of the push socket; none for a message of unknown kind."""
    body = members(message.body)
    if message.kind in ("current", "history"):
        yield from _current(body, fresh=message.kind == "current")
    elif message.kind == "event":
        yield from _event(text(body.get("type")) or "", inner(body, "payload"))
    elif message.kind == "plugin":
        yield from _notice(body.get("plugin"), inner(body, "data"))


def _current(body: Dict[str, Any], fresh: bool) -> Iterator[UpdateContent]:
    if "state" in body:
        yield Job.from_push(body)
    if fresh:  # a history is old: its last temperatures may be from before a target was set
        for sample in items(body.get("temps"))[-1:]:
            heaters = readings_of(sample)
            if heaters:
                yield HeaterUpdate(heaters)
        yield from (TerminalUpdate(without_passwords(line)) for line in texts(body.get("logs")))
    else:
        yield _recent(body)


def _recent(body: Dict[str, Any]) -> RecentHistory:
    timed = [(number(sample.get("time")), readings_of(sample)) for sample in items(body.get("temps"))]
    known = [(time, heaters) for time, heaters in timed if time is not None]
    now = number(body.get("serverTime")) or max((time for time, _ in known), default=0.0)
    lines = [without_passwords(line) for line in texts(body.get("logs"))]
    return RecentHistory([(max(0.0, now - time), heaters) for time, heaters in known], lines)


def _event(kind: str, payload: Dict[str, Any]) -> Iterator[UpdateContent]:
    if kind:
        yield Event(kind, payload)
    state = text(payload.get("state_string"))
    if kind == "PrinterStateChanged" and state:
        yield StateUpdate(state)


def _notice(plugin: Any, data: Dict[str, Any]) -> Iterator[UpdateContent]:
    if plugin == PROMPTS and data.get("action") in ("show", "close"):
        shown = data["action"] == "show"
        yield FirmwareMessage((text(data.get("text")) or "") if shown else None, texts(data.get("choices")))
    elif plugin == NOTES and text(data.get("message")):
        yield FirmwareMessage(str(data["message"]), [])
