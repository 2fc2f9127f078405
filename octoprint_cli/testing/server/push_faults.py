"""Faults of the push socket: `server.fail("GET", "/sockjs/websocket", faults.push_drop(2))`.

All of these answer the handshake correctly and fail afterwards. Earlier failures, such as a proxy that does not know
websockets, are in `faults`: `answer(404)`, `html()`, `hang`, `cut_before`. Seconds are counted from the handshake on.
"""

from __future__ import annotations

from octoprint_cli.testing.server.exchange import Exchange
from octoprint_cli.testing.server.fault_plan import Fault, named
from octoprint_cli.testing.server.push_session import serve_push
from octoprint_cli.testing.server.websocket import BINARY, PushFaults, frame

#: JSON that no client expects, and text that is no JSON.
_NO_MESSAGES = (
    "",
    "{",
    "null",
    "5",
    '"current"',
    "[]",
    "{}",
    "NaN",
    '[{"current": {}}]',
    "[" * 20_000,
    '{"current": null}',
    '{"current": []}',
    '{"current": {"state": 7, "job": "x", "progress": [1], "temps": {"tool0": 1}, "logs": "Recv: ok", "messages": 3}}',
    '{"current": {"state": {"text": null, "flags": []}, "logs": [1, null, {}], "temps": [null, {"tool0": 5}, {"bed": {}}]}}',
    '{"current": {"state": {"text": {}, "flags": 1}, "job": {"file": []}, "progress": {"completion": "NaN"}, "serverTime": []}}',
    '{"history": {"logs": {}}}',
    '{"event": null}',
    '{"event": "PrintDone"}',
    '{"event": {"type": 5, "payload": "x"}}',
    '{"event": {"payload": {}}}',
    '{"event": {"type": ["PrintDone"], "payload": []}}',
    '{"event": {"type": "PrinterStateChanged", "payload": 5}}',
    '{"plugin": []}',
    '{"plugin": {"plugin": null, "data": 5}}',
    '{"unheardOf": {"type": "\\u0007\\u001b[31m"}}',
)
_GARBAGE = (*map(frame, _NO_MESSAGES), frame(b"\x00\xff\xfe", BINARY), frame(b'{"event": {"type": "X"}}', BINARY))


def push_silent(exchange: Exchange) -> None:
    """Send nothing after the handshake, no `connected` and no pong, and keep the connection open."""
    serve_push(exchange, PushFaults(mute_after=0))


def push_mute(seconds: float) -> Fault:
    """Work for some seconds, then send nothing more, not even a pong, with the connection open, as if a cable was cut."""
    return named("push_mute", lambda exchange: serve_push(exchange, PushFaults(mute_after=seconds)))


def push_repeat(seconds: float) -> Fault:
    """Work for some seconds, then repeat the state of that moment for ever, without events, as a cache in front would."""
    return named("push_repeat", lambda exchange: serve_push(exchange, PushFaults(repeats_after=seconds)))


def push_drop(seconds: float) -> Fault:
    """Work for some seconds, then end the connection without a close frame, as when a server is killed."""
    return named("push_drop", lambda exchange: serve_push(exchange, PushFaults(closes_after=seconds)))


def push_garbage(exchange: Exchange) -> None:
    """Work, but send garbage before every message: no JSON, wrong shapes, binary frames. All of it comes at the beginning."""
    serve_push(exchange, PushFaults(garbage=_GARBAGE))


def push_breach(exchange: Exchange) -> None:
    """Break the protocol with the first frame, whose text is no UTF-8. A client must disconnect; this server goes on."""
    serve_push(exchange, PushFaults(garbage=(frame(b"\xff\xfe"),)))


def push_drip(exchange: Exchange) -> None:
    """Work, but send one byte every 20 ms, so that any message takes many seconds without any silence."""
    serve_push(exchange, PushFaults(byte_interval=0.02))


def push_flood(size: int) -> Fault:
    """Send one frame of `size` bytes (65536 at least), in pieces; then nothing more."""
    return named("push_flood", lambda exchange: serve_push(exchange, PushFaults(mute_after=0, flood=size)))
