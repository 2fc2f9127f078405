"""Every error that this program can end with, but those of files: its code, its exit code, whether a retry makes sense.

Home of error codes together with `files`. Knows nothing else of the program.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from octoprint_cli.errors.base import CliError, Exit

# --- exit 1: the printer is offline or the server cannot be reached --------------------------------


class OfflineError(CliError):
    """No usable answer from an OctoPrint, or no printer behind it."""

    exit_code = Exit.OFFLINE
    retryable = True


class ConnectionFailed(OfflineError):
    """No connection could be made: wrong address, server down, network away."""

    code = "CONNECTION_ERROR"
    remedy = "octoprint-cli config show (is the server on, and the host right?)"


class TimedOut(OfflineError):
    """The server was reached but did not answer in time."""

    code = "TIMEOUT"
    remedy = "octoprint-cli --timeout 60 status"


class TlsError(OfflineError):
    """The TLS handshake failed: certificate, host name, or no TLS there at all."""

    code = "TLS_ERROR"
    remedy = "octoprint-cli config show (ca_bundle, verify; or http:// in the host)"
    retryable = False


class ServerStarting(OfflineError):
    """Something answers, but OctoPrint is not up yet."""

    code = "SERVER_STARTING"
    remedy = "octoprint-cli status (again, in a few seconds)"


class PrinterOffline(OfflineError):
    """OctoPrint is there, but no printer is connected to it."""

    code = "PRINTER_OFFLINE"
    remedy = "octoprint-cli connect"


class PrinterError(OfflineError):
    """The printer reports an error of its own."""

    code = "PRINTER_ERROR"
    retryable = False


# --- exit 3: busy ----------------------------------------------------------------------------------


class BusyError(CliError):
    """The printer is doing something that this would disturb."""

    exit_code = Exit.BUSY
    retryable = True


class PrinterBusy(BusyError):
    """A job is printing, paused, or on its way to either."""

    code = "PRINTER_BUSY"


class FileInUse(BusyError):
    """The file is being printed right now."""

    code = "FILE_IN_USE"


class StillCancelling(BusyError):
    """A cancel was accepted, but the printer has not stopped yet."""

    code = "STILL_CANCELLING"


# --- exit 4: anything else -------------------------------------------------------------------------


class AuthError(CliError):
    """The API key is missing or wrong."""

    code = "AUTH_ERROR"
    remedy = "octoprint-cli init (a key is made in OctoPrint under User Settings, Application Keys; new servers have no global one)"


class PermissionDenied(CliError):
    """The API key is good but lacks a permission."""

    code = "PERMISSION_DENIED"
    remedy = "octoprint-cli init (with the key of a user who has the permission)"


class ServerError(CliError):
    """The server answered that it failed (HTTP 5xx) or refuses for now (429)."""

    code = "SERVER_ERROR"
    remedy = "octoprint-cli version (then look at the server's octoprint.log)"
    retryable = True


class UnexpectedResponse(CliError):
    """What answered does not speak as OctoPrint does: a login page, a redirect, not JSON."""

    code = "UNEXPECTED_RESPONSE"
    remedy = "octoprint-cli config show (is it the host of an OctoPrint?)"


class OutcomeUnknown(CliError):
    """A request that changes something went out and its answer was lost: it may have been done."""

    code = "OUTCOME_UNKNOWN"
    #: What is known of the request, as the beginning of a sentence.
    told: str

    @classmethod
    def lost(cls, told: str, *, hint: Optional[str] = None, details: Optional[Mapping[str, Any]] = None) -> OutcomeUnknown:
        """The error for a request whose answer did not come, or not as it was sent."""
        error = cls(f"{told}: the request may have been carried out", hint=hint, details=details)
        error.told = told
        return error


class UsageError(CliError):
    """The command line is wrong."""

    code = "USAGE_ERROR"
    remedy = "octoprint-cli help"


class ConfigError(CliError):
    """The configuration is missing something or cannot be understood."""

    code = "CONFIG_ERROR"
    remedy = "octoprint-cli config show"


class ConfigExists(CliError):
    """The configuration holds a value already that would be overwritten."""

    code = "CONFIG_EXISTS"
    remedy = "octoprint-cli config show"


class ConfirmationRequired(CliError):
    """The command can do harm and wants `--confirm`."""

    code = "CONFIRMATION_REQUIRED"
    remedy = "octoprint-cli help"


class LimitExceeded(CliError):
    """A temperature beyond the configured limits."""

    code = "LIMIT_EXCEEDED"
    remedy = "octoprint-cli config show (limits are set in the configuration)"


class InvalidValue(CliError):
    """A value that makes no sense: not a number, negative, control characters."""

    code = "INVALID_VALUE"
    remedy = "octoprint-cli help"


class NoActiveJob(CliError):
    """There is no job to cancel, pause or resume."""

    code = "NO_ACTIVE_JOB"


class NotStarted(CliError):
    """The server accepted the start, but the printer is not printing that file."""

    code = "NOT_STARTED"


class StateNotReached(CliError):
    """The server accepted the act, but the printer did not get there in time."""

    code = "STATE_NOT_REACHED"
    retryable = True


class WaitTimeout(CliError):
    """What was waited for has not come about in the time that was given."""

    code = "WAIT_TIMEOUT"
    remedy = "octoprint-cli wait (again, with a longer --timeout; what the printer does goes on)"
    retryable = True


class JobFailed(CliError):
    """The job ended before it was finished: an error of the firmware, a reset, an emergency stop."""

    code = "JOB_FAILED"


class JobCancelled(CliError):
    """Somebody has cancelled the job."""

    code = "JOB_CANCELLED"


class JobLost(CliError):
    """The server no longer has the job, and does not know how it ended: it has restarted, most likely."""

    code = "JOB_LOST"


class JobPaused(CliError):
    """The job is paused, and the caller has said that this ends the wait."""

    code = "JOB_PAUSED"


class PushUnavailable(CliError):
    """The push socket cannot be opened, and the command has no other way: a proxy may not let websockets through."""

    code = "PUSH_UNAVAILABLE"
    remedy = "octoprint-cli gcode CMD (without --reply; a proxy must pass the websocket at /sockjs on)"


class NoReply(CliError):
    """The command is with the server, and the firmware has not acknowledged it in time."""

    code = "NO_REPLY"


class NotFound(CliError):
    """The server has no such thing (a heater, a profile, a port)."""

    code = "NOT_FOUND"


class ServerWarning(CliError):
    """The server itself warns of something: of the firmware, of its power supply, of its own health."""

    code = "SERVER_WARNING"
    remedy = "octoprint-cli preflight (the server's web page tells more)"


class PreflightFailed(CliError):
    """A pre-flight check said no and has no more precise code."""

    code = "PREFLIGHT_FAILED"
    remedy = "octoprint-cli preflight FILE"


class OutputError(CliError):
    """The answer could not be written: a full disk, a closed file."""

    code = "OUTPUT_ERROR"


class PluginError(CliError):
    """An add-on is broken: it cannot be loaded, clashes with another, or crashed."""

    code = "PLUGIN_ERROR"
    remedy = "octoprint-cli plugins list"

    @classmethod
    def crashed(cls, error: BaseException, name: str, owner: str) -> PluginError:
        """A bug in a command of the distribution `owner`."""
        hint = f"report it to the makers of {owner}, with the output of --debug"
        return cls(f"{name} of {owner} crashed: {type(error).__name__}: {error}", hint=hint, details={"distribution": owner})


class PluginRules(CliError):
    """An add-on works, or would, and does not keep the rules of the house."""

    code = "PLUGIN_RULES"
    remedy = "octoprint-cli plugins check"


class InternalError(CliError):
    """A bug of ours."""

    code = "INTERNAL_ERROR"
    remedy = "octoprint-cli version (please report it, with the output of the same command and --debug)"

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """An exception that should not have been."""
        return cls(f"{type(error).__name__}: {error}: a bug of octoprint-cli")


# --- ended from outside ----------------------------------------------------------------------------


class Interrupted(CliError):
    """Ctrl-C (SIGINT)."""

    code = "INTERRUPTED"
    exit_code = Exit.INTERRUPTED


class Stopped(CliError):
    """SIGTERM, or the terminal went away (SIGHUP)."""

    code = "TERMINATED"
    exit_code = Exit.TERMINATED
