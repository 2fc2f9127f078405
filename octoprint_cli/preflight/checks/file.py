"""The built-in checks of the file, from the outside: its name, its size, the room for it. Of a stored file the server is asked."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import PurePosixPath
from typing import Optional

from octoprint_cli.client.resources.stored_file import require_encodable
from octoprint_cli.errors import CliError, FileInvalid, FileNotFound, FileTooLarge, FileUnreadable, NoSpace
from octoprint_cli.output.columns import Bytes
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import EXTENSIONS, MAX_BYTES, CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Skip


class Exists(Check):
    """The file is there, and is a file."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            context.require_server()
            return f"the server has {context.stored_file.path}"
        if context.file is None:
            raise Skip("no file was given")
        if not context.file.exists():
            raise FileNotFound(f"there is no file {context.file}", hint=f"ls {shlex.quote(str(context.file.parent))}")
        if not context.file.is_file():
            raise FileInvalid(f"{context.file} is not a file", hint=f"ls {shlex.quote(str(context.file))}")
        return f"{context.file} is there"


class Readable(Check):
    """The file can be opened, and read to its end."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            context.read()
            return f"the server provides {context.stored}"
        file = context.require_file()
        try:
            with file.open("rb") as opened:
                opened.read(1)
        except OSError as error:
            raise FileUnreadable(f"{file} cannot be read: {error.strerror}", hint=f"ls -l {shlex.quote(str(file))}") from error
        with contextlib.suppress(Skip):  # what is no G-code is not read to its end
            context.read()
        return "it can be read"


class Extension(Check):
    """The file's name is one that a server can store, with the ending of something printable."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            suffix = PurePosixPath(context.require_stored().path).suffix.lower()
            if suffix not in EXTENSIONS:
                raise CannotCheck(f"only a plugin of the server knows how to print {suffix or 'a file without extension'}")
            return f"{suffix} can be printed"
        if context.file is None or context.name is None:
            raise Skip("no file was given")
        require_encodable(context.name, context.file)
        suffix = PurePosixPath(context.name).suffix.lower()
        if suffix not in EXTENSIONS:
            raise FileInvalid(
                f"{context.name} does not end in {', '.join(EXTENSIONS)}",
                hint="slice the model to G-code first",
                details={"extension": suffix},
            )
        return f"{suffix} can be printed"


class NotEmpty(Check):
    """There is something in the file."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            size = _stored_size(context)
            if size is None:
                raise CannotCheck("the server does not report the file's size")
            if size == 0:
                raise FileInvalid(
                    f"{context.stored} is empty on the server",
                    hint="octoprint-cli files",
                )
            return "it is not empty"
        file = context.require_file()
        if file.stat().st_size == 0:
            raise FileInvalid(f"{file} is empty", hint="slice it again")
        return "it is not empty"


class Size(Check):
    """The file is no larger than OctoPrint accepts."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            raise Skip("the file is on the server already, and no limit of an upload is in its way")
        size = require_size(context)
        if size > MAX_BYTES:
            raise FileTooLarge(
                f"the file has {Bytes(size).human_readable()}; OctoPrint accepts at most {Bytes(MAX_BYTES).human_readable()}",
                hint="slice it with fewer details, or copy it to the server's uploads folder and print it with --stored",
                details={"size": size, "limit": MAX_BYTES},
            )
        return f"{Bytes(size).human_readable()} is a reasonable size"


class Space(Check):
    """The file fits into the server's free space."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            raise Skip("the file is on the server already, and needs no room")
        size = require_size(context)
        if context.location != "local":
            raise CannotCheck("the server does not know how much space is free on the SD card")
        context.require_server()
        free = context.free_space
        if free is None:
            raise CannotCheck("the server does not report its free space")
        room = Bytes(free).human_readable()
        if size > free:
            raise NoSpace(
                f"the file has {Bytes(size).human_readable()}, the server {room} left",
                hint="octoprint-cli files  # delete some on the server",
                details={"size": size, "free": free},
            )
        return f"the server has {room} left"


def require_size(context: CheckContext) -> int:
    """Return the file's size in bytes. Raises Skip unless there is a file."""
    return context.require_file().stat().st_size


def _stored_size(context: CheckContext) -> Optional[int]:
    """Return the size in bytes of the stored file: of what was read, else as the server tells it."""
    entry = context.require_stored()
    try:
        return context.read().size
    except CannotCheck as reason:
        return 0 if reason.told_by == "file_not_empty" else entry.size
    except CliError:
        return entry.size
