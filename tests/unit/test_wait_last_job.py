"""`wait` without a job: the file list says how the last one ended, and is waited for only as long as it is of use."""

from __future__ import annotations

from typing import Any, List, Tuple

import pytest
import requests

from octoprint_cli.client.tracking.waiter import ASIDE_SECONDS, LIST_SECONDS

from .followed_jobs import print_history

LIST = "/api/files/local"
Asked = List[Tuple[float, float]]


@pytest.fixture
def slow(each_server: Any, clock: Any) -> Asked:
    """The time limits of the requests for the file list, none of which the server answers in time."""
    asked: Asked = []

    def late(request: Any, context: Any) -> bytes:
        asked.append(request.timeout)
        clock.now += request.timeout[1]
        raise requests.exceptions.ReadTimeout

    each_server.on("GET", LIST, content=late)
    return asked


def test_list_that_takes_too_long_is_asked_for_once_and_not_known(each_server: Any, slow: Asked) -> None:
    result = each_server.run("wait", "--json")
    assert (result.exit_code, result.envelope["error"]["code"]) == (4, "NO_ACTIVE_JOB")
    assert slow == [(LIST_SECONDS, LIST_SECONDS)]
    assert result.data["last_job"] is None and result.data["unknown"]["last_job"]
    assert result.data["unknown"]["last_job"] in result.envelope["error"]["message"]
    assert result.data["temperature"]["tool0"]["actual"] is not None


def test_list_is_waited_for_no_longer_than_the_wait(each_server: Any, slow: Asked) -> None:
    each_server.run("wait", "--timeout", "2", "--json")
    assert slow == [(2.0, 2.0)]


@pytest.mark.parametrize("goals", [("idle",), ("done", "idle"), ("connected",)], ids=" ".join)
def test_list_is_no_reason_to_wait_if_a_goal_is_met_without_it(each_server: Any, slow: Asked, goals: Tuple[str, ...]) -> None:
    data = each_server.run_ok("wait", *(word for goal in goals for word in ("--for", goal)))
    assert data["met"] == goals[-1] and data["seconds"] < 1
    assert slow == [(ASIDE_SECONDS, ASIDE_SECONDS)]  # for `last_job`, once the goal was met


def test_job_that_starts_while_the_list_is_read_is_followed(each_server: Any, slow: Asked) -> None:
    each_server.add_file("cube.gcode", prints=print_history(1, 0, True))
    each_server.job(
        "Operational",
        each_server.reading("Printing", "cube.gcode", completion=5.0),
        each_server.reading("Printing", "cube.gcode", completion=90.0),
        each_server.reading("Operational", "cube.gcode", completion=100.0),
    )
    data = each_server.run_ok("wait")
    assert (data["met"], data["last_job"]["outcome"], len(slow)) == ("done", "finished", 1)
