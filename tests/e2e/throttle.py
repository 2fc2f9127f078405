"""A TCP proxy in front of a server that holds a request up: its body half way, or its answer, or loses the answer.

On the loopback, on a free port; it ends with its `with`. All other connections pass.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import List, Optional, Tuple, Type
from urllib.parse import urlsplit

_STEP = 16 * 1024
#: Small buffers: otherwise the system takes some megabytes of a held body off the sender's hands.
_BUFFER = 64 * 1024


class Throttle:
    """Holds the first connection whose request line begins with `line`.

    With `after`, once so many bytes of it went through; without, its answer. `held` is set when it does; then
    it waits for `release()`. `lose` closes the connection instead of holding its answer, and sets `lost`; with `every`
    that of each such request.
    """

    def __init__(self, host: str, line: str, after: Optional[int] = None, lose: bool = False, every: bool = False) -> None:
        parts = urlsplit(host)
        self._target: Tuple[str, int] = (str(parts.hostname), parts.port or 80)
        self._line, self._after, self._lose, self._every = line.encode(), after, lose, every
        self.held, self.lost, self._go_on = threading.Event(), threading.Event(), threading.Event()
        self._taken = threading.Lock()  # only one connection is held
        self._open: List[socket.socket] = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.host = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Throttle:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.release()
        for sock in [self._listener, *self._open]:
            _end(sock)

    def release(self) -> None:
        """Let what is held go on."""
        self._go_on.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                self._open += [client, server]
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """The request; its answer has a thread of its own, which waits for this one's verdict."""
        with contextlib.suppress(OSError):
            first = client.recv(_STEP)
            mine = first.startswith(self._line) and (self._every or self._taken.acquire(blocking=False))
            answers = threading.Thread(target=self._answer, args=(server, client, mine and self._after is None), daemon=True)
            answers.start()
            passed, chunk = 0, first
            while chunk:
                server.sendall(chunk)
                passed += len(chunk)
                if mine and self._after is not None and passed >= self._after:
                    self._hold()
                    mine = False
                chunk = client.recv(_STEP)
        _end(server)

    def _answer(self, server: socket.socket, client: socket.socket, hold: bool) -> None:
        with contextlib.suppress(OSError):
            chunk = server.recv(_STEP)
            if hold and self._lose:
                self.lost.set()
                chunk = b""
            elif hold:
                self._hold()
            while chunk:
                client.sendall(chunk)
                chunk = server.recv(_STEP)
        _end(client)

    def _hold(self) -> None:
        self.held.set()
        self._go_on.wait(60)


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
