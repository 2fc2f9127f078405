"""The server: the SDK's, with our tools and calls, over stdio or over HTTP on this computer alone."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import socket
from typing import Any, Awaitable, Callable, Dict, Iterator, Optional, Sequence

import anyio
import uvicorn
from anyio.abc import TaskStatus
from mcp.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, ListToolsResult, TextContent, Tool as Told, ToolAnnotations

from octoprint_cli.api import errors
from octoprint_cli_mcp.calls import Calls
from octoprint_cli_mcp.pipe import connected
from octoprint_cli_mcp.tools import Tool

HOST = "127.0.0.1"
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

INSTRUCTIONS = """\
Drives one 3D printer behind an OctoPrint server. Each tool is a command of octoprint-cli; where a description says --if-exists, \
the argument is if_exists. Every answer is {"status": "success", "data": ...} or {"status": "error", "data": ..., "error": \
{"code", "message", "hint", "retryable"}}; `explain` tells what a code means. Success is never a guess: started means that the \
printer prints that file. After OUTCOME_UNKNOWN look at `status` before anything is sent again.

What could do harm wants confirm: true, and says what harm; ask whoever is in charge. dry_run: true shows what would be sent. \
Check a file with `preflight`, print it with `print`, and follow it with `wait`, which tells its progress. A `wait` that is \
cancelled, or that ends with WAIT_TIMEOUT, leaves the print alone: call it again. `cancel`, `pause` and `temp` with off: true \
come through at any time.
"""


def made(app: Any, tools: Sequence[Tool]) -> Server[Any]:
    """The SDK's server."""
    known = {tool.name: tool for tool in tools}
    listed = ListToolsResult(tools=[_told(tool) for tool in tools])
    calls = Calls(app)

    async def list_tools(ctx: Any, params: Any) -> ListToolsResult:
        return listed

    async def call_tool(ctx: Any, params: Any) -> CallToolResult:
        tool = known.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool {params.name}; there are {', '.join(known)}")
        return _result(await calls.answer(tool, params.arguments or {}, ctx.session.report_progress))

    about = {"version": app.version, "title": "OctoPrint", "instructions": INSTRUCTIONS}
    return Server("octoprint-cli", on_list_tools=list_tools, on_call_tool=call_tool, **about)


def _told(tool: Tool) -> Told:
    return Told(
        name=tool.name,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=ToolAnnotations.model_validate(tool.annotations),
    )


def _result(envelope: Dict[str, Any]) -> CallToolResult:
    """The envelope, as values and as text: many a host shows its model the text alone."""
    text = TextContent(text=json.dumps(envelope))
    return CallToolResult(content=[text], structured_content=envelope, is_error=envelope["status"] != "success")


def serve_stdio(server: Server[Any], stdin: Any, stdout: Any) -> None:
    """Until stdin ends, or a signal comes."""

    async def serve() -> None:
        async with connected(stdin, stdout) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(_until_signalled, serve)


def listening(port: int) -> socket.socket:
    """A socket on loopback; port 0 is any that is free. Raises UsageError for one that is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        message = f"port {port} cannot be listened on: {error.strerror}"
        raise errors.UsageError(message, hint="octoprint-cli mcp serve --http 0") from error
    return listener


def serve_http(server: Server[Any], listener: socket.socket, ready: Callable[[], None]) -> None:
    """Until a signal comes, from when `ready` is told. It answers to names of this computer alone: no web page can ask it."""
    app = server.streamable_http_app(host=HOST)
    http = _Http(uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1))

    def end() -> None:
        logging.getLogger("uvicorn.error").disabled = True  # whom it cuts off now is no error
        http.should_exit = True

    async def serve() -> None:
        ready()
        await http.serve(sockets=[listener])

    with listener:
        anyio.run(_until_signalled, serve, end)


class _Http(uvicorn.Server):
    """uvicorn's server, which leaves the signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _until_signalled(serve: Callable[[], Awaitable[None]], end: Optional[Callable[[], None]] = None) -> None:
    """A signal is how a host ends its server, so it is no failure; prints go on, as they do without a server."""
    async with anyio.create_task_group() as group:

        async def heed(*, task_status: TaskStatus[None]) -> None:
            with anyio.open_signal_receiver(*_SIGNALS) as signals:
                task_status.started()
                async for _ in signals:
                    end() if end else group.cancel_scope.cancel()

        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not in the main thread, or on Windows
            await group.start(heed)
        await serve()
        group.cancel_scope.cancel()
