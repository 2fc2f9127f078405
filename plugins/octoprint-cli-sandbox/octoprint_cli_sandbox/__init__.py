"""The plugin octoprint-cli-sandbox: runs a real OctoPrint with a virtual printer to try octoprint-cli on.

Each module imports only from those before it in this list: errors; releases; files; process; pythons, server_config;
installation; sandbox; readiness; commands. Of octoprint-cli, only `octoprint_cli.api` is imported.
"""
