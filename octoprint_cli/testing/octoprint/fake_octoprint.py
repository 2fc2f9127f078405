"""`FakeOctoPrint`: one server with one printer and its files, in the dialect of 1.11.8 or of 2.0.0rc7.

    octoprint = FakeOctoPrint(version="2.0.0rc7")
    octoprint.printing("cube.gcode")
    octoprint.ignored_verbs.add("cancel")

`PrinterState` and its subclasses up to `Scenarios` are the printer, `Storage` holds the files; this module has what concerns
both. Events are in `event_log`. This module knows no HTTP.
"""

from __future__ import annotations

from typing import Any, Dict, Optional
from urllib.parse import quote

from octoprint_cli.testing.octoprint.multipart import Form, Part
from octoprint_cli.testing.octoprint.printer_state import SENDING
from octoprint_cli.testing.octoprint.reply import Refused, Reply, done
from octoprint_cli.testing.octoprint.scenarios import Scenarios
from octoprint_cli.testing.octoprint.storage import (
    EXTENSIONS,
    card_name,
    sanitized,
    sanitized_path,
    split,
    suggestion,
)

NOT_FOUND = (
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again."
)
INTERNAL = "The server encountered an internal error"


class FakeOctoPrint(Scenarios):
    """One OctoPrint. A test sets the attributes (also those of `PrinterState` and `Scenarios`), requests change them.

    Each command is carried out at once, unless its verb is in `ignored_verbs`, or `slow_transfers` is set.
    """

    def __init__(self, version: str = "1.11.8") -> None:
        super().__init__(version)
        #: The free bytes and the size of the disk.
        self.free = 50_000_000_000
        self.total = 270_553_174_016
        #: Whether the last byte of an upload is stored wrong.
        self.corrupts_uploads = False
        #: The largest body of an upload, and of any other request, in bytes; beyond it the connection is reset.
        self.max_upload = 1024**3
        self.max_body = 100 * 1024

    # -- reading ----------------------------------------------------------------------------------

    def require_location(self, name: str) -> str:
        """Return `local` or `sdcard` for the server's name of a location. Raises Refused (404)."""
        if name == "local":
            return name
        if name == self.storage.card and (self.connected or not self.is_2):
            return "sdcard"
        raise Refused(404, NOT_FOUND)

    def everything(self, recursive: bool) -> Reply:
        """Answer `GET /api/files`."""
        locations = ["local", "sdcard"] if self.connected else ["local"]
        return Reply(200, {"files": self.storage.listing(locations, recursive=recursive), "free": self.free, "total": self.total})

    def listing(self, name: str, recursive: bool) -> Reply:
        """Answer `GET /api/files/LOCATION`. On 2.0, `free` of `local` includes space reserved for root."""
        location = self.require_location(name)
        files = self.storage.listing([location] if self.connected or location == "local" else [], recursive=recursive)
        space: Dict[str, Any] = {"free": self.free, "total": self.total}
        if location == "sdcard":
            space = {"free": None, "total": None} if self.is_2 else {}
        elif self.is_2:
            space["free"] = self.total - sum(stored.size for stored in self.storage.files["local"].values())
        if self.is_2:
            nulls = {"gcodeAnalysis": None, "prints": None, "userdata": None}
            files = [entry if entry["type"] == "folder" else {**nulls, **entry} for entry in files]
        return Reply(200, {"files": files, **space})

    def info(self, name: str, path: str, recursive: bool) -> Reply:
        """Answer `GET /api/files/LOCATION/PATH`."""
        location = self.require_location(name)
        if ".." in path.split("/"):
            raise Refused(500 if self.is_2 else 404, INTERNAL if self.is_2 else NOT_FOUND)
        if self.storage.get(location, path):
            return Reply(200, self.storage.entry(location, path))
        if self.storage.has_folder(location, path):
            return Reply(200, self.storage.folder(location, path, recursive, level=True))
        self._require_folder(location, split(path)[0])
        raise Refused(404, NOT_FOUND)

    def _require_folder(self, location: str, folder: str) -> None:
        """Raise Refused (500) for a missing folder on 1.11.8, which fails there; 2.0 finds nothing."""
        if folder and location == "local" and not self.is_2 and not self.storage.has_folder(location, folder):
            raise Refused(500, INTERNAL)

    def test_name(self, body: Dict[str, Any]) -> Reply:
        """Answer `POST /api/files/test`: sanitize, exists."""
        if body.get("command") not in ("sanitize", "exists"):
            raise Refused(400, "command is invalid")
        if not all(isinstance(body.get(key), str) for key in ("storage", "path", "filename")):
            raise Refused(400, "Mandatory parameters missing")
        if body["storage"] != "local":
            raise Refused(400 if self.is_2 else 500, "storage is invalid" if self.is_2 else INTERNAL)
        if "/" in body["filename"] or ".." in (body["filename"], *body["path"].split("/")):
            raise Refused(500, INTERNAL)
        path = sanitized_path(body["path"], body["filename"])
        return self._sanitized(path) if body["command"] == "sanitize" else self._exists(path)

    def _sanitized(self, path: str) -> Reply:
        more = {"sanitized_name": split(path)[1], "sanitized_path": f"/home/octoprint/uploads/{path}"} if self.is_2 else {}
        return Reply(200, {"sanitized": path, **more})

    def _exists(self, path: str) -> Reply:
        stored, (folder, name) = self.storage.get("local", path), split(path)
        self._require_folder("local", folder)
        if stored is None:
            return Reply(200, {"exists": False})
        beside = [split(other)[1] for other in self.storage.files["local"] if split(other)[0] == folder]
        found = {"exists": True, "size": stored.size, "date": stored.date, "suggestion": suggestion(name, beside)}
        return Reply(200, found)

    # -- changing ---------------------------------------------------------------------------------

    def act_on_file(self, name: str, path: str, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/files/LOCATION/PATH`: select, optionally with print."""
        if body.get("command") != "select":
            raise Refused(400, "command is invalid")
        location = self.require_location(name)
        if self.storage.get(location, path) is None:
            raise Refused(404, NOT_FOUND)
        for permission in ("FILES_SELECT", "PRINT") if body.get("print") else ("FILES_SELECT",):
            self.require(permission)
        if not self.connected or self.busy:
            raise Refused(409, "Printer is already printing, cannot select a new file")
        if not self.does("select"):
            return done(acted=False)
        self.select(location, path)
        if body.get("print"):
            self.begin()
        return done()

    def delete(self, name: str, path: str) -> Reply:
        """Carry out `DELETE /api/files/LOCATION/PATH`: a file, or a folder with its content."""
        location = self.require_location(name)
        files = self.storage.files[location]
        doomed = [file for file in files if file == path or file.startswith(path + "/")]
        if not doomed:
            raise Refused(404, NOT_FOUND)
        if self.busy and self.selected in [(location, file) for file in doomed]:
            raise Refused(409, "Trying to delete a file that is currently in use")
        if not self.does("delete"):
            return done(acted=False)
        for file in doomed:
            del files[file]
            if self.selected == (location, file):
                self.deselect()
        return done()

    def upload(self, name: str, form: Optional[Form]) -> Reply:
        """Carry out `POST /api/files/LOCATION`, an upload."""
        location = self.require_location(name)
        if form is None or form.file is None or not form.complete:
            raise Refused(400, "No file to upload and no folder to create")
        typed = form.fields.get("filename") or form.file.filename or ""
        folder = form.fields.get("path", "")
        if "/" in typed or "\\" in typed or ".." in (typed, *folder.split("/")) or not sanitized(typed):
            raise Refused(400, "Can not upload file, invalid file name")
        if not sanitized(typed).lower().endswith(EXTENSIONS):
            raise Refused(415, "Could not upload file, invalid type")
        if location == "sdcard":
            return self._send_to_card(typed, form)
        return self._store_upload(sanitized_path(folder, typed), typed, form)

    def _store_upload(self, path: str, typed: str, form: Form) -> Reply:
        assert form.file is not None
        self._check_overwrite(path, form)
        if self.does("upload"):
            self._put(path, typed, form.file)
        selects, prints = (_is_true(form.fields.get(name)) for name in ("select", "print"))
        selects = selects and self.may("FILES_SELECT") and self.does("select")
        prints = prints and self.may("PRINT") and self.does("print")
        free = self.connected and not self.busy and self.does("upload")
        if free and (selects or prints):
            self.select("local", path)
        started = free and prints and self.begin()
        return self._uploaded({"local": self._answered("local", path, typed)}, self.does("upload"), started, free and selects)

    def _check_overwrite(self, path: str, form: Form) -> None:
        if self.busy and self.selected == ("local", path):
            raise Refused(409, "Trying to overwrite file that is currently being printed")
        if self.storage.get("local", path) is None:
            return
        if _is_true(form.fields.get("noOverwrite")):
            raise Refused(409, "File already exists and noOverwrite was set")
        if not self.may("FILES_DELETE"):
            raise Refused(403, "File already exists, cannot overwrite due to a lack of permissions")

    def _put(self, path: str, typed: str, file: Part) -> None:
        self.storage.now += 1
        if self.corrupts_uploads:
            self.storage.put("local", path, file.content[:-1] + b"?", typed, size=file.size)
        else:
            self.storage.put("local", path, file.content, typed, size=file.size, sha1=file.sha1)

    # -- the SD card ------------------------------------------------------------------------------

    def _send_to_card(self, typed: str, form: Form) -> Reply:
        assert form.file is not None
        if not self.connected or self.busy:
            raise Refused(400, "storage does not support adding new files") if self.is_2 else Refused(409, _CARD_BUSY)
        short = card_name(sanitized(typed), self.storage.files["sdcard"])
        if not self.is_2:
            self._put(sanitized(typed), typed, form.file)
        self.selected, self.state, self.completion = ("sdcard", short), SENDING, 37.5
        self._transfer = form.file
        if not self.slow_transfers:
            self._end_transfer()
        wanted = {name for name in ("select", "print") if _is_true(form.fields.get(name))}
        if wanted and self.is_2:  # the file is transferred all the same
            return Reply(500, {"error": INTERNAL}, acted=True)
        slash = "" if self.is_2 else "/"
        files = {self.storage.card: self._answered("sdcard", slash + short, typed)}
        if not self.is_2:
            files["local"] = self._answered("local", sanitized(typed), typed)
        reply = self._uploaded(files, True, "print" in wanted, "select" in wanted)
        return reply._replace(body={**reply.body, "done": False})

    def _answered(self, location: str, path: str, typed: str) -> Dict[str, Any]:
        body = {"name": split(path)[1] if location == "local" else path, "origin": self.storage.origin(location), "path": path}
        body["refs"] = self.storage.refs(location, path)  # type: ignore[assignment]
        return {**body, "display": typed} if self.is_2 else body

    def _uploaded(self, files: Dict[str, Any], acted: bool, prints: bool, selects: bool) -> Reply:
        body: Dict[str, Any] = {"done": True, "effectivePrint": prints, "effectiveSelect": selects, "files": files}
        first = next(iter(files.values()))
        headers = (("Location", quote(first["refs"]["resource"], safe=":/%")),)
        return Reply(201, {**body, "folder": None} if self.is_2 else body, headers=headers, acted=acted)


_CARD_BUSY = "Can not upload to SD card, printer is either not operational or already busy"


def _is_true(value: Optional[str]) -> bool:
    return value is not None and value.lower() in ("true", "yes", "y", "1")
