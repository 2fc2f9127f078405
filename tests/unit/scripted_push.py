"""A push socket and a feed that deliver what a test has scripted, each message at its time of the virtual clock."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple, Union

from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.client.push.socket import Message, SocketLost
from octoprint_cli.client.push.updates import (
    Event,
    HeaterUpdate,
    ServerReachability,
    SocketChange,
    StateUpdate,
    Update,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.testing import FakeOctoPrint
from octoprint_cli.testing.octoprint import push_payloads

from .driver import KEY, URL

#: Seconds after it was opened, and what happens then.
Moment = Tuple[float, Union[Message, SocketLost]]


class Push:
    """Replaces `Socket`: each opening takes the next of `plans`, the last one for good; a SocketLost is a refusal."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.plans: List[Union[SocketLost, Sequence[Moment]]] = [SocketLost("refused")]
        self.opened: List[float] = []  # when, of the clock
        self.closed = 0
        self.subscriptions: List[Any] = []

    def __call__(self, http: Any, subscription: Any, seconds: float = 5.0) -> _ScriptedSocket:
        self.opened.append(self.clock.now)
        self.subscriptions.append(subscription)
        plan = self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]
        if isinstance(plan, SocketLost):
            raise plan
        return _ScriptedSocket(self, list(plan))

    @property
    def pauses(self) -> List[float]:
        """The seconds between one opening and the next."""
        return [after - before for before, after in zip(self.opened, self.opened[1:])]


class _ScriptedSocket:
    def __init__(self, push: Push, plan: List[Moment]) -> None:
        self._push, self._plan, self._since = push, plan, push.clock.now

    def receive(self, until: float) -> Any:
        clock = self._push.clock
        if not self._plan or self._since + self._plan[0][0] > until:
            clock.now = max(clock.now, until)
            return None
        at, what = self._plan.pop(0)
        clock.now = max(clock.now, self._since + at)
        if isinstance(what, SocketLost):
            raise what
        return what

    def close(self) -> None:
        self._push.closed += 1


class ScriptedFeed:
    """Replaces a feed: it delivers updates at their times, then nothing more."""

    def __init__(self, clock: Any, *pieces: Tuple[float, Any]) -> None:
        self.clock, self.pieces = clock, list(pieces)

    def next_update(self, until: float) -> Any:
        if self.pieces and self.pieces[0][0] <= until:
            at, what = self.pieces.pop(0)
            self.clock.now = max(self.clock.now, at)
            return Update("push", self.clock.time(), what)
        assert until != float("inf"), "it would wait for ever"
        self.clock.now = max(self.clock.now, until)
        return None


def client(**how: Any) -> Client:
    """Return a client of the fake server."""
    return Client(ServerAddress(URL, KEY), **how)


def job(
    state: str, file: Any = "cube.gcode", completion: Any = None, seconds: Any = None, location: str = "local", **more: Any
) -> Job:
    """Return a job as the client reads it."""
    known: Dict[str, Any] = {
        "size": 100,
        "print_time_left": None,
        "estimated_print_time": None,
        "user": None,
        "error": None,
        **more,
    }
    return Job(state=state, file=file, location=location if file else None, completion=completion, print_time=seconds, **known)


def news(what: Any, source: str = "push", time: float = 1_800_000_000.0) -> Update:
    """Return an update as the feed delivers it."""
    return Update(source, time, what)


def current(state: str, **body: Any) -> Message:
    """Return a `current` message as the kit's server sends it; `body` replaces parts of it."""
    octoprint = FakeOctoPrint()
    octoprint.state = state
    return Message("current", {**push_payloads.current(octoprint, [], []), **body})


def event(kind: str, **payload: Any) -> Message:
    """Return an event message as the kit's server sends it."""
    octoprint = FakeOctoPrint()
    octoprint.event(kind, payload)
    return Message("event", octoprint.messages[-1]["event"])


__all__ = [
    "ServerReachability",
    "Event",
    "HeaterUpdate",
    "SocketChange",
    "SocketLost",
    "Message",
    "Update",
    "Push",
    "StateUpdate",
    "ScriptedFeed",
    "client",
    "current",
    "event",
    "job",
    "news",
]
