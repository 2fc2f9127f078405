"""Tool calls: each runs in a thread, over a connection that no other call uses meanwhile. Must not know the SDK.

A call that changes something waits for those that were made before it, and lets the next one begin as soon as it only waits.
A call that reads or stops something never waits: `cancel` gets through while a `wait` is running.
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
#: Sends a progress notification: the progress, the total or None, and a message.
SendProgress = Callable[..., Awaitable[None]]


class TurnQueue:
    """A first-in, first-out lock for the calls that must run one at a time. It belongs to one event loop."""

    def __init__(self) -> None:
        self._queue: Deque[asyncio.Future[None]] = deque()
        self._taken = False

    async def acquire(self) -> None:
        """Wait for the turn."""
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn came at the moment of the cancellation
                self.release()
            raise

    def release(self) -> None:
        """Hand the turn to the next call."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False


class Worker:
    """A thread with a program run of its own, whose connection no other thread uses."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._calls: queue.SimpleQueue[Tuple[Call, _LoopBridge]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="mcp call", daemon=True).start()

    def submit(self, call: Call, bridge: _LoopBridge) -> None:
        """Run the call and pass its outcome to the bridge."""
        self._calls.put((call, bridge))

    def _work(self) -> None:
        run = self._app.beside()
        while True:
            call, bridge = self._calls.get()
            try:
                bridge.ended(call.execute(run), None)
            except BaseException as error:
                bridge.ended(None, error)


class Call:
    """One call, as its thread sees it."""

    def __init__(self, argv: List[str], stderr: Any, bridge: _LoopBridge) -> None:
        self._argv, self._bridge = argv, bridge
        self._cancelled = threading.Event()
        self._terminal = CallTerminal(stderr, Progress(self._report), self.check, bridge.yielded)

    def cancel(self) -> None:
        """Stop the call at its next check. Requests that were sent stay sent; no more will follow."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise KeyboardInterrupt, as Ctrl-C would, if the call was cancelled."""
        if self._cancelled.is_set():
            raise KeyboardInterrupt

    def execute(self, run: Any) -> Envelope:
        """Run the command line and return its envelope."""
        run.check = self.check
        _, envelope = run.answer(self._argv, self._terminal)
        result: Envelope = envelope
        return result

    def _report(self, *notification: Any) -> None:
        self.check()
        self._bridge.report(*notification)


class Calls:
    """All calls of one server."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._idle: List[Worker] = []  # grows to the largest number of simultaneous calls; sequential calls share one worker
        self._turns = TurnQueue()

    async def run(self, tool: Tool, arguments: Mapping[str, Any], send: SendProgress) -> Envelope:
        """Run one call and return its envelope. `send` sends progress notifications. Cancelling the task cancels the call."""
        try:
            argv = tool.argv(arguments)
        except errors.CliError as error:
            envelope: Envelope = self._app.scrubber.scrub_all(failure(error))
            return envelope
        queued = tool.is_queued(arguments)
        if queued:
            await self._turns.acquire()
        return await self._execute(argv, send, self._turns.release if queued else lambda: None)

    async def _execute(self, argv: List[str], send: SendProgress, release: Callable[[], None]) -> Envelope:
        worker = self._idle.pop() if self._idle else Worker(self._app)
        bridge = _LoopBridge(send, release, lambda: self._idle.append(worker))
        call = Call(argv, self._app.stderr, bridge)
        worker.submit(call, bridge)
        try:
            return await bridge.outcome
        except asyncio.CancelledError:
            call.cancel()
            raise


class _LoopBridge:
    """The bridge from a call's thread, which calls the public methods, to the event loop, in which they take effect."""

    def __init__(self, send: SendProgress, release: Callable[[], None], end: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._send, self._release, self._end = send, release, end
        self._has_turn = True
        self.outcome: asyncio.Future[Envelope] = self._loop.create_future()

    def report(self, *notification: Any) -> None:
        """Send a progress notification to the client."""
        self._in_loop(lambda: self._loop.create_task(_send_quietly(self._send(*notification))))

    def yielded(self) -> None:
        """Let the next call begin, because this one only waits."""
        self._in_loop(self._release_once)

    def ended(self, envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
        """Record the outcome of the call, which may end long after its cancellation."""
        self._in_loop(self._set_outcome, envelope, error)

    def _in_loop(self, function: Callable[..., Any], *arguments: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, so nobody waits for the outcome
            self._loop.call_soon_threadsafe(function, *arguments)

    def _release_once(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._release()

    def _set_outcome(self, envelope: Optional[Envelope], error: Optional[BaseException]) -> None:
        self._end()
        self._release_once()
        if self.outcome.done():  # cancelled
            return
        if envelope is not None:
            self.outcome.set_result(envelope)
        else:
            self.outcome.set_exception(errors.InternalError(f"the call ended without a result: {error!r}"))


async def _send_quietly(sending: Awaitable[None]) -> None:
    with contextlib.suppress(Exception):  # the client does not listen any more
        await sending
