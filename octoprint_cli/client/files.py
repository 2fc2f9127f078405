"""Files on the server: listing, uploading, selecting. Locations are `local` and `sdcard`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional
from urllib.parse import quote

from octoprint_cli import errors
from octoprint_cli.client.form import FileForm, Progress
from octoprint_cli.client.noun import Noun, inner, items, mapping, number, text, whole

_PATH = "/api/files"
#: 2.0's name for the printer's own storage; the caller sees and says `sdcard` on every server.
_SD_NAMES = ("sdcard", "printer")
#: After a transfer the server asks the printer for its list anew.
LISTED_SECONDS = 10.0


@dataclass(frozen=True)
class StoredFile:
    """A file on the server."""

    path: str  # on the server, folders and all, as the server spells it
    name: str  # as it was typed at the upload
    location: str  # local or sdcard
    size: Optional[int]  # bytes
    date: Optional[int]  # seconds since 1970, UTC
    hash: Optional[str]  # SHA-1; 1.x and local only
    estimated_print_time: Optional[float]  # seconds, once the server has analysed the file

    @classmethod
    def from_json(cls, entry: Dict[str, Any]) -> StoredFile:
        """From an entry of a listing or the answer for one file."""
        path = (text(entry.get("path")) or text(entry.get("name")) or "").lstrip("/")
        origin = text(entry.get("origin")) or "local"
        return cls(
            path=path,
            name=(text(entry.get("display")) or text(entry.get("name")) or path).lstrip("/"),
            location="sdcard" if origin in _SD_NAMES else origin,
            size=whole(entry.get("size")),
            date=whole(entry.get("date")),
            hash=text(entry.get("hash")),
            estimated_print_time=number(inner(entry, "gcodeAnalysis").get("estimatedPrintTime")),
        )


@dataclass(frozen=True)
class Listing:
    """What is stored, and the space in bytes where the server tells it."""

    files: List[StoredFile]
    free: Optional[int]
    total: Optional[int]


class Sent(NamedTuple):
    """A file that the server holds now: what it says of it, and what was sent."""

    stored: StoredFile
    size: int
    sha1: str


class Files(Noun):
    """The server's storages."""

    _sd_name: Optional[str] = None  # as this server calls it, once that was found out

    def list(self, location: Optional[str] = None) -> Listing:
        """`GET /api/files` (permission FILES_LIST), folders walked; both locations unless one is named.

        Raises PrinterOffline for the SD card of a printer that is not connected.
        """
        if location == "sdcard":
            self._require_card()
        path = _PATH if location is None else f"{_PATH}/{self._storage(location)}"
        answer = mapping(self._http.get(path, needs="FILES_LIST", recursive="true"), path)
        files = sorted(_walk(answer.get("files")), key=lambda file: (file.location, file.path))
        return Listing(files, whole(answer.get("free")), whole(answer.get("total")))

    def free(self) -> Optional[int]:
        """`GET /api/files` (FILES_LIST): the bytes that an upload may take, None if the server does not say."""
        # Of 2.0's two numbers the one of /api/files leaves out what only root may use; it is the smaller one.
        return whole(mapping(self._http.get(_PATH, needs="FILES_LIST"), _PATH).get("free"))

    def info(self, path: str, location: str = "local") -> StoredFile:
        """`GET /api/files/LOCATION/PATH` (FILES_LIST). Raises NotFound."""
        resource = self._resource(path, location)
        return StoredFile.from_json(mapping(self._http.get(resource, needs="FILES_LIST"), resource))

    def upload(
        self,
        file: Path,
        location: str = "local",
        folder: str = "",
        select: bool = False,
        progress: Optional[Progress] = None,
    ) -> Sent:
        """`POST /api/files/LOCATION` (FILES_UPLOAD), streamed; makes the folder, replaces a file there.

        Never asks for `print` in the same request: the server would answer 201 though nothing started.
        Raises FileNotFound and its kin for the local file, FileInUse, FileInvalid (415), UploadCorrupt.
        """
        fields = {"path": folder} if folder else {}
        if select:
            fields["select"] = "true"
        with FileForm(file, file.name, fields, progress) as form:
            plan = {**fields, "file": str(file), "size": form.size}
            answer = self._http.post_form(f"{_PATH}/{self._storage(location)}", form, plan=plan, needs="FILES_UPLOAD")
            if answer is None:  # a rehearsal
                path = "/".join(part for part in (folder.strip("/"), file.name) if part)
                return Sent(StoredFile(path, file.name, location, form.size, None, None, None), form.size, "")
            sent = Sent(self._stored(answer, location), form.sent, form.sha1)
        return _verified(sent)

    def wait_until_listed(self, sent: StoredFile, before: Listing) -> StoredFile:
        """Wait until the SD card lists the file, and return it as it is listed. Raises NotFound.

        A printer may list it under another name than the server promised; then it is the one that is new.
        """

        def find() -> Optional[StoredFile]:
            listed = self.list(sent.location).files
            same = [file for file in listed if file.path.lower() == sent.path.lower()]
            new = [file for file in listed if file not in before.files]
            return same[0] if same else new[0] if len(new) == 1 else None

        file, _ = self.settle(find, lambda found: found is not None, LISTED_SECONDS)
        if file is None and not self._http.rehearsing:
            raise errors.NotFound(
                f"{sent.path} was sent, but the SD card does not list it", hint="octoprint-cli files --location sdcard"
            )
        return file or sent

    def select(self, path: str, location: str = "local", start: bool = False) -> None:
        """`POST /api/files/LOCATION/PATH` select, and with `start` print (FILES_SELECT, PRINT).

        Raises NotFound, PrinterBusy (also the server's word for a printer that is not connected).
        """
        needs = "FILES_SELECT, PRINT" if start else "FILES_SELECT"
        self._http.post(self._resource(path, location), {"command": "select", "print": start}, needs=needs)

    def _stored(self, answer: Any, location: str) -> StoredFile:
        entries = inner(mapping(answer, _PATH), "files")
        names = _SD_NAMES if location == "sdcard" else (location,)
        entry: Dict[str, Any] = next((inner(entries, name) for name in names if name in entries), {})
        path = text(entry.get("path")) or text(entry.get("name"))
        if path is None:
            raise errors.UnexpectedResponse("the server took the upload but did not say under which path")
        if location == "sdcard":  # it is on its way there now, and in no listing yet
            return StoredFile.from_json({"origin": location, **entry})
        return self.info(path, location)

    def _resource(self, path: str, location: str) -> str:
        return f"{_PATH}/{self._storage(location)}/{quote(path.lstrip('/'))}"

    def _storage(self, location: str) -> str:
        """The server's name of a location: 2.0 calls the SD card `printer`, and has it while connected."""
        if location not in _SD_NAMES:
            return location
        if self._sd_name is None:
            try:
                self._http.get(f"{_PATH}/sdcard", needs="FILES_LIST")
                self._sd_name = "sdcard"
            except errors.NotFound:
                self._sd_name = "printer"
        return self._sd_name

    def _require_card(self) -> None:
        ready = mapping(self._http.get("/api/printer/sd", needs="STATUS"), "/api/printer/sd").get("ready")
        if not ready:
            raise errors.PrinterOffline(
                "the SD card cannot be read: no card is mounted, or no printer is connected", hint="octoprint-cli connect"
            )


def _walk(entries: Any) -> Iterator[StoredFile]:
    for entry in items(entries):
        if entry.get("type") == "folder":
            yield from _walk(entry.get("children"))
        elif entry.get("type", "machinecode") == "machinecode":
            yield StoredFile.from_json(entry)


def _verified(sent: Sent) -> Sent:
    stored = sent.stored
    same_size = stored.size in (None, sent.size)
    same_hash = stored.hash in (None, sent.sha1)
    if stored.location == "local" and not (same_size and same_hash):
        raise errors.UploadCorrupt(
            f"the server holds other bytes under {stored.path} than were sent",
            hint="upload it again",
            details={"sent": {"size": sent.size, "sha1": sent.sha1}, "stored": {"size": stored.size, "sha1": stored.hash}},
        )
    return sent
