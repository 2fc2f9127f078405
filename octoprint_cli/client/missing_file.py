"""The error for a stored file that does not exist, with the file that was most likely meant."""

from __future__ import annotations

import shlex
import unicodedata
from typing import List, Sequence
from urllib.parse import unquote

from octoprint_cli.client.resources.stored_file import StoredFile
from octoprint_cli.errors import FileNotFound
from octoprint_cli.errors.suggest import close_matches

#: The most files of a folder that are named.
_MOST = 5


def missing_file(path: str, location: str, listed: Sequence[StoredFile]) -> FileNotFound:
    """Return the error for a path that is no file: a folder, another spelling of a file that is there, or unknown.

    `listed` are the files of the location. The hint checks the file that was most likely meant.
    """
    below = [file.path for file in listed if file.path.startswith(path.rstrip("/") + "/")]
    meant = below or _like(path, [file.path for file in listed])
    what = f"{path} is a folder in {location}" if below else f"the server has no file {path} in {location}"
    if not meant:
        return FileNotFound(what, hint=f"octoprint-cli files --location {location}")
    shown = ", ".join(meant[:_MOST]) + (" ..." if meant[_MOST:] else "")
    return FileNotFound(
        f"{what}; {'it contains' if below else 'there is'} {shown}",
        hint=f"octoprint-cli preflight --location {location} --stored {shlex.quote(meant[0])}",
        details={"did_you_mean": meant[:_MOST]},
    )


def _like(path: str, paths: Sequence[str]) -> List[str]:
    """Return the paths that differ in spelling only: slashes, accents in two characters, capitals, %20; else similar ones."""
    same = [other for other in paths if _plain(other) == _plain(path)]
    by_name = [other for other in paths if _plain(other).rsplit("/", 1)[-1] == _plain(path).rsplit("/", 1)[-1]]
    return same or by_name or close_matches(path, paths)


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", unquote(path)).replace("\\", "/").replace(" ", "_").strip("/").casefold()
