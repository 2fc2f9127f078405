"""Slow servers: a line of so many bytes a second, and one that is so slow that the time of a request is up."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any, Optional, Type

from octoprint_cli.client.http.deadlines import WATCHDOG
from octoprint_cli.testing import Exchange, Fault

_PIECE = 32 * 1024


class SlowLine:
    """Listens on `port` while inside `with`; one connection after another, each passed on to `server_port`."""

    def __init__(self, server_port: int, bytes_per_second: int) -> None:
        self._target, self._pause = server_port, _PIECE / bytes_per_second
        self._over = threading.Event()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)  # or the system takes megabytes at once
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(8)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> SlowLine:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it is over
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._target)) as far:
            back = threading.Thread(target=self._pass, args=(far, near, 0.0), daemon=True)
            back.start()
            self._pass(near, far, self._pause)
            back.join()

    def _pass(self, source: socket.socket, target: socket.socket, pause: float) -> None:
        with contextlib.suppress(OSError):
            while True:
                piece = source.recv(_PIECE)
                if not piece or self._over.wait(pause if len(piece) > 1000 else 0):
                    break
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def out_of_time(fault: Fault) -> Fault:
    """Return the fault for a run in this process whose requests run out of time as soon as it makes the client wait.

    The time limit of the run may be long, so that nothing else meets it, and nothing waits for it to pass.
    """

    def spoilt(exchange: Exchange) -> None:
        pause = exchange.pause

        def expire(*seconds: Any) -> bool:
            exchange.pause = pause  # type: ignore[method-assign]
            with WATCHDOG._lock:
                for deadline in WATCHDOG._watched:
                    deadline.deadline = 0.0
            WATCHDOG._wake.put(None)
            return pause(*seconds)

        exchange.pause = expire  # type: ignore[method-assign]
        fault(exchange)

    return spoilt
