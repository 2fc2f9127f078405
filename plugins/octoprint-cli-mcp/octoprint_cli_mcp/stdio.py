"""The stdio transport: stdin and stdout carry nothing but the protocol.

The SDK's own reader is a thread that cannot be ended while no message arrives, so that neither Ctrl-C nor SIGTERM would end the
server; and its reader and writer use three threads for each message, which costs as much as the request to OctoPrint.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import sys
import threading
from typing import Any, AsyncIterator, Callable, Dict, Iterator, Optional, Tuple

import anyio
from mcp.server.stdio import stdio_server
from mcp_types import INVALID_REQUEST, PARSE_ERROR, jsonrpc_message_adapter

_BLOCK = 65536
#: A writable pipe accepts this many bytes without blocking (POSIX: at least 512).
_ATOMIC = getattr(select, "PIPE_BUF", 512)


@contextlib.asynccontextmanager
async def open_streams(stdin: Any, stdout: Any) -> AsyncIterator[Tuple[Any, Any]]:
    """Open the SDK's two streams. Meanwhile other code in the process finds stdin empty, and what it prints goes to stderr."""
    with _exclusive_input(stdin) as reader, _exclusive_output(stdout) as writer:
        async with stdio_server(_ValidLines(reader, writer), writer) as streams:  # type: ignore[arg-type]
            yield streams


class _ValidLines:
    """The lines that are messages of JSON-RPC. The SDK would drop any other silently, and its sender would wait for an answer."""

    def __init__(self, lines: Any, writer: Any) -> None:
        self._lines, self._writer = lines, writer

    async def __aiter__(self) -> AsyncIterator[str]:
        async for line in self._lines:
            error = _error_of(line)
            if error is None:
                yield line
            elif line.strip():
                await self._writer.write(json.dumps({"jsonrpc": "2.0", **error}) + "\n")
                await self._writer.flush()


def _error_of(line: str) -> Optional[Dict[str, Any]]:
    """Return the error of JSON-RPC for a line that is no message, with the message's id if it has a usable one; else None."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _error(None, PARSE_ERROR, f"Parse error: {error}")
    try:
        jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        number = message.get("id") if isinstance(message, dict) else None
        usable = isinstance(number, (str, int)) and not isinstance(number, bool)
        return _error(number if usable else None, INVALID_REQUEST, "Invalid request: this is not a JSON-RPC 2.0 message")
    if isinstance(message, dict) and "method" in message and message.get("id", "") is None:  # the SDK takes it for a notification
        return _error(None, INVALID_REQUEST, "Invalid request: its id is null")
    return None


def _error(number: Any, code: int, message: str) -> Dict[str, Any]:
    return {"id": number, "error": {"code": code, "message": message}}


@contextlib.contextmanager
def _exclusive_input(stdin: Any) -> Iterator[Any]:
    """Yield an iterator over the lines of stdin, which other code finds empty meanwhile."""
    if stdin is not sys.stdin:
        yield anyio.wrap_file(stdin)
        return
    with _redirected(0, os.devnull) as own:
        yield _LineReader(own)


@contextlib.contextmanager
def _exclusive_output(stdout: Any) -> Iterator[Any]:
    """Yield a writer to stdout, which other code reaches as stderr meanwhile."""
    if stdout is not sys.stdout:
        yield anyio.wrap_file(stdout)
        return
    stdout.flush()
    with _redirected(1, None) as own:
        yield _Writer(own)


@contextlib.contextmanager
def _redirected(descriptor: int, path: Optional[str]) -> Iterator[int]:
    """Yield a duplicate of a descriptor, while the descriptor itself leads to a file, or to stderr without a path."""
    own, elsewhere = os.dup(descriptor), os.open(path, os.O_RDONLY) if path else os.dup(2)
    try:
        os.dup2(elsewhere, descriptor)
        yield own
    finally:
        os.close(elsewhere)
        os.dup2(own, descriptor)  # `own` stays open: a thread may still use it


class _Writer:
    """A writer that writes directly what a pipe accepts without blocking, and only the rest in a thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def write(self, text: str) -> None:
        rest = text.encode("utf-8")
        while rest and _is_writable(self._descriptor):
            rest = rest[os.write(self._descriptor, rest[:_ATOMIC]) :]
        if rest:
            await anyio.to_thread.run_sync(_write_all, self._descriptor, rest)

    async def flush(self) -> None:
        """Do nothing: writes are not buffered."""


def _is_writable(descriptor: int) -> bool:
    """Return whether a write would not block. False on systems that cannot tell, such as Windows."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT)
    return bool(poll.poll(0))


def _write_all(descriptor: int, rest: bytes) -> None:
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class _LineReader:
    """The lines of a descriptor as they arrive. No Python buffer is used: a thread would hold its lock when the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._rest = descriptor, b""
        self._lines: asyncio.Queue[Optional[str]] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._descriptor, lambda: self._read(self._lines.put_nowait) or loop.remove_reader(self._descriptor))
        except (OSError, NotImplementedError):  # stdin is a file, or this is Windows
            threading.Thread(target=self._read_in_thread, args=(loop,), name="mcp stdin", daemon=True).start()
        while True:
            line = await self._lines.get()
            if line is None:
                return
            yield line

    def _read_in_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            while self._read(lambda line: loop.call_soon_threadsafe(self._lines.put_nowait, line)):
                pass

    def _read(self, put: Callable[[Optional[str]], object]) -> bool:
        """Read one block and put its lines. At the end of the input, put None and return False."""
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
