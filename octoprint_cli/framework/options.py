"""The command line: the global options, arguments that several commands take, and parsing in our contract."""

from __future__ import annotations

import functools
import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any, Dict, FrozenSet, List, Mapping, NoReturn, Optional, Sequence
from urllib.parse import unquote

from cliff._argparse import ArgumentParser as CliffParser
from cliff._argparse import SmartHelpFormatter

from octoprint_cli.client.resources.stored_file import location_name
from octoprint_cli.client.resources.uploads import UploadOptions
from octoprint_cli.client.tracking.goals import FAILURES, GOALS, Goal
from octoprint_cli.errors import UsageError

#: Where a server stores files. 2.0 says `printer` for `sdcard`; both words are taken.
LOCATIONS = ("local", "sdcard")
_TEN_YEARS = 10 * 366 * 86400
#: The global options that say which server, and how it is reached.
AIMING = ("host", "api_key", "printer", "timeout", "config")
#: Of them what chooses another server, and what was said for one server alone.
_CHOOSING, _OF_ONE = ("host", "printer", "config"), ("host", "printer", "api_key")


class Parser(CliffParser):
    """argparse that raises instead of exiting: its 2 would mean a file error here."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint="octoprint-cli --help")


class HelpFormatter(SmartHelpFormatter):
    """Help that keeps a docstring's paragraphs apart."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip().split("\n\n")
        return "\n\n".join(super(HelpFormatter, self)._fill_text(paragraph, width, indent) for paragraph in paragraphs)


def server_path(written: str) -> str:
    """A path on the server as the server may have it: no way out of the storage, nothing of a URL."""
    parts = unquote(written).replace("\\", "/").split("/")
    if ".." in parts or not any(parts):
        raise ArgumentTypeError(f"{written!r} is no path on the server: write it as `octoprint-cli files` lists it")
    if re.search(r"[\x00-\x1f\x7f?*<>|\":;$&]", written):
        raise ArgumentTypeError(f"{written!r} is no path on the server: OctoPrint stores no such characters")
    return written.strip("/")


def folder_name(written: str) -> str:
    """A folder on the server; a slash alone is the uppermost."""
    return server_path(written) if written.strip("/") else ""


def add_file(parser: Any, optional: bool = False) -> None:
    """FILE: a G-code file on this computer, in `parsed_args.file`. Takes a parser or a group of one."""
    parser.add_argument("file", metavar="FILE", nargs="?" if optional else None, help="G-code file on this computer")


def add_file_or_stored(parser: ArgumentParser, required: bool) -> None:
    """FILE in `parsed_args.file`, or --stored PATH: a file on the server, in `parsed_args.stored`."""
    which = parser.add_mutually_exclusive_group(required=required)
    add_file(which, optional=True)
    which.add_argument("--stored", metavar="PATH", type=server_path, help="a file on the server, instead of FILE")


def add_checks(parser: Any) -> None:
    """--ignore, --strict: how the pre-flight's verdicts count. Takes a parser or a group of one."""
    parser.add_argument(
        "--ignore",
        metavar="CHECK_ID",
        action="append",
        default=[],
        help="override a check by its id, which is recorded (may be repeated)",
    )
    parser.add_argument("--strict", action="store_true", help="let the pre-flight's warnings forbid the print, too")


def add_wish(parser: ArgumentParser, if_exists: Sequence[str]) -> None:
    """--location, --path, --if-exists, --verify: how a file is stored; see `wish`."""
    add_location(parser)
    add_folder(parser)
    parser.add_argument(
        "--if-exists",
        choices=if_exists,
        default="replace",
        help="what to do if another file has that name (replace; the same bytes are never sent again)",
    )
    parser.add_argument(
        "--verify",
        choices=("auto", "download"),
        default="auto",
        help="how to know that the server holds the same bytes: auto (by its SHA-1; where it tells none, as 2.0, "
        "by reading files of up to 16 MiB back, larger ones by their size) or download (by reading them back)",
    )


def wish(parsed_args: Namespace) -> UploadOptions:
    """What `add_wish` took. Raises UsageError for what an SD card cannot do."""
    if parsed_args.location == "sdcard" and (parsed_args.if_exists != "replace" or parsed_args.verify != "auto"):
        raise UsageError(
            "on the SD card the server picks a free name, and it cannot be read back", hint="octoprint-cli help upload"
        )
    return UploadOptions(parsed_args.location, parsed_args.path, parsed_args.if_exists, parsed_args.verify)


def seconds(written: str) -> float:
    """A time span on the command line: a number of seconds above 0, ten years at most."""
    try:
        found = float(written)
    except ValueError:
        found = 0.0
    if not 0 < found <= _TEN_YEARS:
        raise ArgumentTypeError(f"{written!r} is no number of seconds above 0")
    return found


