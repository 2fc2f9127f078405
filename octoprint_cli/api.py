"""The façade: all that a command, ours or a vendor's, may import from this program.

Through `self`, a command has `self.client` (the server), `self.settings` (the configuration) and
`self.terminal` (notes on stderr, questions). The client's nouns are `self.client.job`, `.printer`, `.files` and so on; one for
the endpoints of a server plugin is a class derived from `Noun`, made by `self.client.noun(...)`. With `Noun` comes requests:
import the file that it stands in where it is used, so that help does without.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from octoprint_cli import errors
from octoprint_cli.client.tracking.goal_words import TYPES as WATCHED
from octoprint_cli.client.tracking.snapshot import Known
from octoprint_cli.config.url import normalise
from octoprint_cli.config.values import Setting
from octoprint_cli.errors import CliError
from octoprint_cli.errors.explain import explained
from octoprint_cli.framework import fields
from octoprint_cli.framework.base import Lister, Rows, ShowOne
from octoprint_cli.framework.guard import Guarded, preflight_report
from octoprint_cli.framework.options import (
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
from octoprint_cli.framework.printer_status import HEATERS, SUMMARY, heaters, summary
from octoprint_cli.framework.results import (
    CHECK_CODES,
    EFFECTS,
    REPORT,
    UPLOAD_CODES,
    VERDICT,
    VERIFIED,
)
from octoprint_cli.framework.stream import Stream
from octoprint_cli.framework.waiting import (
    WAIT_CODES,
    WAITED,
    await_goal,
    connected,
    converse,
    last_ending,
    waited,
    watched,
)
from octoprint_cli.output.columns import (
    Bytes,
    Column,
    Degrees,
    Duration,
    Flags,
    Heater,
    Millimetres,
    Percent,
    Range,
    Said,
    Time,
)
from octoprint_cli.output.formats.envelope import failure
from octoprint_cli.output.redact import can_write, visible, without_key
from octoprint_cli.output.terminal.printer_view import Picture
from octoprint_cli.output.terminal.terminal import Terminal

if TYPE_CHECKING:
    from octoprint_cli.client.resource import Noun
    from octoprint_cli.framework.catalogue import described, schema_of
    from octoprint_cli.framework.completion import candidates
    from octoprint_cli.framework.shell_words import typed, unquoted
    from octoprint_cli.framework.skill import skill
    from octoprint_cli.gcode.analysis.contents import Contents
    from octoprint_cli.gcode.analysis.reader import Reading, read_file
    from octoprint_cli.gcode.command import Line, only_asks, read_line
    from octoprint_cli.gcode.firmware.replies import parsed_reply
    from octoprint_cli.output.terminal.temperature_plot import FINE, plot
    from octoprint_cli.plugins.scaffold import write_add_on
    from octoprint_cli.preflight.check import Check
    from octoprint_cli.preflight.context import Subject
    from octoprint_cli.preflight.finding import Finding, Severity, Skip
    from octoprint_cli.preflight.runner import run_preflight

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
        "framework.completion": ("candidates",),
        "framework.shell_words": ("typed", "unquoted"),
        "framework.catalogue": ("described", "schema_of"),
        "client.resource": ("Noun",),
        "gcode.firmware.replies": ("parsed_reply",),
        "gcode.analysis.contents": ("Contents",),
        "gcode.command": ("GcodeCommand", "Line", "only_asks", "parse_command", "read_line"),
        "gcode.analysis.reader": ("GcodeParser", "Reading", "read_file"),
        "output.terminal.temperature_plot": ("FINE", "plot"),
        "plugins.scaffold": ("write_add_on",),
        "framework.skill": ("skill",),
        "preflight.check": ("Check",),
        "preflight.context": ("CheckContext", "Subject"),
        "preflight.finding": ("Finding", "Severity", "Skip"),
        "preflight.runner": ("run_preflight",),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
