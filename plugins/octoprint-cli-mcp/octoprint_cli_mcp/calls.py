"""Calls: each in a thread of its own, over a connection that nobody else uses meanwhile.

What changes something waits for its turn behind what was called before it, and gives way as soon as it only waits.
What reads or stops never waits: a `cancel` comes through while a `wait` goes on. Must not know the SDK.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import Any, Awaitable, Callable, Deque, Dict, Iterator, List, Mapping, Optional, Tuple

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


class Connections:
    """As many as are used at once; one after the other, all calls have the same."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._idle: List[Any] = []

    @contextlib.contextmanager
    def one(self, check: Callable[[], None]) -> Iterator[Any]:
        """A run that answers command lines, for the caller alone. `check` ends it: see `App.check`."""
        try:
            run = self._idle.pop()  # atomic, as is append
        except IndexError:
            run = self._app.beside()
        run.check = check
        try:
            yield run
        finally:
            run.check = lambda: None
            self._idle.append(run)


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

    def answer(self, connections: Connections) -> Tuple[int, Envelope]:
        """Run it: exit code and envelope. Raises KeyboardInterrupt."""
        with connections.one(self.check) as run:
            code, envelope = run.answer(self._words, self._terminal)
            return int(code), envelope


class Calls:
    """All calls of one server."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._connections = Connections(app)
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
        turn = [give]

        def in_loop(function: Callable[..., Any], *what: Any) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever would hear it
                loop.call_soon_threadsafe(function, *what)

        def hand_on() -> None:
            with contextlib.suppress(IndexError):
                in_loop(turn.pop())

        def tell(*what: Any) -> None:
            call.check()
            in_loop(lambda: loop.create_task(_quietly(send(*what))))

        call = Call(words, self._app.stderr, tell, hand_on)
        threading.Thread(
            target=_thread, args=(call, self._connections, hand_on, in_loop, done), name="mcp call", daemon=True
        ).start()
        try:
            return await done
        except asyncio.CancelledError:
            call.cancel()
            raise


def _thread(call: Call, connections: Connections, hand_on: Callable[[], None], in_loop: Callable[..., None], done: Any) -> None:
    result: Optional[Envelope] = None
    error: Optional[BaseException] = None
    try:
        _, result = call.answer(connections)
    except BaseException as bug:
        error = bug
    hand_on()
    in_loop(_settle, done, result, error)


def _settle(done: asyncio.Future[Envelope], result: Optional[Envelope], error: Optional[BaseException]) -> None:
    if done.done():  # cancelled
        return
    if result is not None:
        done.set_result(result)
    else:
        done.set_exception(errors.InternalError(f"the call ended without an answer: {error!r}"))


async def _quietly(sending: Awaitable[None]) -> None:
    with contextlib.suppress(Exception):  # a client that does not listen any more
        await sending
