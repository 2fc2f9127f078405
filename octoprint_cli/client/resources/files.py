"""Files on the server: listing, looking one up, reading it back, selecting. Uploading is in `upload`."""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import Any, Callable, Optional, Sequence
from urllib.parse import quote

from octoprint_cli import errors
from octoprint_cli.client.http.request import MAX_LISTING_BYTES
from octoprint_cli.client.locations import SD_NAMES
from octoprint_cli.client.missing_file import missing_file
from octoprint_cli.client.parsing import mapping, members, text, whole
from octoprint_cli.client.resource import Resource
from octoprint_cli.client.resources.stored_file import History, Listing, StoredFile

_PATH = "/api/files"
#: After a transfer the server asks the printer for its list anew.
LISTED_SECONDS = 10.0
#: A file that was not written to for so long is whole.
UNCHANGED_SECONDS = 1.0


class Files(Resource):
    """The files in the server's storages."""

    _sd_name: Optional[str] = None  # as this server calls it, once that was found out

    def list(self, location: Optional[str] = None) -> Listing:
        """List all files by `GET /api/files` (permission FILES_LIST), in both locations unless one is named.

        Raises PrinterOffline for the SD card of a printer that is not connected.
        """
        if location == "sdcard":
            self._require_card()
        path = _PATH if location is None else f"{_PATH}/{self.storage(location)}"
        answer = self._http.get(path, needs="FILES_LIST", limit=MAX_LISTING_BYTES, fresh=True, recursive="true")
        return Listing.from_json(mapping(answer, path))

    def free(self) -> Optional[int]:
        """Return the free space in bytes by `GET /api/files` (FILES_LIST), None if the server does not report it."""
        # Of 2.0's two numbers the one of /api/files leaves out what only root may use; it is the smaller one.
        answer = self._http.get(_PATH, needs="FILES_LIST", limit=MAX_LISTING_BYTES)
        return whole(mapping(answer, _PATH).get("free"))

    def info(self, path: str, location: str = "local") -> StoredFile:
        """Return a file's entry by `GET /api/files/LOCATION/PATH` (FILES_LIST). Raises NotFound."""
        resource = self._resource(path, location)
        return StoredFile.from_json(mapping(self._http.get(resource, needs="FILES_LIST", fresh=True), resource))

    def history_of(self, path: str) -> Optional[History]:
        """Return the history of a local file's prints, None if it cannot be read. Calls what `info` calls; raises nothing."""
        try:
            return self.info(path).history
        except errors.CliError:
            return None

    def find(self, path: str, location: str = "local") -> Optional[StoredFile]:
        """Return a file's entry, None for a file that does not exist."""
        try:
            return self.info(path, location)
        except errors.NotFound:
            return None
        except errors.ServerError:  # 1.11 says 500 where the folder is missing, and to a backslash
            if "/" not in path and "\\" not in path:
                raise
            return next((file for file in self.list(location).files if file.path == path), None)

    def require(self, path: str, location: str = "local") -> StoredFile:
        """Return the entry of a file that must exist. Raises FileNotFound."""
        found = self.find(path, location)
        if found is None or found.is_folder:
            listed: Sequence[StoredFile] = ()
            with contextlib.suppress(errors.CliError):  # it is for the hint alone
                listed = self.list(location).files
            raise missing_file(path, location, listed)
        return found

    def wait_for(self, path: str, location: str, seconds: float) -> StoredFile:
        """Wait until the server has a file that one of its plugins makes, and nothing writes to it any more. Raises FileNotFound.

        Arc Welder, for example, makes `part.aw.gcode` of an uploaded `part.gcode`.
        """
        last: Optional[StoredFile] = None
        since = time.monotonic()

        def whole(file: Optional[StoredFile]) -> bool:
            nonlocal last, since
            if file is None or not file.is_still(last):
                last, since = file, time.monotonic()
            return file is not None and time.monotonic() - since >= UNCHANGED_SECONDS

        found, _ = self.poll(lambda: self.find(path, location), whole, seconds)
        if found is None:
            raise errors.FileNotFound(
                f"the server has no file {path} in {location} after {seconds:g} s",
                hint=f"octoprint-cli files --location {location}",
            )
        return found

    def path_of(self, name: str, folder: str = "") -> str:
        """Return the local path that a file of this name gets, by `POST /api/files/test` sanitize (FILES_LIST, since 1.6)."""
        answer = self._test("sanitize", name, folder)
        typed = [part for part in (*folder.split("/"), name) if part]
        path = text(answer.get("sanitized")) or "/".join(typed)
        if path.startswith("/"):  # 1.8 puts the path of its own folder in front
            path = "/".join(path.split("/")[-len(typed) :])
        return path

    def free_name(self, name: str, folder: str = "") -> str:
        """Return a similar name that is free, by `POST /api/files/test` exists (FILES_LIST, since 1.6)."""
        answer = self._test("exists", name, folder)
        return (text(answer.get("suggestion")) or name).rsplit("/", 1)[-1] if answer.get("exists") else name

    def sha1_of(self, path: str, limit: int) -> str:
        """Return the SHA-1 of a stored file, read back by `GET /downloads/files/local/PATH` (FILES_DOWNLOAD)."""
        sha1 = hashlib.sha1()
        self.read(path, sha1.update, limit)
        return sha1.hexdigest()

    def read(self, path: str, take: Callable[[bytes], None], limit: int) -> None:
        """Pass a stored file's bytes to `take` in pieces, by `GET /downloads/files/local/PATH` (FILES_DOWNLOAD)."""
        self._http.fetch(f"/downloads/files/local/{quote(path, errors='surrogatepass')}", take, needs="FILES_DOWNLOAD", limit=limit)

    def wait_until_listed(self, sent: StoredFile, before: Listing) -> StoredFile:
        """Wait until the SD card lists the file, and return it as it is listed. Raises NotFound.

        A printer may list it under another name than the server promised; then it is the one that is new.
        """

        def find() -> Optional[StoredFile]:
            listed = self.list(sent.location).files
            same = [file for file in listed if file.path.lower() == sent.path.lower()]
            new = [file for file in listed if file not in before.files]
            return same[0] if same else new[0] if len(new) == 1 else None

        def unlisted(_: object) -> errors.CliError:
            message = f"{sent.path} was sent, but the SD card does not list it"
            return errors.NotFound(message, hint="octoprint-cli files --location sdcard")

        return self.poll_until(find, lambda found: found is not None, LISTED_SECONDS, unlisted) or sent

    def select(self, path: str, location: str = "local", start: bool = False) -> str:
        """Select, and with `start` print, a file by `POST /api/files/LOCATION/PATH` select (FILES_SELECT, PRINT).

        Must be followed by a look at the job. Raises NotFound, PrinterBusy (also the server's word for a
        printer that is not connected).
        """
        needs = "FILES_SELECT, PRINT" if start else "FILES_SELECT"
        return self.act(self._resource(path, location), {"command": "select", "print": start}, needs=needs)

    def storage(self, location: str) -> str:
        """Return the server's name of a location: 2.0 calls the SD card `printer`, and has it only while connected."""
        if location not in SD_NAMES:
            return location
        if self._sd_name is None:
            try:
                self._http.get(f"{_PATH}/sdcard", needs="FILES_LIST", limit=MAX_LISTING_BYTES)
                self._sd_name = "sdcard"
            except errors.NotFound:
                self._sd_name = "printer"
        return self._sd_name

    def _resource(self, path: str, location: str) -> str:
        return f"{_PATH}/{self.storage(location)}/{quote(path.lstrip('/'), errors='surrogatepass')}"

    def _test(self, command: str, name: str, folder: str) -> Any:
        body = {"command": command, "storage": "local", "path": folder.strip("/"), "filename": name}
        try:
            return members(self._http.ask(f"{_PATH}/test", body, needs="FILES_LIST"))
        except (errors.NotFound, errors.ServerError, errors.UnexpectedResponse, errors.PermissionDenied):
            return {}  # before 1.6, a name that is a 500, or a key that may only upload

    def _require_card(self) -> None:
        ready = mapping(self._http.get("/api/printer/sd", needs="STATUS", fresh=True), "/api/printer/sd").get("ready")
        if not ready:
            raise errors.PrinterOffline(
                "the SD card cannot be read: no card is mounted, or no printer is connected", hint="octoprint-cli connect"
            )
