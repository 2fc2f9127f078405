"""The models of a file on the server and of a listing of files. Locations are `local` and `sdcard`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from octoprint_cli.client.locations import location_name
from octoprint_cli.client.parsing import inner, items, number, text, whole
from octoprint_cli.errors import FileInvalid


def require_encodable(name: str, file: Optional[Path] = None) -> None:
    """Raise FileInvalid for a name that is no valid UTF-8: on this computer it may be any bytes, on a server it is text.

    `file` is the local file that would get the name, if any.
    """
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        valid = name.encode("utf-8", "replace").decode("utf-8").replace("?", "_")
        raise FileInvalid(
            f"the name {name!a} is not valid UTF-8, so no server can store it",
            hint=f"octoprint-cli upload {_in_ansi_c_quotes(file)} --name {shlex.quote(valid)}" if file else None,
            details={"name": ascii(name), "valid": valid},
        ) from error


def _in_ansi_c_quotes(file: Path) -> str:
    """Return a path for a shell line (bash, zsh), with its bytes that are no text as `\\xff`."""
    plain = set(range(0x20, 0x7F)) - set(b"\\'")
    return "$'" + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in os.fsencode(file)) + "'"


class History(NamedTuple):
    """The print history of a file: successes, failures, and the last print. Files on an SD card have none."""

    success: int = 0
    failure: int = 0
    last: Optional[float] = None  # when it ended, in seconds since 1970, UTC
    succeeded: Optional[bool] = None

    @classmethod
    def from_json(cls, prints: Dict[str, Any]) -> History:
        """Make the history from the `prints` of a file's entry."""
        last, succeeded = number(inner(prints, "last").get("date")), inner(prints, "last").get("success")
        success, failure = (whole(prints.get(outcome)) or 0 for outcome in ("success", "failure"))
        return cls(success, failure, last, succeeded if isinstance(succeeded, bool) else None)

    @property
    def total(self) -> int:
        """The number of prints that ended, successful or not."""
        return self.success + self.failure


class StoredFile(NamedTuple):
    """A file on the server."""

    path: str  # on the server, folders and all, as the server spells it
    name: str  # as given at the upload
    location: str  # local or sdcard
    size: Optional[int]  # bytes
    date: Optional[int] = None  # seconds since 1970, UTC
    hash: Optional[str] = None  # SHA-1; 1.x and local only
    estimated_print_time: Optional[float] = None  # seconds, once the server has analysed the file
    history: History = History()
    is_folder: bool = False  # of the answer for one path; a listing has files alone
    print_time: Optional[float] = None  # seconds that its last print took, if that finished

    @classmethod
    def from_json(cls, entry: Dict[str, Any]) -> StoredFile:
        """Make the file from an entry of a listing, or the answer for one file."""
        path = (text(entry.get("path")) or text(entry.get("name")) or "").lstrip("/")
        origin = text(entry.get("origin")) or "local"
        return cls(
            path=path,
            name=(text(entry.get("display")) or text(entry.get("name")) or path).lstrip("/"),
            location=location_name(origin),
            size=whole(entry.get("size")),
            date=whole(entry.get("date")),
            hash=text(entry.get("hash")),
            estimated_print_time=number(inner(entry, "gcodeAnalysis").get("estimatedPrintTime")),
            history=History.from_json(inner(entry, "prints")),
            is_folder=entry.get("type") == "folder",
            print_time=_print_time(inner(inner(entry, "prints"), "last")),
        )

    def is_still(self, before: Optional[StoredFile]) -> bool:
        """Whether nothing was written since `before`: an analysis or a print changes the entry, but not the file."""
        return before is not None and (self.size, self.date, self.hash) == (before.size, before.date, before.hash)


class Listing(NamedTuple):
    """The stored files, and the space in bytes if the server reports it."""

    files: List[StoredFile]
    free: Optional[int]
    total: Optional[int]

    @classmethod
    def from_json(cls, answer: Dict[str, Any]) -> Listing:
        """Make the listing from the answer of a recursive one: folders are walked, models for slicing left out."""
        files = sorted(_walk(answer.get("files")), key=lambda file: (file.location, file.path))
        return cls(files, whole(answer.get("free")), whole(answer.get("total")))


def _print_time(last: Dict[str, Any]) -> Optional[float]:
    """Return how long the last print took; of one that did not finish the server's time is that up to its end."""
    return number(last.get("printTime")) if last.get("success") is True else None


def _walk(entries: Any) -> Iterator[StoredFile]:
    open_lists = [items(entries)]  # no recursion: the server decides how deep the folders go
    while open_lists:
        for entry in open_lists.pop():
            if entry.get("type") == "folder":
                open_lists.append(items(entry.get("children")))
            elif entry.get("type", "machinecode") == "machinecode":
                yield StoredFile.from_json(entry)
