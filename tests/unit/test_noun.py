"""A vendor's own noun, for the endpoints of a server plugin: what the façade promises of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from octoprint_cli import api, errors
from octoprint_cli.api import Noun
from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress

from .driver import GONE, KEY, URL

PATH = "/api/plugin/lamp"
REFUSED = "Insufficient rights"  # a plugin's own word, which OctoPrint passes on as a page


class Lamp(Noun):
    """A lamp on a server plugin."""

    def is_on(self):
        return self.get(PATH, needs="STATUS").get("on") is True

    def switch_on(self, seconds=5.0):
        self.act(PATH, {"command": "on"}, needs="PLUGIN_LAMP_SWITCH")
        return self.settle(self.is_on, lambda is_on: is_on, seconds)


@pytest.fixture
def client():
    return Client(ServerAddress(URL, KEY), retries=0)


@pytest.fixture
def lamp(client):
    return client.noun(Lamp)


def readings(server, *states):
    server.mocker.register_uri("GET", URL + PATH, [{"json": {"on": on}} for on in states])


def test_custom_resource_is_read_with_the_api_key(server, lamp):
    readings(server, True)
    assert lamp.is_on() is True
    assert server.requests[-1].headers["X-Api-Key"] == KEY


def test_empty_answer_is_an_empty_object(server, lamp):
    server.on("GET", PATH, status_code=204)
    assert lamp.get(PATH, needs="STATUS") == {}


@pytest.mark.parametrize("body", ([], "text", 5))
def test_answer_that_is_no_object_is_unexpected(server, lamp, body):
    server.on("GET", PATH, json=body)
    with pytest.raises(errors.UnexpectedResponse):
        lamp.is_on()


def test_missing_server_plugin_is_not_found(server, lamp):
    with pytest.raises(errors.NotFound):
        lamp.is_on()


@pytest.mark.parametrize("verb", ("GET", "POST"))
def test_plain_text_403_of_server_plugin_is_a_missing_permission(server, lamp, verb):
    readings(server, False)
    server.on(verb, PATH, status_code=403, text=REFUSED, headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(errors.PermissionDenied, match="STATUS" if verb == "GET" else "PLUGIN_LAMP_SWITCH"):
        lamp.is_on() if verb == "GET" else lamp.switch_on()


@pytest.mark.parametrize("text", ("<html><body>Forbidden</body></html>", ""))
def test_html_403_page_is_a_proxy_error(server, lamp, text):
    server.on("GET", PATH, status_code=403, text=text)
    with pytest.raises(errors.UnexpectedResponse, match="proxy"):
        lamp.is_on()


def test_change_is_sent_once_and_its_outcome_is_polled(server, lamp, clock):
    readings(server, False, False, True)
    server.on("POST", PATH, status_code=204)
    assert lamp.switch_on() == (True, True)
    assert server.sent == [(PATH, {"command": "on"})]
    assert clock.slept > 0


def test_outcome_not_reached_in_time_is_reported(server, lamp, clock):
    readings(server, False)
    server.on("POST", PATH, status_code=204)
    assert lamp.switch_on(seconds=5) == (False, False)
    assert 5 <= clock.slept < 6


def test_change_with_lost_answer_is_polled_and_not_resent(server, lamp):
    readings(server, False, True)
    server.on("POST", PATH, exc=GONE)
    assert lamp.switch_on() == (True, True)
    assert lamp.told != "accepted"
    assert len(server.sent) == 1


def test_dry_run_sends_nothing_and_does_not_wait(server, client, lamp, clock):
    readings(server, False)
    with client.rehearsal() as planned:
        assert lamp.switch_on() == (False, True)
    assert planned == [{"method": "POST", "path": PATH, "json": {"command": "on"}}]
    assert (server.sent, clock.slept) == ([], 0)


def test_custom_resource_uses_the_clients_connection(client, lamp):
    assert lamp._http is client.http


def test_facade_exports_the_class_without_importing_requests():
    code = "import sys, octoprint_cli.api as api; api.Noun; assert 'requests' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "Noun" in api.__all__
