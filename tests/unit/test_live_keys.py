"""The keys of the live view: which there are in which state, and that an act is a command line like any other."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
from octoprint_cli.framework.live_keys import LiveKeys
from octoprint_cli.framework.live_presenter import LivePresenter

from .scripted_push import job


class Keys:
    """The keys above a printer in a given state, with a program that records the command lines it is to run."""

    def __init__(self, state):
        self.lines, self.shown, self.answer = [], [], {"status": "success", "data": {}}
        self.may_end = threading.Event()
        self.may_end.set()
        self.keys = LiveKeys(SimpleNamespace(app=self, terminal=None))
        self.app, self.presenter = self, LivePresenter(self.shown.append, lambda value: value)
        self.presenter.show_snapshot(PrinterSnapshot(job(state)))
        self.keys.show_in(self.presenter)

    def type(self, keys):
        for key in keys:
            self.keys.press(key)
            if self.may_end.is_set():
                self.join()

    @staticmethod
    def join():
        for thread in threading.enumerate():
            if thread.name.startswith("key: "):
                thread.join(10)


def begin(state):
    found = Keys(state)

    def answer(line, terminal):
        found.lines.append(" ".join(line))
        found.may_end.wait(10)
        return 0, found.answer

    found.keys._command.app = SimpleNamespace(answer=answer)
    return found


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("Printing", "q leave   p pause   c cancel"),
        ("Paused", "q leave   r resume   c cancel"),
        ("Operational", "q leave"),
        ("Offline after error", "q leave"),
        ("Cancelling", "q leave"),
    ],
)
def test_keys_depend_on_the_state(state, shown):
    assert begin(state).keys.shown() == shown


@pytest.mark.parametrize(
    ("state", "typed", "lines"),
    [
        ("Printing", "p", ["pause"]),
        ("Printing", "P", ["pause"]),
        ("Printing", "r", []),
        ("Paused", "r", ["resume"]),
        ("Paused", "p", []),
        ("Printing", "cy", ["cancel --confirm"]),
        ("Printing", "cn", []),
        ("Printing", "cxy", []),
        ("Printing", "cc", []),
        ("Printing", "y", []),
        ("Operational", "prcy", []),
    ],
)
def test_key_runs_the_command_of_its_name(state, typed, lines):
    found = begin(state)
    found.type(typed)
    assert found.lines == lines


def test_question_is_shown_until_it_is_answered():
    found = begin("Printing")
    found.type("c")
    assert found.shown[-1].keys == "Cancel the job for good? y/n"
    found.type("q")  # no answer but y cancels, and none leaves
    assert found.shown[-1].keys.startswith("q leave") and not found.keys.left


@pytest.mark.parametrize("after", [job("Operational"), job("Printing", file="other.gcode")])
def test_question_is_withdrawn_once_its_job_is_over(after):
    found = begin("Printing")
    found.type("c")
    found.presenter.show_snapshot(PrinterSnapshot(after))
    assert "y/n" not in found.shown[-1].keys
    found.type("y")
    assert found.lines == []


def test_second_act_waits_for_the_first():
    found = begin("Printing")
    found.may_end.clear()
    found.type("pp")
    assert found.keys.shown() == "q leave   pause ..."
    found.may_end.set()
    found.join()
    assert found.lines == ["pause"]


def test_refusal_is_noted_with_its_hint():
    found = begin("Paused")
    found.answer = {"status": "error", "error": {"message": "heaters have cooled down", "hint": "octoprint-cli temp --tool 200"}}
    found.type("r")
    assert found.shown[-1].notes[-1][9:] == "! heaters have cooled down; hint: octoprint-cli temp --tool 200"
