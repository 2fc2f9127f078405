"""mcp serve: the commands as tools of an MCP server."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict

from octoprint_cli.api import EFFECTS, ShowOne, fields

#: Where `--http` listens without a PORT.
PORT = 8808


class Serve(ShowOne):
    """serve every installed command as a tool, for agents that speak MCP

    Over stdin and stdout, or with --http as streamable HTTP at http://127.0.0.1:PORT/mcp, for this computer alone. It drives the
    printer that --printer or --host names, until stdin ends, or Ctrl-C. --only and --except take commands, or the first word of
    several.
    """

    streams = True
    as_tool = False
    answer = fields.record(tools=fields.whole("that were served"), url=fields.text("with --http").or_null)
    effects = EFFECTS
    runs_commands = True
    asks_server = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--http", metavar="PORT", nargs="?", type=_port, const=PORT, help=f"streamable HTTP on loopback ({PORT}; 0: any)"
        )
        for option, told in (("only", "these commands alone"), ("except", "not these commands")):
            parser.add_argument(f"--{option}", metavar="COMMAND", action="append", default=[], help=f"{told} (may be repeated)")
        parser.add_argument("--read-only", action="store_true", help="only commands that change nothing")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        from octoprint_cli_mcp import server, tools  # with them comes the SDK, which takes longer to import than most commands run

        choice = tools.Choice(parsed_args.only, getattr(parsed_args, "except"), parsed_args.read_only)
        found, broken = tools.installed(self.app, choice)
        for message in broken:
            self.terminal.warn(message)
        made = server.made(self.app, found)
        if parsed_args.http is None:
            if self.terminal.attended:
                self.terminal.note("speaking MCP on stdin and stdout, which is for a program; Ctrl-C ends it")
            server.serve_stdio(made, self.app.stdin, self.app.stdout)
            return {"tools": len(found), "url": None}
        listener = server.listening(parsed_args.http)
        url = f"http://{server.HOST}:{listener.getsockname()[1]}/mcp"
        server.serve_http(made, listener, lambda: self.terminal.note(f"{len(found)} tools at {url}; Ctrl-C ends it"))
        return {"tools": len(found), "url": url}

    def produce_output(self, parsed_args: Namespace, column_names: Any, data: Any) -> int:
        """Nothing where stdout was the protocol's."""
        return 0 if parsed_args.http is None else super().produce_output(parsed_args, column_names, data)


def _port(written: str) -> int:
    if not (written.isascii() and written.isdigit() and int(written) < 65536):
        raise ArgumentTypeError(f"{written!r} is no port: 0 to 65535")
    return int(written)
