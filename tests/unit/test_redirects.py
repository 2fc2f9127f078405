"""A redirect is never followed, the key stays here, and the hint can be run."""

from __future__ import annotations

import shlex

import pytest

from octoprint_cli import errors
from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.server_address import ServerAddress

from .driver import KEY, URL

HOST = "octopi.test"


@pytest.fixture
def http(server):
    return Http(ServerAddress(URL, KEY))


def redirected(server, location, status=302, **headers):
    """The error of a status that is sent elsewhere."""
    server.on("GET", "/api/job", status_code=status, headers={"Location": location} if location is not None else {}, **headers)
    error = server.run_error(4, "UNEXPECTED_RESPONSE", "status").envelope["error"]
    assert [request.hostname for request in server.requests] == [HOST]
    assert error["details"]["http_status"] == status and error["retryable"] is False
    return error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_redirect_is_refused_and_key_not_sent_elsewhere(server, http, status, method):
    server.on(method, "/api/job", status_code=status, headers={"Location": "http://evil.test/api/job"})
    with pytest.raises(errors.UnexpectedResponse, match=r"http://evil\.test/api/job"):
        http.get("/api/job") if method == "GET" else http.post("/api/job", {"command": "cancel"})
    assert [request.hostname for request in server.requests] == [HOST]


@pytest.mark.parametrize("status", [300, 302, 304, 399])
def test_redirect_without_location_is_an_error(server, status):
    assert "another address" in redirected(server, None, status)["message"]


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://octopi.test/api/job", "https://octopi.test"),
        ("https://octopi.test:8443/api/job", "https://octopi.test:8443"),
        ("https://octopi.test/api/job?exclude=sd", "https://octopi.test"),
        ("http://octopi.test/octoprint/api/job", "http://octopi.test/octoprint"),
        ("/octoprint/api/job", "http://octopi.test/octoprint"),
        ("//other.test/api/job", "http://other.test"),
    ],
)
def test_redirect_to_same_api_path_suggests_new_host(server, location, host):
    error = redirected(server, location)
    assert error["hint"] == f"octoprint-cli --host {host} status" and shlex.split(error["hint"])[2] == host
    assert error["details"]["location"].startswith(host)


@pytest.mark.parametrize(
    "location", ["/login/?redirect=%2Fapi%2Fjob", "https://sso.test/login", "login", "https://octopi.test/", ""]
)
def test_redirect_to_login_page_suggests_no_host(server, location):
    error = redirected(server, location)
    assert "--host" not in error["hint"] and "login page" in error["hint"]


def test_relative_redirect_is_reported_as_absolute_url(server):
    assert redirected(server, "../login")["details"]["location"] == "http://octopi.test/login"


def test_passwords_in_redirect_addresses_are_masked(server):
    own = "http://me:secret-word@octopi.test"
    server.mocker.register_uri(
        "GET", f"{own}/api/job", status_code=302, headers={"Location": "https://me:other-word@octopi.test/login"}
    )
    for extra in ((), ("--debug",)):
        result = server.run("status", "--json", *extra, env={"OCTOPRINT_HOST": own})
        assert result.code == "UNEXPECTED_RESPONSE" and "me:****@octopi.test/login" in result.stdout
        assert "secret-word" not in result.stdout + result.stderr and "other-word" not in result.stdout + result.stderr


def test_redirect_to_same_url_suggests_no_host(server):
    assert "--host" not in redirected(server, "?next=/api/job")["hint"]


@pytest.mark.parametrize(
    "location",
    [
        "http://[",
        "//[::",
        "http://octopi.test:99999/api/job",
        "\x1b[2J",
        "a" * 10_000,
        "http://\u0000/",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_malformed_redirect_address_is_handled(server, location):
    server.on("GET", "/api/job", status_code=302, headers={"Location": location})
    result = server.run("status")
    assert result.exit_code == 4 and "UNEXPECTED_RESPONSE" in result.stderr and "\x1b" not in result.stderr


def test_redirected_change_request_is_an_error_sent_once(server, http):
    server.on("POST", "/api/job", status_code=307, headers={"Location": "https://octopi.test/api/job"})
    with pytest.raises(errors.UnexpectedResponse):
        http.post("/api/job", {"command": "cancel"})
    assert len(server.sent) == 1
