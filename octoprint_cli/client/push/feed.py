"""Stream printer updates: pushed while the push socket is connected, polled while it is not."""

from __future__ import annotations

import contextlib
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Callable, Deque, Dict, Iterable, Optional, Tuple

from octoprint_cli.client.push.socket import (
    OPEN_SECONDS,
    Socket,
    SocketLost,
    Subscription,
)
from octoprint_cli.client.push.updates import (
    HeaterUpdate,
    ServerReachability,
    SocketChange,
    Update,
    UpdateContent,
    updates_in,
)
from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.errors import AuthError, CliError, PrinterOffline

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.client.push.socket import Message

#: Seconds between polls while the socket is connected: a safeguard, because events get lost at times.
POLL_UP_SECONDS = 60.0
#: Seconds between polls while the socket is down.
POLL_DOWN_SECONDS = 2.0
#: Seconds between two tries to open the socket; each later pause is twice as long.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: A socket that was connected for so many seconds counts as sound: after it, the pauses start short again.
SOUND_SECONDS = 30.0
#: The messages that a socket sends once it is logged in.
SPOKEN = ("current", "history", "event", "plugin")
#: A socket that says nothing for so many seconds while a job is active is looked past, as if it was down.
QUIET_SECONDS = 5.0
#: Time limit in seconds for the requests of a poll.
ASK_SECONDS = 10.0
#: Shortest time limit in seconds for a request, also close to the end of a wait.
SHORTEST_SECONDS = 1.0
#: Seconds after which an unreachable server is an error: a restart on a small computer takes a minute or two.
AWAY_SECONDS = 180.0


