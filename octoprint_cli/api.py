"""The façade: all that a command, ours or a vendor's, may import from this program.

Through `self`, a command has `self.client` (the server), `self.settings` (the configuration) and
`self.terminal` (notes on stderr, questions).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from octoprint_cli import errors
from octoprint_cli.base import Lister, Rows, ShowOne
from octoprint_cli.columns import Bytes, Column, Degrees, Duration, Flags, Heater, Millimetres, Percent, Range, Said, Time
from octoprint_cli.config.host import normalise
from octoprint_cli.errors import CliError
from octoprint_cli.guard import Guarded, preflight_report
from octoprint_cli.options import add_checks, add_file, add_file_or_stored, add_folder, add_location, add_wish, server_path, wish
from octoprint_cli.redact import visible

if TYPE_CHECKING:
    from octoprint_cli.firmware import parsed_reply
    from octoprint_cli.gcode import Contents, Line, read_line
    from octoprint_cli.gcode.reader import Reading, read_file
    from octoprint_cli.preflight import Check, Finding, Severity, Skip, Subject, run_preflight

#: Grows by one when something that an add-on may rely on changes.
API_VERSION = 1

__all__ = [
    "API_VERSION",
    "Bytes",
    "Check",
    "CliError",
    "Column",
    "Contents",
    "Degrees",
    "Duration",
    "Finding",
    "Flags",
    "Guarded",
    "Heater",
    "Line",
    "Lister",
    "Millimetres",
    "Percent",
    "Range",
    "Reading",
    "Rows",
    "Said",
    "Severity",
    "ShowOne",
    "Skip",
    "Subject",
    "Time",
    "add_checks",
    "add_file",
    "add_file_or_stored",
    "add_folder",
    "add_location",
    "add_wish",
    "errors",
    "normalise",
    "parsed_reply",
    "preflight_report",
    "read_file",
    "read_line",
    "run_preflight",
    "server_path",
    "wish",
    "visible",
]

#: What few commands need is imported when it is asked for.
_ON_DEMAND = {
    "parsed_reply": "octoprint_cli.firmware",
    **dict.fromkeys(("Contents", "Line", "read_line"), "octoprint_cli.gcode"),
    **dict.fromkeys(("Reading", "read_file"), "octoprint_cli.gcode.reader"),
    **dict.fromkeys(("Check", "Finding", "Severity", "Skip", "Subject", "run_preflight"), "octoprint_cli.preflight"),
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
