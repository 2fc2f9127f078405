"""Errors of the printer and its job: the printer is offline or busy, or did not do what was requested."""

from __future__ import annotations

from octoprint_cli.errors.base import BusyError, CliError, OfflineError


class PrinterOffline(OfflineError):
    """OctoPrint is there, but no printer is connected to it."""

    code = "PRINTER_OFFLINE"
    remedy = "octoprint-cli connect"
    advice = "Check that the printer is on, then run `octoprint-cli connect`. If a job was lost, `last_job` in the answer names it."


class PrinterHalted(PrinterOffline):
    """The printer's firmware has stopped itself, after a thermal runaway for example, or was stopped by M112."""

    code = "PRINTER_HALTED"
    remedy = "octoprint-cli connect  # only after a person has looked at the printer and reset it"
    advice = (
        "Have a human look at the printer before anything else: a heater or a sensor may have failed, and nothing can be switched "
        "off from here. The firmware goes on after a reset of the printer; then run `octoprint-cli connect`."
    )
    retryable = False


class PrinterError(OfflineError):
    """The printer reports an error of its own."""

    code = "PRINTER_ERROR"
    advice = "Have a human check the printer, then run `octoprint-cli connect`."
    retryable = False


class PrinterBusy(BusyError):
    """A job is printing, paused, or about to be either."""

    code = "PRINTER_BUSY"
    advice = "Wait: `octoprint-cli wait --for idle`. `--skip-if-printing` makes it a success that does nothing."


class StillCancelling(BusyError):
    """A cancel was accepted, but the printer has not stopped yet."""

    code = "STILL_CANCELLING"
    advice = "Wait until it has stopped: `octoprint-cli wait --for idle`. Only in an emergency: `octoprint-cli gcode M112`."


class NoActiveJob(CliError):
    """There is no job to cancel, pause or resume."""

    code = "NO_ACTIVE_JOB"
    advice = "There is nothing to do; `status` shows how the last job ended."


class NotStarted(CliError):
    """The server accepted the start, but the printer is not printing that file."""

    code = "NOT_STARTED"
    advice = "Nothing is printing. Look at `status`, then start the print once more."


class StateNotReached(CliError):
    """The server accepted the command, but the printer did not reach the state in time."""

    code = "STATE_NOT_REACHED"
    advice = "The message says what the printer does instead. Wait, look with `status`, then decide."
    retryable = True


class WaitTimeout(CliError):
    """The goal of the wait was not reached in the time that was given."""

    code = "WAIT_TIMEOUT"
    remedy = "octoprint-cli wait"
    advice = "The printer continues what it is doing: wait again with a longer `--timeout`, or look with `status`."
    retryable = True


class JobFailed(CliError):
    """The job ended before it was finished: an error of the firmware, a reset, or an emergency stop."""

    code = "JOB_FAILED"
    advice = "Read the reason, and have a human check the printer before anything heats again. Check whether heaters are still hot."


class JobCancelled(CliError):
    """The job was cancelled, by a user or another client."""

    code = "JOB_CANCELLED"
    advice = "It was cancelled on purpose: ask before printing it again. Check whether heaters are still hot."


class JobLost(CliError):
    """The server no longer has the job and does not know how it ended; most likely it has restarted."""

    code = "JOB_LOST"
    advice = "Look at the printer and at `status`. Do not print again before the bed is known to be clear."


class JobPaused(CliError):
    """The job is paused, and `--fail-on paused` makes that end the wait."""

    code = "JOB_PAUSED"
    advice = "Read `prompt` in the answer: the printer may be waiting for a filament change or an answer. `resume` goes on."


class NoReply(CliError):
    """The server has the command, but the firmware has not acknowledged it in time."""

    code = "NO_REPLY"
    advice = "The command may still be carried out: look with `status` before sending it again."


class FirmwareRefused(CliError):
    """The firmware refused a command, does not know it, or failed to carry it out."""

    code = "FIRMWARE_REFUSED"
    advice = "Read the firmware's words in the message. Commands before and after the refused one may have been carried out."


class PreflightFailed(CliError):
    """A pre-flight check failed and has no more precise code."""

    code = "PREFLIGHT_FAILED"
    remedy = "octoprint-cli help preflight"
    advice = "Read the report in `data`: it names each check that failed and why."
