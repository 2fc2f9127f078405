"""The printer's power supply for octoprint-cli, switched through OctoPrint's plugin PSU Control.

Floors, each importing only from those above it in this list: errors; psu; commands. Of octoprint-cli, only `octoprint_cli.api` is
used.
"""
