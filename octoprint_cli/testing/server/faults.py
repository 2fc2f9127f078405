"""What can go wrong with a request, as values: `server.fail("POST", "/api/job", faults.cut_after)`.

A fault is a function of the `Exchange` that it spoils; a test may bring its own. Those that wait end when the server does.
Bytes count what is on the wire, seconds are real ones. What a server does without a request, `FaultServer.refuse` has;
those of the push socket alone are in `faults_push`, and to be had here (`faults.push_drop(2)`);
uploads that are stored wrong, `FakeOctoPrint.corrupts_uploads`; acts that are accepted and not done, its `stubborn`.
"""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional

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
    push_silent as push_silent,
)

_BOMB_BYTES = 200 * 1024 * 1024
_CHUNK = b"0" * 65536


# -- other answers, without acting ------------------------------------------------------------------


def answer(status: int, body: Any = None, kind: str = "", headers: Optional[Mapping[str, str]] = None) -> Fault:
    """This status, with a body: text or bytes as they are, anything else as JSON. `kind` is the Content-Type."""
    reply = Reply(status, body, kind, tuple((headers or {}).items()))
    return named(f"answer_{status}", lambda exchange: exchange.reply(reply))


def html(status: int = 200) -> Fault:
    """A page for people, such as a proxy's login page (200) or its own refusal."""
    return named(f"html_{status}", lambda exchange: exchange.reply(page(status)))


def redirect(location: str, status: int = 302) -> Fault:
    """Look elsewhere."""
    return named(f"redirect_{status}", lambda exchange: exchange.reply(page(status, ("Location", location))))


def retry_after(status: int = 503, seconds: int = 1) -> Fault:
    """Not now (429, 503 ...), and in how many seconds again."""
    reply = page(status, ("Retry-After", str(seconds)))
    return named(f"retry_after_{status}", lambda exchange: exchange.reply(reply))


def wrong_shape(value: Any) -> Fault:
    """200 and JSON, but this value."""
    return named(
        f"wrong_shape_{type(value).__name__}", lambda exchange: exchange.reply(Reply(200, json.dumps(value), "application/json"))
    )


def not_json(exchange: Exchange) -> None:
    """200 that claims to be JSON and breaks off in the middle."""
    exchange.reply(Reply(200, '{"state": "Oper', "application/json"))


def raw(content: bytes) -> Fault:
    """Bytes that are no HTTP, and the end of the connection. OctoPrint says `Not found` so while it starts."""

    def fault(exchange: Exchange) -> None:
        exchange.receive()
        exchange.send(content)
        exchange.close()

    return named("raw", fault)


def early_answer(status: int = 413, after: int = 0, linger: bool = True) -> Fault:
    """An HTML page after so many bytes of the body, as nginx refuses a size.

    With `linger` the rest of the body is swallowed, so that the client gets to read the answer; without, the connection
    ends at once, and the system resets it when more of the body comes.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.reply(page(status, ("Connection", "close")))
        exchange.drain() if linger else exchange.close()

    return named(f"early_answer_{status}", fault)


# -- no answer --------------------------------------------------------------------------------------


def cut_before(exchange: Exchange) -> None:
    """The request is read, nothing is done, the connection ends."""
    exchange.receive()
    exchange.close()


#: The short name of `cut_before`.
close = cut_before


def cut_after(exchange: Exchange) -> None:
    """It is done, then the connection ends without an answer."""
    exchange.perform()
    exchange.close()


def reset_before(exchange: Exchange) -> None:
    """The request is read, nothing is done, the connection is reset."""
    exchange.receive()
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    """It is done, then the connection is reset."""
    exchange.perform()
    exchange.reset()


def hang(exchange: Exchange) -> None:
    """The request is read, nothing is done, no answer comes as long as the server runs."""
    exchange.receive()
    exchange.pause()
    exchange.close()


def hang_after(exchange: Exchange) -> None:
    """It is done, and no answer comes as long as the server runs."""
    exchange.perform()
    exchange.pause()
    exchange.close()


def gateway_after(status: int = 502) -> Fault:
    """It is done, but a proxy answers for it that it got no answer (502, 504)."""

    def fault(exchange: Exchange) -> None:
        exchange.perform()
        exchange.reply(page(status))

    return named(f"gateway_after_{status}", fault)


# -- uploads ----------------------------------------------------------------------------------------


def cut_upload(after: int, reset: bool = False) -> Fault:
    """The connection ends after so many bytes of the body, and nothing is done.

    Where more of the body was sent, the system makes a reset of it anyhow; `reset` makes sure.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.reset() if reset else exchange.close()

    return named("reset_upload" if reset else "cut_upload", fault)


def stall_reading(after: int = 0) -> Fault:
    """After so many bytes nothing more of the body is read, and nothing said, as long as the server runs.

    The systems between take some megabytes more before the client's sending stops.
    """

    def fault(exchange: Exchange) -> None:
        exchange.receive(after)
        exchange.pause()
        exchange.close()

    return named("stall_reading", fault)


# -- the right answer, spoilt -----------------------------------------------------------------------


def drip(interval: float = 0.05, header: bool = False, size: int = 0) -> Fault:
    """It is done, and the answer comes a byte every `interval` seconds.

    The head comes at once, unless `header`. A body shorter than `size` bytes is filled up with spaces, which JSON allows.
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
    """It is done, but the answer ends in the middle of the body that its Content-Length tells of."""
    reply = exchange.perform()
    half = reply.content[: len(reply.content) // 2]
    exchange.send(exchange.head(_with_body(reply), length=len(half) + 1000) + half)
    exchange.close()


def overlong(exchange: Exchange) -> None:
    """It is done; the answer's Content-Length tells of half of it, and the rest stands before the next answer."""
    reply = exchange.perform()
    exchange.reply(_with_body(reply), length=len(reply.content) // 2)


def _with_body(reply: Reply) -> Reply:
    """The reply with a status that allows a body."""
    return reply._replace(status=200) if reply.status == 204 else reply


def nulls(exchange: Exchange) -> None:
    """It is done, and the answer has null for every value."""
    reply = exchange.perform()
    exchange.reply(reply._replace(body=_emptied(json.loads(reply.content or b"null"))))


def _emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(inner) for name, inner in value.items()}
    return [_emptied(inner) for inner in value] if isinstance(value, list) else None


def bomb(kind: str = "gzip", size: int = _BOMB_BYTES) -> Fault:
    """200 and far too much JSON: `size` bytes once it is unpacked.

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
    """`size` bytes of JSON, never held at once."""
    exchange.receive()
    exchange.send(exchange.head(Reply(200, None, "application/json"), length=size) + OPENING)
    left = size - len(OPENING) - 2
    while left > 0:
        exchange.send(_CHUNK[:left])
        left -= len(_CHUNK)
    exchange.send(b'"}')
