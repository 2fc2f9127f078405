"""The person at the terminal: notes on stderr, questions, whether anybody is there.

stdout is data and never written to from here. Must not know the printer.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, ContextManager, Iterator, List, Optional, TextIO

from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.terminal.printer_view import PrinterView

if TYPE_CHECKING:
    from octoprint_cli.output.terminal.live_view import View

#: Told the bytes done so far and the bytes in all.
Progress = Callable[[int, int], None]
#: Told how the printer is now, as often as one likes.
Show = Callable[[PrinterView], None]


class Terminal:
    """stderr and, if a person sits there, stdin."""

    def __init__(self, stdin: Optional[TextIO] = None, stderr: Optional[TextIO] = None, quiet: bool = False) -> None:
        self.stdin = stdin if stdin is not None else sys.stdin
        self.stderr = stderr if stderr is not None else sys.stderr
        self.quiet = quiet
        self._view: Optional[View] = None

    @property
    def attended(self) -> bool:
        """Whether a person can be asked: both ends are a terminal."""
        return _is_tty(self.stdin) and _is_tty(self.stderr)

    def note(self, text: str) -> None:
        """Tell the person something, a line of its own. Silent with `--quiet`."""
        if not self.quiet:
            self._write(text)

    def warn(self, text: str) -> None:
        """Tell something that matters even to those who asked for quiet."""
        self._write(f"Warning: {text}")

    def note_error(self, message: str, code: str, hint: str) -> None:
        """Tell what went wrong, and what to do."""
        self._write(f"Error: {visible(message)} ({code})\nHint: {visible(hint)}")

    @contextlib.contextmanager
    def progress(self, title: str, after: float = 0.0) -> Iterator[Optional[Progress]]:
        """A bar on stderr while something is under way; None, and no bar, where nobody watches.

        What it gives is told the bytes done and the bytes in all. The bar appears when it is first told after
        so many seconds.
        """
        if self.quiet or not _is_tty(self.stderr):
            yield None
            return
        begun = time.monotonic()
        shown: List[Progress] = []
        with contextlib.ExitStack() as stack:

            def told(done: int, total: int) -> None:
                if not shown and time.monotonic() - begun >= after:
                    from octoprint_cli.output.terminal.progress_bar import bar  # slow to import, and only a terminal has one

                    shown.append(stack.enter_context(bar(visible(title), self.stderr)))
                for bar_told in shown:
                    bar_told(done, total)

            yield told

    def reading(self, file: Optional[str]) -> ContextManager[Optional[Progress]]:
        """The same for a file that is read: one that takes no second needs no bar."""
        return self.progress(f"reading {Path(file or '').name}", after=1.0)

    @contextlib.contextmanager
    def watching(self, whole: bool, stream: Optional[TextIO] = None) -> Iterator[Optional[Show]]:
        """A printer, shown live on stderr or another stream; None, and nothing shown, where nobody watches.

        With `whole` a panel that has the terminal to itself, else one line that is gone at the end. What it gives
        may be called at any time and from any thread; call it with what is new, at once.
        """
        stream = stream if stream is not None else self.stderr
        if self.quiet or not _is_tty(stream):
            yield None
            return
        from octoprint_cli.output.terminal.live_view import View  # slow to import, and only a terminal has one
        from octoprint_cli.output.terminal.suspend import around_stops

        with View(stream, whole) as view, around_stops(view.hide, view.reappear):
            self._view = view if view.able and _is_tty(self.stderr) else None
            try:
                yield view.show if view.able else None
            finally:
                self._view = None

    def ask(self, question: str) -> str:
        """Ask for a line; only where `attended`. An end of input is an empty answer."""
        self.stderr.write(f"{question}: ")
        self.stderr.flush()
        return self.stdin.readline().strip()

    def ask_secret(self, question: str) -> str:
        """Ask for a line that is not echoed."""
        import getpass  # slow to import, and only `init` asks

        return getpass.getpass(f"{question}: ", stream=self.stderr).strip()

    def _write(self, text: str) -> None:
        if self._view is not None:  # it would be written into what is shown
            return self._view.say(text)
        lines = "\n".join(visible(line) for line in text.split("\n"))
        try:
            self.stderr.write(lines + "\n")
            self.stderr.flush()
        except (OSError, ValueError):
            pass  # a closed stderr must not turn a success into a failure


def _is_tty(stream: Optional[TextIO]) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
