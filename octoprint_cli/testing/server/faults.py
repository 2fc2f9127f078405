"""Faults: what can go wrong with a request, as values: `server.fail("POST", "/api/job", faults.cut_after)`.

A fault is a function of the `Exchange`; a test may define its own. Those that wait end when the server does.
Bytes are bytes on the wire, and seconds are real ones. The faults of the push socket are in `push_faults` and are available
here, too (`faults.push_drop(2)`). Other failures are elsewhere: refused connections in `FaultServer.refuse`, uploads that are
stored wrong in `FakeOctoPrint.corrupts_uploads`, requests that are accepted and not carried out in its `ignored_verbs`.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional

from octoprint_cli.testing.octoprint.reply import Reply, page
from octoprint_cli.testing.server.compression_bombs import ENCODINGS, OPENING, zeros
from octoprint_cli.testing.server.exchange import Exchange
from octoprint_cli.testing.server.fault_plan import Fault, named
from octoprint_cli.testing.server.push_faults import (
    push_breach as push_breach,
    push_drip as push_drip,
    push_drop as push_drop,
    push_flood as push_flood,
    push_garbage as push_garbage,
    push_mute as push_mute,
    push_repeat as push_repeat,
    push_silent as push_silent,
)

_BOMB_BYTES = 200 * 1024 * 1024
_CHUNK = b"0" * 65536


# -- other answers, nothing is done ------------------------------------------------------------------


def answer(status: int, body: Any = None, kind: str = "", headers: Optional[Mapping[str, str]] = None) -> Fault:
    """Answer with this status and body: text or bytes as they are, anything else as JSON. `kind` is the Content-Type."""
    reply = Reply(status, body, kind, tuple((headers or {}).items()))
    return named(f"answer_{status}", lambda exchange: exchange.reply(reply))


def html(status: int = 200) -> Fault:
    """Answer with an HTML page, such as a proxy's login page (200) or its refusal."""
    return named(f"html_{status}", lambda exchange: exchange.reply(page(status)))


def redirect(location: str, status: int = 302) -> Fault:
    """Answer with a redirect."""
    return named(f"redirect_{status}", lambda exchange: exchange.reply(page(status, ("Location", location))))


def retry_after(status: int = 503, seconds: int = 1) -> Fault:
    """Answer with a status such as 429 or 503, and a Retry-After of some seconds."""
    reply = page(status, ("Retry-After", str(seconds)))
    return named(f"retry_after_{status}", lambda exchange: exchange.reply(reply))


def wrong_shape(value: Any) -> Fault:
    """Answer 200 with this value as JSON, in place of the right one."""
    return named(
        f"wrong_shape_{type(value).__name__}", lambda exchange: exchange.reply(Reply(200, json.dumps(value), "application/json"))
    )


def not_json(exchange: Exchange) -> None:
    """Answer 200 with JSON that breaks off in the middle."""
    exchange.reply(Reply(200, '{"state": "Oper', "application/json"))


def raw(content: bytes) -> Fault:
    """Send bytes that are no HTTP, and end the connection. OctoPrint sends a bare `Not found` while it starts."""

    def fault(exchange: Exchange) -> None:
        exchange.receive()
        exchange.send(content)
        exchange.close()

    return named("raw", fault)


