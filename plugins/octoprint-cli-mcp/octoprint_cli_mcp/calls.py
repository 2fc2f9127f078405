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
from octoprint_cli_mcp.progress import CallTerminal, Progress, Send
from octoprint_cli_mcp.tools import Tool

Envelope = Dict[str, Any]


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
        self._calls: queue.SimpleQueue[Tuple[Call, Callable[..., None]]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="mcp call", daemon=True).start()

    def begin(self, call: Call, ended: Callable[..., None]) -> None:
        """Make the call. `ended` is told the envelope, or the error, from the thread."""
        self._calls.put((call, ended))

    def _work(self) -> None:
        run = self._app.beside()
        while True:
            call, ended = self._calls.get()
            try:
                ended(call.answer(run), None)
            except BaseException as error:
                ended(None, error)


class Call:
    """One call, from its thread's side."""

    def __init__(self, words: List[str], stderr: Any, send: Send, yielded: Callable[[], None]) -> None:
        self._words = words
        self._cancelled = threading.Event()
        self._terminal = CallTerminal(stderr, Progress(send), self.check, yielded)

    def cancel(self) -> None:
        """The client wants no more of it. What was sent was sent; nothing else will be."""
        self._cancelled.set()

    def check(self) -> None:
        """Raises KeyboardInterrupt once it is cancelled, as Ctrl-C would."""
        if self._cancelled.is_set():
            raise KeyboardInterrupt

    def answer(self, run: Any) -> Envelope:
        """Its envelope. Raises KeyboardInterrupt."""
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

    async def answer(self, tool: Tool, given: Mapping[str, Any], send: Callable[..., Awaitable[None]]) -> Envelope:
        """The envelope of one call. `send` passes progress on. Cancelling it ends the call."""
        try:
            words = tool.words(given)
        except errors.CliError as error:
            envelope: Envelope = self._app.scrubber.scrub_all(failure(error))
            return envelope
        if not tool.takes_turns(given):
            return await self._run(words, send, lambda: None)
        await self._turns.take()
        return await self._run(words, send, self._turns.give)

    async def _run(self, words: List[str], send: Callable[..., Awaitable[None]], give: Callable[[], None]) -> Envelope:
        """`give` hands the turn on, once: when the call only waits, or has ended, be it after its cancellation."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Envelope] = loop.create_future()
        worker, turn = self._idle.pop() if self._idle else Worker(self._app), [give]

        def in_loop(function: Callable[..., Any], *what: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever would hear it
                loop.call_soon_threadsafe(function, *what)

        def hand_on() -> None:
            if turn:
                turn.pop()()

        def tell(*what: Any) -> None:
            call.check()
            in_loop(lambda: loop.create_task(_quietly(send(*what))))

        def end(envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
            self._idle.append(worker)
            hand_on()
            _settle(done, envelope, error)

        call = Call(words, self._app.stderr, tell, lambda: in_loop(hand_on))
        worker.begin(call, lambda *what: in_loop(end, *what))
        try:
            return await done
        except asyncio.CancelledError:
            call.cancel()
            raise


def _settle(done: asyncio.Future[Envelope], envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
    if done.done():  # cancelled
        return
    if envelope is not None:
        done.set_result(envelope)
    else:
        done.set_exception(errors.InternalError(f"the call ended without an answer: {error!r}"))


async def _quietly(sending: Awaitable[None]) -> None:
    with contextlib.suppress(Exception):  # a client that does not listen any more
        await sending
