"""The push socket below its messages: the handshake, and the frames, which websocket-client builds and parses.

The messages are in `push_session`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Sequence, Tuple, Union
from urllib.parse import urlsplit

from websocket import ABNF, WebSocketException, frame_buffer

from octoprint_cli.testing.octoprint.reply import Reply
from octoprint_cli.testing.server.request import Request

if TYPE_CHECKING:
    from octoprint_cli.testing.server.exchange import Exchange

PATH = "/sockjs/websocket"
TEXT, BINARY = ABNF.OPCODE_TEXT, ABNF.OPCODE_BINARY
PING, PONG, CLOSE = ABNF.OPCODE_PING, ABNF.OPCODE_PONG, ABNF.OPCODE_CLOSE
#: Seconds between two looks for new messages to send.
_TICK = 0.02
_CHUNK = b"0" * 65536
#: The constant of RFC 6455, section 1.3.
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class PushFaults(NamedTuple):
    """Ways in which a push socket misbehaves; the defaults are a healthy one."""

    #: Seconds until the connection ends without a close frame.
    closes_after: Optional[float] = None
    #: Seconds until nothing more is sent, not even a pong, though the connection stays open.
    mute_after: Optional[float] = None
    #: Seconds until the state of that moment is repeated for ever, without events.
    repeats_after: Optional[float] = None
    #: Seconds between two bytes that are sent.
    byte_interval: float = 0.0
    #: Garbage frames: all of them are sent first, then one before each message.
    garbage: Sequence[bytes] = ()
    #: Size of a frame that is sent before anything else, in bytes; 0 for none.
    flood: int = 0


def handshake(request: Request) -> Reply:
    """Answer `GET /sockjs/websocket` with 101, or with why not. No API key is needed here."""
    asked = request.headers
    if asked.get("upgrade", "").lower() != "websocket":
        return Reply(400, 'Can "Upgrade" only to "WebSocket".', "text/html; charset=UTF-8")
    if "upgrade" not in asked.get("connection", "").lower():
        return Reply(400, '"Connection" must be "Upgrade".', "text/html; charset=UTF-8")
    origin = asked.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != asked.get("host", "").lower():
        return Reply(403, "Cross origin websockets not allowed", "text/html; charset=UTF-8")
    if asked.get("sec-websocket-version") not in ("7", "8", "13") or "sec-websocket-key" not in asked:
        return Reply(426, "", "text/html; charset=UTF-8", (("Sec-Websocket-Version", "7, 8, 13"),))
    digest = hashlib.sha1((asked["sec-websocket-key"] + _MAGIC).encode()).digest()
    accepted = ("Sec-Websocket-Accept", base64.b64encode(digest).decode())
    return Reply(101, headers=(("Upgrade", "websocket"), ("Connection", "Upgrade"), accepted))


def frame(content: Union[str, bytes], opcode: int = TEXT) -> bytes:
    """Return a frame as a server sends it."""
    made = ABNF.create_frame(content, opcode)
    made.mask_value = 0  # a server must not mask
    return made.format()


class FrameSocket:
    """The frames of one connection."""

    def __init__(self, exchange: Exchange, faults: PushFaults) -> None:
        self._exchange = exchange
        self._faults = faults
        self._connection = exchange.connection
        self._frames = frame_buffer(self._receive, True)
        self._sent = 0

    def next(self) -> Optional[Tuple[int, bytes]]:
        """Return opcode and content of a frame that arrives within a tick, else None. Raises OSError at the connection's end."""
        self._connection.settimeout(_TICK)
        try:
            found = self._frames.recv_frame()
        except socket.timeout:
            return None
        except WebSocketException as broken:
            raise ConnectionError("the client sends no frames") from broken
        finally:
            self._connection.settimeout(None)
        return found.opcode, found.data if isinstance(found.data, bytes) else found.data.encode()

    def _receive(self, size: int) -> bytes:
        piece = self._connection.recv(size)
        if not piece:
            raise ConnectionError("the client has gone")
        return piece

    def send_garbage(self) -> None:
        """Send the flood and all garbage frames."""
        if self._faults.flood:
            self._exchange.send(bytes([0x80 | TEXT, 127]) + struct.pack("!Q", self._faults.flood))
        for start in range(0, self._faults.flood, len(_CHUNK)):
            self._exchange.send(_CHUNK[: self._faults.flood - start])
        for piece in self._faults.garbage:
            self._send(piece)

    def tell(self, message: Any) -> None:
        """Send a JSON message, preceded by a garbage frame if there are any."""
        if self._faults.garbage:
            self._send(self._faults.garbage[self._sent % len(self._faults.garbage)])
        self._sent += 1
        self._send(frame(json.dumps(message)))

    def answer(self, content: bytes, opcode: int) -> None:
        """Send a frame of this kind."""
        self._send(frame(content, opcode))

    def _send(self, data: bytes) -> None:
        if not self._faults.byte_interval:
            return self._exchange.send(data)
        for at in data:
            self._exchange.send(bytes([at]))
            if not self._exchange.pause(self._faults.byte_interval):
                raise ConnectionError("the server ends")
        return None
