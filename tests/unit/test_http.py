"""HTTP: where the key goes, what is read of an answer, and how often a request goes out."""

from __future__ import annotations

import email.message
import io
from types import SimpleNamespace

import pytest
import requests
import urllib3

from octoprint_cli import errors
from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.request import StreamedBody
from octoprint_cli.client.http.server_address import ServerAddress

from .driver import GONE, KEY, URL

HOST = "octopi.test"
POOL = urllib3.HTTPConnectionPool(HOST)
REFUSED = requests.exceptions.ConnectionError(
    urllib3.exceptions.MaxRetryError(POOL, "/api/job", urllib3.exceptions.NewConnectionError(POOL, "refused"))
)


@pytest.fixture
def http(server):
    return Http(ServerAddress(URL, KEY))


def code_of(act):
    with pytest.raises(errors.CliError) as caught:
        act()
    return caught.value.code


def post(http):
    return http.post("/api/job", {"command": "cancel"})


# -- how often ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("retries", [0, 1, 3, 6])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_connection_never_made_is_retried_for_any_request(server, clock, retries, method):
    http = Http(ServerAddress(URL, KEY), retries=retries, timeout=1000)
    server.on(method, "/api/job", exc=REFUSED)
    assert code_of(lambda: http.get("/api/job") if method == "GET" else post(http)) == "CONNECTION_ERROR"
    assert len(server.requests) == 1 + retries
    assert not http.acted


def test_configured_number_of_retries_is_made(server, clock):
    server.on("GET", "/api/job", exc=REFUSED)
    code_of(lambda: Http(ServerAddress(URL, KEY), retries=10, timeout=1000).get("/api/job"))
    assert len(server.requests) == 11


@pytest.mark.parametrize("answers", [[GONE], [502], [503], [504], [429], [GONE, 502, 503]], ids=str)
def test_failed_read_is_retried(server, http, clock, answers):
    tries = [{"exc": answer} if isinstance(answer, Exception) else {"status_code": answer} for answer in answers]
    server.mocker.register_uri("GET", URL + "/api/job", [*tries, {"json": {"state": "Operational"}}])
    assert http.get("/api/job") == {"state": "Operational"}
    assert len(server.requests) == len(answers) + 1 and clock.slept > 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 501])
def test_refused_read_is_not_retried(server, http, clock, status):
    server.on("GET", "/api/job", status_code=status, json={"error": "no"})
    code_of(lambda: http.get("/api/job"))
    assert server.reads.count("/api/job") == 1 and clock.slept == 0


def test_ask_is_retried_and_sent_even_in_dry_run(server, http):
    server.mocker.register_uri(
        "POST", URL + "/api/files/test", [{"exc": GONE}, {"status_code": 502}, {"json": {"exists": False}}] * 2
    )
    assert http.ask("/api/files/test", {"command": "exists"}) == {"exists": False}
    with http.rehearsal() as planned:
        assert http.ask("/api/files/test", {"command": "exists"}) == {"exists": False}
    assert planned == [] and not http.acted


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504])
def test_change_request_is_sent_once_whatever_the_answer(server, http, clock, status):
    server.on("POST", "/api/job", status_code=status, headers={"Retry-After": "1"}, text="<html>gateway</html>")
    code_of(lambda: post(http))
    assert len(server.sent) == 1 and clock.slept == 0


@pytest.mark.parametrize(
    "lost", [GONE, requests.exceptions.ReadTimeout("slow"), requests.exceptions.ChunkedEncodingError("cut")], ids=repr
)
def test_change_request_with_lost_answer_is_sent_once(server, http, clock, lost):
    server.on("POST", "/api/job", exc=lost)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"
    assert len(server.sent) == 1 and clock.slept == 0 and http.acted


def test_change_request_broken_by_tls_error_is_outcome_unknown(server, http):
    def break_off(request, context):
        http._wire.exchange.opened = http._wire.exchange.sent = True
        raise requests.exceptions.SSLError(urllib3.exceptions.SSLError("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] bad record mac"))

    server.on("POST", "/api/job", text=break_off)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"
    assert len(server.sent) == 1


def test_retry_after_header_is_honoured(server, http, clock):
    answers = [{"status_code": 503, "headers": {"Retry-After": "7"}}, {"json": {}}]
    server.mocker.register_uri("GET", URL + "/api/job", answers)
    http.get("/api/job")
    assert clock.slept == 7


def test_long_retry_after_ends_the_retries(server, http, clock):
    server.on("GET", "/api/job", status_code=503, headers={"Retry-After": "3600"})
    assert code_of(lambda: http.get("/api/job")) == "SERVER_STARTING"
    assert len(server.requests) == 1 and clock.slept == 0


def test_hurried_requests_have_two_tries_and_short_timeouts(server, http, clock):
    server.on("GET", "/api/job", exc=GONE)
    with http.hurried(3):
        code_of(lambda: http.get("/api/job"))
    assert len(server.requests) == 2 and server.requests[0].timeout == (3, 3) and clock.slept < 0.5
    code_of(lambda: http.get("/api/job"))
    assert len(server.requests) == 6 and server.requests[-1].timeout == (5, 30)


def test_hurried_never_lengthens_the_timeout(server):
    client = Http(ServerAddress(URL, KEY), timeout=2)
    with client.hurried(3):
        client.get("/api/job")
    assert server.requests[0].timeout == (2, 2)


