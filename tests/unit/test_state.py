"""The states of a printer, and the columns that show values."""

from __future__ import annotations

import time

import pytest

from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.output.columns import (
    Bytes,
    Degrees,
    Duration,
    Flags,
    Heater,
    Percent,
    Time,
    to_plain_data,
)

ACTIVE = {"starting", "printing", "pausing", "paused", "resuming", "cancelling", "finishing"}


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Offline", "offline"),
        ("Closed", "offline"),
        ("Offline after error", "error"),
        ("Offline after error: Thermal Runaway", "error"),
        ("Error", "error"),
        ("Error: Thermal Runaway", "error"),
        ("Closed with error", "error"),
        ("Opening serial connection", "connecting"),
        ("Detecting serial connection", "connecting"),
        ("Detecting baudrate", "connecting"),
        ("Connecting", "connecting"),
        ("Operational", "idle"),
        ("Starting", "starting"),
        ("Starting print from SD", "starting"),
        ("Starting to send file to SD", "transferring"),
        ("Sending file to SD", "transferring"),
        ("Transferring file to SD", "transferring"),
        ("Transferring file to printer", "transferring"),
        ("Printing", "printing"),
        ("Printing from SD", "printing"),
        ("PRINTING", "printing"),
        ("Pausing", "pausing"),
        ("Paused", "paused"),
        ("Resuming", "resuming"),
        ("Cancelling", "cancelling"),
        ("Finishing", "finishing"),
        ("Druckt gerade", "unknown"),
        ("Unknown", "unknown"),
        ("", "unknown"),
    ],
)
def test_each_server_state_maps_to_a_phase(text, phase):
    assert phase_of(text).value == phase


@pytest.mark.parametrize("phase", list(Phase))
def test_each_phase_knows_whether_it_is_connected_or_has_a_job(phase):
    assert phase.connected is (phase.value not in ("offline", "connecting", "error"))
    assert phase.has_job is (phase.value in ACTIVE)
    assert phase.at_rest is (phase.value in ("idle", "offline", "connecting", "error"))
    assert phase.moving is (phase.value in (ACTIVE | {"transferring", "unknown"}) - {"paused"})


@pytest.mark.parametrize(
    ("column", "machine", "person"),
    [
        (Bytes(0), 0, "0 B"),
        (Bytes(1023), 1023, "1023 B"),
        (Bytes(1024), 1024, "1.0 KiB"),
        (Bytes(1536), 1536, "1.5 KiB"),
        (Bytes(1024**2), 1024**2, "1.0 MiB"),
        (Bytes(84047585280), 84047585280, "78.3 GiB"),
        (Bytes(1024**5), 1024**5, "1024.0 TiB"),
        (Duration(0), 0, "0 s"),
        (Duration(59), 59, "59 s"),
        (Duration(60), 60, "1 min 00 s"),
        (Duration(3599), 3599, "59 min 59 s"),
        (Duration(3600), 3600, "1 h 00 min"),
        (Duration(90061), 90061, "25 h 01 min"),
        (Percent(0.879), 0.879, "0.9 %"),
        (Percent(100), 100, "100.0 %"),
        (Degrees(21.34), 21.34, "21.3 °C"),
        (Heater(200, 210), {"actual": 200, "target": 210}, "200.0 °C, target 210.0 °C"),
        (Heater(21.3, 0), {"actual": 21.3, "target": 0}, "21.3 °C (off)"),
        (Heater(None, None), {"actual": None, "target": None}, "-, target -"),
        (Flags({"a": True, "b": False, "c": True}), {"a": True, "b": False, "c": True}, "a, c"),
        (Flags({"a": False}), {"a": False}, "-"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_is_raw_in_json_and_formatted_for_display(column, machine, person):
    assert column.machine_readable() == machine
    assert column.human_readable() == person


@pytest.mark.parametrize("column", [Bytes, Duration, Percent, Degrees, Time, Flags])
def test_unknown_value_is_null_and_displayed_as_dash(column):
    assert column(None).machine_readable() is None
    assert column(None).human_readable() == "-"


@pytest.fixture
def zone(monkeypatch):
    """A time zone two hours east."""
    monkeypatch.setenv("TZ", "TST-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_time_is_utc_in_json_and_local_for_display(zone):
    assert Time(1795333787).machine_readable() == "2026-11-22T07:49:47Z"
    assert Time(1795333787).human_readable() == "2026-11-22 09:49"


@pytest.mark.parametrize("seconds", [1795333787000, 10**20, -(10**20), float("nan"), float("inf")])
def test_invalid_time_is_unknown(seconds):
    assert Time(seconds).machine_readable() is None
    assert Time(seconds).human_readable() == "-"


def test_nested_values_are_converted_to_plain_data():
    value = {"a": Bytes(1), 2: [Heater(1, None)], "c": (Time(0),), "d": {5}}
    assert to_plain_data(value) == {"a": 1, "2": [{"actual": 1, "target": None}], "c": ["1970-01-01T00:00:00Z"], "d": [5]}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_non_finite_number_is_null(number):
    assert to_plain_data({"x": number}) == {"x": None}
