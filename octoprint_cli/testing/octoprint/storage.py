"""`Storage`: the files of the fake server, how it changes their names and lists them, in both dialects.

This module knows neither the printer nor HTTP.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

#: The file extensions that a server without plugins accepts.
EXTENSIONS = (".gcode", ".gco", ".g", ".gc~")
#: The shortest print that passes every pre-flight check.
GCODE = "M109 S200\nG28\nG1 X10 Y10 Z0.2 F6000\nG1 X20 E1\nM104 S0\nM84\n"
#: The time at the start, in seconds since 1970, UTC. Each change of a file is a second later.
BEGINNING = 1795333787


class Stored(NamedTuple):
    """A file on the server."""

    #: The content; of an upload larger than the server keeps, its beginning.
    content: bytes
    #: The time of the upload, in seconds since 1970, UTC.
    date: int
    #: The size in bytes.
    size: int
    #: The SHA-1 in hexadecimal.
    sha1: str
    #: The name that it was uploaded with.
    display: str
    #: More keys of its entry, such as `gcodeAnalysis` and `prints`.
    more: Dict[str, Any]


class Storage:
    """The files, by location (`local`, `sdcard`) and path, and how they are shown."""

    def __init__(self, version: str) -> None:
        self.is_2 = version.startswith("2")
        #: The server's name of the SD card.
        self.card = "printer" if self.is_2 else "sdcard"
        self.files: Dict[str, Dict[str, Stored]] = {"local": {}, "sdcard": {}}
        self.now = BEGINNING

    def put(self, location: str, path: str, content: bytes, display: str = "", **more: Any) -> None:
        """Store a file, in place of one with the same path."""
        sha1 = more.pop("sha1", None) or hashlib.sha1(content).hexdigest()
        size = more.pop("size", None)
        name = display or path.rsplit("/", 1)[-1]
        self.files[location][path] = Stored(content, self.now, len(content) if size is None else size, sha1, name, more)

    def get(self, location: str, path: str) -> Optional[Stored]:
        """Return the file, or None."""
        return self.files.get(location, {}).get(path)

    def has_folder(self, location: str, path: str) -> bool:
        """Return whether any file is stored below this path."""
        return any(name.startswith(path + "/") for name in self.files.get(location, {}))

    def remember_print(self, location: str, path: str, success: bool, seconds: float) -> None:
        """Record in the file's history that a print of it has ended."""
        stored = self.get(location, path)
        if stored is None:
            return
        before = stored.more.get("prints") or {"success": 0, "failure": 0}
        last: Dict[str, Any] = {"date": self.now if self.is_2 else self.now + 0.49, "success": success}
        last.update({"printTime": seconds} if success else {}, **({"printerProfile": "_default"} if self.is_2 else {}))
        counted = "success" if success else "failure"
        stored.more["prints"] = {**before, counted: before[counted] + 1, "last": last}

    # -- JSON --------------------------------------------------------------------------------------

    def origin(self, location: str) -> str:
        """Return the server's name of a location."""
        return self.card if location == "sdcard" else location

    def entry(self, location: str, path: str) -> Dict[str, Any]:
        """Return the entry of a file."""
        stored, name = self.files[location][path], path.rsplit("/", 1)[-1]
        body: Dict[str, Any] = {"name": name, "origin": self.origin(location), "path": path}
        body.update(refs=self.refs(location, path), size=stored.size, type="machinecode", typePath=["machinecode", "gcode"])
        if location == "sdcard":
            return {**body, "display": name if self.is_2 else f"/{name}", **stored.more}
        body.update(date=stored.date, display=stored.display)
        return {**body, **({"statistics": {}} if self.is_2 else {"hash": stored.sha1}), **stored.more}

    def refs(self, location: str, path: str) -> Dict[str, str]:
        """Return the links in a file's entry. A real server uses its own host name, as the request has it."""
        refs = {"resource": f"http://octoprint.invalid/api/files/{self.origin(location)}/{path}"}
        return refs if location == "sdcard" else {**refs, "download": f"http://octoprint.invalid/downloads/files/local/{path}"}

    def listing(self, locations: Iterable[str], folder: str = "", recursive: bool = False) -> List[Dict[str, Any]]:
        """Return the entries in a folder, nested if `recursive`, else with empty folders."""
        found: List[Dict[str, Any]] = []
        for location in locations:
            found += self._level(location, folder.strip("/"), recursive)
        return found

    def _level(self, location: str, folder: str, recursive: bool) -> List[Dict[str, Any]]:
        start = folder + "/" if folder else ""
        below = [path for path in self.files[location] if path.startswith(start)]
        files = [path for path in below if "/" not in path[len(start) :]]
        folders = {start + path[len(start) :].split("/")[0]: None for path in below if "/" in path[len(start) :]}
        shown = [self.folder(location, path, recursive) for path in folders]
        return shown + [self.entry(location, path) for path in files]

    def folder(self, location: str, path: str, recursive: bool, level: bool = False) -> Dict[str, Any]:
        """Return the entry of a folder, with its children if `recursive`, or if `level` asks for this level alone."""
        name = path.rsplit("/", 1)[-1]
        children = self._level(location, path, recursive) if recursive or level else []
        body = {"children": children, "date": self.now, "display": name, "name": name, "origin": self.origin(location)}
        size = sum(stored.size for file, stored in self.files[location].items() if file.startswith(path + "/"))
        return {**body, "path": path, "size": size, "type": "folder", "typePath": ["folder"]}


# -- names ------------------------------------------------------------------------------------------


def sanitized(name: str) -> str:
    """Return a name as the server stores it."""
    return re.sub(r'[;|&?$*<>:"\x00-\x1f\x7f]', "", name).strip(" .")


def sanitized_path(folder: str, name: str) -> str:
    """Return a path as the server stores it; the folder may begin or end with slashes."""
    return "/".join(filter(None, [*map(sanitized, folder.split("/")), sanitized(name)]))


def suggestion(name: str, taken: Iterable[str]) -> str:
    """Return the first free name such as `cube_1.gcode`."""
    stem, dot, extension = name.rpartition(".")
    number, known = 1, set(taken)
    while f"{stem}_{number}{dot}{extension}" in known:
        number += 1
    return f"{stem}_{number}{dot}{extension}"


def card_name(name: str, taken: Iterable[str]) -> str:
    """Return the 8.3 name that a file gets on the SD card, such as `longna~1.gco`."""
    stem = re.sub(r"[^a-z0-9_]", "", name.rpartition(".")[0].lower())
    known = set(taken)
    if len(stem) <= 8 and f"{stem}.gco" not in known:
        return f"{stem}.gco"
    return next(short for number in range(1, 100) if (short := f"{stem[:6]}~{number}.gco") not in known)


def split(path: str) -> Tuple[str, str]:
    """Return folder and name of a path."""
    folder, _, name = path.rpartition("/")
    return folder, name
