"""A time limit for code that takes no timeout of its own, such as an import."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import Any, Iterator, NoReturn


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in code that takes longer. Without SIGALRM, on Windows and in other threads, there is no limit."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_: Any) -> NoReturn:
        raise TimeoutError(f"not finished after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, late)
    rest = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *rest)  # an earlier alarm of other code, if there was one
        signal.signal(signal.SIGALRM, before)
