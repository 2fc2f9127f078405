"""An act that the server accepted, and then no word from it: never taken for done, nor for not done."""

from __future__ import annotations

import pytest
import requests

from .fake import URL

GONE = {"exc": requests.exceptions.ConnectionError("gone")}


def readings(server, *answers):
    """What `/api/job` answers, one reading after another, the last one for good; acts on it are accepted."""
    server.on("POST", "/api/job", status_code=204)
    server.mocker.register_uri("GET", URL + "/api/job", list(answers))


def printing(server):
    return {"json": server.reading("Printing", "slow.gcode", completion=5.0)}


@pytest.mark.parametrize("line", [("cancel", "--confirm"), ("pause",)], ids=lambda words: words[0])
def test_a_server_that_is_gone_after_it_accepted_leaves_the_outcome_unknown(server, clock, line):
    readings(server, printing(server), GONE)
    error = server.refuses(4, "OUTCOME_UNKNOWN", *line).envelope["error"]
    assert error["retryable"] is False and "accepted" in error["message"]
    assert len(server.sent) == 1 and clock.slept >= 60


def test_a_server_that_comes_back_in_time_tells_what_came_of_it(server, clock):
    readings(server, printing(server), GONE, GONE, {"json": server.reading("Operational", "slow.gcode")})
    assert server.does("cancel", "--confirm")["state"] == "Operational"
    assert len(server.sent) == 1


def test_a_server_that_is_gone_before_the_act_is_offline_and_nothing_was_sent(server, clock):
    readings(server, GONE)
    result = server.refuses(1, "SERVER_STARTING", "cancel", "--confirm")
    assert result.envelope["error"]["retryable"] is True and server.sent == [] and clock.slept == 0


@pytest.mark.parametrize("option", ["--host", "--printer", "--api-key", "--config"])
def test_an_option_that_a_script_left_empty_aims_at_nobody(server, option):
    server.refuses(4, "USAGE_ERROR", "cancel", "--confirm", option, "")
    assert server.requests == []


def test_a_key_may_begin_with_a_dash(server):
    server.does("status", "--api-key", "-fjQ8_key-of-43-characters")
    assert server.requests[-1].headers["X-Api-Key"] == "-fjQ8_key-of-43-characters"
    server.refuses(4, "USAGE_ERROR", "status", "--api-key", "--confirm")


def test_no_key_is_told_from_a_wrong_one(server):
    server.on("GET", "/api/job", status_code=403, json={"error": "no"})
    server.on("GET", "/api/currentuser", json={"name": None})
    wrong = server.refuses(4, "AUTH_ERROR", "status").envelope["error"]["message"]
    none = server.refuses(4, "AUTH_ERROR", "status", env={"OCTOPRINT_API_KEY": ""}).envelope["error"]["message"]
    assert "wrong" in wrong and none == "no API key is configured for http://octopi.test"
