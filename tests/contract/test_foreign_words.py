"""A firmware's and a server's own words become part of one sentence; the details keep them as they are."""

from __future__ import annotations

import pytest

from octoprint_cli.client.resources.job import Job
from octoprint_cli.client.tracking.job_outcome import JobOutcome
from octoprint_cli.client.tracking.outcome_errors import of_ending
from octoprint_cli.errors import CliError
from octoprint_cli.errors.foreign_words import in_one_sentence

from .reading import is_one_sentence

#: What firmwares and servers say, of several sentences each, and how a message quotes it.
SAID = {
    "Printer halted. kill() called!": "Printer halted; kill() called",
    "Thermal Runaway, system stopped! Heater_ID: bed": "Thermal Runaway, system stopped; Heater_ID: bed",
    "MCU 'mcu' shutdown: Timer too close. This often indicates overload. Check the host.": (
        "MCU 'mcu' shutdown: Timer too close; This often indicates overload; Check the host"
    ),
    "Serial port is gone.\nIs the cable loose?  Try again.": "Serial port is gone; Is the cable loose; Try again",
    "!! Must home axis first": "!! Must home axis first",
    "Heating failed, e.g. by a loose cable (v2.1.2)": "Heating failed, e.g. by a loose cable (v2.1.2)",
    'echo:Unknown command: "M9999"': 'echo:Unknown command: "M9999"',
    "probing failed...": "probing failed",
}


def job(error: str) -> Job:
    """Return the job of a printer that is offline after this error."""
    return Job("Offline after error", error, None, None, None, None, None, None, None, None)


@pytest.mark.parametrize("said", list(SAID))
def test_words_of_several_sentences_are_joined(said: str) -> None:
    assert in_one_sentence(said) == SAID[said] and is_one_sentence(in_one_sentence(said))
    assert in_one_sentence(in_one_sentence(said)) == in_one_sentence(said)


def test_long_words_are_cut() -> None:
    words = in_one_sentence("overheated " * 100)
    assert len(words) <= 300 and words.endswith("\u2026")


@pytest.mark.parametrize("said", list(SAID))
def test_errors_of_a_printer_are_one_sentence_with_the_words_in_their_details(said: str) -> None:
    gone = job(said)
    ended = [
        of_ending(JobOutcome(outcome, said, "a.gcode", by_firmware=True), gone) for outcome in ("failed", "lost", "unfinished")
    ]
    with pytest.raises(CliError) as offline:
        gone.require_connected()
    for error in (*ended, offline.value, gone.halted(said)):
        assert error is not None and is_one_sentence(error.message), error
        assert said in (error.details or {}).values()
