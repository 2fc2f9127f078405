"""Arguments that several commands share: files, storages, checks, time spans, waits and goals."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING, Any, FrozenSet, Optional, Sequence, TextIO
from urllib.parse import unquote

from octoprint_cli.client.locations import LOCATIONS, location_name
from octoprint_cli.client.tracking.goals import FAILURES, GOALS, Goal
from octoprint_cli.errors import UsageError
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.output.units import NEAR_DEGREES

if TYPE_CHECKING:
    from octoprint_cli.client.resources.uploads import UploadOptions

_TEN_YEARS = 10 * 366 * 86400


def server_path(written: str) -> str:
    """Return a path on the server without outer slashes. Raises if it leaves the storage or has characters special in a URL."""
    parts = unquote(written).replace("\\", "/").split("/")
    if ".." in parts or not any(parts):
        raise ArgumentTypeError(f"{written!r} is not a path on the server: write it as `octoprint-cli files` lists it")
    if re.search(r"[\x00-\x1f\x7f?*<>|\":;$&]", written):
        raise ArgumentTypeError(f"{written!r} is not a path on the server: OctoPrint cannot store its characters")
    return written.strip("/")


def folder_name(written: str) -> str:
    """Return the path of a folder on the server; a slash alone is the top folder. Raises for what is no valid UTF-8."""
    return _encodable(server_path(written)) if written.strip("/") else ""


def stored_name(written: str) -> str:
    """Return the name of a file on the server. Raises if it is a path, or no name that OctoPrint stores."""
    name = _encodable(server_path(written))
    if "/" in name:
        raise ArgumentTypeError(f"{written!r} is a path: --name takes a name, and --path a folder")
    return name


def _encodable(written: str) -> str:
    try:
        written.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ArgumentTypeError(f"{written!a} is not valid UTF-8") from error
    return written


def add_file(parser: Any, optional: bool = False) -> None:
    """Add FILE, a G-code file on this computer, as `parsed_args.file`, to a parser or an argument group."""
    parser.add_argument("file", metavar="FILE", nargs="?" if optional else None, help="a G-code file on this computer")


def add_file_or_stored(parser: ArgumentParser, required: bool) -> None:
    """Add FILE as `parsed_args.file`, or --stored PATH, a file on the server, as `parsed_args.stored`."""
    which = parser.add_mutually_exclusive_group(required=required)
    add_file(which, optional=True)
    which.add_argument("--stored", metavar="PATH", type=server_path, help="a file on the server, instead of FILE")


def add_name(parser: Any) -> None:
    """Add --name, the name of the file on the server, as `parsed_args.name`, a text or None."""
    parser.add_argument("--name", metavar="NAME", type=stored_name, help="name on the server (default: that of FILE)")


def add_checks(parser: Any) -> None:
    """Add --ignore and --strict, which set how failed checks count, to a parser or an argument group."""
    parser.add_argument(
        "--ignore",
        metavar="CHECK_ID",
        action="append",
        default=[],
        help="go on although this check fails (may be repeated)",
    )
    parser.add_argument("--strict", action="store_true", help="let warnings of the pre-flight block the print, too")


def add_upload_options(parser: ArgumentParser, if_exists: Sequence[str]) -> None:
    """Add --location, --path, --name, --if-exists and --verify, the options of an upload, which `upload_options` reads."""
    add_location(parser)
    add_folder(parser)
    add_name(parser)
    parser.add_argument(
        "--if-exists",
        choices=if_exists,
        default="replace",
        help="what to do if another file has that name; identical files are never sent again (default: replace)",
    )
    parser.add_argument(
        "--verify",
        choices=("auto", "download"),
        default="auto",
        help="how to verify that the server has the same bytes: auto (by SHA-1; OctoPrint 2.0 has none, so files of up to "
        "16 MiB are read back, and larger ones are compared by size) or download (read back) (default: auto)",
    )


def upload_options(parsed_args: Namespace) -> UploadOptions:
    """Return the upload options that `add_upload_options` added. Raises UsageError for those that an SD card does not support."""
    if parsed_args.location == "sdcard" and (parsed_args.if_exists != "replace" or parsed_args.verify != "auto"):
        raise UsageError(
            "on the SD card the server picks a free name, and it cannot be read back", hint="octoprint-cli help upload"
        )
    from octoprint_cli.client.resources.uploads import UploadOptions  # slow to import, and help needs no upload

    return UploadOptions(parsed_args.location, parsed_args.path, parsed_args.if_exists, parsed_args.verify, parsed_args.name)


def number_text(written: str) -> str:
    """Return a number as it was typed: the `type` of an argument whose command says itself what is wrong with its value."""
    return written


def seconds(written: str) -> float:
    """Parse a number of seconds above 0, ten years at most."""
    try:
        found = float(written)
    except ValueError:
        found = 0.0
    if not 0 < found <= _TEN_YEARS:
        raise ArgumentTypeError(f"{written!r} is not a number of seconds above 0")
    return found


def add_wait(parser: Any, until: str) -> None:
    """Add --wait and --wait-timeout as `parsed_args.wait` and `parsed_args.wait_timeout`, seconds or None."""
    parser.add_argument("--wait", action="store_true", help=f"wait until {until}")
    parser.add_argument("--wait-timeout", metavar="SECONDS", type=seconds, help="maximum wait of --wait (default: no limit)")


def add_bell(parser: Any) -> None:
    """Add --bell as `parsed_args.bell`."""
    parser.add_argument(
        "--bell", action="store_true", help="in the live view, ring the bell at the end and when a person is needed"
    )


def add_goals(parser: Any, option: str, meaning: str) -> None:
    """Add the option for goals, --fail-on and --timeout as `parsed_args.goals` (a list), `fail_on` (a set or None), `timeout`."""
    parser.add_argument(
        option,
        dest="goals",
        metavar="GOAL",
        type=_goal,
        action="append",
        default=[],
        help=f"{meaning}: {', '.join(GOALS)}; may be repeated, and then any one of them is enough. temp: all heaters "
        f"with a target are within {NEAR_DEGREES:g} degrees of it",
    )
    parser.add_argument(
        "--fail-on",
        metavar="STATES",
        type=_failures,
        help=f"end with an error on any of {', '.join(FAILURES)}, separated by commas, or none "
        "(default: those that make the goals impossible)",
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=seconds, help="maximum wait (default: no limit)")


def _goal(written: str) -> str:
    try:
        return str(Goal.parse(written))
    except ValueError as error:
        raise ArgumentTypeError(
            f"{written!r} is not one of {', '.join(GOALS)}{did_you_mean(close_matches(written, GOALS))}"
        ) from error


def _failures(written: str) -> FrozenSet[str]:
    if written == "none":
        return frozenset()
    words = [word.strip() for word in written.split(",")]
    unknown = [word for word in words if word not in FAILURES]
    if unknown:
        raise ArgumentTypeError(
            f"{unknown[0]!r} is not one of {', '.join(FAILURES)}{did_you_mean(close_matches(unknown[0], FAILURES))}"
        )
    return frozenset(words)


def add_location(parser: ArgumentParser, default: Optional[str] = "local") -> None:
    """Add --location, a storage of the server, as `parsed_args.location`."""
    parser.add_argument(
        "--location",
        choices=LOCATIONS,
        type=location_name,
        default=default,
        help=f"storage on the server (default: {default or 'both'})",
    )


def add_folder(parser: ArgumentParser) -> None:
    """Add --path, a folder on the server, as `parsed_args.path`."""
    parser.add_argument(
        "--path",
        metavar="FOLDER",
        type=folder_name,
        default="",
        help="folder on the server, created if missing (default: the top folder)",
    )


def add_command_name(parser: ArgumentParser, nargs: str, help: str, metavar: str = "NAME") -> None:
    """Add the words of a command's name as `parsed_args.words`, which shell completion supports."""
    parser.add_argument("words", metavar=metavar, nargs=nargs, help=help)


def add_longest_wait(parser: ArgumentParser, help: str) -> None:
    """Add --wait SECONDS, the maximum wait for a connection, as `parsed_args.wait`, seconds or None."""
    parser.add_argument("--wait", metavar="SECONDS", type=seconds, help=help)


def require_piped(stdin: Optional[TextIO], message: str, hint: str) -> TextIO:
    """Return stdin. Raises UsageError with `message` if stdin is closed or a terminal."""
    if stdin is None or stdin.isatty():
        raise UsageError(f"{message}, and nothing is piped in", hint=hint)
    return stdin
