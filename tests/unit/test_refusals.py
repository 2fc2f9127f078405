"""What each HTTP status means, in OctoPrint's words and in a proxy's."""

from __future__ import annotations

import json

import pytest

from octoprint_cli.client.http.status_errors import Answer, refusal

HTML = "<html><body>nginx</body></html>"


def answered(status, text="", method="GET", path="/api/job", base="http://octopi.test", **headers):
    body = text if text.startswith("<") else json.dumps({"error": text})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(Answer(method != "GET", base + path, path, status, "", body, named), "PRINT")


@pytest.mark.parametrize(
    ("method", "status", "text", "code", "exit_code", "retryable"),
    [
        ("POST", 400, "CSRF validation failed", "AUTH_ERROR", 4, False),
        ("POST", 400, "command is invalid", "SERVER_ERROR", 4, False),
        ("POST", 400, HTML, "SERVER_ERROR", 4, False),
        ("GET", 400, "<center>The plain HTTP request was sent to HTTPS port</center>", "TLS_ERROR", 1, False),
        ("POST", 400, "<center>The plain HTTP request was sent to HTTPS port</center>", "TLS_ERROR", 1, False),
        ("GET", 400, "<center>No required SSL certificate was sent</center>", "TLS_ERROR", 1, False),
        ("GET", 400, "<center>The SSL certificate error</center>", "TLS_ERROR", 1, False),
        ("GET", 401, HTML, "AUTH_ERROR", 4, False),
        ("GET", 403, "Invalid API key", "AUTH_ERROR", 4, False),
        ("GET", 403, "You don't have the permission", "PERMISSION_DENIED", 4, False),
        ("GET", 404, "The requested URL was not found on the server.", "NOT_FOUND", 4, False),
        ("GET", 403, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("POST", 403, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("POST", 403, "File already exists, cannot overwrite due to a lack of permissions", "PERMISSION_DENIED", 4, False),
        ("GET", 404, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("POST", 404, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("GET", 405, "The method is not allowed for the requested URL.", "SERVER_ERROR", 4, False),
        ("GET", 409, "Printer is not operational", "PRINTER_OFFLINE", 1, True),
        ("POST", 409, "Printer is not operational or currently printing", "PRINTER_BUSY", 3, True),
        ("POST", 409, "Printer is not operational or currently busy", "PRINTER_BUSY", 3, True),
        ("POST", 409, "Printer already has an active print job, did you mean 'restart'?", "PRINTER_BUSY", 3, True),
        ("POST", 409, "Printer is already printing, cannot select a new file", "PRINTER_BUSY", 3, True),
        ("POST", 409, "Printer is neither printing nor paused, 'cancel' command cannot be performed", "NO_ACTIVE_JOB", 4, False),
        ("POST", 409, "Printer is neither printing nor paused, 'pause' command cannot be performed", "NO_ACTIVE_JOB", 4, False),
        ("POST", 409, "Printer does not have an active print job or is not paused", "NO_ACTIVE_JOB", 4, False),
        ("POST", 409, "Printer does not have a heated bed", "NOT_FOUND", 4, False),
        ("POST", 409, "Trying to overwrite file that is currently being printed", "FILE_IN_USE", 3, True),
        ("DELETE", 409, "Trying to delete a file that is currently in use", "FILE_IN_USE", 3, True),
        ("POST", 409, "File already exists and noOverwrite was set", "FILE_EXISTS", 2, False),
        ("POST", 409, "File or folder does already exist", "FILE_EXISTS", 2, False),
        ("POST", 409, "something that nobody has seen", "PRINTER_BUSY", 3, True),
        ("POST", 413, HTML, "FILE_TOO_LARGE", 2, False),
        ("POST", 415, "Could not upload file, invalid type", "FILE_INVALID", 2, False),
        ("POST", 429, "You have made too many failed login attempts.", "SERVER_ERROR", 4, True),
        ("GET", 500, "The server encountered an internal error", "SERVER_ERROR", 4, True),
        ("POST", 501, HTML, "SERVER_STARTING", 1, True),
        ("GET", 502, HTML, "SERVER_STARTING", 1, True),
        ("GET", 503, HTML, "SERVER_STARTING", 1, True),
        ("GET", 504, HTML, "SERVER_STARTING", 1, True),
        ("POST", 500, "The server encountered an internal error", "OUTCOME_UNKNOWN", 4, False),
        ("POST", 500, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 502, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 520, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 524, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 599, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("GET", 409, "something that nobody has seen", "SERVER_ERROR", 4, False),
        ("GET", 409, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("POST", 409, HTML, "UNEXPECTED_RESPONSE", 4, False),
        ("POST", 503, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 504, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("DELETE", 504, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("GET", 599, HTML, "SERVER_ERROR", 4, True),
        ("GET", 418, HTML, "SERVER_ERROR", 4, False),
    ],
)
def test_each_http_refusal_maps_to_its_error_code(method, status, text, code, exit_code, retryable):
    error = answered(status, text, method)
    assert (error.code, error.exit_code, error.retryable) == (code, exit_code, retryable)
    assert error.details["http_status"] == status


def test_change_failed_with_http_500_is_not_retryable():
    assert answered(500, "The server encountered an internal error", "POST").retryable is False


def test_server_message_is_passed_on():
    assert "invalid type" in answered(415, "Could not upload file, invalid type").message


def test_the_missing_permission_is_named():
    assert "PRINT" in answered(403, "You don't have the permission to access the requested resource.").message


def test_html_page_is_not_passed_on():
    for status in (400, 403, 404, 413, 500, 502, 503):
        assert "nginx" not in answered(status, HTML).message


def test_long_server_message_is_truncated():
    assert len(answered(500, "x" * 100_000).message) < 1000


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null", '{"error": null}', '{"error": {"a": 1}}', "{}", "[" * 100_000])
@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_json_error_of_unexpected_shape_is_handled(body, status):
    error = refusal(Answer(False, "http://octopi.test/", "/", status, "", body))
    assert error.code != "INTERNAL_ERROR" and len(error.message) < 1000


def test_replacing_a_file_needs_files_delete_permission():
    error = answered(403, "File already exists, cannot overwrite due to a lack of permissions", "POST")
    assert "FILES_DELETE" in error.message and "PRINT" not in error.message


@pytest.mark.parametrize("path", ["/downloads/files/local/a.gcode"])
@pytest.mark.parametrize(("status", "code"), [(403, "PERMISSION_DENIED"), (404, "NOT_FOUND")])
def test_html_error_of_octoprint_download_is_not_a_proxy_error(path, status, code):
    assert answered(status, HTML, path=path).code == code


def test_basic_auth_challenge_is_a_proxy_login():
    error = answered(401, HTML, WWW_Authenticate='Basic realm="printers"')
    assert error.code == "AUTH_ERROR" and "proxy" in error.message and "printers" in error.message
    assert "USER:PASSWORD@" in error.hint
    assert "proxy" not in answered(401, HTML).message


def test_long_auth_challenge_is_truncated():
    assert len(answered(401, HTML, WWW_Authenticate="Digest " + "x" * 5000).message) < 300


def test_https_required_and_client_certificate_required_have_different_hints():
    assert "https://" in answered(400, "<center>The plain HTTP request was sent to HTTPS port</center>").hint
    assert "client_cert" in answered(400, "<center>No required SSL certificate was sent</center>").hint


def test_octoprint_message_about_https_is_not_a_proxy_error():
    assert answered(400, "The plain HTTP request was sent to HTTPS port").code == "SERVER_ERROR"


@pytest.mark.parametrize("status", [502, 504])
def test_gateway_error_for_change_begins_with_lost_answer(status):
    assert answered(status, HTML, "POST").message.startswith(f"the answer was lost (a gateway answered HTTP {status}): ")
