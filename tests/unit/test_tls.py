"""TLS: each way in which it fails has its own sentence, and files that cannot be used are found before anything is asked."""

from __future__ import annotations

import datetime
import ssl

import pytest
import requests
import urllib3

from octoprint_cli.client.http.transport import InFlightRequest
from octoprint_cli.client.http.transport_errors import translate

URL = "https://octopi.test/api/job"
FAILED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
POOL = urllib3.HTTPConnectionPool("octopi.test")


def translated(error, act=False):
    """The error for a handshake that failed so, as requests hands it over."""
    exchange = InFlightRequest(30)
    exchange.opened = True
    outer = urllib3.exceptions.MaxRetryError(POOL, "/api/job", urllib3.exceptions.SSLError(error))
    return translate(requests.exceptions.SSLError(outer), act, URL, exchange)


def tls_error(error, act=False):
    """The same, which must be TLS's."""
    ours = translated(error, act)
    assert ours.code == "TLS_ERROR" and ours.exit_code == 1 and ours.retryable is False
    assert "octopi.test" in ours.message and ours.hint
    return ours


def reason_of(error):
    return tls_error(error).details["reason"]


def verification_error(code, message):
    """As OpenSSL says it through Python."""
    error = ssl.SSLCertVerificationError(1, f"{FAILED}{message} (_ssl.c:1006)")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("code", "message", "reason", "word"),
    [
        (10, "certificate has expired", "expired", "expired"),
        (9, "certificate is not yet valid", "not_yet_valid", "not valid yet"),
        (62, "Hostname mismatch, certificate is not valid for 'octopi.test'.", "wrong_name", "another name"),
        (64, "IP address mismatch, certificate is not valid for '10.0.0.5'.", "wrong_name", "another name"),
        (18, "self signed certificate", "self_signed", "self-signed"),
        (18, "self-signed certificate", "self_signed", "self-signed"),
        (19, "self signed certificate in certificate chain", "unknown_authority", "authority"),
        (19, "self-signed certificate in certificate chain", "unknown_authority", "authority"),
        (20, "unable to get local issuer certificate", "unknown_authority", "authority"),
        (2, "unable to get issuer certificate", "unknown_authority", "authority"),
        (21, "unable to verify the first certificate", "unknown_authority", "authority"),
        (23, "certificate revoked", "other", "revoked"),
    ],
)
def test_certificate_error_gives_reason(code, message, reason, word):
    error = tls_error(verification_error(code, message))
    assert error.details == {"reason": reason} and word in error.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "no_tls"),
        ("[SSL: RECORD_LAYER_FAILURE] record layer failure (_ssl.c:1006)", "no_tls"),
        ("[SSL: HTTP_REQUEST] http request (_ssl.c:1006)", "no_tls"),
        ("[SSL: PACKET_LENGTH_TOO_LONG] packet length too long (_ssl.c:1006)", "no_tls"),
        ("[SSL: UNKNOWN_PROTOCOL] unknown protocol (_ssl.c:1006)", "no_tls"),
        ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:1006)", "old_tls"),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)", "old_tls"),
        ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure (_ssl.c:1006)", "client_certificate"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2580)", "client_certificate"),
        ("[SSL: SSLV3_ALERT_BAD_CERTIFICATE] sslv3 alert bad certificate (_ssl.c:2580)", "client_certificate"),
        ("[SSL: TLSV1_ALERT_UNKNOWN_CA] tlsv1 alert unknown ca (_ssl.c:2580)", "client_certificate_refused"),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] sslv3 alert certificate expired (_ssl.c:2580)", "client_certificate_refused"),
        ("[SSL: SSLV3_ALERT_CERTIFICATE_UNKNOWN] sslv3 alert certificate unknown (_ssl.c:2580)", "client_certificate_refused"),
        ("[SSL: SOMETHING_NEW] something new (_ssl.c:1)", "other"),
    ],
)
def test_handshake_error_gives_reason(text, reason):
    assert reason_of(ssl.SSLError(1, text)) == reason


@pytest.mark.parametrize("act", [False, True])
def test_connection_closed_during_handshake_is_a_connection_error(act):
    gone = ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol (_ssl.c:1006)")
    assert translated(gone, act).code == "CONNECTION_ERROR"


