"""What the live view says of events, of what was sent to the printer, and of the end of a job."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.framework.live_events import Sent, ending_in_words, event_in_words, is_noise, tidied, timed, what_was_sent
from octoprint_cli.framework.watch_report import EVENTS

NIGHT = datetime(2026, 11, 29, 1, 33).timestamp()


@pytest.mark.parametrize("kind", [kind for kind in EVENTS if kind != "PrinterStateChanged"])
def test_every_watched_event_has_words_without_payload(kind):
    assert re.fullmatch(r"(! )?[a-z].*[a-z0-9]", event_in_words(kind, {})), event_in_words(kind, {})


@pytest.mark.parametrize(
    ("kind", "payload", "words"),
    [
        ("PrintStarted", {"path": "parts/cube.gcode"}, "print started: parts/cube.gcode"),
        ("PrintFailed", {"reason": "cancelled"}, "print cancelled"),
        ("PrintFailed", {"reason": "error", "error": "Thermal Runaway"}, "! print failed: Thermal Runaway"),
        ("PrintFailed", {"reason": "unknown"}, "! print failed"),
        ("Error", {"error": "MINTEMP triggered"}, "! error: MINTEMP triggered"),
        ("ToolChange", {"old": 0, "new": 1}, "tool 1"),
        ("PluginPowerOutlet", {}, "plugin power outlet"),
        ("plugin_psu_on", {}, "plugin_psu_on"),
    ],
)
def test_event_is_told_in_words(kind, payload, words):
    assert event_in_words(kind, payload) == words


def test_line_has_its_local_time_before_it():
    assert timed("print paused", NIGHT + 9) == "01:33:09 print paused"


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("Send: M106 S255", Sent(fan=100.0)),
        ("Send: N12 M106 S127.5*33", Sent(fan=50.0)),
        ("Send: M106", Sent(fan=100.0)),
        ("Send: M106 P0 S0", Sent(fan=0.0)),
        ("Send: M107", Sent(fan=0.0)),
        ("Send: M106 P2 S255", Sent()),
        ("Send: N7 M117 Layer 3 of 9*61", Sent(display="Layer 3 of 9")),
        ("Send: M117", Sent(display="")),
        ("Send: M1170", Sent()),
        ("Recv: M117 echo", Sent()),
        ("Send: G1 X1", Sent()),
        (">>> N12 M106 S127.5*33", Sent(fan=50.0)),
        (">>> M107", Sent(fan=0.0)),
        (">>> N7 M117 Layer 3 of 9*61", Sent(display="Layer 3 of 9")),
        ("<<< M117 echo", Sent()),
    ],
)
def test_fan_and_display_are_read_from_what_was_sent(line, sent):
    assert what_was_sent(line) == sent


@pytest.mark.parametrize(
    ("line", "noise"),
    [
        ("Recv: ok", True),
        ("Recv: ok P15 B3", True),
        ("Recv: ok T:210.0 /215.0 B:60.0 /60.0", True),
        ("Recv: T:210.0 /215.0", True),
        ("Recv: wait", True),
        ("Send: M105", True),
        ("Send: N3 M105*36", True),
        ("Recv: Not SD printing", True),
        ("Recv: Error:Thermal Runaway", False),
        ("Recv: echo:busy: processing", False),
        ("Send: M1050", False),
        ("Recv: okay then", False),
        ("Recv: SD printing byte 10/200", True),
        ("<<< ok", True),
        ("<<< ok P15 B3", True),
        ("<<<  T:210.0 /215.0 B:60.0 /60.0", True),
        (">>> N3 M105*36", True),
        (">>> M1050", False),
        ("<<< Error:Thermal Runaway", False),
        ("ok, connected", False),
        ("Recv: B:31.42", True),
        ("Recv: B: 31.42 /60.0", True),
        ("Recv: C: X:10.0 Y:20.0", False),
        ("Recv: Begin file list", False),
    ],
)
def test_lines_that_say_nothing_new_are_noise(line, noise):
    assert is_noise(line) is noise


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Send: N12 G1 X1*33", "Send: G1 X1"),
        (">>> N12 G1 X1*33", ">>> G1 X1"),
        ("Send: M115", "Send: M115"),
        ("Recv: N12 is no number of ours*33", "Recv: N12 is no number of ours*33"),
        ("Changing monitoring state", "Changing monitoring state"),
    ],
)
def test_line_is_shown_without_number_and_checksum(line, shown):
    assert tidied(line) == shown


@pytest.mark.parametrize(
    ("outcome", "reason", "seconds", "words"),
    [
        ("finished", None, 99, "Finished at 01:33 in 1 min 39 s"),
        ("finished", None, None, "Finished at 01:33"),
        ("cancelled", None, 60, "Cancelled at 01:33 after 1 min 00 s"),
        ("failed", "Thermal Runaway", 5, "Failed at 01:33 after 5 s: Thermal Runaway"),
        ("unfinished", None, None, "Cancelled or failed at 01:33"),
        ("lost", None, 5, "How the print ended is not known"),
    ],
)
def test_ending_is_told_in_words(outcome, reason, seconds, words):
    assert ending_in_words(JobOutcome(outcome, reason), NIGHT, NIGHT + 30, seconds) == words


def test_ending_of_another_day_has_its_date():
    words = ending_in_words(JobOutcome("finished"), NIGHT, NIGHT + 86400, None)
    assert words == "Finished at 2026-11-29 01:33"
