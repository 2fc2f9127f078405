"""Retries as a table: what is tried again, for whom, after how long, and when it is over."""

from __future__ import annotations

import email.utils
from types import SimpleNamespace

import pytest

from octoprint_cli.client.http.retry import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Failure,
    Retries,
)

READ, ACT = False, True
SECONDS = 1000.0


def pause(failure, act=READ, done=1, spent=0.0, total=3, seconds=SECONDS):
    return Retries(total, seconds).pause(done, spent, act, failure)


@pytest.mark.parametrize(
    ("failure", "act", "again"),
    [
        (Failure(never_made=True), READ, True),
        (Failure(never_made=True), ACT, True),
        (Failure(never_made=True, broken=True), ACT, True),
        (Failure(broken=True), READ, True),
        (Failure(broken=True), ACT, False),
        *((Failure(status=status), READ, True) for status in (429, 502, 503, 504)),
        *((Failure(status=status), ACT, False) for status in (429, 502, 503, 504)),
        *((Failure(status=status), READ, False) for status in (301, 400, 401, 403, 404, 408, 409, 413, 415, 500, 501, 505, 599)),
        (Failure(), READ, False),
        (Failure(), ACT, False),
    ],
)
def test_failures_retried_for_reads_and_changes(failure, act, again):
    assert (pause(failure, act) is not None) is again


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_does_not_repeat_a_change(status):
    assert pause(Failure(status=status, headers={"Retry-After": "1"}), ACT) is None


@pytest.mark.parametrize(("total", "tries"), [(0, 0), (1, 1), (3, 3), (10, 5)])
def test_retries_are_limited_to_configured_number(total, tries):
    assert sum(pause(Failure(broken=True), done=done, total=total) is not None for done in range(1, 6)) == tries


@pytest.mark.parametrize(("spent", "again"), [(0, True), (29.7, True), (29.9, False), (30, False), (1000, False)])
def test_retries_stay_within_the_timeout(spent, again):
    assert (pause(Failure(broken=True), spent=spent, seconds=30) is not None) is again


@pytest.mark.parametrize("done", [1, 2, 3, 4])
def test_retry_pause_doubles_with_random_jitter(done):
    longest = FIRST_PAUSE * 2 ** (done - 1)
    pauses = [pause(Failure(broken=True), done=done, total=9) for _ in range(200)]
    assert all(0.67 * longest <= each <= longest for each in pauses)
    assert max(pauses) - min(pauses) > 0.2 * longest  # two programs do not come back in step


def test_retry_pause_is_bounded():
    assert all((pause(Failure(broken=True), done=done, total=99) or 0) <= LONGEST_PAUSE for done in range(1, 60))


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("2", 2), (" 3 ", 3), ("10", 10)])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_seconds_are_honoured(value, seconds, status):
    assert pause(Failure(status=status, headers={"Retry-After": value})) == seconds


def test_retry_after_date_is_honoured(monkeypatch):
    now = 1_800_000_000
    monkeypatch.setattr("urllib3.util.retry.time", SimpleNamespace(time=lambda: now))
    assert pause(Failure(status=503, headers={"Retry-After": email.utils.formatdate(now + 6, usegmt=True)})) == 6


def test_retry_after_date_in_the_past_is_immediate():
    assert pause(Failure(status=503, headers={"Retry-After": "Sun, 22 Nov 2015 07:28:00 GMT"})) == 0


@pytest.mark.parametrize("value", ["11", "3600", "99999999999999999999999", "Sun, 22 Nov 2099 07:28:00 GMT"])
def test_retry_after_beyond_the_limit_ends_retries(value):
    assert pause(Failure(status=503, headers={"Retry-After": value})) is None


def test_retry_after_beyond_remaining_time_ends_retries():
    failure = Failure(status=503, headers={"Retry-After": "5"})
    assert pause(failure, spent=25.0, seconds=30) is None and pause(failure, spent=24.9, seconds=30) == 5


GARBAGE = [
    "",
    " ",
    "soon",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    "\u0661",
    "NaN",
    "Sun, 99 Nov 2026",
    "Fri, 31 Dec 99999 23:59:59 GMT",
    "1;2",
    "\x00",
]


@pytest.mark.parametrize("value", GARBAGE, ids=ascii)
def test_invalid_retry_after_is_ignored(value):
    wait = pause(Failure(status=503, headers={"Retry-After": value}))
    assert wait is None or 0 <= wait <= LONGEST_PAUSE
