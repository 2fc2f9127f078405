"""The plugin octoprint-cli-marlin: commands for printers with Marlin firmware, which send G-code and read the replies.

Of octoprint-cli, only `octoprint_cli.api` is imported.
"""
