"""Ctrl-Z, while the terminal shows what a shell must not be left with."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from queue import SimpleQueue
from typing import Any, Callable, Iterator


@contextlib.contextmanager
def around_stops(leave: Callable[[], object], come_back: Callable[[], object]) -> Iterator[None]:
    """Call `leave` before Ctrl-Z stops the program, and `come_back` when it goes on: in a thread of their own.

    (The signal may come in the middle of a write, and a handler that writes to the same stream then is an error.)
    Nothing where no shell could let it go on again, where somebody else has the signal, and in other threads than the main one.
    """
    if not _stoppable():
        yield
        return
    wanted: SimpleQueue[bool] = SimpleQueue()  # which a handler may put something into at any time

    def stand_still() -> None:
        while wanted.get():
            leave()
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # here, and the whole program with it
            come_back()

    def stop(*_: Any) -> None:
        wanted.put(True)

    threading.Thread(target=stand_still, daemon=True).start()
    signal.signal(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        wanted.put(False)


def _stoppable() -> bool:
    """Whether Ctrl-Z is to stop this program. A shell gives each job a group of its own: the session's is no job."""
    if not hasattr(signal, "SIGTSTP") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL and os.getpgrp() != os.getsid(0)
