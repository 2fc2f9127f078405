"""The plugin octoprint-cli-psucontrol: switches the printer's power supply through the server plugin PSU Control.

Each module imports only from those before it in this list: errors; psu; commands. Of octoprint-cli, only `octoprint_cli.api`
is imported.
"""
