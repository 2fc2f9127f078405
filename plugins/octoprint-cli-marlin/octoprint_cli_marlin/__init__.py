"""Commands for printers with Marlin firmware: they send G-code and read what the firmware answers.

Imports `octoprint_cli.api` alone of the program.
"""
