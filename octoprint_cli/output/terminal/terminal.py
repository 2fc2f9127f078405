"""The terminal of an interactive user: notes on stderr, questions, progress, and whether there is such a user.

stdout holds data and is never written to here. Must not know the printer.
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Iterator, List, Mapping, Optional, TextIO

from octoprint_cli.output.safe_text import visible
from octoprint_cli.output.terminal.colours import coloured, has_colours, is_terminal

if TYPE_CHECKING:
    from octoprint_cli.output.terminal.live_view import View
    from octoprint_cli.output.terminal.printer_view import PrinterView

#: Called with the bytes done so far and the total.
Progress = Callable[[int, int], None]
#: Called with the printer's current state, as often as the caller likes.
Show = Callable[["PrinterView"], None]


class Terminal:
    """Notes and progress on stderr, and questions if stdin and stderr are a terminal."""

    def __init__(
        self,
        stdin: Optional[TextIO] = None,
        stderr: Optional[TextIO] = None,
        quiet: bool = False,
        environ: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.stdin = stdin if stdin is not None else sys.stdin
        self.stderr = stderr if stderr is not None else sys.stderr
        self.quiet, self.environ = quiet, environ
        self._view: Optional[View] = None

    @property
    def attended(self) -> bool:
        """Whether an interactive user can be asked: stdin and stderr are both a terminal."""
        return is_terminal(self.stdin) and is_terminal(self.stderr)

    def note(self, text: str) -> None:
        """Write a note on a line of its own, except with `--quiet`."""
        if not self.quiet:
            self._write(text)

    def warn(self, text: str) -> None:
        """Write a warning, even with `--quiet`."""
        self._write(f"Warning: {text}", "yellow")

    def note_error(self, message: str, code: str, hint: str) -> None:
        """Write an error and its hint, even with `--quiet`."""
        self._write(f"Error: {visible(message)} ({code})\nHint: {visible(hint)}", "red")

    def write_line(self, text: str) -> None:
        """Write a line as it is, even with `--quiet`: an answer that stdout could not take."""
        self._write(text)

    @contextlib.contextmanager
    def progress(self, title: str, after: float = 0.0) -> Iterator[Optional[Progress]]:
        """Show a progress bar on stderr, and give the function that updates it; None if there is no interactive user.

        The function takes the bytes done so far and the total. The bar appears with the first update that comes after
        `after` seconds.
        """
        if self.quiet or not is_terminal(self.stderr):
            yield None
            return
        begun = time.monotonic()
        shown: List[Progress] = []
        with contextlib.ExitStack() as stack:

            def update(done: int, total: int) -> None:
                if not shown and time.monotonic() - begun >= after:
                    from octoprint_cli.output.terminal.progress_bar import bar  # slow to import, and only a terminal has one

                    shown.append(stack.enter_context(bar(visible(title), self.stderr)))
                for update_bar in shown:
                    update_bar(done, total)

            yield update

    def reading(self, file: Optional[str]) -> ContextManager[Optional[Progress]]:
        """Show a progress bar while a file is read, unless that takes less than a second."""
        return self.progress(f"reading {Path(file or '').name}", after=1.0)

    @contextlib.contextmanager
    def watching(
        self, whole: bool, stream: Optional[TextIO] = None, on_key: Optional[Callable[[str], None]] = None
    ) -> Iterator[Optional[Show]]:
        """Open a live view of the printer, and give the function that updates it; None if there is no interactive user.

        With `whole` the view is a panel that fills the terminal, else one line that is removed at the end. It is drawn on stderr
        or `stream`. The function may be called at any time from any thread. `on_key` is called, by a thread, with each key that is
        pressed at stdin meanwhile.
        """
        stream = stream if stream is not None else self.stderr
        if self.quiet or not is_terminal(stream):
            yield None
            return
        from octoprint_cli.output.terminal.live_view import View  # slow to import, and only a terminal has one
        from octoprint_cli.output.terminal.suspend import around_stops

        with contextlib.ExitStack() as stack:
            view = stack.enter_context(View(stream, whole))
            parts: List[Any] = [view]
            if on_key is not None and view.able and is_terminal(self.stdin):
                from octoprint_cli.output.terminal.keyboard import Keyboard

                parts.append(stack.enter_context(Keyboard(self.stdin, on_key)))
            stack.enter_context(around_stops(lambda: [part.hide() for part in parts], lambda: [part.reappear() for part in parts]))
            self._view = view if view.able and is_terminal(self.stderr) else None
            try:
                yield view.show if view.able else None
            finally:
                self._view = None

    def ask(self, question: str) -> str:
        """Ask for a line of input; call it only if `attended`. End of input counts as an empty answer."""
        self.stderr.write(f"{question}: ")
        self.stderr.flush()
        return self.stdin.readline().strip()

    def ask_secret(self, question: str) -> str:
        """Ask for a line of input that is not echoed."""
        import getpass  # slow to import, and only `init` asks

        return getpass.getpass(f"{question}: ", stream=self.stderr).strip()

    def _write(self, text: str, style: str = "") -> None:
        """Write lines; the first word of the first has the colour of the style if stderr is a terminal that has colours."""
        if self._view is not None:  # writing to stderr would garble the live view
            return self._view.say(text)
        lines = "\n".join(visible(line) for line in text.split("\n"))
        if style and has_colours(self.stderr, self.environ):
            word, rest = lines.split(" ", 1)
            lines = f"{coloured(word, style)} {rest}"
        try:
            self.stderr.write(lines + "\n")
            self.stderr.flush()
        except (OSError, ValueError):
            pass  # a closed stderr must not turn a success into a failure
