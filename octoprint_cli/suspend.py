"""Ctrl-Z, while the terminal shows what a shell must not be left with."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Any, Callable, Iterator


@contextlib.contextmanager
def around_stops(leave: Callable[[], object], come_back: Callable[[], object]) -> Iterator[None]:
    """Call `leave` before Ctrl-Z stops the program, and `come_back` when it goes on.

    Nothing where there is no such signal (Windows) or somebody else has it, and in other threads than the main one.
    """
    number = getattr(signal, "SIGTSTP", None)
    in_main = threading.current_thread() is threading.main_thread()
    if number is None or not in_main or signal.getsignal(number) is not signal.SIG_DFL:
        yield
        return

    def stop(*_: Any) -> None:
        leave()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)  # here it stands still
        signal.signal(number, stop)
        come_back()

    signal.signal(number, stop)
    try:
        yield
    finally:
        signal.signal(number, signal.SIG_DFL)
