"""octoprint-cli: a command line for the OctoPrint 3D-print server.

Plugins import `octoprint_cli.api`, their tests `octoprint_cli.testing`; nothing else here is promised.
"""

__version__ = "0.2.0.dev0"
