"""Restore the terminal before Ctrl-Z stops the program, and redraw when it continues."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from queue import SimpleQueue
from typing import Any, Callable, Iterator


@contextlib.contextmanager
def around_stops(restore: Callable[[], object], redraw: Callable[[], object]) -> Iterator[None]:
    """Call `restore` before Ctrl-Z stops the program, and `redraw` when it continues.

    They run in a thread, since the signal may arrive in the middle of a write, and a handler must not write to the same stream.
    Does nothing if no shell could continue the program, if the signal has a handler already, and outside the main thread.
    """
    if not _stoppable():
        yield
        return
    stops: SimpleQueue[bool] = SimpleQueue()  # SimpleQueue.put is reentrant, so a signal handler may call it

    def stop_and_resume() -> None:
        while stops.get():
            restore()
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # stops the whole process at this point
            redraw()

    def stop(*_: Any) -> None:
        stops.put(True)

    threading.Thread(target=stop_and_resume, daemon=True).start()
    signal.signal(signal.SIGTSTP, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        stops.put(False)


def _stoppable() -> bool:
    """Return whether Ctrl-Z can stop this program as a job of a shell, which has a process group other than the session's."""
    if not hasattr(signal, "SIGTSTP") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL and os.getpgrp() != os.getsid(0)
