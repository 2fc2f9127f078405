"""The façade: all that a command, ours or a vendor's, may import from this program.

Through `self`, a command has `self.client` (the server), `self.settings` (the configuration) and
`self.terminal` (notes on stderr, questions). The client's nouns are `self.client.job`, `.printer`, `.files` and so on; one for
the endpoints of a server plugin is a class derived from `Noun`, made by `self.client.noun(...)`. With `Noun` comes requests:
import the file that it stands in where it is used, so that help does without.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from octoprint_cli import errors, fields
from octoprint_cli.answers import CHECK_CODES, EFFECTS, REPORT, UPLOAD_CODES, VERDICT, VERIFIED
from octoprint_cli.base import Lister, Rows, ShowOne
from octoprint_cli.columns import Bytes, Column, Degrees, Duration, Flags, Heater, Millimetres, Percent, Range, Said, Time
from octoprint_cli.config.host import normalise
from octoprint_cli.config.values import Setting
from octoprint_cli.errors import CliError
from octoprint_cli.errors.advice import explained
from octoprint_cli.formatters.envelope import failure
from octoprint_cli.guard import Guarded, preflight_report
from octoprint_cli.options import (
    add_checks,
    add_file,
    add_file_or_stored,
    add_folder,
    add_goals,
    add_location,
    add_wait,
    add_wish,
    seconds,
    server_path,
    wish,
)
from octoprint_cli.picture import Picture
from octoprint_cli.redact import can_write, visible, without_key
from octoprint_cli.stream import Stream
from octoprint_cli.summary import HEATERS, SUMMARY, Known, heaters, summary
from octoprint_cli.terminal import Terminal
from octoprint_cli.waiting import WAIT_CODES, WAITED, await_goal, connected, converse, last_ending, waited, watched
from octoprint_cli.watching.words import TYPES as WATCHED

if TYPE_CHECKING:
    from octoprint_cli.catalogue import described, schema_of
    from octoprint_cli.client.noun import Noun
    from octoprint_cli.completion import candidates
    from octoprint_cli.firmware import only_asks, parsed_reply
    from octoprint_cli.gcode import Contents, Line, read_line
    from octoprint_cli.gcode.reader import Reading, read_file
    from octoprint_cli.plot import FINE, plot
    from octoprint_cli.preflight import Check, Finding, Severity, Skip, Subject, run_preflight
    from octoprint_cli.shellwords import typed, unquoted
    from octoprint_cli.skeleton import write_add_on
    from octoprint_cli.skill import skill

#: Grows by one when something that an add-on may rely on changes.
API_VERSION = 1

__all__ = [
    "API_VERSION",
    "CHECK_CODES",
    "EFFECTS",
    "HEATERS",
    "REPORT",
    "SUMMARY",
    "UPLOAD_CODES",
    "VERDICT",
    "VERIFIED",
    "WAITED",
    "WAIT_CODES",
    "await_goal",
    "fields",
    "Bytes",
    "Check",
    "CliError",
    "Column",
    "Contents",
    "Degrees",
    "Duration",
    "FINE",
    "Finding",
    "Flags",
    "Guarded",
    "Heater",
    "Known",
    "Line",
    "Lister",
    "Millimetres",
    "Noun",
    "Percent",
    "Picture",
    "Range",
    "Reading",
    "Rows",
    "Said",
    "Setting",
    "Severity",
    "ShowOne",
    "Skip",
    "Stream",
    "Subject",
    "Terminal",
    "Time",
    "WATCHED",
    "add_checks",
    "add_file",
    "add_file_or_stored",
    "add_folder",
    "add_goals",
    "add_location",
    "add_wait",
    "add_wish",
    "can_write",
    "candidates",
    "connected",
    "converse",
    "described",
    "errors",
    "explained",
    "failure",
    "heaters",
    "last_ending",
    "normalise",
    "only_asks",
    "parsed_reply",
    "plot",
    "preflight_report",
    "read_file",
    "read_line",
    "run_preflight",
    "seconds",
    "schema_of",
    "server_path",
    "skill",
    "summary",
    "typed",
    "unquoted",
    "visible",
    "waited",
    "watched",
    "wish",
    "without_key",
    "write_add_on",
]

#: What few commands need is imported when it is asked for.
_ON_DEMAND = {
    name: f"octoprint_cli.{module}"
    for module, names in {
        "completion": ("candidates",),
        "shellwords": ("typed", "unquoted"),
        "catalogue": ("described", "schema_of"),
        "client.noun": ("Noun",),
        "firmware": ("only_asks", "parsed_reply"),
        "gcode": ("Contents", "Line", "read_line"),
        "gcode.reader": ("Reading", "read_file"),
        "plot": ("FINE", "plot"),
        "skeleton": ("write_add_on",),
        "skill": ("skill",),
        "preflight": ("Check", "Finding", "Severity", "Skip", "Subject", "run_preflight"),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
