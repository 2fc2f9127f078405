"""A proxy on loopback that counts the HTTP requests it passes on."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from urllib.parse import urlsplit

_REQUEST = re.compile(rb"(?:GET|POST) /")
_BLOCK = 64 * 1024


class CountingProxy:
    """The proxy for one server. It runs in threads until the process ends."""

    def __init__(self, host: str) -> None:
        parts = urlsplit(host)
        self._target = (str(parts.hostname), parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(self._target)
            threading.Thread(target=self._copy, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._copy, args=(server, client, False), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, count: bool) -> None:
        with contextlib.suppress(OSError):
            while True:
                block = source.recv(_BLOCK)
                self.requests += bool(count and _REQUEST.match(block))
                count = count and b"Upgrade: websocket" not in block  # after the upgrade, the bytes are frames
                if not block:
                    break
                target.sendall(block)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