# -- where the key goes -------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [requests.exceptions.InvalidHeader("x"), requests.exceptions.InvalidURL("x")], ids=repr)
def test_unusable_host_or_key_is_a_config_error(server, http, broken):
    server.on("GET", "/api/job", exc=broken)
    assert code_of(lambda: http.get("/api/job")) == "CONFIG_ERROR"


@pytest.mark.parametrize("key", ["ключ-ключ-ключ-ключ", "line\nbreak-0123456789", "tab\x00-0123456789abcd"], ids=ascii)
def test_key_invalid_in_header_is_a_config_error_and_not_sent(server, key):
    result = server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_API_KEY": key})
    assert key not in result.stdout and server.requests == []


def test_key_is_sent_only_in_its_header(server, http):
    http.get("/api/job", exclude="sd")
    (request,) = server.requests
    assert request.headers["X-Api-Key"] == KEY
    assert KEY not in request.url and "Authorization" not in request.headers


def test_without_a_key_no_header_is_sent(server):
    Http(ServerAddress(URL, None)).get("/api/job")
    assert "X-Api-Key" not in server.requests[0].headers


def test_cookies_are_not_kept(server, http):
    headers = email.message.Message()
    headers["Set-Cookie"] = "session_P5000=abc; Path=/"
    original = SimpleNamespace(msg=headers, isclosed=lambda: True)
    raw = urllib3.HTTPResponse(body=io.BytesIO(b"{}"), status=200, preload_content=False, original_response=original)
    server.on("GET", "/api/version", raw=raw)
    http.get("/api/version")
    http.get("/api/job")
    assert "Cookie" not in server.requests[-1].headers


def test_netrc_and_environment_proxies_are_ignored(server, http, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login me password netrc-secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    http.get("/api/job")
    (request,) = server.requests
    assert "Authorization" not in request.headers and not request.proxies


def test_every_request_has_connect_and_read_timeout(server):
    for seconds, wanted in ((30, (5.0, 30)), (2, (2, 2))):
        client = Http(ServerAddress(URL, KEY), timeout=seconds)
        client.get("/api/job")
        server.on("POST", "/api/job", status_code=204)
        client.post("/api/job", {})
        assert {request.timeout for request in server.requests[-2:]} == {wanted}


def test_form_upload_has_its_own_timeout(server, http):
    server.on("POST", "/api/files/local", json={})
    http.post_form("/api/files/local", StreamedBody(Body(), stall=40, patience=70), plan={})
    assert server.requests[0].timeout == (5.0, 70)
    assert server.requests[0].headers["Content-Type"] == "multipart/form-data; boundary=x"


class Body(io.BytesIO):
    """A form."""

    content_type = "multipart/form-data; boundary=x"
    complete = True


# -- what is read of an answer ------------------------------------------------------------------------


def test_oversized_answer_is_not_read(server, http):
    server.on("GET", "/api/job", content=b'"' + b"x" * 98 + b'"')
    assert len(http.get("/api/job", limit=100)) == 98
    assert code_of(lambda: http.get("/api/job", limit=99)) == "UNEXPECTED_RESPONSE"


def test_oversized_answer_to_change_is_outcome_unknown(server, http, monkeypatch):
    server.on("POST", "/api/job", content=b" " * 11_000_000)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"


@pytest.mark.parametrize("packed", ["br", "zstd", "compress", "x" * 500])
def test_unrequested_content_encoding_is_refused(server, http, packed):
    server.on("GET", "/api/job", content=b"{}", headers={"Content-Encoding": packed})
    with pytest.raises(errors.UnexpectedResponse, match=packed[:40]) as caught:
        http.get("/api/job")
    assert len(caught.value.message) < 200


def test_download_is_delivered_in_chunks_and_limited(server, http):
    server.on("GET", "/downloads/files/local/a.gcode", content=b"x" * 100_000)
    pieces = []
    http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=100_000)
    assert b"".join(pieces) == b"x" * 100_000 and len(pieces) > 1
    assert code_of(lambda: http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=99_999)) == "UNEXPECTED_RESPONSE"


def test_refused_download_delivers_nothing(server, http):
    server.on("GET", "/downloads/files/local/a.gcode", status_code=404, text="<html>no</html>")
    pieces = []
    assert code_of(lambda: http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=100)) == "NOT_FOUND"
    assert pieces == []


@pytest.mark.parametrize("text", ["<html>Sign in</html>", "OK", "{", "\xff"])
def test_non_json_answer_is_an_unexpected_response(server, http, text):
    server.on("GET", "/api/job", text=text, headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(errors.UnexpectedResponse, match="text/html"):
        http.get("/api/job")


@pytest.mark.parametrize(
    "answer", [{"status_code": 204}, {"status_code": 200, "text": ""}, {"status_code": 204, "text": "x"}], ids=str
)
def test_empty_answer_is_none(server, http, answer):
    server.on("POST", "/api/job", **answer)
    assert http.post("/api/job", {}) is None


# -- rehearsals ---------------------------------------------------------------------------------------


def test_dry_run_records_changes_without_sending(server, http):
    with http.rehearsal() as planned:
        assert http.post("/api/job", {"command": "start"}) is None
        assert http.get("/api/job")["state"] == "Operational"
    assert planned == [{"method": "POST", "path": "/api/job", "json": {"command": "start"}}]
    assert server.sent == [] and server.reads == ["/api/job"]


def test_requests_are_sent_again_after_failed_dry_run(server, http):
    server.on("POST", "/api/job", status_code=204)
    with pytest.raises(KeyError), http.rehearsal():
        raise KeyError
    http.post("/api/job", {})
    assert len(server.sent) == 1