def test_handshake_failure_of_change_request_is_a_tls_error():
    assert tls_error(verification_error(10, "certificate has expired"), act=True).code == "TLS_ERROR"


# -- the OpenSSL of this computer ---------------------------------------------------------------------


def handshake(server, client, name="octopi.test"):
    """A handshake in memory; what the client raises."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(back, there, server_hostname=name), server.wrap_bio(there, back, server_side=True)]
    for _ in range(10):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                if end is ends[0]:
                    return error
    raise AssertionError("nothing was refused")


def issued(authority, *names, **more):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **more).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authority():
    return pytest.importorskip("trustme").CA()


@pytest.fixture
def client(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_unknown_authority_is_recognised(authority):
    reason = reason_of(handshake(issued(authority, "octopi.test"), ssl.create_default_context()))
    assert reason == "unknown_authority"


@pytest.mark.parametrize("name", ["another.test", "10.0.0.5"])
def test_certificate_for_another_name_is_recognised(authority, client, name):
    assert reason_of(handshake(issued(authority, "octopi.test"), client, name)) == "wrong_name"


def test_expired_certificate_is_recognised(authority, client):
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    assert reason_of(handshake(issued(authority, "octopi.test", not_after=past), client)) == "expired"


def test_plain_http_instead_of_tls_is_recognised(client):
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    end = client.wrap_bio(back, there, server_hostname="octopi.test")
    back.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(ssl.SSLError) as caught:
        end.do_handshake()
    assert reason_of(caught.value) == "no_tls"


# -- files --------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path, authority):
    """A certificate with its key, the authority's, and what is none of them."""
    issued_one = authority.issue_cert("octopi.test")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued_one.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued_one.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    authority.issue_cert("other.test").private_key_pem.write_to_path(str(tmp_path / "other-key.pem"))
    (tmp_path / "locked-key.pem").write_bytes(locked(issued_one.private_key_pem.bytes()))
    (tmp_path / "text.pem").write_text("no certificate")
    (tmp_path / "empty.pem").touch()
    return tmp_path


def locked(pem):
    """The key with a password."""
    from cryptography.hazmat.primitives import serialization as form

    key = form.load_pem_private_key(pem, None)
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"secret"))


def configured(server, files, home, **names):
    home.mkdir()
    lines = [f"{key}: {files / name}\n" for key, name in names.items()]
    (home / "config.yaml").write_text("".join(lines))
    (home / "config.yaml").chmod(0o600)
    return server


@pytest.mark.parametrize(
    "names",
    [
        {"ca_bundle": "none.pem"},
        {"ca_bundle": "text.pem"},
        {"ca_bundle": "empty.pem"},
        {"client_cert": "none.pem"},
        {"client_cert": "text.pem", "client_key": "key.pem"},
        {"client_cert": "cert.pem"},  # and no key anywhere
        {"client_cert": "cert.pem", "client_key": "none.pem"},
        {"client_cert": "cert.pem", "client_key": "other-key.pem"},
        {"client_cert": "cert.pem", "client_key": "locked-key.pem"},
    ],
    ids=str,
)
def test_unusable_tls_file_is_a_config_error_before_any_request(server, files, home, names):
    result = configured(server, files, home, **names).run_error(4, "CONFIG_ERROR", "status")
    assert "config show" in result.envelope["error"]["hint"]
    assert server.requests == [] and result.stderr == ""


def test_tls_files_are_used_for_every_request(server, files, home):
    configured(server, files, home, ca_bundle="ca.pem", client_cert="cert.pem", client_key="key.pem").run_ok("status")
    for request in server.requests:
        assert request.verify == str(files / "ca.pem")
        assert request.cert == (str(files / "cert.pem"), str(files / "key.pem"))


def test_password_protected_client_key_does_not_prompt(server, files, home, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda *_: pytest.fail("asked for a password"))
    error = configured(server, files, home, client_cert="cert.pem", client_key="locked-key.pem").run_error(
        4, "CONFIG_ERROR", "status"
    )
    assert "password" in error.envelope["error"]["hint"]
