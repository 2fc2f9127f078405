"""The plugin octoprint-cli-mcp: an MCP server that exposes every installed command as a tool.

Each module imports only from those before it in this list: tool_arguments, progress; tools; calls; stdio; server; commands.
Of octoprint-cli, only `octoprint_cli.api` is imported. Only `stdio` and `server` import the SDK, and they are imported when
`mcp serve` runs: no other command has to wait for it.
"""
