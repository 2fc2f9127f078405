"""Translate an exception of requests into an error of this program.

Once the first byte of an act was sent, its outcome is unknown, whatever broke.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from typing import List, NamedTuple, Optional, Tuple

import requests
import urllib3

from octoprint_cli import errors
from octoprint_cli.client.http.transport import InFlightRequest
from octoprint_cli.output.redact import mask_url

#: What a request may raise: requests' own, what it lets through of urllib3, a host that cannot be encoded,
#: and a certificate's file that cannot be opened.
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError, OSError)
#: urllib3's names for a connection that was never made.
_NEVER_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
#: Timeouts of a single read or write, which may come just before the deadline of the whole request.
_LATE = (urllib3.exceptions.ReadTimeoutError, socket.timeout)
_UNUSABLE = (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, requests.exceptions.InvalidSchema, UnicodeError)


class TlsTrouble(NamedTuple):
    """A way in which TLS fails: a pattern for OpenSSL's words, and this program's reason, sentence and hint."""

    pattern: str
    reason: str
    sentence: str
    hint: str


_SET = "octoprint-cli config show"
_TLS: List[TlsTrouble] = [
    TlsTrouble(
        "has expired",
        "expired",
        "its certificate has expired",
        f"{_SET}  # renew the certificate; is the clock of this computer right?",
    ),
    TlsTrouble(
        "not yet valid", "not_yet_valid", "its certificate is not valid yet", "date  # is the clock of this computer right?"
    ),
    TlsTrouble(
        "hostname mismatch|ip address mismatch|is not valid for|doesn't match",
        "wrong_name",
        "its certificate is for another name",
        f"{_SET}  # use the name in the certificate as the host",
    ),
    TlsTrouble(
        "self.signed certificate in certificate chain|unable to get (local )?issuer|unable to verify the first",
        "unknown_authority",
        "its certificate comes from an authority that this computer does not know",
        f"{_SET}  # set ca_bundle to the authority's certificate",
    ),
    TlsTrouble("self.signed", "self_signed", "its certificate is self-signed", f"{_SET}  # set ca_bundle to the certificate"),
    TlsTrouble(
        "certificate.required|handshake.failure|alert bad certificate",
        "client_certificate",
        "it demands a client certificate",
        f"{_SET}  # set client_cert, and client_key if the key is in a file of its own",
    ),
    TlsTrouble(
        "alert.(unknown.ca|certificate)",
        "client_certificate_refused",
        "it refuses the client certificate",
        f"{_SET}  # client_cert",
    ),
    TlsTrouble(
        "wrong.version|http.request|unknown.protocol|record.layer|packet length|unexpected.message",
        "no_tls",
        "this port does not use TLS",
        f"{_SET}  # write http:// instead of https:// in the host",
    ),
    TlsTrouble(
        "unsupported protocol|protocol version",
        "old_tls",
        "it offers only TLS versions that are no longer secure",
        f"{_SET}  # update the proxy in front",
    ),
]


def translate(error: Exception, act: bool, url: str, exchange: InFlightRequest) -> errors.CliError:
    """Return the error that an exception stands for. `act`: the request would change something."""
    cause = _root(error)
    shown = mask_url(url)
    if isinstance(error, _UNUSABLE):
        return errors.ConfigError(f"the host or the key cannot be used: {cause}")
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):  # requests' own for a missing file
        return errors.ConfigError(f"a TLS file cannot be used: {error}")
    if never_made(error, exchange):
        return _not_connected(cause, shown, exchange)
    if _alerted(cause):  # the server checked the client certificate before it read the request
        return _tls(cause, shown) or errors.TlsError(f"TLS to {shown} failed: {cause}")
    late = exchange.expired or isinstance(error, requests.Timeout) or isinstance(cause, _LATE)
    if act:
        return errors.OutcomeUnknown.lost(f"the answer was lost ({_reason(cause, exchange)})", details={"stalled": late})
    if late:
        waited = f"{shown} did not answer within {round(exchange.seconds, 2):g} s"
        return errors.TimedOut(waited, hint="octoprint-cli --timeout 60 status")
    return errors.ServerStarting(f"the connection to {shown} broke ({_reason(cause, exchange)}): OctoPrint may be starting")


def never_made(error: Exception, exchange: InFlightRequest) -> bool:
    """Whether certainly nothing of the request has reached the server."""
    cause = _root(error)
    handshake = isinstance(cause, ssl.SSLError) and not exchange.sent
    return exchange.never_sent or handshake or isinstance(error, requests.ConnectTimeout) or isinstance(cause, _NEVER_CONNECTED)


def _not_connected(cause: BaseException, url: str, exchange: InFlightRequest) -> errors.CliError:
    if exchange.expired and exchange.never_sent:
        return errors.TimedOut(
            f"{url} accepted the connection, but sent nothing for {round(exchange.seconds, 2):g} s",
            hint="octoprint-cli config show  # OctoPrint itself speaks http://; https:// is for a proxy in front",
        )
    if "EOF occurred" in str(cause):  # no alert, no reason: like any other closed connection
        return errors.ConnectionFailed(f"{url} closed the connection during the TLS handshake")
    return _tls(cause, url) or errors.ConnectionFailed(f"no connection to {url}: {_reason(cause, exchange)}")


def _alerted(cause: BaseException) -> bool:
    return isinstance(cause, ssl.SSLError) and "ALERT" in str(cause).upper()


def _tls(cause: BaseException, url: str) -> Optional[errors.TlsError]:
    """Return the precise error, if it was TLS that failed."""
    if not isinstance(cause, ssl.SSLError) and "certificate" not in str(cause):
        return None
    for row in _TLS:
        if re.search(row.pattern, str(cause).replace("_", " "), re.IGNORECASE):
            return errors.TlsError(f"no TLS connection to {url}: {row.sentence}", hint=row.hint, details={"reason": row.reason})
    return errors.TlsError(f"no TLS connection to {url}: {cause}", details={"reason": "other"})


def _root(error: BaseException) -> BaseException:
    """Return the innermost error: requests wraps urllib3's, which wraps its own, which wraps the socket's."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, Exception):
            last = error.args[-1] if error.args else None
            return last if isinstance(last, (OSError, http.client.HTTPException)) and last is not error else error
        error = inner


_MARKERS: Tuple[str, ...] = ("] ", ": ")  # urllib3 puts the connection object's repr in front


def _reason(cause: BaseException, exchange: InFlightRequest) -> str:
    if exchange.expired or isinstance(cause, _LATE):  # whichever of the two time limits was first
        return f"nothing arrived within {round(exchange.seconds, 2):g} s"
    if isinstance(cause, http.client.IncompleteRead):
        came = cause.partial if isinstance(cause.partial, int) else len(cause.partial)
        return f"the answer ended after {came} bytes" + (f", {cause.expected} are missing" if cause.expected else "")
    text = str(cause)
    for marker in _MARKERS:
        if marker in text:
            text = text.rsplit(marker, 1)[-1]
    return text.strip("')\"") or type(cause).__name__