class Feed:
    """The stream of updates from one server.

    `note` is called once with the reason if updates are polled. The first reading is a poll, whose errors are raised
    unless an act was sent before; later errors are raised once the server has been away for `patience` seconds.
    """

    def __init__(
        self,
        client: Client,
        subscription: Subscription = Subscription(),
        *,
        note: Callable[[str], None] = lambda text: None,
        patience: float = AWAY_SECONDS,
    ) -> None:
        self._client, self._subscription, self._note, self._patience = client, subscription, note, patience
        self._socket: Optional[Socket] = None
        self._waiting: Deque[Update] = deque()
        self._next_poll = self._next_try = 0.0  # of the monotonic clock: at once
        self._pause, self._opened = FIRST_PAUSE, 0.0
        self._heard: Optional[float] = None  # when the socket has said something last; None: nothing yet
        self._job: Optional[Job] = None  # by the last poll
        self._pushed_job: Optional[Job] = None  # by the socket, since it was opened
        self._doubted: Optional[Tuple[Job, float]] = None  # the socket's job that a poll contradicted, and when
        self._begun, self._noted = client.http.acted, False  # an act has not failed because a poll after it fails
        self._away_since: Optional[float] = None
        self._polled = 0.0
        self._reopened = False  # the next socket is not the first one

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    @property
    def pushed(self) -> bool:
        """Whether the push socket is connected."""
        return self._socket is not None

    @property
    def _reports_heaters(self) -> bool:
        """Whether the socket reports the heaters, or has only just been opened."""
        return self._socket is not None and (self._heard is not None or time.monotonic() - self._opened < POLL_DOWN_SECONDS)

    def next_update(self, until: float) -> Optional[Update]:
        """Return the next update, None once the monotonic clock reaches `until`. Raises if the server stays unreachable."""
        while not self._waiting:
            now = time.monotonic()
            if self._begun and now >= until:
                return None
            left = max(until - now, SHORTEST_SECONDS)
            if now >= min(self._next_poll, self._quiet_poll()):
                self._poll(left)
            elif self._socket is not None:
                self._listen(self._socket, min(until, self._next_poll, self._quiet_poll()))
            elif now >= self._next_try:
                self._open(min(left, OPEN_SECONDS))
            else:
                time.sleep(max(0.0, min(until, self._next_poll, self._next_try) - now))
        return self._waiting.popleft()

    def look(self) -> None:
        """Make the next poll due now."""
        self._next_poll = 0.0

    # -- pushed -----------------------------------------------------------------------------------

    def _open(self, seconds: float) -> None:
        try:
            self._socket = Socket(self._client.http, self._subscription, seconds)
        except SocketLost as lost:
            self._give_up(str(lost))
            return
        self._opened = time.monotonic()
        self._heard, self._pushed_job, self._doubted = None, None, None
        self._add("push", [SocketChange(True, None)])
        if self._reopened:
            self.look()  # what has happened meanwhile; the first time the job was read just before, and the first message has it
        self._reopened = True

    def _listen(self, socket: Socket, until: float) -> None:
        try:
            message = socket.receive(until)
        except SocketLost as lost:
            self._drop(socket, str(lost))
            return
        if message is not None and message.kind in SPOKEN:
            self._process(message)

    def _process(self, message: Message) -> None:
        found = list(updates_in(message))
        self._heard = time.monotonic()
        self._pushed_job = next((content for content in found if isinstance(content, Job)), self._pushed_job)
        self._add("push", found)

    def _drop(self, socket: Socket, reason: str) -> None:
        socket.close()
        self._socket = self._heard = self._doubted = None
        self._give_up(reason)
        self.look()

    def _quiet_poll(self) -> float:
        """Return when to poll because the socket is quiet, which reports every half second of a job; infinity without one."""
        if self._socket is None or self._heard is None or self._job is None or not self._job.phase.has_job:
            return math.inf
        return max(self._heard + QUIET_SECONDS, self._polled + POLL_DOWN_SECONDS)

    def _give_up(self, reason: str) -> None:
        now = time.monotonic()
        if self._opened and now - self._opened > SOUND_SECONDS:
            self._pause = FIRST_PAUSE
        self._opened = 0.0
        self._next_try, self._pause = now + self._pause, min(self._pause * 2, LONGEST_PAUSE)
        self._next_poll = min(self._next_poll, now + POLL_DOWN_SECONDS)
        self._add("push", [SocketChange(False, reason)])
        if not self._noted:
            self._noted = True
            self._note(f"the push socket is down ({reason}); the server is polled every {POLL_DOWN_SECONDS:g} s instead")

    # -- polled -----------------------------------------------------------------------------------

    def _poll(self, left: float) -> None:
        """Poll the server within `left` seconds at most; the first poll may use every retry."""
        hurry = min(left, ASK_SECONDS if self._begun else math.inf)
        try:
            with self._client.http.hurried(hurry) if math.isfinite(hurry) else contextlib.nullcontext():
                self._ask()
        except CliError as error:
            self._missed(error)
        else:
            if self._away_since is not None:
                self._away_since = None
                self._next_try, self._pause = 0.0, FIRST_PAUSE
                self._add("poll", [ServerReachability(None)])
        self._begun, self._polled = True, time.monotonic()
        self._next_poll = self._polled + (POLL_DOWN_SECONDS if self._heard is None or self._doubted else POLL_UP_SECONDS)

    def _ask(self) -> None:
        job = self._client.job.current()
        self._compare(job)
        self._add("poll", [job])
        if job.phase.connected and not (self._reports_heaters and self._begun):
            self._add("poll", [HeaterUpdate(self._readings())])

    def _compare(self, job: Job) -> None:
        """Hold the socket's last word against a poll: one that goes on contradicting the server repeats an old state.

        The first difference may be that of a message that is still on its way.
        """
        before, said, socket = self._doubted, self._pushed_job, self._socket
        self._job, self._doubted = job, None
        if socket is None or said is None or _agree(said, job):
            return
        if before is None or not _agree(said, before[0]):
            self._doubted = said, time.monotonic()
        elif self._heard is None or self._heard < before[1]:
            self._doubted = before
        else:
            self._opened, self._pause = 0.0, LONGEST_PAUSE  # not sound, however long it was connected
            self._drop(socket, "it repeats an old state of the printer")

    def _readings(self) -> Dict[str, Temperature]:
        try:
            return self._client.printer.current().temperatures
        except PrinterOffline:  # between the two requests
            return {}

    def _missed(self, error: CliError) -> None:
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            if self._begun:
                self._add("poll", [ServerReachability(error.message)])
        # A key that is refused stays so.
        patience = math.inf if self._heard is not None else self._patience  # while the socket works, polling may fail
        if not self._begun or isinstance(error, AuthError) or now - self._away_since > patience:
            raise error

    def _add(self, source: str, found: Iterable[UpdateContent]) -> None:
        now = time.time()
        self._waiting.extend(Update(source, now, content) for content in found)


def _agree(one: Job, other: Job) -> bool:
    """Whether two readings agree about the connection, about whether a job is active, and about its file."""
    if (one.phase.connected, one.phase.has_job) != (other.phase.connected, other.phase.has_job):
        return False
    return not one.phase.has_job or None in (one.file, other.file) or one.file == other.file
