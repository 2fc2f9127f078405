"""The MCP server: the SDK's server with our tools, over stdio or over HTTP for this computer only."""

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
from mcp_types import INVALID_PARAMS, CallToolResult, ListToolsResult, TextContent, Tool as ProtocolTool, ToolAnnotations

from octoprint_cli.api import errors
from octoprint_cli_mcp.calls import Calls
from octoprint_cli_mcp.stdio import open_streams
from octoprint_cli_mcp.tools import Tool

HOST = "127.0.0.1"
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

INSTRUCTIONS = """\
Controls one 3D printer through an OctoPrint server. Each tool is a command of octoprint-cli; where a description mentions \
--if-exists, the argument is if_exists. Every result is {"status": "success", "data": ...} or {"status": "error", "data": ..., \
"error": {"code", "message", "hint", "retryable"}}; `explain` describes a code. Success is never a guess: started means that the \
printer is printing that file. After OUTCOME_UNKNOWN check `status` before you send anything again.

What could do harm requires confirm: true and says what the harm is; ask the user first. dry_run: true shows what would be sent. \
Check a file with `preflight`, print it with `print`, and follow the print with `wait`, which reports its progress. A `wait` that \
is cancelled, or that ends with WAIT_TIMEOUT, does not affect the print: call it again. `cancel`, `pause` and `temp` with off: \
true get through at any time.
"""


def create_server(app: Any, tools: Sequence[Tool]) -> Server[Any]:
    """Return the SDK's server with these tools."""
    by_name = {tool.name: tool for tool in tools}
    listed = ListToolsResult(tools=[_protocol_tool(tool) for tool in tools])
    calls = Calls(app)

    async def list_tools(ctx: Any, params: Any) -> ListToolsResult:
        return listed

    async def call_tool(ctx: Any, params: Any) -> CallToolResult:
        tool = by_name.get(params.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"there is no tool {params.name} (choose from {', '.join(by_name)})")
        return _result(await calls.run(tool, params.arguments or {}, ctx.session.report_progress))

    properties = {"version": app.version, "title": "OctoPrint", "instructions": INSTRUCTIONS}
    return Server("octoprint-cli", on_list_tools=list_tools, on_call_tool=call_tool, **properties)


def _protocol_tool(tool: Tool) -> ProtocolTool:
    return ProtocolTool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=ToolAnnotations.model_validate(tool.annotations),
    )


def _result(envelope: Dict[str, Any]) -> CallToolResult:
    """Return the envelope as structured content and as text, because many hosts show the model only the text."""
    text = TextContent(text=json.dumps(envelope))
    return CallToolResult(content=[text], structured_content=envelope, is_error=envelope["status"] != "success")


def serve_stdio(server: Server[Any], stdin: Any, stdout: Any) -> None:
    """Serve until stdin ends or a signal arrives."""

    async def serve() -> None:
        async with open_streams(stdin, stdout) as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(_until_signalled, serve)


def listen(port: int) -> socket.socket:
    """Return a listening socket on 127.0.0.1; port 0 stands for any free port. Raises UsageError for a port that is in use."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        message = f"cannot listen on port {port}: {error.strerror}"
        raise errors.UsageError(message, hint="octoprint-cli mcp serve --http 0") from error
    return listener


def serve_http(server: Server[Any], listener: socket.socket, ready: Callable[[], None]) -> None:
    """Call `ready`, then serve until a signal arrives. Requests from web pages of other origins are refused."""
    app = server.streamable_http_app(host=HOST)
    http = _Http(uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1))

    def end() -> None:
        logging.getLogger("uvicorn.error").disabled = True  # clients that are cut off now are not an error
        http.should_exit = True

    async def serve() -> None:
        ready()
        await http.serve(sockets=[listener])

    with listener:
        anyio.run(_until_signalled, serve, end)


class _Http(uvicorn.Server):
    """A uvicorn server that does not handle signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _until_signalled(serve: Callable[[], Awaitable[None]], end: Optional[Callable[[], None]] = None) -> None:
    """Serve until a signal arrives. That is how a host ends its server, so it is not a failure; prints go on."""
    async with anyio.create_task_group() as group:

        async def handle_signals(*, task_status: TaskStatus[None]) -> None:
            with anyio.open_signal_receiver(*_SIGNALS) as signals:
                task_status.started()
                async for _ in signals:
                    end() if end else group.cancel_scope.cancel()

        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not in the main thread, or on Windows
            await group.start(handle_signals)
        await serve()
        group.cancel_scope.cancel()
