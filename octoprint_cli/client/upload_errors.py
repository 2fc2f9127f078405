"""What an upload came to: whether an entry of the server may be that of the file that was sent, and the errors if it is not."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Optional, Type

from octoprint_cli import errors
from octoprint_cli.client.resources.stored_file import StoredFile

if TYPE_CHECKING:
    from octoprint_cli.client.http.multipart import FileForm
    from octoprint_cli.client.resources.uploads import UploadResult


def fits(file: StoredFile, form: FileForm, held: Optional[StoredFile]) -> bool:
    """Whether an entry may be that of the uploaded file. `held` was there before."""
    return file.size == form.size and (file.hash == form.sha1 if file.hash else not file.is_still(held))


def other_bytes(sent: UploadResult) -> errors.UploadCorrupt:
    """Return the error for a file that the server holds otherwise than it was sent."""
    stored, path = sent.stored, sent.stored.path
    return errors.UploadCorrupt(
        f"the server holds other bytes under {path} than were sent ({stored.size} bytes, {sent.size} were sent): a plugin of the "
        "server may rewrite what is uploaded, or the file was damaged in transit",
        hint=f"octoprint-cli print --stored {shlex.quote(path)} --confirm  # checks and prints what the server holds",
        details={
            "path": path,
            "sent": {"size": sent.size, "sha1": sent.sha1},
            "stored": {"size": stored.size, "sha1": stored.hash},
        },
    )


def not_stored(lost: errors.OutcomeUnknown, form: FileForm, path: str, found: Optional[StoredFile]) -> errors.CliError:
    """Return the error for a file that did not arrive, with what the server has instead."""
    there = "has an earlier file of that name" if found else "does not hold the file"
    how_far = "all of it" if form.complete else f"{form.sent} of {form.size} bytes"
    stalled = (lost.details or {}).get("stalled", False)
    failed = (lost.details or {}).get("http_status") == 500
    kind: Type[errors.CliError] = errors.TimedOut if stalled else errors.ServerError if failed else errors.ConnectionFailed
    if "answer" in (lost.details or {}):  # something in front of OctoPrint has answered
        kind = errors.UnexpectedResponse
    return kind(
        f"{lost.last_outcome} after {how_far} of {path} was sent; the server was asked, and {there}",
        hint=f"octoprint-cli upload {shlex.quote(str(form.path))}  # try again; if it fails every time, a proxy may limit the size",
        details={"path": path, "size": form.size, "sent": form.sent},
    )
