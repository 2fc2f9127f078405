"""stdin and stdout as MCP's stdio transport has them. Nothing but the protocol is ever on either.

The SDK's own reader is a thread that cannot be ended while nothing comes, so that neither Ctrl-C nor SIGTERM would end the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from typing import Any, AsyncIterator, Iterable, Iterator, Optional, Tuple

import anyio
from mcp.server.stdio import stdio_server

_BLOCK = 65536


@contextlib.asynccontextmanager
async def connected(stdin: Any, stdout: Any) -> AsyncIterator[Tuple[Any, Any]]:
    """The SDK's two streams. Of the process's own, what anybody else reads is empty, and what is printed goes to stderr."""
    with _taken(stdin) as lines:
        theirs = None if stdout is sys.stdout else anyio.wrap_file(stdout)
        async with stdio_server(_Lines(lines), theirs) as streams:  # type: ignore[arg-type] # it only iterates over it
            yield streams


@contextlib.contextmanager
def _taken(stdin: Any) -> Iterator[Iterable[str]]:
    """The lines of stdin, of which nothing is left for others."""
    if stdin is not sys.stdin:
        yield stdin
        return
    own, empty = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    try:
        os.dup2(empty, 0)
        yield _read(own)
    finally:
        os.close(empty)
        os.dup2(own, 0)  # `own` stays open: a thread may still read from it


def _read(descriptor: int) -> Iterator[str]:
    """Without a buffer of Python's, whose lock a thread that is left behind would hold at the end."""
    rest = b""
    while True:
        block = os.read(descriptor, _BLOCK)
        if not block:
            return
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace")


class _Lines:
    """Lines that a thread reads. It is left behind where they do not end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self._queue: asyncio.Queue[Optional[str]] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str]:
        threading.Thread(target=self._pump, args=(asyncio.get_running_loop(),), name="mcp stdin", daemon=True).start()
        while True:
            line = await self._queue.get()
            if line is None:
                return
            yield line

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            with contextlib.suppress(OSError, ValueError):
                for line in self._lines:
                    loop.call_soon_threadsafe(self._queue.put_nowait, line)
            loop.call_soon_threadsafe(self._queue.put_nowait, None)
