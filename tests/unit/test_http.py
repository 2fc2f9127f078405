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

from .fake import GONE, KEY, URL

HOST = "octopi.test"
POOL = urllib3.HTTPConnectionPool(HOST)
REFUSED = requests.exceptions.ConnectionError(
    urllib3.exceptions.MaxRetryError(POOL, "/api/job", urllib3.exceptions.NewConnectionError(POOL, "refused"))
)


@pytest.fixture
def http(server):
    return Http(URL, KEY)


def code_of(act):
    with pytest.raises(errors.CliError) as caught:
        act()
    return caught.value.code


def post(http):
    return http.post("/api/job", {"command": "cancel"})


# -- how often ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("retries", [0, 1, 3, 6])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_was_never_made_is_tried_again_for_any_request(server, clock, retries, method):
    http = Http(URL, KEY, retries=retries, timeout=1000)
    server.on(method, "/api/job", exc=REFUSED)
    assert code_of(lambda: http.get("/api/job") if method == "GET" else post(http)) == "CONNECTION_ERROR"
    assert len(server.requests) == 1 + retries
    assert not http.acted


def test_as_many_tries_as_are_configured_are_made(server, clock):
    server.on("GET", "/api/job", exc=REFUSED)
    code_of(lambda: Http(URL, KEY, retries=10, timeout=1000).get("/api/job"))
    assert len(server.requests) == 11


@pytest.mark.parametrize("answers", [[GONE], [502], [503], [504], [429], [GONE, 502, 503]], ids=str)
def test_a_read_is_made_again(server, http, clock, answers):
    tries = [{"exc": answer} if isinstance(answer, Exception) else {"status_code": answer} for answer in answers]
    server.mocker.register_uri("GET", URL + "/api/job", [*tries, {"json": {"state": "Operational"}}])
    assert http.get("/api/job") == {"state": "Operational"}
    assert len(server.requests) == len(answers) + 1 and clock.slept > 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 501])
def test_a_read_that_was_refused_is_not(server, http, clock, status):
    server.on("GET", "/api/job", status_code=status, json={"error": "no"})
    code_of(lambda: http.get("/api/job"))
    assert server.reads.count("/api/job") == 1 and clock.slept == 0


def test_a_question_is_made_again_like_a_read_and_asked_in_a_rehearsal(server, http):
    server.mocker.register_uri(
        "POST", URL + "/api/files/test", [{"exc": GONE}, {"status_code": 502}, {"json": {"exists": False}}] * 2
    )
    assert http.ask("/api/files/test", {"command": "exists"}) == {"exists": False}
    with http.rehearsal() as planned:
        assert http.ask("/api/files/test", {"command": "exists"}) == {"exists": False}
    assert planned == [] and not http.acted


@pytest.mark.parametrize("status", [429, 500, 501, 502, 503, 504])
def test_an_act_goes_out_once_whatever_the_answer(server, http, clock, status):
    server.on("POST", "/api/job", status_code=status, headers={"Retry-After": "1"}, text="<html>gateway</html>")
    code_of(lambda: post(http))
    assert len(server.sent) == 1 and clock.slept == 0


@pytest.mark.parametrize(
    "lost", [GONE, requests.exceptions.ReadTimeout("slow"), requests.exceptions.ChunkedEncodingError("cut")], ids=repr
)
def test_an_act_whose_answer_broke_off_went_out_once(server, http, clock, lost):
    server.on("POST", "/api/job", exc=lost)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"
    assert len(server.sent) == 1 and clock.slept == 0 and http.acted


def test_an_act_whose_tls_broke_after_its_first_byte_is_unknown_and_went_out_once(server, http):
    def break_off(request, context):
        http._wire.exchange.opened = http._wire.exchange.sent = True
        raise requests.exceptions.SSLError(urllib3.exceptions.SSLError("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] bad record mac"))

    server.on("POST", "/api/job", text=break_off)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"
    assert len(server.sent) == 1


def test_a_server_that_asks_for_patience_gets_it(server, http, clock):
    answers = [{"status_code": 503, "headers": {"Retry-After": "7"}}, {"json": {}}]
    server.mocker.register_uri("GET", URL + "/api/job", answers)
    http.get("/api/job")
    assert clock.slept == 7


