"""The data of a wait that fails: every field is there, whenever it ends, and what is not known is null."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import pytest
from contract.program import Program

from octoprint_cli import errors
from octoprint_cli.api import WAITED
from octoprint_cli.client.push.feed import Feed
from octoprint_cli.client.push.updates import Update
from octoprint_cli.testing import FaultServer

from .acts import stocked
from .ring import verdict
from .waits import envelope

#: Lines that wait, each with the phase that it knows before the wait begins.
LINES: Dict[str, Optional[str]] = {
    "wait --for printing --timeout 0.01": None,
    "watch --until done --timeout 0.01": None,
    "temp --tool 200 --wait --wait-timeout 0.01": None,
    "print --stored cube.gcode --confirm --wait --wait-timeout 0.01": "printing",
}


class Ending(NamedTuple):
    """How a wait ends before the server has said anything: what happens instead of the first update, and the code of that."""

    happens: Callable[[float], Optional[Update]]
    code: str


def silence(until: float) -> None:
    """Nothing arrives before the time is up."""
    time.sleep(max(0.0, until - time.monotonic()))


def raising(error: BaseException) -> Callable[[float], None]:
    def happens(until: float) -> None:
        raise error

    return happens


ENDINGS: Dict[str, Ending] = {
    "time is up": Ending(silence, "WAIT_TIMEOUT"),
    "server is away": Ending(raising(errors.ConnectionFailed("the server is away")), "CONNECTION_ERROR"),
    "key is refused": Ending(raising(errors.AuthError("the key is refused")), "AUTH_ERROR"),
    "Ctrl-C": Ending(raising(KeyboardInterrupt()), "INTERRUPTED"),
    "SIGTERM": Ending(raising(errors.Terminated()), "TERMINATED"),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[0])
def test_failed_wait_has_every_field(line: str, ending: str, program: Program, server: FaultServer, monkeypatch: Any) -> None:
    stocked(server.octoprint)
    monkeypatch.setattr(Feed, "next", lambda feed, until: ENDINGS[ending].happens(until))
    result = envelope(program.run(*line.split(), "--json"))
    assert verdict(result) == ENDINGS[ending].code, result
    assert missing(result.data) == [], result
    assert (result.data["met"], result.data["last_job"], result.data["phase"]) == (None, None, LINES[line])
    assert result.data["job"]["file"] == ("cube.gcode" if LINES[line] else None)
    assert bool(result.data["unknown"]) is (LINES[line] is None)


def missing(data: Dict[str, Any]) -> List[str]:
    """The fields of a wait, and of its job, that the data lack."""
    schema = WAITED.schema["properties"]
    lacking = [name for name in schema if name not in data]
    return lacking or [name for name in schema["job"]["properties"] if name not in data["job"]]
