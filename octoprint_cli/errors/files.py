"""Every error of a file, here or on the server: exit code 2.

Home of error codes together with `codes`. Knows nothing else of the program.
"""

from __future__ import annotations

from octoprint_cli.errors.base import CliError, Exit


class FileError(CliError):
    """Something is wrong with a file, here or on the server."""

    exit_code = Exit.FILE


class FileNotFound(FileError):
    """There is no such file."""

    code = "FILE_NOT_FOUND"
    remedy = "octoprint-cli files"


class FileUnreadable(FileError):
    """The file is there but may not or cannot be read."""

    code = "FILE_UNREADABLE"
    remedy = "octoprint-cli help preflight"


class FileInvalid(FileError):
    """The file is not something that can be printed."""

    code = "FILE_INVALID"
    remedy = "octoprint-cli preflight FILE"


class FileIncomplete(FileError):
    """The file ends in the middle of a print."""

    code = "FILE_INCOMPLETE"
    remedy = "octoprint-cli preflight FILE (after slicing the model again)"


class FileDamaged(FileError):
    """The file holds a line that no printer should be given: a placeholder that was not filled, control bytes ..."""

    code = "FILE_DAMAGED"
    remedy = "octoprint-cli preflight FILE (after slicing the model again)"


class OutsideVolume(FileError):
    """The file goes to where the printer cannot."""

    code = "OUTSIDE_VOLUME"
    remedy = "octoprint-cli preflight FILE (after moving the model in the slicer, or mending the printer profile)"


class WrongPrinter(FileError):
    """The file was sliced for another printer: another model, another nozzle, a heater or tools that this one lacks."""

    code = "WRONG_PRINTER"
    remedy = "octoprint-cli preflight FILE (after slicing the model for this printer)"


class FileChanged(FileError):
    """The file was written to while it was being read."""

    code = "FILE_CHANGED"
    remedy = "octoprint-cli upload FILE (once the slicer is done with it)"
    retryable = True


class FileExists(FileError):
    """A file of that name is on the server already."""

    code = "FILE_EXISTS"
    remedy = "octoprint-cli files"


class FileTooLarge(FileError):
    """The file is larger than the server, or a proxy in front of it, takes."""

    code = "FILE_TOO_LARGE"
    remedy = "octoprint-cli files (free and total space)"


class NoSpace(FileError):
    """The server's storage has no room for the file."""

    code = "NO_SPACE"
    remedy = "octoprint-cli files (free and total space)"


class UploadCorrupt(FileError):
    """The server holds other bytes than were sent."""

    code = "UPLOAD_CORRUPT"
    remedy = "octoprint-cli upload FILE"
