"""The keys that are pressed while a live view is shown, one at a time and without echo. Must not know what they do."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from typing import Any, Callable, List, Optional, TextIO

#: Longest time in seconds until the end of the view is noticed.
_CHECK_SECONDS = 0.2


class Keyboard:
    """Context manager that calls `on_key` in a thread with each key; Ctrl-C and Ctrl-Z keep their meaning.

    Does nothing where the terminal has no such mode, as on Windows, and reads nothing while the program is in the background.
    """

    def __init__(self, stdin: TextIO, on_key: Callable[[str], None]) -> None:
        self._stdin, self._on_key = stdin, on_key
        self._before: Optional[List[Any]] = None
        self._open = threading.Event()

    def __enter__(self) -> Keyboard:
        with contextlib.suppress(ImportError, OSError, ValueError):  # ValueError: stdin has no file, or is closed
            import termios

            self._end = self._stdin.fileno()
            self._before = termios.tcgetattr(self._end)
            self._open.set()
            self.reappear()
            threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.clear()
        self.hide()

    def hide(self) -> None:
        """Give the terminal back as it was."""
        self._set(lambda termios: termios.tcsetattr(self._end, termios.TCSADRAIN, self._before))

    def reappear(self) -> None:
        """Take one key at a time again."""
        import tty

        self._set(lambda termios: tty.setcbreak(self._end, termios.TCSADRAIN))

    def _set(self, change: Callable[[Any], object]) -> None:
        if self._before is None or not self._in_front():
            return
        import termios

        with contextlib.suppress(termios.error, OSError, ValueError):
            change(termios)

    def _in_front(self) -> bool:
        """Whether the terminal belongs to this program: another one's must neither be changed nor read."""
        try:
            return os.tcgetpgrp(self._end) == os.getpgrp()
        except OSError:  # it is nobody's: there are no jobs of a shell
            return True

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal is gone
            while self._open.is_set():
                if not select.select([self._end], [], [], _CHECK_SECONDS)[0]:
                    continue
                if not self._in_front():
                    self._open.wait(_CHECK_SECONDS)
                    continue
                pressed = os.read(self._end, 64)
                if not pressed:
                    return
                key = pressed.strip(b"\r\n").decode("latin-1")
                if self._open.is_set() and len(key) == 1:  # an arrow or something pasted is several bytes
                    self._on_key(key)
