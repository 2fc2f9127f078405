"""Arguments that several commands take, so that they are spelled and explained alike."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Optional

from cliff._argparse import SmartHelpFormatter


class HelpFormatter(SmartHelpFormatter):
    """Help that keeps a docstring's paragraphs apart."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip().split("\n\n")
        return "\n\n".join(super(HelpFormatter, self)._fill_text(paragraph, width, indent) for paragraph in paragraphs)


#: Where a server stores files. 2.0 says `printer` for `sdcard`; both words are taken.
LOCATIONS = ("local", "sdcard")


def location_name(written: str) -> str:
    """A location as this program spells it."""
    return "sdcard" if written == "printer" else written


def folder_name(written: str) -> str:
    """A folder on the server, without a way out of it."""
    if ".." in written.replace("\\", "/").split("/"):
        raise ArgumentTypeError(f"{written!r} must not contain ..")
    return written


def add_file(parser: ArgumentParser, optional: bool = False) -> None:
    """FILE: a G-code file on this computer, in `parsed_args.file`."""
    parser.add_argument("file", metavar="FILE", nargs="?" if optional else None, help="G-code file on this computer")


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
