"""The façade: everything that a command, built in or of a plugin, may import from this program.

Through `self`, a command has `self.client` (the server), `self.settings` (the configuration) and
`self.terminal` (notes on stderr, questions). The client's resources are `self.client.job`, `.printer`, `.files` and so on; one for
the endpoints of a server plugin is a class derived from `Resource`, made by `self.client.resource(...)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict

from octoprint_cli.framework.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from octoprint_cli import errors as errors
    from octoprint_cli.client.client import Client as Client
    from octoprint_cli.client.resource import Resource as Resource
    from octoprint_cli.client.resources.connection import ConnectionState as ConnectionState
    from octoprint_cli.client.resources.stored_file import History as History, StoredFile as StoredFile
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot as PrinterSnapshot
    from octoprint_cli.config.private_files import file_lock as file_lock, write_private as write_private
    from octoprint_cli.config.url import normalise as normalise
    from octoprint_cli.config.values import Setting as Setting
    from octoprint_cli.errors import CliError as CliError
    from octoprint_cli.errors.explain import explained as explained
    from octoprint_cli.errors.foreign_words import in_one_sentence as in_one_sentence
    from octoprint_cli.framework import fields as fields
    from octoprint_cli.framework.base import Lister as Lister, Rows as Rows, ShowOne as ShowOne
    from octoprint_cli.framework.catalogue import (
        described as described,
        installed_commands as installed_commands,
        schema_of as schema_of,
    )
    from octoprint_cli.framework.completion_candidates import candidates as candidates
    from octoprint_cli.framework.completion_install import install_completion as install_completion
    from octoprint_cli.framework.guard import Guarded as Guarded, preflight_report as preflight_report
    from octoprint_cli.framework.heat import require_hot as require_hot
    from octoprint_cli.framework.help_page import examples_of as examples_of, help_page as help_page
    from octoprint_cli.framework.help_topics import help_topic as help_topic
    from octoprint_cli.framework.job_note import UNDER_WAY as UNDER_WAY, job_under_way as job_under_way
    from octoprint_cli.framework.options import (
        add_bell as add_bell,
        add_checks as add_checks,
        add_command_name as add_command_name,
        add_file as add_file,
        add_file_or_stored as add_file_or_stored,
        add_folder as add_folder,
        add_goals as add_goals,
        add_location as add_location,
        add_longest_wait as add_longest_wait,
        add_name as add_name,
        add_upload_options as add_upload_options,
        add_wait as add_wait,
        number_text as number_text,
        require_piped as require_piped,
        seconds as seconds,
        server_path as server_path,
        upload_options as upload_options,
    )
    from octoprint_cli.framework.overview import overview as overview
    from octoprint_cli.framework.printer_status import (
        HEATER_LINES as HEATER_LINES,
        HEATERS as HEATERS,
        PRINTED as PRINTED,
        STATUS_TEMPLATE as STATUS_TEMPLATE,
        SUMMARY as SUMMARY,
        heaters as heaters,
        summary as summary,
    )
    from octoprint_cli.framework.results import (
        CHECK_CODES as CHECK_CODES,
        EFFECTS as EFFECTS,
        EXAMPLE as EXAMPLE,
        OVERRIDDEN as OVERRIDDEN,
        REPLACED as REPLACED,
        REPLACED_CLAUSE as REPLACED_CLAUSE,
        REPORT as REPORT,
        UPDATE_TYPES,
        UPLOAD_CODES as UPLOAD_CODES,
        VERDICT as VERDICT,
        VERIFIED as VERIFIED,
        VERIFIED_CLAUSES as VERIFIED_CLAUSES,
        labelled as labelled,
        lines as lines,
        replaced as replaced,
    )
    from octoprint_cli.framework.run_context import (
        CommandContext as CommandContext,
        CommandSource as CommandSource,
        RunContext as RunContext,
        StreamContext as StreamContext,
    )
    from octoprint_cli.framework.shell_words import typed as typed, unquoted as unquoted
    from octoprint_cli.framework.skill import skill as skill
    from octoprint_cli.framework.stream import Stream as Stream
    from octoprint_cli.framework.waiting import (
        WAIT_CODES as WAIT_CODES,
        WAITED as WAITED,
        await_goal as await_goal,
        connected as connected,
        last_ending as last_ending,
        read_snapshot as read_snapshot,
        send_and_read_replies as send_and_read_replies,
        waited as waited,
    )
    from octoprint_cli.framework.watching import watched as watched, watched_job as watched_job
    from octoprint_cli.gcode.analysis.contents import Contents as Contents
    from octoprint_cli.gcode.analysis.reader import GcodeParser as GcodeParser, read_file as read_file
    from octoprint_cli.gcode.command import GcodeCommand as GcodeCommand, only_asks as only_asks, parse_command as parse_command
    from octoprint_cli.gcode.firmware.replies import parsed_reply as parsed_reply
    from octoprint_cli.output.columns import (
        Bytes as Bytes,
        Column as Column,
        Degrees as Degrees,
        Display as Display,
        Duration as Duration,
        Flags as Flags,
        Heater as Heater,
        Millimetres as Millimetres,
        Percent as Percent,
        Range as Range,
        Time as Time,
    )
    from octoprint_cli.output.formats.envelope import failure as failure
    from octoprint_cli.output.redact import without_key as without_key
    from octoprint_cli.output.safe_text import can_write as can_write, visible as visible
    from octoprint_cli.output.terminal.printer_view import PrinterView as PrinterView
    from octoprint_cli.output.terminal.sparkline import value_range as value_range
    from octoprint_cli.output.terminal.temperature_plot import FINE as FINE, plot as plot
    from octoprint_cli.output.terminal.terminal import Terminal as Terminal
    from octoprint_cli.plugins.name_conflict import NameConflict as NameConflict, name_conflict as name_conflict
    from octoprint_cli.plugins.scaffold import write_plugin as write_plugin
    from octoprint_cli.preflight.check import Check as Check
    from octoprint_cli.preflight.context import CheckContext as CheckContext
    from octoprint_cli.preflight.finding import (
        CannotCheck as CannotCheck,
        Finding as Finding,
        OnlyWarning as OnlyWarning,
        Severity as Severity,
        Skip as Skip,
    )
    from octoprint_cli.preflight.runner import run_preflight as run_preflight

    WATCHED = UPDATE_TYPES
    Known = PrinterSnapshot
    Line = GcodeCommand
    Noun = Resource
    Picture = PrinterView
    Reading = GcodeParser
    Said = Display
    Subject = CheckContext
    read_line = parse_command
    add_wish = add_upload_options
    converse = send_and_read_replies
    wish = upload_options
    write_add_on = write_plugin

#: Grows by one when something that a plugin may rely on changes.
API_VERSION = 1

#: The public names by module, below octoprint_cli. Each is imported when it is first asked for.
EXPORTS = {
    "": "errors",
    "errors": "CliError",
    "framework": "fields",
    "client.client": "Client",
    "client.resource": "Resource",
    "client.resources.connection": "ConnectionState",
    "client.resources.stored_file": "History StoredFile",
    "client.tracking.snapshot": "PrinterSnapshot",
    "config.private_files": "file_lock write_private",
    "config.url": "normalise",
    "config.values": "Setting",
    "errors.explain": "explained",
    "errors.foreign_words": "in_one_sentence",
    "framework.base": "Lister Rows ShowOne",
    "framework.catalogue": "described installed_commands schema_of",
    "framework.completion_candidates": "candidates",
    "framework.completion_install": "install_completion",
    "framework.guard": "Guarded preflight_report",
    "framework.heat": "require_hot",
    "framework.help_page": "examples_of help_page",
    "framework.help_topics": "help_topic",
    "framework.overview": "overview",
    "framework.job_note": "UNDER_WAY job_under_way",
    "framework.options": """
        add_checks add_command_name add_file add_file_or_stored add_folder add_goals add_location
        add_bell add_longest_wait add_name add_wait add_upload_options number_text require_piped seconds server_path upload_options
    """,
    "framework.printer_status": "HEATERS HEATER_LINES PRINTED STATUS_TEMPLATE SUMMARY heaters summary",
    "framework.results": """
        CHECK_CODES EFFECTS EXAMPLE OVERRIDDEN REPLACED REPLACED_CLAUSE REPORT
        UPLOAD_CODES VERDICT VERIFIED VERIFIED_CLAUSES WATCHED=UPDATE_TYPES
        labelled lines replaced
    """,
    "framework.run_context": "CommandContext CommandSource RunContext StreamContext",
    "framework.shell_words": "typed unquoted",
    "framework.skill": "skill",
    "framework.stream": "Stream",
    "framework.waiting": "WAIT_CODES WAITED await_goal connected last_ending read_snapshot send_and_read_replies waited",
    "framework.watching": "watched watched_job",
    "gcode.analysis.contents": "Contents",
    "gcode.analysis.reader": "GcodeParser read_file",
    "gcode.command": "GcodeCommand only_asks parse_command",
    "gcode.firmware.replies": "parsed_reply",
    "output.columns": "Bytes Column Degrees Display Duration Flags Heater Millimetres Percent Range Time",
    "output.formats.envelope": "failure",
    "output.redact": "without_key",
    "output.safe_text": "can_write visible",
    "output.terminal.printer_view": "PrinterView",
    "output.terminal.sparkline": "value_range",
    "output.terminal.temperature_plot": "FINE plot",
    "output.terminal.terminal": "Terminal",
    "plugins.name_conflict": "NameConflict name_conflict",
    "plugins.scaffold": "write_plugin",
    "preflight.check": "Check",
    "preflight.context": "CheckContext",
    "preflight.finding": "CannotCheck Finding OnlyWarning Severity Skip",
    "preflight.runner": "run_preflight",
}
#: Names that were public before, with those of today.
ALIASES: Dict[str, str] = {
    "Known": "PrinterSnapshot",
    "Line": "GcodeCommand",
    "Noun": "Resource",
    "Picture": "PrinterView",
    "Reading": "GcodeParser",
    "Said": "Display",
    "Subject": "CheckContext",
    "add_wish": "add_upload_options",
    "converse": "send_and_read_replies",
    "read_line": "parse_command",
    "wish": "upload_options",
    "write_add_on": "write_plugin",
}

_LAZY = lazy_exports(globals(), "octoprint_cli", EXPORTS, ALIASES)
__all__ = ["API_VERSION", *_LAZY.names]
__getattr__, __dir__ = _LAZY.getattr, _LAZY.dir
