"""HTTP: where the key goes, what is read, and what each broken connection means for a read and for an act."""

from __future__ import annotations

import email.message
import io
from types import SimpleNamespace

import pytest
import requests
import urllib3

from octoprint_cli import errors
from octoprint_cli.client import http as module
from octoprint_cli.client.http import Http, retry_policy

from .fake import KEY, URL

HOST = "octopi.test"
POOL = urllib3.HTTPConnectionPool(HOST)


@pytest.fixture
def http(server):
    return Http(URL, KEY)


def wrapped(reason):
    """A broken connection as requests hands it over after its retries."""
    return requests.exceptions.ConnectionError(urllib3.exceptions.MaxRetryError(POOL, "/api/job", reason))


NEVER = [
    requests.exceptions.ConnectTimeout("slow"),
    wrapped(urllib3.exceptions.NewConnectionError(POOL, "refused")),
    wrapped(urllib3.exceptions.ConnectTimeoutError(POOL, "slow")),
]
LOST = [
    requests.exceptions.ConnectionError(
        urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset by peer"))
    ),
    requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", "BadStatusLine")),
    requests.exceptions.ChunkedEncodingError("cut short"),
    requests.exceptions.ContentDecodingError("bad gzip"),
]
SLOW = [
    requests.exceptions.ReadTimeout("slow"),
    requests.exceptions.ConnectionError(urllib3.exceptions.ReadTimeoutError(POOL, "/api/job", "Read timed out.")),
]