def add_wait(parser: Any, until: str) -> None:
    """--wait, --wait-timeout: in `parsed_args.wait` and `parsed_args.wait_timeout`, seconds or None."""
    parser.add_argument("--wait", action="store_true", help=f"wait until {until}")
    parser.add_argument("--wait-timeout", metavar="SECONDS", type=seconds, help="longest wait of --wait (no limit)")


def add_goals(parser: Any, option: str, told: str) -> None:
    """The option for goals, --fail-on, --timeout: in `parsed_args.goals` (a list), `fail_on` (a set or None), `timeout`."""
    parser.add_argument(
        option,
        dest="goals",
        metavar="GOAL",
        type=_goal,
        action="append",
        default=[],
        help=f"{told}: {', '.join(GOALS)}; may be repeated, and any of them counts. temp is all heaters "
        "with a target within 2 degrees of it",
    )
    parser.add_argument(
        "--fail-on",
        metavar="STATES",
        type=_failures,
        help=f"end with an error on any of {','.join(FAILURES)}, or none (what makes the goals impossible)",
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=seconds, help="longest wait (no limit)")


def _goal(written: str) -> str:
    try:
        return str(Goal.parse(written))
    except ValueError as error:
        raise ArgumentTypeError(f"{written!r} is none of {', '.join(GOALS)}") from error


def _failures(written: str) -> FrozenSet[str]:
    if written == "none":
        return frozenset()
    words = [word.strip() for word in written.split(",")]
    unknown = [word for word in words if word not in FAILURES]
    if unknown:
        raise ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FAILURES)}")
    return frozenset(words)


def add_location(parser: ArgumentParser, default: Optional[str] = "local") -> None:
    """--location: a storage of the server, in `parsed_args.location`."""
    parser.add_argument(
        "--location",
        choices=LOCATIONS,
        type=location_name,
        default=default,
        help=f"storage on the server ({default or 'both'} without)",
    )


def add_folder(parser: ArgumentParser) -> None:
    """--path: a folder on the server, in `parsed_args.path`."""
    parser.add_argument("--path", metavar="FOLDER", type=folder_name, default="", help="folder on the server, made if missing")


@functools.lru_cache(maxsize=None)
def global_parser(name: str, description: str) -> Parser:
    """The global options, which may stand anywhere on the line; never abbreviated."""
    parser = Parser(prog=name, description=description, add_help=False, allow_abbrev=False)
    server = parser.add_argument_group("server")
    server.add_argument("--host", metavar="URL", help="address of the OctoPrint server")
    server.add_argument("--api-key", metavar="KEY", help="API key (better: OCTOPRINT_API_KEY, or init)")
    server.add_argument("--printer", metavar="NAME", help="a printer of the configuration's printers")
    server.add_argument("--timeout", metavar="SECONDS", help="longest wait for an answer (30)")
    server.add_argument("--config", metavar="FILE", help="configuration file (~/.octoprint-cli/config.yaml)")
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="the same as -f json")
    output.add_argument("-f", "--format", help="table, json, yaml, value; csv for lists, shell for one object")
    output.add_argument("-v", "--verbose", action="count", dest="verbose_level", default=1, help="say more on stderr")
    output.add_argument("-q", "--quiet", action="store_const", dest="verbose_level", const=0, help="say less on stderr")
    output.add_argument("--debug", action="store_true", help="show HTTP requests and tracebacks on stderr")
    parser.add_argument("-h", "--help", action="store_true", dest="help_wanted", help="show help, for a command too")
    parser.add_argument("--version", action="store_true", dest="version_wanted", help="show the version")
    return parser


@functools.lru_cache(maxsize=None)
def format_parser() -> Parser:
    """The output format alone, which must be known before anything that can fail."""
    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--json", action="append_const", const="json", dest="formats")
    parser.add_argument("-f", "--format", action="append", nargs="?", const="", dest="formats")
    return parser


def joined(argv: Sequence[str]) -> List[str]:
    """The line with an API key that begins with a dash, as one in 64 does, tied to its option."""
    line: List[str] = []
    for word in argv:
        if line and line[-1] == "--api-key" and word.startswith("-") and not word.startswith("--"):
            line[-1] = f"--api-key={word}"
        else:
            line.append(word)
    return line


def aimed(own: Mapping[str, Any], outer: Mapping[str, Any]) -> Dict[str, Any]:
    """The aiming options of a line within a run: its own, and the run's. A key is for the server that it was said with."""
    elsewhere = any(own[name] for name in _CHOOSING)
    kept = {name: None if elsewhere and name in _OF_ONE else value for name, value in outer.items()}
    return {**kept, **{name: value for name, value in own.items() if value}}


def parse(parser: ArgumentParser, name: str, argv: List[str]) -> Namespace:
    """A command's arguments, a stranger's too, in our contract: no abbreviations, no exit."""

    def error(message: str) -> NoReturn:
        raise UsageError(message, hint=f"octoprint-cli help {name}")

    parser.allow_abbrev = False
    parser.error = error  # type: ignore[method-assign]
    return parser.parse_args(argv)
