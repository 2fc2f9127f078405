"""The command mcp serve: serve the installed commands as tools of an MCP server."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, Sequence

from octoprint_cli.api import EFFECTS, ShowOne, fields

#: The port of `--http` without a PORT.
DEFAULT_PORT = 8808


class Serve(ShowOne):
    """serve the commands as tools for agents that speak MCP

    The server speaks MCP on stdin and stdout, or with --http as streamable HTTP at http://127.0.0.1:PORT/mcp, for clients on
    this computer only. It controls the printer that --printer or --host names, until stdin ends or Ctrl-C. --only and
    --except take a command, or the first word of several commands.
    """

    streams = True
    exposed_as_tool = False
    result = fields.record(tools=fields.whole("number of tools served"), url=fields.text("with --http").or_null)
    examples = (
        ("octoprint-cli mcp serve", "for an agent that starts it itself"),
        ("octoprint-cli mcp serve --read-only", "only commands that change nothing"),
        ("octoprint-cli mcp serve --only status --only files", "only these commands"),
    )
    effects = EFFECTS
    runs_commands = True
    needs_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        port = f"serve streamable HTTP on 127.0.0.1 instead of stdio (default PORT: {DEFAULT_PORT}; 0: any free port)"
        parser.add_argument("--http", metavar="PORT", nargs="?", type=_port, const=DEFAULT_PORT, help=port)
        for option, meaning in (("only", "serve only this command"), ("except", "do not serve this command")):
            parser.add_argument(f"--{option}", metavar="COMMAND", action="append", default=[], help=f"{meaning} (may be repeated)")
        parser.add_argument("--read-only", action="store_true", help="serve only commands that change nothing")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        from octoprint_cli_mcp import tools  # imported only when needed, as help does without it

        tool_filter = tools.ToolFilter(parsed_args.only, getattr(parsed_args, "except"), parsed_args.read_only)
        found, broken = tools.load_tools(self.app, tool_filter)
        for message in broken:
            self.terminal.warn(message)
        if parsed_args.http is None:
            self._serve_stdio(found)
            return {"tools": len(found), "url": None}
        return {"tools": len(found), "url": self._serve_http(found, parsed_args.http)}

    def _serve_stdio(self, tools: Sequence[Any]) -> None:
        from octoprint_cli_mcp import server  # it imports the SDK, which takes longer than most commands run

        if self.terminal.attended:
            self.terminal.note("speaking MCP on stdin and stdout, for a client program; Ctrl-C ends it")
        server.serve_stdio(server.create_server(self.app, tools), self.app.stdin, self.app.stdout)

    def _serve_http(self, tools: Sequence[Any], port: int) -> str:
        from octoprint_cli_mcp import server

        mcp_server = server.create_server(self.app, tools)
        listener = server.listen(port)
        url = f"http://{server.HOST}:{listener.getsockname()[1]}/mcp"
        server.serve_http(mcp_server, listener, lambda: self.terminal.note(f"{len(tools)} tools at {url}; Ctrl-C ends it"))
        return url

    def produce_output(self, parsed_args: Namespace, column_names: Any, data: Any) -> int:
        """Print the result, except after stdio, where stdout belongs to the protocol."""
        return 0 if parsed_args.http is None else super().produce_output(parsed_args, column_names, data)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise ArgumentTypeError(f"{text!r} is not a port: use 0 to 65535")
    return int(text)
