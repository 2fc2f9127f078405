"""Calls: each in a thread of its own, over a connection that nobody else uses meanwhile.

What changes something waits for its turn behind what was called before it, and gives way as soon as it only waits.
What reads or stops never waits: a `cancel` comes through while a `wait` goes on. Must not know the SDK.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections import deque
from typing import Any, Awaitable, Callable, Deque, Dict, List, Mapping, Optional, Tuple

from octoprint_cli.api import errors, failure
from octoprint_cli_mcp.progress import CallTerminal, Progress
from octoprint_cli_mcp.tools import Tool

Envelope = Dict[str, Any]
#: Told the progress, the total or None, and a sentence.
Send = Callable[..., Awaitable[None]]


class Turns:
    """One at a time, in the order in which they came. For one event loop alone."""

    def __init__(self) -> None:
        self._queue: Deque[asyncio.Future[None]] = deque()
        self._taken = False

    async def take(self) -> None:
        """Wait for the turn."""
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came at the same moment
                self.give()
            raise

    def give(self) -> None:
        """The next one's."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False


class Worker:
    """A thread with a run of the program, whose connection nobody else uses."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._calls: queue.SimpleQueue[Tuple[Call, _Between]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="mcp call", daemon=True).start()

    def begin(self, call: Call, between: _Between) -> None:
        """Make the call, and tell how it ended."""
        self._calls.put((call, between))

    def _work(self) -> None:
        run = self._app.beside()
        while True:
            call, between = self._calls.get()
            try:
                between.ended(call.answer(run), None)
            except BaseException as error:
                between.ended(None, error)


class Call:
    """One call, from its thread's side."""

    def __init__(self, words: List[str], stderr: Any, between: _Between) -> None:
        self._words, self._between = words, between
        self._cancelled = threading.Event()
        self._terminal = CallTerminal(stderr, Progress(self._tell), self.check, between.yielded)

    def cancel(self) -> None:
        """The client wants no more of it. What was sent was sent; nothing else will be."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises KeyboardInterrupt once it is cancelled, as Ctrl-C would."""
        if self._cancelled.is_set():
            raise KeyboardInterrupt

    def _tell(self, *what: Any) -> None:
        self.check()
        self._between.tell(*what)

    def answer(self, run: Any) -> Envelope:
        """Its envelope."""
        run.check = self.check
        _, envelope = run.answer(self._words, self._terminal)
        found: Envelope = envelope
        return found


class Calls:
    """All calls of one server."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._idle: List[Worker] = []  # as many as were ever busy at once; one after the other, all calls have the same
        self._turns = Turns()

    async def answer(self, tool: Tool, given: Mapping[str, Any], send: Send) -> Envelope:
        """The envelope of one call. `send` passes progress on. Cancelling it ends the call."""
        try:
            words = tool.words(given)
        except errors.CliError as error:
            envelope: Envelope = self._app.scrubber.scrub_all(failure(error))
            return envelope
        takes_turns = tool.takes_turns(given)
        if takes_turns:
            await self._turns.take()
        worker = self._idle.pop() if self._idle else Worker(self._app)
        between = _Between(send, self._turns.give if takes_turns else lambda: None, lambda: self._idle.append(worker))
        call = Call(words, self._app.stderr, between)
        worker.begin(call, between)
        try:
            return await between.done
        except asyncio.CancelledError:
            call.cancel()
            raise


class _Between:
    """Between a call's thread, which calls the methods, and the event loop, in which they take effect."""

    def __init__(self, send: Send, give: Callable[[], None], end: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._send, self._give, self._end = send, give, end
        self._has_turn = True
        self.done: asyncio.Future[Envelope] = self._loop.create_future()

    def tell(self, *what: Any) -> None:
        """Progress for the client."""
        self._in_loop(lambda: self._loop.create_task(_quietly(self._send(*what))))

    def yielded(self) -> None:
        """The call only waits from now on: others may act."""
        self._in_loop(self._hand_on)

    def ended(self, envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
        """It is over, be it long after its cancellation."""
        self._in_loop(self._settle, envelope, error)

    def _in_loop(self, function: Callable[..., Any], *what: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever would hear it
            self._loop.call_soon_threadsafe(function, *what)

    def _hand_on(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._give()

    def _settle(self, envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
        self._end()
        self._hand_on()
        if self.done.done():  # cancelled
            return
        if envelope is not None:
            self.done.set_result(envelope)
        else:
            self.done.set_exception(errors.InternalError(f"the call ended without an answer: {error!r}"))


async def _quietly(sending: Awaitable[None]) -> None:
    with contextlib.suppress(Exception):  # a client that does not listen any more
        await sending
