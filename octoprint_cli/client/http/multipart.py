"""A multipart form with a file as an upload's body: read and hashed while it is sent, in constant memory.

Own code, because the library for it is too slow: requests-toolbelt's MultipartEncoder copies every byte twice more, and takes
1.6 times as long as this body, 1.25 to 1.4 times with this module's worker behind it. Of this body's time eight to nine tenths
are SHA-1's, which no arrangement can divide among cores: that keeps it behind curl, which hashes nothing. (benchmarks/upload.py)

This module knows the file and the form. It must not know HTTP, nor what the server makes of a form.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Deque, Mapping, Optional, Type

from octoprint_cli import errors
from octoprint_cli.gcode.source import LocalFile, Progress

#: Largest number of bytes per read: smaller chunks cost more system calls, larger ones do not fit the processor's cache.
CHUNK = 512 * 1024
#: Number of chunks that may wait for the worker: enough that neither side stands still, few enough for constant memory.
_WAITING = 2
#: What the HTML standard escapes in a file's name, and nothing else: as browsers send it.
ESCAPED = {ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"}


class FileForm:
    """A form with fields and one file, usable as a body for requests and urllib3, in a `with` block and once.

    `len` is the length of the whole body and `size` the file's, in bytes, when the form is made; exactly `len` bytes are read.
    Raises FileNotFound, FileInvalid (no regular file, a name that is no text) or FileUnreadable.
    """

    def __init__(self, path: Path, name: str, fields: Mapping[str, str], progress: Optional[Progress] = None) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._before = _opening(boundary, name, fields)
        self._after = f"\r\n--{boundary}--\r\n".encode("ascii")
        self._progress, self.path = progress, path
        self._source = LocalFile(path)
        self._digest = _Digest()
        self.size = self._source.size
        self.sent = 0  # bytes of the file
        # Not __len__: that fails beyond 2 GiB where a C int counts, and makes an object that may be false.
        self.len = len(self._before) + self.size + len(self._after)

    def __enter__(self) -> FileForm:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def close(self) -> None:
        """End the worker and close the file, also after a failed upload."""
        self._digest.close()
        self._source.close()

    @property
    def complete(self) -> bool:
        """Whether the whole body was read, to the last byte; an incomplete one cannot have been stored by the server."""
        return not self._after

    @property
    def sha1(self) -> str:
        """The SHA-1 of the file's bytes that were read so far, in hexadecimal."""
        return self._digest.hexdigest()

    def read(self, amount: Optional[int] = -1) -> bytes:
        """Return up to `amount` of the next bytes, or all of them without an `amount`; no bytes at the end.

        Raises FileChanged if the file is no longer what was opened, or FileUnreadable; neither after the closing boundary.
        """
        if amount is None or amount < 0:
            return b"".join(iter(lambda: self._next(CHUNK), b""))
        return self._next(min(amount, CHUNK))

    def _next(self, amount: int) -> bytes:
        if self.complete or not amount:
            return b""
        if self._before:
            given, self._before = self._before[:amount], self._before[amount:]
            return given
        self._source.require_unchanged()
        if self.sent < self.size:
            return self._of_file(amount)
        given, self._after = self._after[:amount], self._after[amount:]
        return given

    def _of_file(self, amount: int) -> bytes:
        chunk = self._source.read(min(amount, self.size - self.sent))
        self._digest.update(chunk)
        self.sent += len(chunk)
        if self._progress:
            self._progress(self.sent, self.size)
        return chunk


def _opening(boundary: str, name: str, fields: Mapping[str, str]) -> bytes:
    """Return the part of the body that comes before the file's own bytes."""
    lines = []
    for field, value in fields.items():
        lines += [f"--{boundary}", f'Content-Disposition: form-data; name="{field}"', "", value]
    lines += [f"--{boundary}", f'Content-Disposition: form-data; name="file"; filename="{name.translate(ESCAPED)}"']
    lines += ["Content-Type: application/octet-stream", "", ""]
    try:
        return "\r\n".join(lines).encode("utf-8")
    except UnicodeEncodeError as error:  # a file's name may be any bytes, the server's must be text
        raise errors.FileInvalid(
            f"the name {name!a} is not valid UTF-8", hint="octoprint-cli help upload  # --name stores it under another name"
        ) from error


def size_of(path: Path) -> int:
    """Return the size in bytes of a local file. Raises what FileForm raises."""
    with LocalFile(path) as source:
        return source.size


def sha1_of(path: Path) -> str:
    """Return the SHA-1 of a local file. Raises what FileForm and its `read` raise."""
    sha1 = hashlib.sha1()
    with LocalFile(path) as source:
        left = source.size
        while left:
            chunk = source.read(min(CHUNK, left))
            sha1.update(chunk)
            left -= len(chunk)
        source.require_unchanged()
    return sha1.hexdigest()


class _Digest:
    """Computes the SHA-1 in a worker thread while the chunk is being sent.

    SHA-1 is OctoPrint's own choice, as a checksum and not as a signature. hashlib and the socket both release the
    interpreter's lock, so that two cores work. The worker gets the very objects that are sent, which are immutable.
    """

    def __init__(self) -> None:
        from concurrent.futures import Future, ThreadPoolExecutor  # only uploads need it

        self._sha1 = hashlib.sha1()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="octoprint-cli-sha1")  # its thread begins on first use
        self._waiting: Deque[Future[None]] = deque()

    def update(self, chunk: bytes) -> None:
        """Queue a chunk for hashing, and wait while too many are queued."""
        while len(self._waiting) >= _WAITING:
            self._waiting[0].result()
            self._waiting.popleft()
        self._waiting.append(self._worker.submit(self._sha1.update, chunk))

    def hexdigest(self) -> str:
        """Wait for the worker, and return the SHA-1 of all chunks so far."""
        for chunk in self._waiting:
            chunk.result()
        return self._sha1.hexdigest()

    def close(self) -> None:
        """Wait for the worker, which takes a millisecond at most, and end it."""
        self._worker.shutdown(wait=True)
