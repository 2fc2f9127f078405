"""A server that is stopped or killed in the middle of a job, and started again: what every run reports of it.

A start of OctoPrint takes seconds of a processor, so each restart serves all that is to be seen of it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, List

from .prints import DWELL, write
from .program import Answer
from .test_endings import cancel, start_following
from .test_rival import assert_older_job_is_uncertain
from .test_waits import start_waiting
from .test_watch import Watching

#: While a server is on its way up, or down.
NOT_THERE = {"CONNECTION_ERROR", "SERVER_STARTING", "TIMEOUT"}


def assert_lost(answer: Answer, *codes: str) -> None:
    """The job was forgotten: no success, and nothing that a later job could be taken for."""
    last = answer.envelope["data"]["last_job"]
    assert (last["file"], answer.exit_code != 0, answer.envelope["data"]["met"]) == ("slow.gcode", True, None), answer
    assert answer.code in codes and last["outcome"] in ("lost", "failed", "unfinished"), answer


def assert_unreachable(server: Any, slow: Path) -> None:
    for line in (["status"], ["cancel", "--confirm"], ["print", slow, "--confirm"]):
        answer = server.cli(*line, expect=1)
        assert (answer.code, answer.error["retryable"]) == ("CONNECTION_ERROR", True)


def answers_during_start(server: Any) -> List[Answer]:
    """Start the server. Returns what `status` answers meanwhile."""
    starting, answers = server.begin("sandbox", "start", "--name", server.name), []
    while starting.process.poll() is None:
        # In its usual time it would try again until the server is there, and see nothing of the start.
        answers.append(server.cli("status", "--timeout", "0.5", expect=None))
    assert starting.answer().exit_code == 0
    return answers


def assert_as_it_happens(answers: List[Answer]) -> None:
    for answer in answers:
        if answer.exit_code == 0:
            assert (answer.data["phase"], answer.data["job"]["file"]) == ("idle", None), answer
        else:
            assert answer.exit_code == 1 and answer.code in {*NOT_THERE, "PRINTER_OFFLINE"}, answer
    assert {answer.code for answer in answers} & NOT_THERE


def test_every_run_reports_a_restart_as_it_happens(server: Any, slow: Path, quick: Path) -> None:
    runs, watch = [start_following(server, slow), start_waiting(server)], Watching(server)
    watch.until(lambda line: line["type"] == "connection" and line["to"] == "push" and line["up"])
    assert server.cli("status").data["phase"] == "printing"
    server.sandbox("stop")
    assert_unreachable(server, slow)
    down = watch.until(lambda line: line["type"] == "connection" and not line["up"])
    assert_as_it_happens(answers_during_start(server))
    for run in runs:
        assert_lost(run.answer(), "JOB_LOST", "JOB_FAILED", "PRINTER_OFFLINE")
    status = server.cli("status").data
    assert (status["state"], status["job"]["file"]) == (server.state(), None) == ("Operational", None)
    assert server.cli("cancel", "--confirm", expect=4).code == "NO_ACTIVE_JOB"
    assert server.prints("slow.gcode") == 0
    watch.until(lambda line: line["type"] == "connection" and line["to"] == "push" and line["up"] and line["seq"] > down["seq"])
    server.cli("print", quick, "--confirm")
    watch.until(lambda line: line.get("event") == "PrintDone")
    assert watch.stop()["error"]["code"] == "INTERRUPTED"


def test_job_of_a_killed_server_is_lost_and_an_older_one_is_not_taken_for_it(server: Any, slow: Path, quick: Path) -> None:
    """As a power cut ends it. The history of the job before the killed one has gone with its file."""
    server.cli("print", quick, "--confirm", "--wait")
    server.cli("print", write(quick.with_name("gone.gcode"), DWELL), "--confirm")
    cancel(server)
    server.idle()
    server.delete("gone.gcode")
    runs = [start_following(server, slow), start_waiting(server)]
    os.kill(server.pid(), signal.SIGKILL)
    server.sandbox("start")
    for run in runs:
        assert_lost(run.answer(), "JOB_LOST")
    assert server.prints("slow.gcode") == 0
    server.idle()
    assert_older_job_is_uncertain(server)
