"""A file as a streamed multipart form: read once, never held in memory, hashed on the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Callable, Dict, Optional, Type

from octoprint_cli import errors

#: Told the bytes read so far and the bytes in all.
Progress = Callable[[int, int], None]


class FileReader:
    """The file, with its size, and the SHA-1 of what was read of it so far.

    Raises FileNotFound, FileUnreadable or FileInvalid (a folder) on opening.
    """

    def __init__(self, path: Path, progress: Optional[Progress] = None) -> None:
        self.path = path
        self._progress = progress
        self._sha1 = hashlib.sha1()  # OctoPrint's own choice: a checksum, not a signature
        self.read_bytes = 0
        try:
            self._file: BinaryIO = path.open("rb")
        except FileNotFoundError as error:
            raise errors.FileNotFound(f"there is no file {path}", hint=f"ls {path.parent}") from error
        except IsADirectoryError as error:
            raise errors.FileInvalid(f"{path} is a folder, not a file") from error
        except OSError as error:
            raise errors.FileUnreadable(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {path}") from error
        self.size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> FileReader:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._file.close()

    @property
    def sha1(self) -> str:
        """Of what was read so far, in hexadecimal."""
        return self._sha1.hexdigest()

    def fileno(self) -> int:
        """For requests-toolbelt, which takes the length from it."""
        return self._file.fileno()

    def tell(self) -> int:
        """Where reading is."""
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, hashed and counted."""
        chunk = self._file.read(size)
        self._sha1.update(chunk)
        self.read_bytes += len(chunk)
        if self._progress:
            self._progress(self.read_bytes, self.size)
        return chunk


def form(reader: FileReader, name: str, fields: Dict[str, str]) -> Any:
    """A multipart body with the fields and the file, as requests takes it for `data`."""
    from requests_toolbelt.multipart.encoder import MultipartEncoder  # slow to import, and only uploads need it

    return MultipartEncoder(fields={**fields, "file": (name, reader, "application/octet-stream")})
