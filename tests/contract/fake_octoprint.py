"""What the fake server knows and does: the answers of OctoPrint 1.11.8, over a tiny state machine.

Transitions are immediate unless the test makes the server `stubborn`. Must not know HTTP.
"""

from __future__ import annotations

import hashlib
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple
from urllib.parse import unquote

#: A status and what goes out as JSON; None is an empty body.
Reply = Tuple[int, Any]

NOT_OPERATIONAL: Reply = (409, {"error": "Printer is not operational"})
NOT_FOUND: Reply = (404, {"error": "The requested URL was not found on the server."})
DONE: Reply = (204, None)

_FLAGS = "cancelling closedOrError error finishing operational paused pausing printing ready resuming sdReady".split()
_ON = {"Operational": ["operational", "ready", "sdReady"], "Paused": ["operational", "paused", "sdReady"]}
_OFF_LINE = ("Offline", "Offline after error", "Error", "Connecting")
_JOB_VERBS = {"cancel": "Operational", "pause": "Paused", "resume": "Printing"}


class Stored(NamedTuple):
    """A file on the server."""

    content: bytes
    date: int


class FakeOctoPrint:
    """One server with one printer. A test sets the attributes, the program's requests change them."""

    def __init__(self) -> None:
        self.state = "Operational"
        self.error: Optional[str] = None
        self.heaters: Dict[str, List[Any]] = {"tool0": [21.3, 0.0], "bed": [21.1, 0.0]}
        self.files: Dict[str, Dict[str, Stored]] = {"local": {}, "sdcard": {}}
        self.selected: Optional[Tuple[str, str]] = None
        self.free = 50_000_000_000
        self.completion: Optional[float] = None
        self.flags: Dict[str, bool] = {}
        self.commands: List[str] = []
        #: Verbs that are answered as accepted and then not carried out.
        self.stubborn: Set[str] = set()
        self.corrupts_uploads = False

    # -- setting the scene ------------------------------------------------------------------------

    def store(self, path: str, content: bytes = b"G28\n", location: str = "local") -> None:
        """A file is on the server."""
        self.files[location][path] = Stored(content, 1795333787)

    def printing(self, path: str = "job.gcode", state: str = "Printing") -> None:
        """A job is under way."""
        if path not in self.files["local"]:
            self.store(path)
        self.selected, self.state, self.completion = ("local", path), state, 12.5

    # -- reading ----------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        return not self.state.startswith(_OFF_LINE)

    def job(self) -> Reply:
        location, path = self.selected or (None, None)
        size = len(self.files[location][path].content) if location and path else None
        known = self.completion is not None
        file = {"date": None, "display": path, "name": path, "origin": location, "path": path, "size": size}
        progress = {"completion": self.completion, "printTime": 60 if known else None, "printTimeLeft": 420 if known else None}
        body = {
            "job": {"estimatedPrintTime": 480.5 if path else None, "file": file, "user": "_api" if path else None},
            "progress": {"filepos": None, "printTimeLeftOrigin": None, **progress},
            "state": self.state,
        }
        return 200, {**body, **({"error": self.error} if self.error else {})}

    def printer(self) -> Reply:
        if not self.connected:
            return NOT_OPERATIONAL
        on = _ON.get(self.state, ["operational", "printing", "sdReady"])
        flags = {**{name: name in on for name in _FLAGS}, **self.flags}
        temperature = {name: {"actual": at, "offset": 0, "target": to} for name, (at, to) in self.heaters.items()}
        return 200, {"state": {"error": self.error or "", "flags": flags, "text": self.state}, "temperature": temperature}

    def connection(self) -> Reply:
        there = self.connected
        current = {
            "baudrate": 115200 if there else None,
            "port": "VIRTUAL" if there else None,
            "printerProfile": "_default",
            "state": self.state if there else "Closed",
        }
        options = {
            "baudrates": [250000, 115200],
            "ports": ["/dev/ttyS0", "VIRTUAL"],
            "printerProfiles": [{"id": "_default", "name": "Default"}],
        }
        return 200, {"current": current, "options": options}

    def listing(self, location: Optional[str]) -> Reply:
        if location is not None and location not in self.files:
            return NOT_FOUND
        wanted = [location] if location else ["local", "sdcard"]
        entries = [self.entry(place, path) for place in wanted for path in self.files[place]]
        space = {} if location == "sdcard" else {"free": self.free, "total": 270553174016}
        return 200, {"files": _in_folders(entries), **space}

    def entry(self, location: str, path: str) -> Dict[str, Any]:
        stored, name = self.files[location][path], path.rsplit("/", 1)[-1]
        body = {"display": name, "name": name, "origin": location, "path": path, "size": len(stored.content), "type": "machinecode"}
        if location == "local":
            body.update(date=stored.date, hash=hashlib.sha1(stored.content).hexdigest(), typePath=["machinecode", "gcode"])
        return body

    def info(self, location: str, quoted: str) -> Reply:
        path = unquote(quoted)
        return (200, self.entry(location, path)) if path in self.files.get(location, {}) else NOT_FOUND

    # -- changing ---------------------------------------------------------------------------------

    def act_on_job(self, body: Dict[str, Any]) -> Reply:
        verb = body.get("action") or body["command"]
        if not self.connected:
            return NOT_OPERATIONAL
        if verb == "start":
            return self._start()
        if self.state not in ("Printing", "Paused"):
            return 409, {"error": f"Printer is neither printing nor paused, '{body['command']}' command cannot be performed"}
        if verb not in self.stubborn:
            self.state = _JOB_VERBS[verb]
            self.completion = None if verb == "cancel" else self.completion
        return DONE

    def _start(self) -> Reply:
        if self.state != "Operational":
            return 409, {"error": "Printer already has an active print job, did you mean 'restart'?"}
        if self.selected and "start" not in self.stubborn:
            self.state, self.completion = "Printing", 0.1
        return DONE

    def act_on_connection(self, body: Dict[str, Any]) -> Reply:
        if body["command"] not in self.stubborn:
            self.state = "Operational" if body["command"] == "connect" else "Offline"
            self.error = None
        return DONE

    def set_target(self, heater: str, body: Dict[str, Any]) -> Reply:
        if not self.connected:
            return NOT_OPERATIONAL
        targets = body["targets"] if heater == "tool" else {heater: body["target"]}
        for name, target in targets.items():
            if "target" not in self.stubborn:
                self.heaters[name][1] = target
        return DONE

    def send(self, body: Dict[str, Any]) -> Reply:
        if not self.connected:
            return NOT_OPERATIONAL
        self.commands += body["commands"]
        return DONE

    def select(self, location: str, quoted: str, body: Dict[str, Any]) -> Reply:
        path = unquote(quoted)
        if path not in self.files.get(location, {}):
            return NOT_FOUND
        if self.state != "Operational":
            return 409, {"error": "Printer is already printing, cannot select a new file"}
        if "select" not in self.stubborn:
            self.selected, self.completion = (location, path), None
            if body.get("print"):
                self._start()
        return DONE

    def upload(self, location: str, name: str, folder: str, content: bytes) -> Reply:
        path = "/".join(part for part in (folder.strip("/"), name) if part)
        if not name.lower().endswith((".gcode", ".gco", ".g")):
            return 415, {"error": "Could not upload file, invalid type"}
        if self.selected == (location, path) and self.state != "Operational":
            return 409, {"error": "Trying to overwrite file that is currently being printed"}
        self.store(path, content[:-1] + b"?" if self.corrupts_uploads else content, location)
        return 201, {"done": True, "files": {location: {"name": name, "origin": location, "path": path}}}


def _in_folders(entries: Iterable[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """The entries as the server nests them, one folder deep."""
    top: List[Dict[str, Any]] = []
    folders: Dict[str, Dict[str, Any]] = {}
    for entry in entries:
        folder = entry["path"].rpartition("/")[0]
        if folder and folder not in folders:
            folders[folder] = {"type": "folder", "name": folder, "path": folder, "origin": entry["origin"], "children": []}
            top.append(folders[folder])
        (folders[folder]["children"] if folder else top).append(entry)
    return top
