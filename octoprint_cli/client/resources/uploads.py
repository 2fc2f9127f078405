"""Upload files, and verify that the server holds the same bytes; otherwise an error says what it holds."""

from __future__ import annotations

import contextlib
import shlex
import time
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
from octoprint_cli.client.resources.stored_file import StoredFile, require_encodable
from octoprint_cli.client.upload_errors import fits, not_stored, other_bytes
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
#: How long a cache in front of the server may show an older entry, or older bytes, of a file.
CACHED_SECONDS = 3.0
#: Number of names to try for `rename`: a name that was free can be taken before the upload.
NAMES_TRIED = 3
#: Processing a received file took 2.0 a ninth of a second for each MiB, on a fast machine.
PATIENCE_PER_MIB = 1.0


class UploadOptions(NamedTuple):
    """Options for storing a file. `if_exists`: replace, skip, rename or fail; `verify`: auto or download.

    `name` is the name on the server, that of the local file by default.
    """

    location: str = "local"
    folder: str = ""
    if_exists: str = "replace"
    verify: str = "auto"
    name: Optional[str] = None

    def name_of(self, file: Path) -> str:
        """Return the name that the file gets on the server. Raises FileInvalid for one that is no UTF-8."""
        name = self.name or file.name
        require_encodable(name, file)
        return name


class UploadResult(NamedTuple):
    """The result of an upload: the server's entry for the file, and what was sent.

    `verified` is how the bytes are known to be the same: sha1, download, size, or none. `action` is uploaded,
    unchanged (the same bytes were there, nothing was sent) or skipped (a file was there, nothing was sent).
    `replaced` is the file that stood there before, None if there was none, or none that the key may see.
    """

    stored: StoredFile
    size: Optional[int]
    sha1: Optional[str]
    verified: str = "none"
    action: str = "uploaded"
    replaced: Optional[StoredFile] = None


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
        name = options.name_of(file)
        if options.location != "local":
            return self._send(file, name, options, name, None, progress)
        path = self._files.path_of(name, options.folder)
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
                f"the server already has another file at {held.path}",
                hint=f"octoprint-cli upload --if-exists rename {shlex.quote(str(file))}  # or replace, or skip",
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
                hint="octoprint-cli files  # delete some on the server",
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
            return self._send(file, options.name_of(file), options, path, held, progress)
        refused: Optional[errors.FileExists] = None
        for _ in range(NAMES_TRIED):
            name = self._files.free_name(options.name_of(file), options.folder)
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
            except errors.FileExists as refused:
                stored = self._sent_twice(refused, form, path)
            except errors.OutcomeUnknown as lost:
                stored = self._look(lost, form, path, held, options.location)
            else:
                if self._http.rehearsing:
                    return UploadResult(StoredFile(path, name, options.location, form.size), form.size, None, replaced=held)
                stored = self._stored(answer, path, options.location)
            sent = UploadResult(self._current(stored, held, form), form.size, form.sha1, replaced=held)
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
            raise errors.UploadCorrupt(f"the server accepted the upload, but has no file at {path}", details={"path": path})
        return found

    def _sent_twice(self, refused: errors.FileExists, form: FileForm, path: str) -> StoredFile:
        """Return the server's entry if it holds these bytes under a name that was free; otherwise raise the refusal.

        A proxy that sends a request twice gets the refusal of the second one, after the first was carried out.
        """
        found = self._held(path)
        if found is None or found.size != form.size or (found.hash or self._read_back(path, form.size)) != form.sha1:
            raise refused
        return found

    def _current(self, stored: StoredFile, held: Optional[StoredFile], form: FileForm) -> StoredFile:
        """Return the server's entry once it is that of the upload, as far as can be told: a cache in front may show an older one.

        An entry from before the upload is waited for longest; other bytes might be an older entry, too.
        """
        if stored.location != "local" or stored.size is None:
            return stored

        def ours(file: Optional[StoredFile]) -> bool:
            return file is not None and fits(file, form, held)

        seconds = 0.0 if ours(stored) else APPEARS_SECONDS if stored.is_still(held) else CACHED_SECONDS
        if seconds:
            with contextlib.suppress(errors.OutcomeUnknown):
                return self.poll(lambda: self._files.find(stored.path), ours, seconds)[0] or stored
        return stored

    def _look(
        self, lost: errors.OutcomeUnknown, form: FileForm, path: str, held: Optional[StoredFile], location: str
    ) -> StoredFile:
        """Return the server's entry for the file after the answer was lost. Raises if the server does not hold the file."""
        if location == "sdcard" and form.complete:  # the card's listing will show it
            return StoredFile(path, path, location, None)
        self.last_outcome = lost.told

        def arrived(found: Optional[StoredFile]) -> bool:
            return found is not None and fits(found, form, held)

        # An incomplete body cannot have been stored, so do not wait; a complete one may still be processed.
        seconds = APPEARS_SECONDS if form.complete else 0
        found, there = self.poll(lambda: self._files.find(path), arrived, seconds)
        if there and found is not None:
            return found
        raise not_stored(lost, form, path, found)

    # -- after ------------------------------------------------------------------------------------

    def _verified(self, sent: UploadResult, options: UploadOptions) -> UploadResult:
        stored, size = sent.stored, sent.size or 0
        how, same = "none", True
        if stored.size is not None:
            how, same = "size", stored.size == size
        if stored.hash is not None and same:
            how, same = "sha1", stored.hash == sent.sha1
        if same and (options.verify == "download" or (how == "size" and size <= CHEAP_DOWNLOAD)):
            read_back = self._same_read_back(sent, required=options.verify == "download")
            if read_back is not None:
                how, same = "download", read_back
        if not same:
            raise other_bytes(sent)
        return sent._replace(verified=how)

    def _same_read_back(self, sent: UploadResult, required: bool) -> Optional[bool]:
        """Whether the file reads back as it was sent, None if it cannot be read; it is read once more before that is denied."""
        path, size = sent.stored.path, sent.size or 0
        found = self._read_back(path, size, required)
        if found is not None and found != sent.sha1:
            time.sleep(CACHED_SECONDS)
            found = self._read_back(path, size, required)
        return None if found is None else found == sent.sha1

    def _read_back(self, path: str, size: int, required: bool = False) -> Optional[str]:
        """Return the SHA-1 of the file on the server; None if it cannot be read and is not `required`."""
        try:
            return self._files.sha1_of(path, size + MIB)
        except errors.CliError:
            if required:
                raise
            return None
