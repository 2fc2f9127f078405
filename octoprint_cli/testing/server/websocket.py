"""The push socket below its messages: the handshake, and the frames, which websocket-client makes and reads.

What is said in them is in `conversation`.
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
#: Seconds after which a socket looks again whether something is new.
_TICK = 0.02
_CHUNK = b"0" * 65536
#: RFC 6455, section 1.3.
_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class PushFaults(NamedTuple):
    """How a socket is spoilt; without any of them it works."""

    #: Seconds until the connection ends, without a close frame.
    closes_after: Optional[float] = None
    #: Seconds until nothing more is said, not even a pong; the connection stays.
    mute_after: Optional[float] = None
    #: Seconds between the bytes of what is sent.
    byte_interval: float = 0.0
    #: Frames that nobody wants: all of them at first, then one before each message.
    garbage: Sequence[bytes] = ()
    #: Bytes of a frame that is sent before anything else; none for 0.
    flood: int = 0


def handshake(request: Request) -> Reply:
    """`GET /sockjs/websocket`: 101, or why not. A key is of no use here, and not asked for."""
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
    """A frame, as a server sends it."""
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
        """The opcode and the content of the frame that comes within a tick. Raises OSError at the connection's end."""
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
        """All that nobody wants, at the beginning."""
        if self._faults.flood:
            self._exchange.send(bytes([0x80 | TEXT, 127]) + struct.pack("!Q", self._faults.flood))
        for start in range(0, self._faults.flood, len(_CHUNK)):
            self._exchange.send(_CHUNK[: self._faults.flood - start])
        for piece in self._faults.garbage:
            self._send(piece)

    def tell(self, message: Any) -> None:
        """A JSON message."""
        if self._faults.garbage:
            self._send(self._faults.garbage[self._sent % len(self._faults.garbage)])
        self._sent += 1
        self._send(frame(json.dumps(message)))

    def answer(self, content: bytes, opcode: int) -> None:
        """A frame of that kind."""
        self._send(frame(content, opcode))

    def _send(self, data: bytes) -> None:
        if not self._faults.byte_interval:
            return self._exchange.send(data)
        for at in data:
            self._exchange.send(bytes([at]))
            if not self._exchange.pause(self._faults.byte_interval):
                raise ConnectionError("the server ends")
        return None
