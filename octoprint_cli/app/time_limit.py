"""A limit of time on what cannot be told one, such as an import."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Any, Iterator, NoReturn


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer. There is no limit where there is no alarm: on Windows, in other threads."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_: Any) -> NoReturn:
        raise TimeoutError(f"not done after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    rest = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *rest)  # somebody else's, if there was one
        signal.signal(signal.SIGALRM, before)
