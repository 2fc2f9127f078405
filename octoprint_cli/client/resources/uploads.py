"""Upload files, and verify that the server holds the same bytes; otherwise an error says what it holds."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional, Tuple

from octoprint_cli import errors
from octoprint_cli.client.http.multipart import (
    ESCAPED,
    FileForm,
    sha1_of,
    size_of,
)
from octoprint_cli.client.http.request import StreamedBody
from octoprint_cli.client.locations import SD_NAMES
from octoprint_cli.client.parsing import inner, members, text
from octoprint_cli.client.resource import Resource
from octoprint_cli.client.resources.stored_file import StoredFile
from octoprint_cli.gcode.source import Progress

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http
    from octoprint_cli.client.resources.files import Files

_PATH = "/api/files"
MIB = 1024 * 1024
#: Reading a file of this size back takes about as long as it took to send; a larger one only on demand.
CHEAP_DOWNLOAD = 16 * MIB
#: How long a file whose upload's answer was lost may take to appear: a gateway gives up before the server does.
APPEARS_SECONDS = 15.0
#: Number of names to try for `rename`: a name that was free can be taken before the upload.
NAMES_TRIED = 3
#: Processing a received file took 2.0 a ninth of a second for each MiB, on a fast machine.
PATIENCE_PER_MIB = 1.0


class UploadOptions(NamedTuple):
    """Options for storing a file. `if_exists`: replace, skip, rename or fail; `verify`: auto or download."""

    location: str = "local"
    folder: str = ""
    if_exists: str = "replace"
    verify: str = "auto"


class UploadResult(NamedTuple):
    """The result of an upload: the server's entry for the file, and what was sent.

    `verified` is how the bytes are known to be the same: sha1, download, size, or none. `action` is uploaded,
    unchanged (the same bytes were there, nothing was sent) or skipped (a file was there, nothing was sent).
    """

    stored: StoredFile
    size: Optional[int]
    sha1: Optional[str]
    verified: str = "none"
    action: str = "uploaded"


class Uploads(Resource):
    """Uploads to the server's storages."""

    def __init__(self, http: Http, files: Files) -> None:
        super().__init__(http)
        self._files = files
        self._under_way: Optional[Tuple[str, Optional[StoredFile]]] = None  # what is sent right now, and was there before

    def upload(self, file: Path, options: UploadOptions = UploadOptions(), progress: Optional[Progress] = None) -> UploadResult:
        """Upload a file by a streamed `POST /api/files/LOCATION` (FILES_UPLOAD, FILES_LIST), which makes the folder.

        Never asks for `print` in the same request: the server would answer 201 though nothing started.
        Raises what FileForm raises for the local file, FileChanged, FileExists, NoSpace, FileInUse,
        FileInvalid (415), FileTooLarge (413), UploadCorrupt; if the answer was lost and the file is not
        there, ConnectionFailed or TimedOut.
        """
        size = size_of(file)  # first of all, may it be read?
        if options.location != "local":
            return self._send(file, file.name, options, file.name, None, progress)
        path = self._files.path_of(file.name, options.folder)
        held = self._held(path)
        if held is not None:
            kept = self._kept(held, file, size, options)
            if kept is not None:
                return kept
        self._require_room(size)
        return self._send_as(file, options, path, held, progress)

    def interrupted(self) -> Dict[str, Any]:
        """Return the upload that was under way, if any, and whether its file has arrived."""
        if self._under_way is None:
            return {}
        path, held = self._under_way
        found = self._files.find(path)
        return {"upload": path, "stored": found is not None and not found.is_still(held)}

    # -- before -----------------------------------------------------------------------------------

    def _held(self, path: str) -> Optional[StoredFile]:
        try:
            return self._files.find(path)
        except errors.PermissionDenied:  # no FILES_LIST: a key that may only upload; `verified` shows it
            return None

    def _kept(self, held: StoredFile, file: Path, size: int, options: UploadOptions) -> Optional[UploadResult]:
        """Return the result if no upload is needed: the same bytes are there, or the existing file must be kept."""
        told = held.hash if options.verify == "auto" else None
        if held.size == size and (told or options.verify == "download" or size <= CHEAP_DOWNLOAD):
            sha1 = sha1_of(file)
            if sha1 == (told or self._read_back(held.path, size, required=options.verify == "download")):
                return UploadResult(held, size, sha1, "sha1" if told else "download", "unchanged")
        if options.if_exists == "skip":
            return UploadResult(held, held.size, held.hash, "none", "skipped")
        if options.if_exists == "fail":
            raise errors.FileExists(
                f"the server has another file under {held.path} already",
                hint=f"octoprint-cli upload --if-exists rename {shlex.quote(str(file))} (or replace, or skip)",
                details={"path": held.path, "size": held.size, "date": held.date},
            )
        return None

    def _require_room(self, size: int) -> None:
        try:
            free = self._files.free()
        except errors.PermissionDenied:
            return
        if free is not None and size > free:
            raise errors.NoSpace(
                f"the file has {size} bytes, the server has room for {free}",
                hint="octoprint-cli files (delete some on the server)",
                details={"size": size, "free": free},
            )

    # -- sending ----------------------------------------------------------------------------------

    def _send_as(
        self,
        file: Path,
        options: UploadOptions,
        path: str,
        held: Optional[StoredFile],
        progress: Optional[Progress],
    ) -> UploadResult:
        """Send the file under the name that `if_exists` allows; for `rename`, try again if the name is taken meanwhile."""
        if options.if_exists != "rename":
            return self._send(file, file.name, options, path, held, progress)
        refused: Optional[errors.FileExists] = None
        for _ in range(NAMES_TRIED):
            name = self._files.free_name(file.name, options.folder)
            try:
                return self._send(file, name, options, self._files.path_of(name, options.folder), None, progress)
            except errors.FileExists as error:
                refused = error
        assert refused is not None
        raise refused

    def _send(
        self,
        file: Path,
        name: str,
        options: UploadOptions,
        path: str,
        held: Optional[StoredFile],
        progress: Optional[Progress],
    ) -> UploadResult:
        fields = {"path": options.folder} if options.folder else {}
        if options.if_exists != "replace":
            fields["noOverwrite"] = "true"
        if name.translate(ESCAPED) != name:  # OctoPrint would keep the %22, and not under the path that it promised
            fields["filename"] = name
        # Not for the SD card: 1.x makes a local copy first, which proves nothing.
        self._under_way = (path, held) if options.location == "local" else None
        with FileForm(file, name, fields, progress) as form:
            plan: Dict[str, Any] = {**fields, "file": str(file), "size": form.size}
            try:
                answer = self._post(form, plan, options.location)
            except errors.OutcomeUnknown as lost:
                stored = self._look(lost, form, path, held, options.location)
            else:
                if self._http.rehearsing:
                    return UploadResult(StoredFile(path, name, options.location, form.size), form.size, None)
                stored = self._stored(answer, path, options.location)
            sent = UploadResult(stored, form.size, form.sha1)
        self._under_way = None
        return self._verified(sent, options) if options.location == "local" else sent

    def _post(self, form: FileForm, plan: Dict[str, Any], location: str) -> Any:
        stall = self._http.timeout
        body = StreamedBody(form, stall, stall + PATIENCE_PER_MIB * form.size / MIB)
        try:
            return self._http.post_form(f"{_PATH}/{self._files.storage(location)}", body, plan=plan, needs="FILES_UPLOAD")
        except errors.FileTooLarge as error:
            raise errors.FileTooLarge(
                f"{error.message}; the file has {form.size} bytes",
                hint=error.hint,
                details={**(error.details or {}), "size": form.size},
            ) from error

    def _stored(self, answer: Any, path: str, location: str) -> StoredFile:
        """Return the server's entry for the file, under the name that the server chose."""
        entries = inner(members(answer), "files")
        names = SD_NAMES if location == "sdcard" else (location,)
        entry: Dict[str, Any] = next((inner(entries, name) for name in names if name in entries), {})
        path = (text(entry.get("path")) or text(entry.get("name")) or path).lstrip("/")
        if location == "sdcard":  # it is on its way there now, and in no listing yet
            return StoredFile(path, text(entry.get("name")) or path, location, None)
        return self._confirmed(path)

    def _confirmed(self, path: str) -> StoredFile:
        try:
            found, _ = self.poll(lambda: self._files.find(path), lambda file: file is not None, APPEARS_SECONDS)
        except errors.OutcomeUnknown as error:
            if not isinstance(error.__cause__, errors.PermissionDenied):
                raise
            return StoredFile(path, path.rsplit("/", 1)[-1], "local", None)
        if found is None:
            raise errors.UploadCorrupt(f"the server took the upload, but holds nothing under {path}", details={"path": path})
        return found

    def _look(
        self, lost: errors.OutcomeUnknown, form: FileForm, path: str, held: Optional[StoredFile], location: str
    ) -> StoredFile:
        """Return the server's entry for the file after the answer was lost. Raises if the server does not hold the file."""
        if location == "sdcard" and form.complete:  # the card's listing will show it
            return StoredFile(path, path, location, None)
        self.last_outcome = lost.told

        def arrived(found: Optional[StoredFile]) -> bool:
            if found is None or found.size != form.size:
                return False
            return found.hash == form.sha1 if found.hash else not found.is_still(held)

        # An incomplete body cannot have been stored, so do not wait; a complete one may still be processed.
        seconds = APPEARS_SECONDS if form.complete else 0
        found, there = self.poll(lambda: self._files.find(path), arrived, seconds)
        if there and found is not None:
            return found
        raise _not_stored(lost, form, path, found)

    # -- after ------------------------------------------------------------------------------------

    def _verified(self, sent: UploadResult, options: UploadOptions) -> UploadResult:
        stored, size = sent.stored, sent.size or 0
        how, same = "none", True
        if stored.size is not None:
            how, same = "size", stored.size == size
        if stored.hash is not None and same:
            how, same = "sha1", stored.hash == sent.sha1
        if same and (options.verify == "download" or (how == "size" and size <= CHEAP_DOWNLOAD)):
            read_back = self._read_back(stored.path, size, required=options.verify == "download")
            if read_back is not None:
                how, same = "download", read_back == sent.sha1
        if not same:
            raise errors.UploadCorrupt(
                f"the server holds other bytes under {stored.path} than were sent",
                details={"sent": {"size": size, "sha1": sent.sha1}, "stored": {"size": stored.size, "sha1": stored.hash}},
            )
        return sent._replace(verified=how)

    def _read_back(self, path: str, size: int, required: bool = False) -> Optional[str]:
        """Return the SHA-1 of the file on the server; None if it cannot be read and is not `required`."""
        try:
            return self._files.sha1_of(path, size + MIB)
        except errors.CliError:
            if required:
                raise
            return None


def _not_stored(lost: errors.OutcomeUnknown, form: FileForm, path: str, found: Optional[StoredFile]) -> errors.CliError:
    """Return the error for a file that did not arrive, with what the server has instead."""
    there = "holds an earlier file of that name" if found else "does not hold the file"
    how_far = "all of it" if form.complete else f"{form.sent} of {form.size} bytes"
    stalled = (lost.details or {}).get("stalled", False)
    kind = errors.TimedOut if stalled else errors.ConnectionFailed
    return kind(
        f"{lost.told} after {how_far} of {path} went out; the server was asked, and {there}",
        hint="octoprint-cli upload FILE (again; if it breaks off each time, a proxy may limit the size)",
        details={"path": path, "size": form.size, "sent": form.sent},
    )
