"""Errors of the server: it is unreachable, refuses a request, fails, or does not answer as OctoPrint does."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from octoprint_cli.errors.base import CliError, OfflineError


class ConnectionFailed(OfflineError):
    """No connection could be made: the address is wrong, the server is down, or the network is away."""

    code = "CONNECTION_ERROR"
    remedy = "octoprint-cli config show"
    advice = (
        "Check the address and the network, and that the server is on. Try again at increasing intervals. A print that is running "
        "goes on without you."
    )


class TimedOut(OfflineError):
    """The server was reached but did not answer in time."""

    code = "TIMEOUT"
    remedy = "octoprint-cli --timeout 60 status"
    advice = "Try again, with a larger `--timeout` if the server is slow."


class TlsError(OfflineError):
    """The TLS handshake failed: a wrong certificate or host name, or a server that does not speak TLS."""

    code = "TLS_ERROR"
    remedy = "octoprint-cli config show"
    advice = "Read the reason in `details`: set `ca_bundle`, renew the certificate, or use http:// for a server without TLS."
    retryable = False


class ServerStarting(OfflineError):
    """Something answers, but OctoPrint is not up yet."""

    code = "SERVER_STARTING"
    advice = "Try again in a few seconds."


class AuthError(CliError):
    """The API key is missing or wrong."""

    code = "AUTH_ERROR"
    remedy = "octoprint-cli init"
    advice = (
        "Ask the owner of the printer for a key: in OctoPrint, User Settings, Application Keys (new servers have no global one). "
        "Do not try other keys: the server locks you out after a few."
    )


class PermissionDenied(CliError):
    """The API key is valid but lacks a permission."""

    code = "PERMISSION_DENIED"
    remedy = "octoprint-cli init"
    advice = "Use the key of a user who has the permission that the message names."


class ServerError(CliError):
    """The server answered that it failed (HTTP 5xx), or refuses for now (429)."""

    code = "SERVER_ERROR"
    remedy = "octoprint-cli version"
    advice = "Try again in a minute; if the error stays, read octoprint.log on the server."
    retryable = True


class UnexpectedResponse(CliError):
    """Something other than OctoPrint answered: a login page, a redirect, or text that is not JSON."""

    code = "UNEXPECTED_RESPONSE"
    remedy = "octoprint-cli config show"
    advice = "Check the host: a login page, a proxy or another program answers there."


class OutcomeUnknown(CliError):
    """A request that changes something was sent and its answer was lost, so it may have been carried out."""

    code = "OUTCOME_UNKNOWN"
    advice = "Look at `status` and `files` before anything else, and repeat the command only if it was not carried out."
    #: How the request ended, as the beginning of a sentence: "the answer was lost".
    last_outcome: str

    @classmethod
    def lost(cls, outcome: str, *, hint: Optional[str] = None, details: Optional[Mapping[str, Any]] = None) -> OutcomeUnknown:
        """Return the error for a request whose answer was lost or damaged."""
        error = cls(f"{outcome}: the request may have been carried out", hint=hint, details=details)
        error.last_outcome = outcome
        return error

    @property
    def told(self) -> str:
        """The former name of `last_outcome`."""
        return self.last_outcome


class NotFound(CliError):
    """The server has no such thing (a heater, a profile, a port)."""

    code = "NOT_FOUND"
    advice = "Choose one of those that the message names."


class ServerWarning(CliError):
    """The server itself warns of something: the firmware, its power supply, or its own health."""

    code = "SERVER_WARNING"
    remedy = "octoprint-cli preflight"
    advice = "Read the warning; the server's web page says more. With `--strict` it blocks the print until `--ignore` overrides it."


class PushUnavailable(CliError):
    """The push socket cannot be opened, and the command has no other way: a proxy may block websockets."""

    code = "PUSH_UNAVAILABLE"
    remedy = "octoprint-cli status"
    advice = "Let the proxy forward websockets at /sockjs, or do without --reply."
