"""Deadlines of requests, enforced by one thread of the process.

A thread for each request would cost more than everything else that the request takes.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
import time
from typing import Optional, Set


class Deadline:
    """An operation with a deadline, in seconds of the monotonic clock; the deadline may only move to later.

    `end` is called from another thread once the deadline has passed.
    """

    deadline = math.inf

    def end(self) -> None:
        """End the operation at once."""
        raise NotImplementedError


class Watchdog:
    """Ends every watched operation whose deadline has passed.

    Lock and queue are implemented in C, so that Ctrl-C leaves neither of them taken.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._watched: Set[Deadline] = set()
        self._wakes_at = math.inf
        self._thread: Optional[threading.Thread] = None

    def watch(self, one: Deadline) -> None:
        """Start to watch an operation."""
        with self._lock:
            self._watched.add(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
                self._thread.start()
            sooner = one.deadline < self._wakes_at  # a later one is seen when the thread wakes up
        if sooner:
            self._wake.put(None)

    def forget(self, one: Deadline) -> None:
        """Stop watching an operation, which is over."""
        with self._lock:
            self._watched.discard(one)

    def _run(self) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                for late in [one for one in self._watched if one.deadline <= now]:
                    self._watched.discard(late)
                    late.end()
                self._wakes_at = min((one.deadline for one in self._watched), default=math.inf)
                pause = None if math.isinf(self._wakes_at) else max(0.0, self._wakes_at - now)
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=pause)


#: The one watchdog of this process.
WATCHDOG = Watchdog()
