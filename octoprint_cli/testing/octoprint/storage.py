"""What the fake server stores: names as it changes them, entries and listings as it shows them, in both dialects.

Must not know the printer or HTTP.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

#: The extensions that a server without plugins takes.
EXTENSIONS = (".gcode", ".gco", ".g", ".gc~")
#: A print that no pre-flight check objects to, as short as one can be.
GCODE = "M104 S200\nG28\nG1 X10 Y10 Z0.2 F6000\nG1 X20 E1\nM104 S0\nM84\n"
#: When the fake world begins, in seconds since 1970, UTC. Each change of a file is a second later.
BEGINNING = 1795333787


class Stored(NamedTuple):
    """A file on the server."""

    #: What is kept of it; all of it, but for uploads larger than the server keeps.
    content: bytes
    #: Seconds since 1970, UTC.
    date: int
    #: Bytes.
    size: int
    #: In hexadecimal.
    sha1: str
    #: The name that it was sent under.
    display: str
    #: More keys of its entry, such as `gcodeAnalysis` and `prints`.
    more: Dict[str, Any]


class Storage:
    """The files by location (`local`, `sdcard`) and path, and how they are shown."""

    def __init__(self, version: str) -> None:
        self.is_2 = version.startswith("2")
        #: The server's name of the SD card.
        self.card = "printer" if self.is_2 else "sdcard"
        self.files: Dict[str, Dict[str, Stored]] = {"local": {}, "sdcard": {}}
        self.now = BEGINNING

    def put(self, location: str, path: str, content: bytes, display: str = "", **more: Any) -> None:
        """Store a file; another one of that path is replaced."""
        sha1 = more.pop("sha1", None) or hashlib.sha1(content).hexdigest()
        size = more.pop("size", None)
        name = display or path.rsplit("/", 1)[-1]
        self.files[location][path] = Stored(content, self.now, len(content) if size is None else size, sha1, name, more)

    def get(self, location: str, path: str) -> Optional[Stored]:
        """The file, if there is one."""
        return self.files.get(location, {}).get(path)

    def has_folder(self, location: str, path: str) -> bool:
        """Whether anything is stored below that path."""
        return any(name.startswith(path + "/") for name in self.files.get(location, {}))

    def remember_print(self, location: str, path: str, success: bool, seconds: float) -> None:
        """A print of the file has ended, so or so."""
        stored = self.get(location, path)
        if stored is None:
            return
        before = stored.more.get("prints") or {"success": 0, "failure": 0}
        last: Dict[str, Any] = {"date": self.now if self.is_2 else self.now + 0.49, "success": success}
        last.update({"printTime": seconds} if success else {}, **({"printerProfile": "_default"} if self.is_2 else {}))
        counted = "success" if success else "failure"
        stored.more["prints"] = {**before, counted: before[counted] + 1, "last": last}

    # -- as it is shown ---------------------------------------------------------------------------

    def origin(self, location: str) -> str:
        """The location as the server names it."""
        return self.card if location == "sdcard" else location

    def entry(self, location: str, path: str) -> Dict[str, Any]:
        """A file's entry."""
        stored, name = self.files[location][path], path.rsplit("/", 1)[-1]
        body: Dict[str, Any] = {"name": name, "origin": self.origin(location), "path": path}
        body.update(refs=self.refs(location, path), size=stored.size, type="machinecode", typePath=["machinecode", "gcode"])
        if location == "sdcard":
            return {**body, "display": name if self.is_2 else f"/{name}", **stored.more}
        body.update(date=stored.date, display=stored.display)
        return {**body, **({"statistics": {}} if self.is_2 else {"hash": stored.sha1}), **stored.more}

    def refs(self, location: str, path: str) -> Dict[str, str]:
        """Where the entry says that the file is. (A real one names its own host as it sees it.)"""
        refs = {"resource": f"http://octoprint.invalid/api/files/{self.origin(location)}/{path}"}
        return refs if location == "sdcard" else {**refs, "download": f"http://octoprint.invalid/downloads/files/local/{path}"}

    def listing(self, locations: Iterable[str], folder: str = "", recursive: bool = False) -> List[Dict[str, Any]]:
        """The entries below a folder, nested if `recursive`, else with empty folders."""
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
        """A folder's entry; its children are shown if `recursive`, or if this `level` alone was asked for."""
        name = path.rsplit("/", 1)[-1]
        children = self._level(location, path, recursive) if recursive or level else []
        body = {"children": children, "date": self.now, "display": name, "name": name, "origin": self.origin(location)}
        size = sum(stored.size for file, stored in self.files[location].items() if file.startswith(path + "/"))
        return {**body, "path": path, "size": size, "type": "folder", "typePath": ["folder"]}


# -- names ------------------------------------------------------------------------------------------


def sanitized(name: str) -> str:
    """A name as it is stored."""
    return re.sub(r'[;|&?$*<>:"\x00-\x1f\x7f]', "", name).strip(" .")


def sanitized_path(folder: str, name: str) -> str:
    """A path as it is stored; the folder may have slashes at its ends."""
    return "/".join(filter(None, [*map(sanitized, folder.split("/")), sanitized(name)]))


def suggestion(name: str, taken: Iterable[str]) -> str:
    """The first free name of the kind `cube_1.gcode`."""
    stem, dot, extension = name.rpartition(".")
    number, known = 1, set(taken)
    while f"{stem}_{number}{dot}{extension}" in known:
        number += 1
    return f"{stem}_{number}{dot}{extension}"


def card_name(name: str, taken: Iterable[str]) -> str:
    """The 8.3 name that a file gets on the SD card, such as `longna~1.gco`."""
    stem = re.sub(r"[^a-z0-9_]", "", name.rpartition(".")[0].lower())
    known = set(taken)
    if len(stem) <= 8 and f"{stem}.gco" not in known:
        return f"{stem}.gco"
    return next(short for number in range(1, 100) if (short := f"{stem[:6]}~{number}.gco") not in known)


def split(path: str) -> Tuple[str, str]:
    """The folder and the name."""
    folder, _, name = path.rpartition("/")
    return folder, name
