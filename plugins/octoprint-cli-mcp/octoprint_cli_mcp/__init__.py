"""An MCP server for octoprint-cli: every installed command as a tool.

Floors, each importing only from those above it in this list: line, progress; tools; calls; pipe; server; commands.
Of octoprint-cli, only `octoprint_cli.api` is used. The SDK is imported by `pipe` and `server` alone, and these when
`mcp serve` runs: no other command waits for it.
"""
