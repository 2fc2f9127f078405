"""The live view on a terminal: its keys act as the commands of their names do, and it is left without a word."""

from __future__ import annotations

import json
import signal

import pytest

from octoprint_cli.testing import FaultServer

from .program import Program
from .pseudo_terminal import Answer, Session, on_a_terminal
from .table import printing

LEFT = "\x1b[?1049l"  # the terminal's own screen is back
RUNNING = "p pause   c cancel"


def watch(program: Program, *answers: tuple[str, Answer], more: tuple[str, ...] = ("watch",)) -> Session:
    shown = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "OCTOPRINT_CLI_FORMAT": "text"}
    return on_a_terminal(program, *more, answers=answers, env={**program.env, **shown})


@pytest.mark.parametrize("way", ["q", signal.SIGINT], ids=["q", "Ctrl-C"])
def test_watch_is_left_quietly(way: Answer, program: Program, server: FaultServer) -> None:
    printing(server)
    session = watch(program, (RUNNING, way))
    after = session.screen.rpartition(LEFT)[2]
    assert session.exit_code == 0 and "Printing" in after and "Error" not in after and "q leave" not in after
    assert server.octoprint.state == "Printing"


@pytest.mark.parametrize("way", ["q", signal.SIGINT], ids=["q", "Ctrl-C"])
def test_watch_that_is_left_before_its_goal_is_interrupted(way: Answer, program: Program, server: FaultServer) -> None:
    printing(server)
    session = watch(program, (RUNNING, way), more=("watch", "--until", "done"))
    assert session.exit_code == 130 and "INTERRUPTED" in session.screen


def test_keys_pause_resume_and_cancel_after_a_question(program: Program, server: FaultServer) -> None:
    printing(server)
    session = watch(
        program,
        (RUNNING, "p"),
        ("r resume", "c"),
        ("Cancel the job for good? y/n", "n"),
        ("r resume", "c"),
        ("Cancel the job for good? y/n", "y"),
        ("Cancelled at", "q"),
    )
    assert session.exit_code == 0
    acts = [json.loads(one.body)["command"] for one in server.requests if (one.method, one.path) == ("POST", "/api/job")]
    assert acts == ["pause", "cancel"] and server.octoprint.state == "Operational"


def test_resume_by_key_is_refused_with_cold_heaters(program: Program, server: FaultServer) -> None:
    server.octoprint.printing(state="Paused")
    server.octoprint.heaters.update(tool0=(25.0, 0.0))
    session = watch(program, ("r resume", "r"), ("! heaters have cooled down", "q"))
    assert session.exit_code == 0 and server.octoprint.state == "Paused"


@pytest.mark.parametrize("way", ["q", signal.SIGINT], ids=["q", "Ctrl-C"])
def test_print_watch_starts_and_shows_the_job_and_is_left_quietly(way: Answer, program: Program, server: FaultServer) -> None:
    session = watch(program, (RUNNING, way), more=("print", str(program.file()), "--confirm", "--watch"))
    assert session.exit_code == 0 and server.octoprint.state == "Printing"
    left = session.screen.rpartition(LEFT)[2].replace("\x1b[32m", "").replace("\x1b[0m", "")
    assert "Started cube.gcode" in left and left.count("print started: cube.gcode") == 1


def test_print_that_has_to_be_waited_for_is_interrupted_by_ctrl_c(program: Program, server: FaultServer) -> None:
    waiting = ("print", str(program.file()), "--confirm", "--wait", "--watch")
    session = watch(program, (RUNNING, signal.SIGINT), more=waiting)
    assert session.exit_code == 130 and "INTERRUPTED" in session.screen and server.octoprint.state == "Printing"


def test_bell_rings_when_the_printer_pauses(program: Program, server: FaultServer) -> None:
    printing(server)
    loud = watch(program, (RUNNING, "p"), ("r resume", "q"), more=("watch", "--bell"))
    assert "\a" in loud.screen
    printing(server)
    assert "\a" not in watch(program, (RUNNING, "p"), ("r resume", "q")).screen
