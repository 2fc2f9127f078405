"""Read a local file from its beginning to its end, and make sure that it is one file, unchanged.

This module must not know what the bytes mean.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Callable, Optional, Tuple, Type

from octoprint_cli import errors

#: A function that is called with how many bytes are done, and of how many.
Progress = Callable[[int, int], None]

_LARGER_THAN_ANY_CHUNK = 4 * 1024 * 1024

State = Tuple[int, int, int, int]


class LocalFile:
    """A regular file as it was when it was opened: what it reads is that file, or FileChanged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._there = path.stat()
            _require_regular(path, self._there)  # opening a pipe would wait for another program to write into it
            self._file: BinaryIO = path.open("rb", buffering=0)
        except FileNotFoundError as error:
            raise errors.FileNotFound(f"there is no file {path}", hint=f"ls {shlex.quote(str(path.parent))}") from error
        except OSError as error:
            raise self._unreadable(error) from error
        # The C library (glibc) hands a freed chunk back to the system and asks for the next one anew, a tenth of all the time and
        # more, until it has seen a larger block come and go: these bytes are never touched, so they cost nothing.
        bytes(_LARGER_THAN_ANY_CHUNK)
        self._opened = os.fstat(self._file.fileno())
        self.size = self._opened.st_size

    def read(self, amount: int) -> bytes:
        """Return the next bytes, one at least. Raises FileChanged at the end of the file, FileUnreadable."""
        try:
            chunk = self._file.read(amount)
        except OSError as error:
            raise self._unreadable(error) from error
        if not chunk:
            raise self._changed("it became shorter")
        return chunk

    def __enter__(self) -> LocalFile:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def require_unchanged(self) -> None:
        """Raise FileChanged if the file was written to, or if another one or none stands under its path."""
        try:
            opened, there = os.fstat(self._file.fileno()), self._path.stat()
        except FileNotFoundError as error:
            raise self._changed("it was moved or deleted") from error
        except OSError as error:
            raise self._unreadable(error) from error
        if _state(opened) != _state(self._opened):
            raise self._changed("it was written to")
        if _state(there) != _state(self._there):
            raise self._changed("it was replaced")

    def close(self) -> None:
        self._file.close()

    def _changed(self, how: str) -> errors.FileChanged:
        return errors.FileChanged(f"{self._path} changed while it was being read: {how}", hint=_look_again(self._path))

    def _unreadable(self, error: OSError) -> errors.FileUnreadable:
        return errors.FileUnreadable(f"{self._path} cannot be read: {error.strerror}", hint=f"ls -l {shlex.quote(str(self._path))}")


def _require_regular(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise errors.FileInvalid(f"{path} is a folder, not a file", hint=f"ls {shlex.quote(str(path))}")
    if not stat.S_ISREG(found.st_mode):
        raise errors.FileInvalid(f"{path} is a pipe or a device, not a file", hint=f"ls -l {shlex.quote(str(path))}")


def state_of(path: Path) -> State:
    """Return which file stands under this path, and what a write to it would change. Raises FileChanged if none does."""
    try:
        return _state(path.stat())
    except OSError as error:
        raise errors.FileChanged(f"{path} was moved or deleted in the meantime", hint=_look_again(path)) from error


def _look_again(path: Path) -> str:
    """Return the command line that looks at a file again which something has changed."""
    return f"octoprint-cli preflight {shlex.quote(str(path))}  # once nothing writes to it any more"


def _state(found: os.stat_result) -> State:
    """Return which file it is, and what a write changes. Not st_ctime: a chmod or another link leaves the bytes alone."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
