"""What there is to tell of a printer: each piece of news, whether it was pushed or polled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Optional, Union

from octoprint_cli.client.parsing import inner, items, members, text, texts
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import Temperature, readings_of
from octoprint_cli.output.redact import without_passwords

if TYPE_CHECKING:
    from octoprint_cli.client.push.socket import Message

#: Types of the lines that `watch` prints. The server's own events, such as PrintDone, can be named beside them.
TYPES = ("state", "progress", "temperature", "event", "notification", "connection", "terminal")
#: The server's own plugins that tell of a firmware's questions and notes.
PROMPTS, NOTES = "action_command_prompt", "action_command_notification"


class State(NamedTuple):
    """The server has another word for the printer's state; how far a job is may be old."""

    text: str


class Heat(NamedTuple):
    """The heaters, by tool0, bed ..."""

    heaters: Dict[str, Temperature]


class Event(NamedTuple):
    """One of the server's events, such as PrintDone."""

    type: str
    payload: Dict[str, Any]


class Notice(NamedTuple):
    """The firmware wants a person: a prompt with its choices, or a note. `text` None: it is over."""

    text: Optional[str]
    choices: List[str]


class Line(NamedTuple):
    """A line of the server's terminal, as the server writes it."""

    text: str


class Link(NamedTuple):
    """The push socket is up, or it is not and why."""

    up: bool
    reason: Optional[str]


class Away(NamedTuple):
    """The server itself cannot be reached, and why; None: it is back."""

    reason: Optional[str]


What = Union[Job, State, Heat, Event, Notice, Line, Link, Away]


class News(NamedTuple):
    """A piece of news. `source` is push or poll, `time` seconds since 1970 by this computer's clock."""

    source: str
    time: float
    what: What


def told(message: Message) -> Iterator[What]:
    """What a message of the push socket tells. Kinds that are unknown tell nothing."""
    body = members(message.body)
    if message.kind in ("current", "history"):
        yield from _current(body, fresh=message.kind == "current")
    elif message.kind == "event":
        yield from _event(text(body.get("type")) or "", inner(body, "payload"))
    elif message.kind == "plugin":
        yield from _notice(body.get("plugin"), inner(body, "data"))


def _current(body: Dict[str, Any], fresh: bool) -> Iterator[What]:
    if "state" in body:
        yield Job.from_push(body)
    if fresh:  # a history's are old: its last temperatures may be those from before a target was set
        for sample in items(body.get("temps"))[-1:]:
            heaters = readings_of(sample)
            if heaters:
                yield Heat(heaters)
        yield from (Line(without_passwords(line)) for line in texts(body.get("logs")))


def _event(kind: str, payload: Dict[str, Any]) -> Iterator[What]:
    if kind:
        yield Event(kind, payload)
    state = text(payload.get("state_string"))
    if kind == "PrinterStateChanged" and state:
        yield State(state)


def _notice(plugin: Any, data: Dict[str, Any]) -> Iterator[What]:
    if plugin == PROMPTS and data.get("action") in ("show", "close"):
        shown = data["action"] == "show"
        yield Notice((text(data.get("text")) or "") if shown else None, texts(data.get("choices")))
    elif plugin == NOTES and text(data.get("message")):
        yield Notice(str(data["message"]), [])