def early_answer(status: int = 413, after: int = 0, linger: bool = True) -> Fault:
    """Answer with an HTML page after some bytes of the body, as nginx does if the body is too large.

    With `linger` the rest of the body is discarded, so that the client can read the answer; without, the connection
    ends at once, and the system resets it when more of the body arrives.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.reply(page(status, ("Connection", "close")))
        exchange.drain() if linger else exchange.close()

    return named(f"early_answer_{status}", fault)


# -- no answer --------------------------------------------------------------------------------------


def cut_before(exchange: Exchange) -> None:
    """Read the request, do nothing, and end the connection."""
    exchange.receive()
    exchange.close()


#: A short name of `cut_before`.
close = cut_before


def cut_after(exchange: Exchange) -> None:
    """Carry out the request, then end the connection without an answer."""
    exchange.perform()
    exchange.close()


def reset_before(exchange: Exchange) -> None:
    """Read the request, do nothing, and reset the connection."""
    exchange.receive()
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    """Carry out the request, then reset the connection."""
    exchange.perform()
    exchange.reset()


def hang(exchange: Exchange) -> None:
    """Read the request, do nothing, and send no answer as long as the server runs."""
    exchange.receive()
    exchange.pause()
    exchange.close()


def hang_after(exchange: Exchange) -> None:
    """Carry out the request, and send no answer as long as the server runs."""
    exchange.perform()
    exchange.pause()
    exchange.close()


def gateway_after(status: int = 502) -> Fault:
    """Carry out the request, but answer as a proxy that got no answer from the server (502, 504)."""

    def fault(exchange: Exchange) -> None:
        exchange.perform()
        exchange.reply(page(status))

    return named(f"gateway_after_{status}", fault)


# -- an old answer -----------------------------------------------------------------------------------


def cached(by: str = "target", **headers: str) -> Fault:
    """Answer as a cache does that stores whatever it sees, and never asks again: the first answer for each address.

    With `by="path"` it takes no notice of the query. `headers`, such as `Age="30"`, are in the answers from its store.
    """
    store: Dict[str, Reply] = {}

    def fault(exchange: Exchange) -> None:
        key = getattr(exchange, by)
        if exchange.method != "GET" or key not in store:
            reply = exchange.perform()
            store.update({key: reply} if exchange.method == "GET" else {})
            exchange.reply(reply)
        else:
            shown = tuple((name.replace("_", "-"), value) for name, value in headers.items())
            exchange.reply(store[key]._replace(headers=(*store[key].headers, *shown)))

    return named(f"cached_by_{by}", fault)


# -- uploads ----------------------------------------------------------------------------------------


def cut_upload(after: int, reset: bool = False) -> Fault:
    """End the connection after some bytes of the body, and do nothing.

    If more of the body was sent, the system usually resets the connection; `reset` makes sure of that.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.reset() if reset else exchange.close()

    return named("reset_upload" if reset else "cut_upload", fault)


def stall_reading(after: int = 0) -> Fault:
    """Read some bytes of the body, then neither read nor send anything as long as the server runs.

    Network buffers take some megabytes more before the client's sending blocks.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.pause()
        exchange.close()

    return named("stall_reading", fault)


# -- the right answer, damaged -----------------------------------------------------------------------


def drip(interval: float = 0.05, header: bool = False, size: int = 0) -> Fault:
    """Carry out the request, and send the answer at one byte every `interval` seconds.

    The head is sent at once, unless `header`. A body shorter than `size` bytes is padded with spaces, which JSON allows.
    """

    def fault(exchange: Exchange) -> None:
        reply = exchange.perform()
        body = reply.content.ljust(size)
        head = exchange.head(reply, length=len(body))
        exchange.send(b"" if header else head)
        for at in head + body if header else body:
            exchange.send(bytes([at]))
            if not exchange.pause(interval):
                exchange.close()
                break

    return named("drip_header" if header else "drip", fault)


def truncated(exchange: Exchange) -> None:
    """Carry out the request, but end the answer before its Content-Length is reached."""
    reply = exchange.perform()
    half = reply.content[: len(reply.content) // 2]
    exchange.send(exchange.head(_with_body(reply), length=len(half) + 1000) + half)
    exchange.close()


def overlong(exchange: Exchange) -> None:
    """Carry out the request, with a Content-Length of half the answer; the rest precedes the next answer."""
    reply = exchange.perform()
    exchange.reply(_with_body(reply), length=len(reply.content) // 2)


def _with_body(reply: Reply) -> Reply:
    """Return the reply with a status that allows a body."""
    return reply._replace(status=200) if reply.status == 204 else reply


def nulls(exchange: Exchange) -> None:
    """Carry out the request, and answer with null for every value."""
    reply = exchange.perform()
    exchange.reply(reply._replace(body=_emptied(json.loads(reply.content or b"null"))))


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(inner) for name, inner in value.items()}
    return [_emptied(inner) for inner in value] if isinstance(value, list) else None


def bomb(kind: str = "gzip", size: int = _BOMB_BYTES) -> Fault:
    """Answer 200 with far too much JSON: `size` bytes once it is decompressed.

    `gzip` is some hundred times smaller on the wire, `nested` (gzip in gzip) some ten thousand times, `plain` is not.
    """
    if kind == "plain":
        return named("bomb_plain", lambda exchange: _flood(exchange, size))

    def fault(exchange: Exchange) -> None:
        exchange.receive()
        content = zeros(kind, size)
        reply = Reply(200, content, "application/json", (("Content-Encoding", ENCODINGS[kind]),))
        exchange.reply(reply)

    return named(f"bomb_{kind}", fault)


def _flood(exchange: Exchange, size: int) -> None:
    """Send `size` bytes of JSON in pieces."""
    exchange.receive()
    exchange.send(exchange.head(Reply(200, None, "application/json"), length=size) + OPENING)
    left = size - len(OPENING) - 2
    while left > 0:
        exchange.send(_CHUNK[:left])
        left -= len(_CHUNK)
    exchange.send(b'"}')
