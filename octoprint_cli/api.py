"""The façade: all that a command, ours or a vendor's, may import from this program.

Through `self`, a command has `self.client` (the server), `self.settings` (the configuration) and
`self.terminal` (notes on stderr, questions).
"""

from octoprint_cli import errors
from octoprint_cli.base import Lister, Rows, ShowOne
from octoprint_cli.columns import Bytes, Column, Degrees, Duration, Flags, Heater, Percent, Time
from octoprint_cli.config.host import normalise
from octoprint_cli.errors import CliError
from octoprint_cli.gcode import Line, read_line
from octoprint_cli.guard import Guarded
from octoprint_cli.options import add_file, add_folder, add_location, add_wish, server_path, wish
from octoprint_cli.preflight import Check, Severity, Skip, Subject
from octoprint_cli.preflight import run as run_preflight

#: Grows by one when something that an add-on may rely on changes.
API_VERSION = 1

__all__ = [
    "API_VERSION",
    "Bytes",
    "Check",
    "CliError",
    "Column",
    "Degrees",
    "Duration",
    "Flags",
    "Guarded",
    "Heater",
    "Line",
    "Lister",
    "Percent",
    "Rows",
    "Severity",
    "ShowOne",
    "Skip",
    "Subject",
    "Time",
    "add_file",
    "add_folder",
    "add_location",
    "add_wish",
    "errors",
    "normalise",
    "read_line",
    "run_preflight",
    "server_path",
    "wish",
]
