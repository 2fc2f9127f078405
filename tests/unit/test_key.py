"""A refused key: missing, wrong and where it came from, or good and without the permission, which is named."""

from __future__ import annotations

import pytest
import requests

from octoprint_cli import errors
from octoprint_cli.client.http.http_client import Http
from octoprint_cli.client.http.server_address import ServerAddress

from .driver import KEY, URL

OTHER = "another-key-0123456789abcdef"
CSRF = {"status_code": 400, "json": {"error": "CSRF validation failed"}}
DENIED = {"status_code": 403, "json": {"error": "You don't have the permission to access the requested resource."}}
INVALID = {"status_code": 403, "json": {"error": "Invalid API key"}}  # before 1.11


def stranger(server, answer):
    """A server that knows no such key."""
    server.on("GET", "/api/job", **answer)
    server.on("GET", "/api/currentuser", json={"groups": ["guests"], "name": None, "permissions": []})


def message_of(server, *argv, **env):
    error = server.run_error(4, "AUTH_ERROR", *argv, env=env).envelope["error"]
    assert "init" in error["hint"] and error["retryable"] is False
    assert KEY not in error["message"] and OTHER not in error["message"]
    return error["message"]


def settings_file(home, **values):
    home.mkdir(exist_ok=True)
    path = home / "config.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in values.items()))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("answer", [DENIED, INVALID, {**CSRF}, {"status_code": 401, "json": {"error": "no"}}], ids=str)
def test_wrong_key_error_names_origin_of_key(server, home, answer):
    stranger(server, answer)
    wrong = "it is wrong, or has been revoked"
    assert message_of(server, "status", "--api-key", OTHER) == f"the server refuses the API key (from --api-key): {wrong}"
    assert message_of(server, "status") == f"the server refuses the API key (from OCTOPRINT_API_KEY): {wrong}"
    path = settings_file(home, api_key=OTHER)
    assert message_of(server, "status", OCTOPRINT_API_KEY="") == f"the server refuses the API key (from {path}): {wrong}"


def test_wrong_key_of_a_printer_names_its_config_section(server, home):
    stranger(server, DENIED)
    path = settings_file(home, printers=f"{{mk3: {{host: {URL}, api_key: {OTHER}}}}}")
    message = message_of(server, "status", "--printer", "mk3", OCTOPRINT_API_KEY="", OCTOPRINT_HOST="")
    assert f"(from {path}, printer mk3)" in message


@pytest.mark.parametrize("answer", [DENIED, CSRF], ids=str)
def test_missing_key_is_distinguished_from_wrong_key(server, answer):
    stranger(server, answer)
    assert message_of(server, "status", OCTOPRINT_API_KEY="") == "no API key is configured for http://octopi.test"
    assert "X-Api-Key" not in server.requests[-1].headers


def test_wrong_key_on_change_request_names_origin(server):
    server.job(server.reading("Printing", "a.gcode"))
    server.on("POST", "/api/job", **CSRF)
    assert "(from OCTOPRINT_API_KEY)" in message_of(server, "cancel", "--confirm")
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    ("method", "path", "argv", "permission"),
    [
        ("GET", "/api/job", ("status",), "STATUS"),
        ("GET", "/api/files", ("files",), "FILES_LIST"),
        ("GET", "/api/connection", ("connect",), "STATUS"),
        ("POST", "/api/job", ("cancel", "--confirm"), "PRINT"),
        ("POST", "/api/connection", ("disconnect", "--confirm"), "CONNECTION"),
        ("POST", "/api/printer/tool", ("temp", "--tool", "200"), "CONTROL"),
        ("POST", "/api/printer/command", ("gcode", "M117 hello"), "CONTROL"),
        ("POST", "/api/files/local", ("upload", "FILE"), "FILES_UPLOAD"),
        ("POST", "/api/files/local/quick.gcode", ("upload", "FILE", "--select"), "FILES_SELECT"),
        ("POST", "/api/files/local/quick.gcode", ("print", "FILE", "--confirm"), "FILES_SELECT, PRINT"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_missing_permission_is_named(server, gcode_file, method, path, argv, permission):
    if argv[0] in ("cancel", "disconnect"):
        server.job(server.reading("Printing", "a.gcode"))
        server.links("Printing")
    server.accept_upload()
    server.on(method, path, **DENIED)
    argv = [str(gcode_file) if word == "FILE" else word for word in argv]
    error = server.run_error(4, "PERMISSION_DENIED", *argv).envelope["error"]
    arrived = "quick.gcode is on the server, but: " if "SELECT" in permission else ""  # which must not be told as a failed upload
    assert error["message"] == f"{arrived}the API key lacks a permission: {permission} (HTTP 403)"


@pytest.mark.parametrize(("name", "code"), [(None, "AUTH_ERROR"), ("bob", "PERMISSION_DENIED")])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_403_is_a_bad_key_or_a_missing_permission(server, name, code, method):
    http = Http(ServerAddress(URL, KEY))
    server.on(method, "/api/job", **DENIED)
    server.on("GET", "/api/currentuser", json={"name": name, "groups": [], "permissions": []})
    with pytest.raises(errors.CliError) as caught:
        http.get("/api/job", needs="STATUS") if method == "GET" else http.post("/api/job", {}, needs="STATUS")
    assert caught.value.code == code
    assert ("STATUS" in caught.value.message) is (name is not None)


def test_wrong_key_without_known_origin(server):
    stranger(server, DENIED)
    with pytest.raises(errors.AuthError, match="refuses the API key: it is wrong"):
        Http(ServerAddress(URL, KEY)).get("/api/job")


@pytest.mark.parametrize(
    "answer",
    [DENIED, {"text": "<html>"}, {"json": []}, {"status_code": 404, "json": {}}, {"exc": requests.exceptions.ConnectTimeout("x")}],
    ids=["403", "login page", "no object", "404", "gone"],
)
def test_http_403_with_unreadable_user_is_a_missing_permission(server, answer):
    server.on("GET", "/api/job", **DENIED)
    server.on("GET", "/api/currentuser", **answer)
    with pytest.raises(errors.PermissionDenied):
        Http(ServerAddress(URL, KEY), retries=0).get("/api/job")
    assert server.reads == ["/api/job", "/api/currentuser"]


def test_http_403_page_of_proxy_is_not_retried(server):
    server.on("GET", "/api/job", status_code=403, text="<html>Forbidden</html>")
    server.run_error(4, "UNEXPECTED_RESPONSE", "status")
    assert server.reads == ["/api/job"]


def test_a_key_may_begin_with_a_dash(server):
    server.key = "-fjQ8_key-of-43-characters"
    server.run_ok("status", "--api-key", server.key)
    assert server.requests[-1].headers["X-Api-Key"] == "-fjQ8_key-of-43-characters"
    server.run_error(4, "USAGE_ERROR", "status", "--api-key", "--confirm")


@pytest.mark.parametrize("option", ["--host", "--printer", "--api-key", "--config"])
def test_empty_connection_option_is_a_usage_error(server, option):
    server.run_error(4, "USAGE_ERROR", "cancel", "--confirm", option, "")
    assert server.requests == []