def code_of(act):
    with pytest.raises(errors.CliError) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("broken", NEVER, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_was_never_made_is_the_same_for_both(server, http, broken, method):
    server.on(method, "/api/job", exc=broken)
    act = (lambda: http.get("/api/job")) if method == "GET" else (lambda: http.post("/api/job", {}))
    assert code_of(act) == "CONNECTION_ERROR"


@pytest.mark.parametrize(
    ("broken", "read"),
    [*((broken, "SERVER_STARTING") for broken in LOST), *((broken, "TIMEOUT") for broken in SLOW)],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_an_answer_that_was_lost_leaves_an_act_unknown(server, http, broken, read):
    server.on("GET", "/api/job", exc=broken)
    server.on("POST", "/api/job", exc=broken)
    assert code_of(lambda: http.get("/api/job")) == read
    assert code_of(lambda: http.post("/api/job", {})) == "OUTCOME_UNKNOWN"
    assert len(server.sent) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tls_that_fails_is_told_apart(server, http, method):
    server.on(method, "/api/job", exc=requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED: self-signed certificate"))
    with pytest.raises(errors.TlsError, match="self-signed certificate"):
        http.get("/api/job") if method == "GET" else http.post("/api/job", {})


@pytest.mark.parametrize("broken", [requests.exceptions.InvalidHeader("x"), requests.exceptions.InvalidURL("x")], ids=repr)
def test_a_host_or_key_that_cannot_be_used_is_the_configurations_fault(server, http, broken):
    server.on("GET", "/api/job", exc=broken)
    assert code_of(lambda: http.get("/api/job")) == "CONFIG_ERROR"


@pytest.mark.parametrize("key", ["ключ-ключ-ключ-ключ", "line\nbreak-0123456789", "tab\x00-0123456789abcd"], ids=ascii)
def test_a_key_that_no_header_can_carry_is_the_configurations_fault_and_is_not_sent(server, key):
    result = server.refuses(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_API_KEY": key})
    assert key not in result.stdout and server.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_is_refused_and_the_key_stays_here(server, http, status, method):
    server.on(method, "/api/job", status_code=status, headers={"Location": "http://evil.test/api/job"})
    with pytest.raises(errors.UnexpectedResponse, match=r"http://evil\.test/api/job"):
        http.get("/api/job") if method == "GET" else http.post("/api/job", {"command": "cancel"})
    assert [request.hostname for request in server.requests] == [HOST]


@pytest.mark.parametrize("status", [300, 302, 304])
def test_a_redirect_to_nowhere_is_no_success_either(server, http, status):
    server.on("POST", "/api/job", status_code=status)
    assert code_of(lambda: http.post("/api/job", {"command": "cancel"})) == "UNEXPECTED_RESPONSE"


def test_the_key_goes_into_its_header_and_nowhere_else(server, http):
    http.get("/api/job", exclude="sd")
    (request,) = server.requests
    assert request.headers["X-Api-Key"] == KEY
    assert KEY not in request.url and "Authorization" not in request.headers


def test_without_a_key_no_header_is_sent(server):
    Http(URL, None).get("/api/job")
    assert "X-Api-Key" not in server.requests[0].headers


def test_cookies_are_not_kept_for_a_session_would_win_over_the_key(server, http):
    headers = email.message.Message()
    headers["Set-Cookie"] = "session_P5000=abc; Path=/"
    original = SimpleNamespace(msg=headers, isclosed=lambda: True)
    raw = urllib3.HTTPResponse(body=io.BytesIO(b"{}"), status=200, preload_content=False, original_response=original)
    server.on("GET", "/api/version", raw=raw)
    http.get("/api/version")
    http.get("/api/job")
    assert "Cookie" not in server.requests[-1].headers


def test_netrc_and_proxies_of_the_environment_are_left_alone(server, http, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login me password netrc-secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    http.get("/api/job")
    (request,) = server.requests
    assert "Authorization" not in request.headers and not request.proxies


def test_every_request_has_both_timeouts(server):
    for seconds, wanted in ((30, (5.0, 30)), (2, (2, 2))):
        client = Http(URL, KEY, timeout=seconds)
        client.get("/api/job")
        server.on("POST", "/api/job", status_code=204)
        client.post("/api/job", {})
        assert {request.timeout for request in server.requests[-2:]} == {wanted}


def test_tls_options_reach_every_request(server):
    client = Http(URL, KEY, tls=module.Tls("/etc/ca.pem", "/etc/me.pem"))
    client.get("/api/job")
    assert (server.requests[0].verify, server.requests[0].cert) == ("/etc/ca.pem", "/etc/me.pem")


def test_an_answer_that_is_too_large_is_not_read(server, http, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    server.on("GET", "/api/job", content=b'"' + b"x" * 98 + b'"')
    assert len(http.get("/api/job")) == 98
    server.on("GET", "/api/job", content=b'"' + b"x" * 99 + b'"')
    assert code_of(lambda: http.get("/api/job")) == "UNEXPECTED_RESPONSE"


class Trickle(io.BytesIO):
    """A body that takes ten seconds a read."""

    def __init__(self, clock):
        super().__init__(b" " * 1_000_000)
        self.clock = clock

    def read(self, size=-1):
        self.clock.sleep(10)
        return super().read(size)


def test_an_answer_that_trickles_for_ever_is_given_up(server, http, clock, monkeypatch):
    monkeypatch.setattr(module, "time", clock)
    server.on("GET", "/api/job", body=Trickle(clock))
    assert code_of(lambda: http.get("/api/job")) == "TIMEOUT"
    assert clock.slept < 60


def test_an_act_whose_answer_trickles_is_unknown_and_not_retryable(server, http, clock, monkeypatch):
    monkeypatch.setattr(module, "time", clock)
    server.on("POST", "/api/job", body=Trickle(clock))
    assert code_of(lambda: http.post("/api/job", {})) == "OUTCOME_UNKNOWN"


@pytest.mark.parametrize("text", ["<html>Sign in</html>", "OK", "{", "\xff"])
def test_what_is_not_json_is_not_octoprints(server, http, text):
    server.on("GET", "/api/job", text=text, headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(errors.UnexpectedResponse, match="text/html"):
        http.get("/api/job")


@pytest.mark.parametrize(
    "answer", [{"status_code": 204}, {"status_code": 200, "text": ""}, {"status_code": 204, "text": "x"}], ids=str
)
def test_an_empty_answer_is_none(server, http, answer):
    server.on("POST", "/api/job", **answer)
    assert http.post("/api/job", {}) is None


@pytest.mark.parametrize(("name", "code"), [(None, "AUTH_ERROR"), ("bob", "PERMISSION_DENIED")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_403_is_a_bad_key_or_a_missing_permission(server, http, name, code, method):
    server.on(method, "/api/job", status_code=403, json={"error": "You don't have the permission"})
    server.on("GET", "/api/currentuser", json={"name": name, "groups": [], "permissions": []})
    act = (lambda: http.get("/api/job", needs="STATUS")) if method == "GET" else (lambda: http.post("/api/job", {}, needs="STATUS"))
    with pytest.raises(errors.CliError) as caught:
        act()
    assert caught.value.code == code
    assert ("STATUS" in caught.value.message) is (name is not None)


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 403, "text": "<html>Forbidden</html>"},
        {"text": "<html>"},
        {"json": []},
        {"exc": requests.exceptions.ConnectTimeout("x")},
    ],
    ids=["403", "login page", "no object", "gone"],
)
def test_a_proxy_that_forbids_everything_is_asked_twice_and_no_more(server, http, answer):
    server.on("GET", "/api/job", status_code=403, text="<html>Forbidden</html>")
    server.on("GET", "/api/currentuser", **answer)
    assert code_of(lambda: http.get("/api/job")) == "PERMISSION_DENIED"
    assert server.reads == ["/api/job", "/api/currentuser"]


def test_a_rehearsal_lists_what_it_does_not_send(server, http):
    with http.rehearsal() as planned:
        assert http.post("/api/job", {"command": "start"}) is None
        assert http.get("/api/job")["state"] == "Operational"
    assert planned == [{"method": "POST", "path": "/api/job", "json": {"command": "start"}}]
    assert server.sent == [] and server.reads == ["/api/job"]


def test_after_a_rehearsal_requests_are_sent_again_even_if_it_failed(server, http):
    server.on("POST", "/api/job", status_code=204)
    with pytest.raises(KeyError), http.rehearsal():
        raise KeyError
    http.post("/api/job", {})
    assert len(server.sent) == 1


def test_a_connection_that_was_never_made_is_retried_for_any_method():
    for method in ("GET", "POST", "DELETE", "PUT"):
        left = retry_policy(3).increment(method, "/x", error=urllib3.exceptions.NewConnectionError(POOL, "refused"))
        assert left.total == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_was_sent_is_never_sent_again(method):
    lost = urllib3.exceptions.ProtocolError("Connection aborted.")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        retry_policy(3).increment(method, "/x", error=lost)
    assert not any(retry_policy(3).is_retry(method, status) for status in (413, 429, 500, 502, 503, 504))


def test_a_read_is_retried_where_that_makes_sense():
    policy = retry_policy(3)
    assert policy.increment("GET", "/x", error=urllib3.exceptions.ProtocolError("Connection aborted.")).total == 2
    assert all(policy.is_retry("GET", status) for status in (429, 502, 503, 504))
    assert not any(policy.is_retry("GET", status) for status in (200, 400, 403, 404, 409, 500))


def test_the_number_of_retries_is_the_configured_one():
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        retry_policy(0).increment("GET", "/x", error=urllib3.exceptions.NewConnectionError(POOL, "refused"))
