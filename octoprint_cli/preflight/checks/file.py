"""The built-in checks of the file, from the outside: its name, its size, the room for it."""

from __future__ import annotations

import contextlib

from octoprint_cli.errors import FileInvalid, FileNotFound, FileTooLarge, FileUnreadable, NoSpace
from octoprint_cli.output.columns import Bytes
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import EXTENSIONS, MAX_BYTES, CheckContext
from octoprint_cli.preflight.finding import Skip


class Exists(Check):
    """The file is there, and is a file."""

    def run(self, context: CheckContext) -> str:
        if context.file is None:
            raise Skip("no file was given")
        if not context.file.exists():
            raise FileNotFound(f"there is no file {context.file}", hint=f"ls {context.file.parent}")
        if not context.file.is_file():
            raise FileInvalid(f"{context.file} is not a file", hint="name a G-code file")
        return f"{context.file} is there"


class Readable(Check):
    """The file can be opened, and read to its end."""

    def run(self, context: CheckContext) -> str:
        if context.stored is not None:
            context.read()
            return f"the server hands out {context.stored}"
        file = context.require_file()
        try:
            with file.open("rb") as opened:
                opened.read(1)
        except OSError as error:
            raise FileUnreadable(f"{file} cannot be read: {error.strerror}", hint=f"ls -l {file}") from error
        with contextlib.suppress(Skip):  # what is no G-code is not read to its end
            context.read()
        return "it can be read"


class Extension(Check):
    """The file's name ends as that of something printable."""

    def run(self, context: CheckContext) -> str:
        if context.file is None:
            raise Skip("no file was given")
        suffix = context.file.suffix.lower()
        if suffix not in EXTENSIONS:
            raise FileInvalid(
                f"{context.file.name} does not end in {', '.join(EXTENSIONS)}",
                hint="slice the model to G-code first",
                details={"extension": suffix},
            )
        return f"{suffix} can be printed"


class NotEmpty(Check):
    """There is something in the file."""

    def run(self, context: CheckContext) -> str:
        file = context.require_file()
        if file.stat().st_size == 0:
            raise FileInvalid(f"{file} is empty", hint="slice it again")
        return "it is not empty"


class Size(Check):
    """The file is no larger than OctoPrint takes."""

    def run(self, context: CheckContext) -> str:
        size = require_size(context)
        if size > MAX_BYTES:
            raise FileTooLarge(
                f"the file has {Bytes(size).human_readable()}; OctoPrint takes {Bytes(MAX_BYTES).human_readable()}",
                hint="raise the server's upload limit and repeat with --no-preflight",
                details={"size": size, "limit": MAX_BYTES},
            )
        return f"{Bytes(size).human_readable()} is a reasonable size"


class Space(Check):
    """The file fits into the server's free space."""

    def run(self, context: CheckContext) -> str:
        size = require_size(context)
        if context.location != "local":
            raise Skip("the server does not know how much room the SD card has")
        context.require_server()
        free = context.free_space
        if free is None:
            raise Skip("the server does not say how much room it has")
        room = Bytes(free).human_readable()
        if size > free:
            raise NoSpace(
                f"the file has {Bytes(size).human_readable()}, the server {room} left",
                hint="delete files on the server",
                details={"size": size, "free": free},
            )
        return f"the server has {room} left"


def require_size(context: CheckContext) -> int:
    """Return the file's size in bytes. Raises Skip unless there is a file."""
    return context.require_file().stat().st_size
