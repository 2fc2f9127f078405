"""stdin and stdout as MCP's stdio transport has them. Nothing but the protocol is ever on either.

The SDK's own reader is a thread that cannot be ended while nothing comes, so that neither Ctrl-C nor SIGTERM would end the server;
and its reader and its writer take three threads for each message, which cost as much as the request that it is about.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import sys
import threading
from typing import Any, AsyncIterator, Callable, Iterator, Optional, Tuple

import anyio
from mcp.server.stdio import stdio_server

_BLOCK = 65536
#: A pipe that can be written takes so many bytes at once (POSIX: at least 512).
_ATOMIC = getattr(select, "PIPE_BUF", 512)


@contextlib.asynccontextmanager
async def connected(stdin: Any, stdout: Any) -> AsyncIterator[Tuple[Any, Any]]:
    """The SDK's two streams. Of the process's own, what anybody else reads is empty, and what is printed goes to stderr."""
    with _taken(stdin) as lines, _given(stdout) as written:
        async with stdio_server(lines, written) as streams:
            yield streams


@contextlib.contextmanager
def _taken(stdin: Any) -> Iterator[Any]:
    """The lines of stdin, of which nothing is left for others."""
    if stdin is not sys.stdin:
        yield anyio.wrap_file(stdin)
        return
    with _diverted(0, os.devnull) as own:
        yield _In(own)


@contextlib.contextmanager
def _given(stdout: Any) -> Iterator[Any]:
    """What the messages are written to."""
    if stdout is not sys.stdout:
        yield anyio.wrap_file(stdout)
        return
    stdout.flush()
    with _diverted(1, None) as own:
        yield _Out(own)


@contextlib.contextmanager
def _diverted(descriptor: int, path: Optional[str]) -> Iterator[int]:
    """A descriptor's double, while it leads elsewhere itself: to a file, or without one to stderr."""
    own, elsewhere = os.dup(descriptor), os.open(path, os.O_RDONLY) if path else os.dup(2)
    try:
        os.dup2(elsewhere, descriptor)
        yield own
    finally:
        os.close(elsewhere)
        os.dup2(own, descriptor)  # `own` stays open: a thread may still use it


class _Out:
    """Writes at once what a pipe takes without waiting, and only the rest in a thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def write(self, text: str) -> None:
        rest = text.encode("utf-8")
        while rest and _takes(self._descriptor):
            rest = rest[os.write(self._descriptor, rest[:_ATOMIC]) :]
        if rest:
            await anyio.to_thread.run_sync(_write, self._descriptor, rest)

    async def flush(self) -> None:
        """Nothing is held back."""


def _takes(descriptor: int) -> bool:
    """Whether it can be written without waiting; surely not where that cannot be asked, as on Windows."""
    if not hasattr(select, "poll"):
        return False
    asked = select.poll()
    asked.register(descriptor, select.POLLOUT)
    return bool(asked.poll(0))


def _write(descriptor: int, rest: bytes) -> None:
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class _In:
    """The lines of a descriptor, as they come. Without a buffer of Python's, whose lock a thread would hold at the end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._rest = descriptor, b""
        self._lines: asyncio.Queue[Optional[str]] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._descriptor, lambda: self._take(self._lines.put_nowait) or loop.remove_reader(self._descriptor))
        except (OSError, NotImplementedError):  # a file, or Windows
            threading.Thread(target=self._pump, args=(loop,), name="mcp stdin", daemon=True).start()
        while True:
            line = await self._lines.get()
            if line is None:
                return
            yield line

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            while self._take(lambda line: loop.call_soon_threadsafe(self._lines.put_nowait, line)):
                pass

    def _take(self, put: Callable[[Optional[str]], object]) -> bool:
        """Read what there is. At the end it puts None, and returns false."""
        try:
            block = os.read(self._descriptor, _BLOCK)
        except OSError:
            block = b""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            put(line.decode("utf-8", "replace"))
        if not block:
            put(None)
        return bool(block)
