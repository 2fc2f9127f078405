"""The lines of `watch`: what changed, when, from where, and no more often than is wanted."""

from __future__ import annotations

import re

import pytest

from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    HeaterUpdate,
    ServerReachability,
    SocketChange,
    StateUpdate,
    TerminalUpdate,
)
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.framework import watch_report as module
from octoprint_cli.framework.watch_report import EVENTS, Reporter

from .scripted_push import job, news


@pytest.fixture
def report(monkeypatch, clock):
    """A function: the lines that are reported of these updates, a second apart."""
    monkeypatch.setattr(module, "time", clock)
    reporter = Reporter(5.0)

    def report_lines(*pieces, wanted=None, source="push"):
        found = []
        for piece in pieces:
            found += reporter.lines(news(piece, source, clock.time()), frozenset(wanted.split()) if wanted else None)
            clock.now += 1
        return found

    return report_lines


def kinds(lines):
    return [line["type"] for line in lines]


def heat(actual, target=200.0):
    return HeaterUpdate({"tool0": Temperature(actual, target)})


def test_each_line_has_sequence_number_utc_time_source_and_type(report):
    lines = report(job("Printing", completion=5.0), Event("ZChange", {}), SocketChange(False, "refused"), source="poll")
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"]) for line in lines)
    assert {line["source"] for line in lines} == {"poll"} and list(lines[0])[:4] == ["seq", "time", "source", "type"]


def test_state_is_reported_only_on_change(report):
    lines = report(
        *[job("Printing", completion=5.0)] * 3, StateUpdate("Printing"), StateUpdate("Pausing"), job("Paused", completion=6.0)
    )
    states = [line for line in lines if line["type"] == "state"]
    assert [(line["state"], line["phase"]) for line in states] == [
        ("Printing", "printing"),
        ("Pausing", "pausing"),
        ("Paused", "paused"),
    ]
    assert {line["file"] for line in states} == {"cube.gcode"}


def test_change_of_file_is_a_state_change(report):
    assert kinds(report(job("Operational", None), job("Operational"))) == ["state", "state"]


def test_progress_is_reported_at_requested_interval(report):
    lines = report(*[job("Printing", completion=float(percent)) for percent in range(20)])
    assert [line["completion"] for line in lines if line["type"] == "progress"] == [0.0, 5.0, 10.0, 15.0]


def test_progress_is_reported_at_once_with_a_new_state(report):
    lines = report(job("Printing", completion=1.0), job("Paused", completion=2.0), job("Printing", completion=2.0))
    assert kinds(lines) == ["state", "progress"] * 3


def test_progress_is_not_reported_without_a_job(report):
    assert kinds(report(job("Operational", completion=100.0), job("Offline", None))) == ["state", "state"]


def test_temperatures_are_reported_at_interval_and_on_target_change(report):
    lines = report(*[heat(20.0 + second) for second in range(8)], heat(28.0, 210.0), heat(29.0, 210.0))
    assert [line["temperature"]["tool0"]["actual"] for line in lines] == [20.0, 25.0, 28.0]
    assert lines[-1]["temperature"] == {"tool0": {"actual": 28.0, "target": 210.0}}


def test_empty_temperatures_are_not_reported(report):
    assert report(HeaterUpdate({})) == []


@pytest.mark.parametrize(
    ("piece", "line"),
    [
        (Event("PrintDone", {"time": 5}), {"type": "event", "event": "PrintDone", "payload": {"time": 5}}),
        (
            FirmwareMessage("Nozzle Parked", ["Continue"]),
            {"type": "notification", "text": "Nozzle Parked", "choices": ["Continue"]},
        ),
        (FirmwareMessage(None, []), {"type": "notification", "text": None, "choices": []}),
        (SocketChange(True, None), {"type": "connection", "to": "push", "up": True, "reason": None}),
        (SocketChange(False, "refused"), {"type": "connection", "to": "push", "up": False, "reason": "refused"}),
        (ServerReachability("refused"), {"type": "connection", "to": "server", "up": False, "reason": "refused"}),
        (ServerReachability(None), {"type": "connection", "to": "server", "up": True, "reason": None}),
    ],
)
def test_each_message_is_reported_as_a_line(report, piece, line):
    (found,) = report(piece)
    assert {name: found[name] for name in line} == line and len(found) == 3 + len(line)


def test_terminal_lines_are_reported_only_on_request(report):
    assert report(TerminalUpdate("Recv: ok")) == []
    assert [line["line"] for line in report(TerminalUpdate("Recv: ok"), wanted="terminal")] == ["Recv: ok"]


@pytest.mark.parametrize(
    ("wanted", "types"),
    [
        ("state", ["state"]),
        ("state progress", ["state", "progress"]),
        ("event", ["event"]),
        ("PrintDone", ["event"]),
        ("ZChange", []),
        ("PrinterStateChanged", ["event"]),
        ("temperature connection", ["temperature", "connection"]),
    ],
)
def test_requested_types_filter_the_lines(report, wanted, types):
    pieces = [
        job("Printing", completion=5.0),
        heat(20.0),
        Event("PrintDone", {}),
        Event("PrinterStateChanged", {}),
        SocketChange(True, None),
    ]
    assert kinds(report(*pieces, wanted=wanted)) == types


def test_filtered_lines_leave_no_gap_in_sequence_numbers(report):
    lines = report(heat(20.0), job("Printing"), heat(30.0, 210.0), StateUpdate("Paused"), wanted="state")
    assert [line["seq"] for line in lines] == [1, 2]


def test_state_change_sent_twice_is_reported_once(report):
    assert kinds(report(Event("PrinterStateChanged", {"state_string": "Paused"}), StateUpdate("Paused"))) == ["state"]


def test_frequent_events_are_not_subscribed():
    assert {"PrintDone", "PrintFailed", "Error", "PrinterStateChanged"} <= set(EVENTS)
    assert not {"Dwelling", "ZChange", "PositionUpdate"} & set(EVENTS)
