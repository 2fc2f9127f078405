"""A push socket that fails in every way, while the server does not: whoever waits for a job's end is told the truth, soon."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, NamedTuple

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer, Result, faults
from octoprint_cli.testing.exchange import Exchange

from .listener import PATH
from .ring import verdict
from .waits import FILE, Waiting, envelope

pytestmark = pytest.mark.usefixtures("quick")


#: The firmware's last words; the usual ones are more than the one sentence that a message has.
STOPPED = "Thermal Runaway, system stopped"


class Ending(NamedTuple):
    """What becomes of the job, and what is told of it: the code, and the outcome of the last job."""

    happens: Callable[[FakeOctoPrint], Any]
    code: str
    outcome: str


ENDINGS: Dict[str, Ending] = {
    "done": Ending(lambda one: one.finish(), "", "finished"),
    "cancelled": Ending(lambda one: one.cancel(), "JOB_CANCELLED", "cancelled"),
    "failed": Ending(lambda one: one.fail(STOPPED), "JOB_FAILED", "failed"),
    "lost": Ending(lambda one: one.lose_printer(), "PRINTER_OFFLINE", "failed"),
}


def spoilt(server: FaultServer, fault: Any) -> None:
    server.fail("GET", PATH, fault)


def endless_head(exchange: Exchange) -> None:
    """The answer to the handshake never ends."""
    exchange.receive()
    exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nX-A: ")
    while exchange.pause(0.01):
        exchange.send(b"a")


def pongs(exchange: Exchange) -> None:
    """It lives, and says nothing that is of use, a thousand times a second."""
    exchange.reply(exchange.perform())
    while exchange.pause(0.001):
        exchange.send(b"\x8a\x00")


#: Before the handshake is answered, and at it.
CLOSED: Dict[str, Any] = {
    "404": faults.answer(404, "no"),
    "403": faults.html(403),
    "502": faults.html(502),
    "login_page": faults.html(200),
    "redirect": faults.redirect("/login/"),
    "cut": faults.cut_before,
    "reset": faults.reset_before,
    "hang": faults.hang,
    "endless_head": endless_head,
    "head_drips": faults.drip(0.02, header=True),
}
#: After it.
BROKEN: Dict[str, Any] = {
    "drops_at_once": faults.push_drop(0),
    "drops_often": faults.push_drop(0.3),
    "silent": faults.push_silent,
    "mute": faults.push_mute(0.3),
    "garbage": faults.push_garbage,
    "breach": faults.push_breach,
    "drip": faults.push_drip,
    "flood": faults.push_flood(50_000_000),
    "pongs": pongs,
}
ALL = {**CLOSED, **BROKEN}


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        yield running


def told(waiting: Waiting, ending: Ending, *codes: str) -> None:
    """One envelope, with that end; `codes` are others that are as true."""
    found = envelope(waiting.result)
    assert verdict(found) in (ending.code, *codes), waiting.result
    assert found.data["last_job"]["outcome"] == ending.outcome, found
    assert found.data["met"] == (None if ending.code else "done")
    assert found.data["last_job"]["file"] == FILE


def warned(result: Result, times: int = 1) -> None:
    lines = result.stderr.splitlines()
    assert len(lines) == times and all(line.startswith("Warning: the push socket is down (") for line in lines), result


@pytest.mark.parametrize("end", ENDINGS)
@pytest.mark.parametrize("fault", ALL)
def test_wait_is_told_the_end(fault: str, end: str, program: Program, server: FaultServer) -> None:
    spoilt(server, ALL[fault])
    with Waiting(program, server, "wait") as waiting:
        ENDINGS[end].happens(server.octoprint)
    # 2.0 forgets the firmware's error at once, so that who has not heard it can only tell that the printer is gone.
    told(waiting, ENDINGS[end], *(["PRINTER_OFFLINE"] if end == "failed" and server.octoprint.is_2 else []))
    warned(waiting.result) if fault in CLOSED else None
