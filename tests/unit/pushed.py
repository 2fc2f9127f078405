"""A push socket that says what a test has written down, at its times, and what the socket says in the server's words."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple, Union

from octoprint_cli.client.client import Client
from octoprint_cli.client.push.socket import Lost, Message
from octoprint_cli.client.push.updates import (
    Away,
    Event,
    Heat,
    Link,
    News,
    State,
)
from octoprint_cli.client.resources.job import Job

from .driver import KEY, URL

#: Seconds after it was opened, and what happens then.
Moment = Tuple[float, Union[Message, Lost]]


class Push:
    """In the place of `Socket`: each opening takes the next of `plans`, the last one for good; a Lost is a refusal."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.plans: List[Union[Lost, Sequence[Moment]]] = [Lost("refused")]
        self.opened: List[float] = []  # when, of the clock
        self.closed = 0
        self.wishes: List[Any] = []

    def __call__(self, http: Any, wish: Any, seconds: float = 5.0) -> _Line:
        self.opened.append(self.clock.now)
        self.wishes.append(wish)
        plan = self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]
        if isinstance(plan, Lost):
            raise plan
        return _Line(self, list(plan))

    @property
    def pauses(self) -> List[float]:
        """Between one opening and the next."""
        return [after - before for before, after in zip(self.opened, self.opened[1:])]


class _Line:
    def __init__(self, push: Push, plan: List[Moment]) -> None:
        self._push, self._plan, self._since = push, plan, push.clock.now

    def receive(self, until: float) -> Any:
        clock = self._push.clock
        if not self._plan or self._since + self._plan[0][0] > until:
            clock.now = max(clock.now, until)
            return None
        at, what = self._plan.pop(0)
        clock.now = max(clock.now, self._since + at)
        if isinstance(what, Lost):
            raise what
        return what

    def close(self) -> None:
        self._push.closed += 1


class Told:
    """In the place of a feed: pieces of news at their times; then nothing more."""

    def __init__(self, clock: Any, *pieces: Tuple[float, Any]) -> None:
        self.clock, self.pieces = clock, list(pieces)

    def next(self, until: float) -> Any:
        if self.pieces and self.pieces[0][0] <= until:
            at, what = self.pieces.pop(0)
            self.clock.now = max(self.clock.now, at)
            return News("push", self.clock.time(), what)
        assert until != float("inf"), "it would wait for ever"
        self.clock.now = max(self.clock.now, until)
        return None


def client(**how: Any) -> Client:
    """A client of the fake server."""
    return Client(URL, KEY, **how)


def job(
    state: str, file: Any = "cube.gcode", completion: Any = None, seconds: Any = None, location: str = "local", **more: Any
) -> Job:
    """A reading."""
    known: Dict[str, Any] = {
        "size": 100,
        "print_time_left": None,
        "estimated_print_time": None,
        "user": None,
        "error": None,
        **more,
    }
    return Job(state=state, file=file, location=location if file else None, completion=completion, print_time=seconds, **known)


def news(what: Any, source: str = "push", time: float = 1_800_000_000.0) -> News:
    """A piece of it."""
    return News(source, time, what)


def current(state: str, **body: Any) -> Message:
    """What the socket says of how it is."""
    told: Dict[str, Any] = {"state": {"text": state, "flags": {}}, "job": {}, "progress": {}, "logs": [], "temps": [], **body}
    return Message("current", told)


def event(kind: str, **payload: Any) -> Message:
    """What the socket says of an event."""
    return Message("event", {"type": kind, "payload": payload})


__all__ = [
    "Away",
    "Event",
    "Heat",
    "Link",
    "Lost",
    "Message",
    "News",
    "Push",
    "State",
    "Told",
    "client",
    "current",
    "event",
    "job",
    "news",
]
