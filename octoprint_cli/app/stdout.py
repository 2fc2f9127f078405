"""The process's standard output, whose failures have classes of their own.

Any other BrokenPipeError or OSError that reaches the boundary comes from a file or a socket of the command.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterable, Iterator


class StdoutClosed(BrokenPipeError):
    """Nobody reads stdout any more."""


class StdoutFull(OSError):
    """stdout cannot be written, for example because its disk is full."""


class Stdout:
    """A text stream that raises StdoutClosed or StdoutFull where the stream below it raises an OSError."""

    #: Whether the process was started with stdout closed, as daemons and cron jobs may be: then nothing arrives anywhere.
    absent = False

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    @classmethod
    def around(cls, stream: Any) -> Any:
        """Wrap a stream, unless it is None or wrapped already."""
        return stream if stream is None or isinstance(stream, cls) else cls(stream)

    def write(self, text: str) -> int:
        """Write text. Raises StdoutClosed or StdoutFull."""
        with _translated():
            return int(self._stream.write(text) or 0)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several lines. Raises StdoutClosed or StdoutFull."""
        with _translated():
            self._stream.writelines(lines)

    def flush(self) -> None:
        """Hand over what is buffered. Raises StdoutClosed or StdoutFull."""
        with _translated():
            self._stream.flush()

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (StdoutClosed, StdoutFull):
        raise
    except BrokenPipeError as error:
        raise StdoutClosed(*error.args) from error
    except OSError as error:
        raise StdoutFull(*error.args) from error
