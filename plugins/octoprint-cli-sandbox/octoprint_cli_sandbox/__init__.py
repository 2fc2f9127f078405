"""A real OctoPrint with its virtual printer, for octoprint-cli to be tried on.

Floors, each importing only from those above it in this list: errors; releases; files; process;
pythons, server_config; install; sandbox; ready; commands. Of octoprint-cli, only `octoprint_cli.api` is used.
"""
