"""Jobs that end or that another takes the place of unseen, and jobs on the SD card."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from .program import Started
from .server import LIMIT
from .test_endings import ENDS, assert_reported, cancel
from .test_start import on_card
from .throttle import Throttle


def start_unheard(server: Any, file: Path, proxy: Throttle) -> Started:
    """`print --wait`, stopped in a moment in which it hears nothing of the server."""
    run: Started = server.begin("print", file, "--confirm", "--wait", "--host", proxy.host, "--api-key", server.key)
    assert proxy.lost.wait(LIMIT)
    run.send(signal.SIGSTOP)
    return run


@pytest.mark.parametrize("same", [False, True])
def test_second_job_is_not_taken_for_the_first(server: Any, slow: Path, quick: Path, same: bool) -> None:
    """Ours was cancelled and another begun while the program heard nothing: of the same file, it might look like ours."""
    server.cli("upload", quick)
    with Throttle(server.host, "GET /sockjs", lose=True) as proxy:
        run = start_unheard(server, slow, proxy)
        cancel(server)
        server.idle()
        server.cli("print", "--stored", "slow.gcode" if same else "quick.gcode", "--confirm")
        run.send(signal.SIGCONT)
        answer = run.answer()
    assert answer.exit_code == 4 and answer.code in ("JOB_CANCELLED", "JOB_FAILED", "JOB_LOST"), answer
    last = answer.envelope["data"]["last_job"]
    assert (last["file"], last["outcome"] in ("cancelled", "unfinished", "lost")) == ("slow.gcode", True), answer


def test_job_cancelled_during_outage_is_reported_as_cancelled(server: Any, slow: Path) -> None:
    with Throttle(server.host, "GET /sockjs", lose=True) as proxy:
        run = start_unheard(server, slow, proxy)
        cancel(server)
        server.idle()
        run.send(signal.SIGCONT)
        assert_reported(run.answer(), ENDS["cancelled"])


# -- on the SD card, whose files have no history ----------------------------------------------------


def test_finished_sd_card_job_is_a_success(server: Any) -> None:
    with on_card(server, 3) as (path,):
        data = server.cli("print", "--stored", path, "--location", "sdcard", "--confirm", "--wait").data
        assert (data["met"], data["location"], data["state"]) == ("done", "sdcard", "Operational"), data
        last = data["last_job"]
        # Not certain: the server counts no prints of a card's files, by which another client's print in between would show.
        assert (last["outcome"], last["file"], last["location"], last["certain"]) == ("finished", path, "sdcard", False), last
        assert server.cli("wait").data["last_job"]["outcome"] == "finished"


def test_cancelled_sd_card_job_is_reported_as_cancelled(server: Any) -> None:
    with on_card(server, 60) as (path,):
        with server.listened():
            run = server.begin("print", "--stored", path, "--location", "sdcard", "--confirm", "--wait")
        cancel(server)
        answer = run.answer()
        assert (answer.exit_code, answer.code) == (4, "JOB_CANCELLED"), answer
        last = answer.envelope["data"]["last_job"]
        assert (last["outcome"], last["file"], last["location"]) == ("cancelled", path, "sdcard"), last
