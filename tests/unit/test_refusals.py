"""What each HTTP status means, in OctoPrint's words and in a proxy's."""

from __future__ import annotations

import json

import pytest

from octoprint_cli.client.refusals import Answer, refusal

HTML = "<html><body>nginx</body></html>"


def answered(status, text="", method="GET", **more):
    body = text if text.startswith("<") else json.dumps({"error": text})
    return refusal(Answer(method, "http://octopi.test/api/job", status, "", body, **more), "PRINT")


@pytest.mark.parametrize(
    ("method", "status", "text", "code", "exit_code", "retryable"),
    [
        ("POST", 400, "CSRF validation failed", "AUTH_ERROR", 4, False),
        ("POST", 400, "command is invalid", "SERVER_ERROR", 4, False),
        ("POST", 400, HTML, "SERVER_ERROR", 4, False),
        ("GET", 401, HTML, "AUTH_ERROR", 4, False),
        ("GET", 403, "Invalid API key", "AUTH_ERROR", 4, False),
        ("GET", 403, "You don't have the permission", "PERMISSION_DENIED", 4, False),
        ("GET", 404, "The requested URL was not found on the server.", "NOT_FOUND", 4, False),
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
        ("POST", 502, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("POST", 503, HTML, "SERVER_STARTING", 1, True),
        ("POST", 504, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("DELETE", 504, HTML, "OUTCOME_UNKNOWN", 4, False),
        ("GET", 599, HTML, "SERVER_ERROR", 4, True),
        ("GET", 418, HTML, "SERVER_ERROR", 4, False),
    ],
)
def test_each_refusal_is_the_error_that_it_stands_for(method, status, text, code, exit_code, retryable):
    error = answered(status, text, method)
    assert (error.code, error.exit_code, error.retryable) == (code, exit_code, retryable)
    assert error.details["http_status"] == status if error.details else code == "UNEXPECTED_RESPONSE"


def test_an_act_that_failed_inside_the_server_is_not_to_be_repeated():
    assert answered(500, "The server encountered an internal error", "POST").retryable is False


def test_the_servers_own_words_are_passed_on():
    assert "invalid type" in answered(415, "Could not upload file, invalid type").message


def test_the_missing_permission_is_named():
    assert "PRINT" in answered(403, "You don't have the permission to access the requested resource.").message


def test_a_pages_html_is_not_passed_on():
    for status in (400, 403, 404, 413, 500, 502, 503):
        assert "nginx" not in answered(status, HTML).message


def test_a_servers_long_text_is_cut():
    assert len(answered(500, "x" * 100_000).message) < 1000


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null", '{"error": null}', '{"error": {"a": 1}}', "{}"])
def test_json_of_another_shape_is_no_crash(body):
    assert refusal(Answer("GET", "http://octopi.test/", 500, "", body)).code == "SERVER_ERROR"


@pytest.mark.parametrize("location", ["https://sso.test/login", None])
def test_a_redirect_says_where_to(location):
    error = answered(302, HTML, location=location)
    assert error.code == "UNEXPECTED_RESPONSE" and (location or "another address") in error.message
