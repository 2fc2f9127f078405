"""The clock over the requests: one thread for all of the process, which ends what takes too long.

A thread for each request would cost more than all else that is done about one.
"""

from __future__ import annotations

import contextlib
import math
import queue
import threading
import time
from typing import Optional, Set


class Deadline:
    """Something with a deadline, in seconds of the monotonic clock, which may move, but to later alone.

    `end` is called once it has passed, from another thread.
    """

    deadline = math.inf

    def end(self) -> None:
        """End it, at once."""
        raise NotImplementedError


class Watchdog:
    """Watches whatever is under way. A lock in C and a queue in C: Ctrl-C in between leaves neither of them taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._watched: Set[Deadline] = set()
        self._wakes_at = math.inf
        self._thread: Optional[threading.Thread] = None

    def watch(self, one: Deadline) -> None:
        """From now on."""
        with self._lock:
            self._watched.add(one)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
                self._thread.start()
            sooner = one.deadline < self._wakes_at  # a later one is seen when the thread wakes up
        if sooner:
            self._wake.put(None)

    def forget(self, one: Deadline) -> None:
        """It is over; from now on it is not ended any more."""
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


#: That of this process.
WATCHDOG = Watchdog()
