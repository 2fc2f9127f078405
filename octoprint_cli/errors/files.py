"""Errors of files, on this computer or on the server. All have exit code 2, except for a file that is being printed (3)."""

from __future__ import annotations

from octoprint_cli.errors.base import BusyError, FileError


class FileNotFound(FileError):
    """There is no such file."""

    code = "FILE_NOT_FOUND"
    remedy = "octoprint-cli files"
    advice = "Check the path; `octoprint-cli files` lists the files on the server."


class FileUnreadable(FileError):
    """The file exists but cannot be read."""

    code = "FILE_UNREADABLE"
    remedy = "octoprint-cli help preflight"
    advice = "Check the path and its permissions."


class FileUnwritable(FileError):
    """The file or folder cannot be written: permissions, a full disk, or no such folder."""

    code = "FILE_UNWRITABLE"
    remedy = "octoprint-cli help"
    advice = "Choose another path, or check the permissions of the folder and the free space of the disk."


class FileInvalid(FileError):
    """The file is not something that can be printed."""

    code = "FILE_INVALID"
    remedy = "octoprint-cli help inspect"
    advice = "Look at what the message names; the command `inspect` shows what a file contains."


class FileIncomplete(FileError):
    """The file ends in the middle of a print."""

    code = "FILE_INCOMPLETE"
    remedy = "octoprint-cli help inspect"
    advice = "Slice or copy the file again: it was cut off, by a full disk or a broken transfer."


class FileDamaged(FileError):
    """The file holds a line that no printer should be given: an unfilled placeholder, control bytes ..."""

    code = "FILE_DAMAGED"
    remedy = "octoprint-cli help inspect"
    advice = "Slice the model again. If the line is harmless, `--ignore file_damage` overrides the check, which is recorded."


class OutsideVolume(FileError):
    """The file moves the tool beyond the printer's build volume."""

    code = "OUTSIDE_VOLUME"
    remedy = "octoprint-cli help inspect"
    advice = (
        "Move the model in the slicer, slice it for this printer, or correct the printer profile on the server; `details` has both "
        "values."
    )


class WrongPrinter(FileError):
    """The file was sliced for another printer: another model or nozzle, or a heater or tool that this one lacks."""

    code = "WRONG_PRINTER"
    remedy = "octoprint-cli help inspect"
    advice = "Slice the model for this printer; `details` has what the file wants and what the printer has."


class FileChanged(FileError):
    """The file was written to while it was being read."""

    code = "FILE_CHANGED"
    remedy = "octoprint-cli help upload"
    advice = "Wait until the slicer, or whatever else writes the file, is done, then run the same command again."
    retryable = True


class FileExists(FileError):
    """A file of that name exists already."""

    code = "FILE_EXISTS"
    remedy = "octoprint-cli files"
    advice = "For a file on the server, choose with `--if-exists rename`, `replace` or `skip`; here, choose another path."


class FileInUse(BusyError):
    """The file is being printed right now."""

    code = "FILE_IN_USE"
    advice = "Upload under another name (`--if-exists rename`), or wait: `octoprint-cli wait --for idle`."


class FileTooLarge(FileError):
    """The file is larger than the server, or a proxy in front of it, accepts."""

    code = "FILE_TOO_LARGE"
    remedy = "octoprint-cli files"
    advice = "Raise the limit of the server or of the proxy in front of it, or print from the SD card."


class NoSpace(FileError):
    """The server's storage has no room for the file."""

    code = "NO_SPACE"
    remedy = "octoprint-cli files"
    advice = "Delete files on the server that are no longer needed."


class UploadCorrupt(FileError):
    """The file on the server differs from the file that was sent."""

    code = "UPLOAD_CORRUPT"
    remedy = "octoprint-cli files"
    advice = (
        "Compare both sizes in `details`. If a plugin of the server rewrites uploads (Cancelobject, for example), print what "
        "the server holds: `print --stored PATH --confirm`. Otherwise upload the file again; if it happens again, test the "
        "server's disk."
    )
