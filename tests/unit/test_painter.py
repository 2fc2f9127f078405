"""The picture that a person sees while something is watched: what it has, and what it never has."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from octoprint_cli.client.push.updates import (
    Event,
    FirmwareMessage,
    RecentHistory,
    ServerReachability,
    SocketChange,
    TerminalUpdate,
)
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
from octoprint_cli.framework.live_presenter import LINES, NOTES, LivePresenter
from octoprint_cli.output.redact import Scrubber

from .scripted_push import job, news

READING = job("Printing", completion=5.0, seconds=60)


@pytest.fixture
def shown():
    return []


@pytest.fixture
def painter(shown):
    scrubber = Scrubber()
    scrubber.learn("the-session-of-bob")
    found = LivePresenter(shown.append, scrubber.hide_all)
    found.show_snapshot(PrinterSnapshot(READING, heaters={"tool0": Temperature(20.0, 200.0)}))
    return found


def process_all(painter, *pieces):
    for piece in pieces:
        painter.show_update(news(piece))


def test_scene_is_shown_as_picture(painter, shown):
    (picture,) = shown
    assert (picture.state, picture.phase, picture.file, picture.completion) == ("Printing", "printing", "cube.gcode", 5.0)
    assert picture.temperatures["tool0"].target == 200.0 and picture.connection == "push"
    assert list(picture.lines) == [] and list(picture.notes) == []


def test_nothing_is_shown_before_first_scene(shown):
    painter = LivePresenter(shown.append, lambda value: value)
    process_all(painter, TerminalUpdate("Recv: ok"), SocketChange(False, "refused"))
    assert shown == []


def test_painter_without_viewer_does_nothing():
    painter = LivePresenter(None, lambda value: value)
    painter.show_snapshot(PrinterSnapshot(READING))
    process_all(painter, TerminalUpdate("Recv: ok"))
    painter.show_snapshot(PrinterSnapshot(READING))


def test_events_are_noted_and_only_the_latest_kept(painter, shown):
    process_all(
        painter,
        *[TerminalUpdate(f"Recv: {number}") for number in range(50)],
        Event("PrintPaused", {}),
        FirmwareMessage("Nozzle Parked", ["Continue"]),
        FirmwareMessage(None, []),
    )
    assert len(shown[-1].lines) == LINES and shown[-1].lines[-1] == "Recv: 49"
    clock = f"{datetime.fromtimestamp(1_800_000_000):%H:%M:%S} "
    assert shown[-1].notes == [
        f"{clock}print paused",
        f"{clock}! Nozzle Parked",
        f"{clock}the firmware's question is answered",
    ]
    process_all(painter, *[Event(f"Event{number}", {}) for number in range(9)])
    assert len(shown[-1].notes) == NOTES


def test_picture_shows_push_or_poll_connection(painter, shown):
    process_all(painter, SocketChange(False, "refused"))
    assert shown[-1].connection == "poll"
    process_all(painter, SocketChange(True, None))
    assert shown[-1].connection == "push"


def test_messages_already_in_scene_are_not_shown_again(painter, shown):
    process_all(painter, READING, ServerReachability("refused"), Event("PrinterStateChanged", {}))
    assert len(shown) == 1


def test_secrets_are_masked_in_picture(painter, shown):
    secret = "bob:the-session-of-bob"
    reading = job(secret, secret)
    painter.show_snapshot(PrinterSnapshot(reading))
    process_all(painter, TerminalUpdate(secret), Event(secret, {}), FirmwareMessage(secret, []))
    assert "the-session-of-bob" not in str(shown)


def test_final_state_is_shown(painter, shown):
    painter.show_snapshot(PrinterSnapshot(job("Operational", completion=100.0), heaters={"tool0": Temperature(190.0, 0.0)}))
    assert (shown[-1].phase, shown[-1].completion, shown[-1].temperatures["tool0"].actual) == ("idle", 100.0, 190.0)


def test_history_gives_earlier_temperatures_fan_and_display(painter, shown):
    past = [(60.0, {"tool0": Temperature(20.0, 0.0)}), (30.0, {})]
    process_all(painter, RecentHistory(past, ["Send: M106 S255", "Send: M117 hello", "Recv: ok"]))
    assert shown[-1].past == ((1_800_000_000.0 - 60, {"tool0": 20.0}), (1_800_000_000.0 - 30, {}))
    assert (shown[-1].fan, shown[-1].display, shown[-1].lines) == (100.0, "hello", ["Send: M106 S255", "Send: M117 hello"])


def test_lost_printer_keeps_file_and_last_known_temperatures(painter, shown):
    painter.show_snapshot(PrinterSnapshot(job("Offline after error", None), firmware_error="Thermal Runaway"))
    assert shown[-1].file == "cube.gcode" and shown[-1].error == "Thermal Runaway"
    assert shown[-1].temperatures_are_old and shown[-1].temperatures["tool0"].actual == 20.0


def test_heaters_without_a_temperature_do_not_replace_the_last_known_ones(painter, shown):
    nothing = {"tool0": Temperature(None, None)}  # OctoPrint 2.0 says so of a printer that it has lost
    painter.show_snapshot(PrinterSnapshot(job("Offline after error", None), heaters=nothing))
    assert shown[-1].temperatures_are_old and shown[-1].temperatures["tool0"].actual == 20.0


def test_event_that_the_server_reports_twice_is_noted_once(painter, shown):
    process_all(painter, Event("PrintFailed", {"reason": "cancelled"}), Event("PrintCancelled", {}))
    assert [note[9:] for note in shown[-1].notes] == ["print cancelled"]
    process_all(painter, Event("PrintStarted", {"path": "a.gcode"}), Event("PrintCancelled", {}))
    assert len(shown[-1].notes) == 3


def test_ending_says_how_long_the_job_took(painter, shown):
    done = JobOutcome("finished", ended=1_800_000_000.0)
    painter.show_snapshot(PrinterSnapshot(job("Operational", completion=100.0, seconds=99), ending=done))
    assert re.fullmatch(r"Finished at .* in 1 min 39 s", shown[-1].ending) and shown[-1].outcome == "finished"


@pytest.mark.parametrize(("bell", "rings"), [(True, 2), (False, 0)])
def test_bell_rings_at_a_prompt_and_at_the_end(bell, rings, shown):
    painter = LivePresenter(shown.append, lambda value: value, bell=bell)
    painter.show_snapshot(PrinterSnapshot(READING))
    process_all(painter, FirmwareMessage("Nozzle Parked", []), FirmwareMessage(None, []), Event("PrintResumed", {}))
    painter.show_snapshot(PrinterSnapshot(job("Operational"), ending=JobOutcome("finished")))
    assert shown[-1].rings == rings
