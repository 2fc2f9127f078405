"""What a broken connection means, for a read and for an act: a table of exceptions, and of how far the request got."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest
import requests
import urllib3

from octoprint_cli.client.http.transport import InFlightRequest
from octoprint_cli.client.http.transport_errors import never_made, translate

URL = "http://octopi.test/api/job"
POOL = urllib3.HTTPConnectionPool("octopi.test")
RESET = urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))


def exchange(**how):
    """A request that got so far: opened, sent, expired."""
    found = InFlightRequest(30)
    vars(found).update(how)
    return found


NOT_OPENED = exchange()
OPENED = exchange(opened=True)
SENT = exchange(opened=True, sent=True)
MUTE = exchange(opened=True, expired=True)
SLOW = exchange(opened=True, sent=True, expired=True)


def wrapped(reason, kind=requests.exceptions.ConnectionError):
    """As requests hands it over."""
    return kind(urllib3.exceptions.MaxRetryError(POOL, "/api/job", reason))


def tls(text, kind=ssl.SSLError):
    return wrapped(urllib3.exceptions.SSLError(kind(1, text)), requests.exceptions.SSLError)


@pytest.mark.parametrize(
    ("error", "how_far", "read", "act"),
    [
        (requests.exceptions.ConnectTimeout("slow"), NOT_OPENED, "CONNECTION_ERROR", "CONNECTION_ERROR"),
        (wrapped(urllib3.exceptions.NewConnectionError(POOL, "refused")), NOT_OPENED, "CONNECTION_ERROR", "CONNECTION_ERROR"),
        (wrapped(urllib3.exceptions.ConnectTimeoutError(POOL, "slow")), NOT_OPENED, "CONNECTION_ERROR", "CONNECTION_ERROR"),
        (requests.exceptions.ConnectionError(RESET), OPENED, "CONNECTION_ERROR", "CONNECTION_ERROR"),
        (requests.exceptions.ConnectionError(RESET), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (requests.exceptions.ConnectionError(RESET), MUTE, "TIMEOUT", "TIMEOUT"),
        (requests.exceptions.ConnectionError(RESET), SLOW, "TIMEOUT", "OUTCOME_UNKNOWN"),
        (requests.exceptions.ConnectionError(RESET), NOT_OPENED, "SERVER_STARTING", "OUTCOME_UNKNOWN"),  # a kept connection
        (requests.exceptions.ReadTimeout("slow"), SENT, "TIMEOUT", "OUTCOME_UNKNOWN"),
        (wrapped(urllib3.exceptions.ReadTimeoutError(POOL, "/", "slow")), SENT, "TIMEOUT", "OUTCOME_UNKNOWN"),
        (requests.exceptions.ChunkedEncodingError("cut short"), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (requests.exceptions.ContentDecodingError("bad gzip"), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (urllib3.exceptions.ProtocolError("BadStatusLine"), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (urllib3.exceptions.LocationParseError("http://"), NOT_OPENED, None, None),
        (tls("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"), OPENED, "TLS_ERROR", "TLS_ERROR"),
        (tls("[SSL: WRONG_VERSION_NUMBER] wrong version number"), OPENED, "TLS_ERROR", "TLS_ERROR"),
        (tls("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] bad record mac"), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (tls("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred", ssl.SSLEOFError), SENT, "SERVER_STARTING", "OUTCOME_UNKNOWN"),
        (tls("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required"), SENT, "TLS_ERROR", "TLS_ERROR"),
        (requests.exceptions.InvalidURL("x"), NOT_OPENED, "CONFIG_ERROR", "CONFIG_ERROR"),
        (requests.exceptions.InvalidHeader("x"), NOT_OPENED, "CONFIG_ERROR", "CONFIG_ERROR"),
        (requests.exceptions.InvalidSchema("x"), NOT_OPENED, "CONFIG_ERROR", "CONFIG_ERROR"),
        (UnicodeError("label too long"), NOT_OPENED, "CONFIG_ERROR", "CONFIG_ERROR"),
        (OSError("Could not find a suitable TLS CA certificate bundle"), NOT_OPENED, "CONFIG_ERROR", "CONFIG_ERROR"),
    ],
)
def test_each_network_failure_maps_to_its_error_code(error, how_far, read, act):
    codes = [translate(error, changes, URL, how_far).code for changes in (False, True)]
    if read is not None:
        assert codes == [read, act]
    assert "INTERNAL_ERROR" not in codes


@pytest.mark.parametrize(
    ("error", "how_far", "sure"),
    [
        (requests.exceptions.ConnectTimeout("slow"), NOT_OPENED, True),
        (wrapped(urllib3.exceptions.NewConnectionError(POOL, "refused")), NOT_OPENED, True),
        (requests.exceptions.ConnectionError(RESET), OPENED, True),
        (tls("[SSL: WRONG_VERSION_NUMBER] wrong version number"), OPENED, True),
        (tls("[SSL: BAD] bad record mac"), SENT, False),
        (requests.exceptions.ConnectionError(RESET), SENT, False),
        (requests.exceptions.ConnectionError(RESET), NOT_OPENED, False),
        (requests.exceptions.ReadTimeout("slow"), SENT, False),
        (requests.exceptions.ReadTimeout("slow"), SLOW, False),
    ],
)
def test_never_made_is_true_only_if_no_byte_can_have_arrived(error, how_far, sure):
    assert never_made(error, how_far) is sure


@pytest.mark.parametrize(
    "error", [requests.exceptions.ConnectionError(RESET), requests.exceptions.ReadTimeout("slow"), tls("[SSL] x")]
)
def test_failed_change_after_first_byte_is_outcome_unknown(error):
    for how_far in (SENT, SLOW):
        found = translate(error, True, URL, how_far)
        assert found.code == "OUTCOME_UNKNOWN" and found.retryable is False
        assert found.details == {"stalled": how_far.expired or isinstance(error, requests.Timeout)}


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (RESET, "Connection reset by peer"),
        (
            urllib3.exceptions.NewConnectionError(POOL, "Failed to establish a new connection: [Errno 111] Connection refused"),
            "refused",
        ),
        (urllib3.exceptions.NewConnectionError(POOL, f"x: {socket.gaierror(-2, 'Name or service not known')}"), "not known"),
        (urllib3.exceptions.ProtocolError(""), "ProtocolError"),
    ],
    ids=["reset", "refused", "name", "mute"],
)
def test_error_message_has_network_reason_without_library_noise(cause, reason):
    for how_far in (NOT_OPENED, SENT):
        message = translate(wrapped(cause), False, URL, how_far).message
        assert reason in message and "object at 0x" not in message and "Errno" not in message and "Max retries" not in message


def test_password_in_address_is_masked_in_error():
    for how_far in (NOT_OPENED, OPENED, SENT, MUTE, SLOW):
        for act in (False, True):
            error = translate(requests.exceptions.ConnectionError(RESET), act, "http://me:secret@octopi.test/api/job", how_far)
            assert ("secret" not in error.message and "30 s" in error.message) or not how_far.expired