def test_a_server_that_asks_for_too_much_patience_gets_none(server, http, clock):
    server.on("GET", "/api/job", status_code=503, headers={"Retry-After": "3600"})
    assert code_of(lambda: http.get("/api/job")) == "SERVER_STARTING"
    assert len(server.requests) == 1 and clock.slept == 0


def test_in_a_hurry_there_are_two_tries(server, http, clock):
    server.on("GET", "/api/job", exc=GONE)
    with http.hurried(3):
        code_of(lambda: http.get("/api/job"))
    assert len(server.requests) == 2 and server.requests[0].timeout == (3, 3) and clock.slept < 0.5
    code_of(lambda: http.get("/api/job"))
    assert len(server.requests) == 6 and server.requests[-1].timeout == (5, 30)


def test_a_hurry_gives_nobody_more_time(server):
    client = Http(URL, KEY, timeout=2)
    with client.hurried(3):
        client.get("/api/job")
    assert server.requests[0].timeout == (2, 2)


# -- where the key goes -------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [requests.exceptions.InvalidHeader("x"), requests.exceptions.InvalidURL("x")], ids=repr)
def test_a_host_or_key_that_cannot_be_used_is_the_configurations_fault(server, http, broken):
    server.on("GET", "/api/job", exc=broken)
    assert code_of(lambda: http.get("/api/job")) == "CONFIG_ERROR"


@pytest.mark.parametrize("key", ["ключ-ключ-ключ-ключ", "line\nbreak-0123456789", "tab\x00-0123456789abcd"], ids=ascii)
def test_a_key_that_no_header_can_carry_is_the_configurations_fault_and_is_not_sent(server, key):
    result = server.refuses(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_API_KEY": key})
    assert key not in result.stdout and server.requests == []


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


def test_a_form_may_take_its_own_time(server, http):
    server.on("POST", "/api/files/local", json={})
    http.post_form("/api/files/local", StreamedBody(Body(), stall=40, patience=70), plan={})
    assert server.requests[0].timeout == (5.0, 70)
    assert server.requests[0].headers["Content-Type"] == "multipart/form-data; boundary=x"


class Body(io.BytesIO):
    """A form."""

    content_type = "multipart/form-data; boundary=x"
    complete = True


# -- what is read of an answer ------------------------------------------------------------------------


def test_an_answer_that_is_too_large_is_not_read(server, http):
    server.on("GET", "/api/job", content=b'"' + b"x" * 98 + b'"')
    assert len(http.get("/api/job", limit=100)) == 98
    assert code_of(lambda: http.get("/api/job", limit=99)) == "UNEXPECTED_RESPONSE"


def test_an_act_whose_answer_is_too_large_is_unknown(server, http, monkeypatch):
    server.on("POST", "/api/job", content=b" " * 11_000_000)
    assert code_of(lambda: post(http)) == "OUTCOME_UNKNOWN"


@pytest.mark.parametrize("packed", ["br", "zstd", "compress", "x" * 500])
def test_an_answer_that_is_packed_in_a_way_that_nobody_asked_for_is_not_read(server, http, packed):
    server.on("GET", "/api/job", content=b"{}", headers={"Content-Encoding": packed})
    with pytest.raises(errors.UnexpectedResponse, match=packed[:40]) as caught:
        http.get("/api/job")
    assert len(caught.value.message) < 200


def test_a_download_is_handed_on_in_pieces_and_not_made_again(server, http):
    server.on("GET", "/downloads/files/local/a.gcode", content=b"x" * 100_000)
    pieces = []
    http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=100_000)
    assert b"".join(pieces) == b"x" * 100_000 and len(pieces) > 1
    assert code_of(lambda: http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=99_999)) == "UNEXPECTED_RESPONSE"


def test_a_download_that_is_refused_hands_nothing_on(server, http):
    server.on("GET", "/downloads/files/local/a.gcode", status_code=404, text="<html>no</html>")
    pieces = []
    assert code_of(lambda: http.fetch("/downloads/files/local/a.gcode", pieces.append, limit=100)) == "NOT_FOUND"
    assert pieces == []


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


# -- rehearsals ---------------------------------------------------------------------------------------


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
