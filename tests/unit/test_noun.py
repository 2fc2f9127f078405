"""A vendor's own noun, for the endpoints of a server plugin: what the façade promises of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from octoprint_cli import api, errors
from octoprint_cli.api import Noun
from octoprint_cli.client.client import Client

from .fake import GONE, KEY, URL

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
    return Client(URL, KEY, retries=0)


@pytest.fixture
def lamp(client):
    return client.noun(Lamp)


def readings(server, *states):
    server.mocker.register_uri("GET", URL + PATH, [{"json": {"on": on}} for on in states])


def test_it_reads_with_the_key_and_in_the_nouns_own_words(server, lamp):
    readings(server, True)
    assert lamp.is_on() is True
    assert server.requests[-1].headers["X-Api-Key"] == KEY


def test_an_empty_answer_has_nothing_in_it(server, lamp):
    server.on("GET", PATH, status_code=204)
    assert lamp.get(PATH, needs="STATUS") == {}


@pytest.mark.parametrize("body", ([], "text", 5))
def test_what_is_no_object_is_no_answer(server, lamp, body):
    server.on("GET", PATH, json=body)
    with pytest.raises(errors.UnexpectedResponse):
        lamp.is_on()


def test_a_plugin_that_is_not_there_is_not_found(server, lamp):
    with pytest.raises(errors.NotFound):
        lamp.is_on()


@pytest.mark.parametrize("verb", ("GET", "POST"))
def test_a_plugins_own_refusal_is_a_missing_permission_and_no_proxys(server, lamp, verb):
    readings(server, False)
    server.on(verb, PATH, status_code=403, text=REFUSED, headers={"Content-Type": "text/html; charset=utf-8"})
    with pytest.raises(errors.PermissionDenied, match="STATUS" if verb == "GET" else "PLUGIN_LAMP_SWITCH"):
        lamp.is_on() if verb == "GET" else lamp.switch_on()


@pytest.mark.parametrize("text", ("<html><body>Forbidden</body></html>", ""))
def test_a_proxys_page_is_still_a_proxys(server, lamp, text):
    server.on("GET", PATH, status_code=403, text=text)
    with pytest.raises(errors.UnexpectedResponse, match="proxy"):
        lamp.is_on()


def test_an_act_goes_out_once_and_its_outcome_is_looked_at(server, lamp, clock):
    readings(server, False, False, True)
    server.on("POST", PATH, status_code=204)
    assert lamp.switch_on() == (True, True)
    assert server.sent == [(PATH, {"command": "on"})]
    assert clock.slept > 0


def test_what_does_not_come_about_in_time_is_said(server, lamp, clock):
    readings(server, False)
    server.on("POST", PATH, status_code=204)
    assert lamp.switch_on(seconds=5) == (False, False)
    assert 5 <= clock.slept < 6


def test_an_act_whose_answer_is_lost_is_looked_at_and_not_repeated(server, lamp):
    readings(server, False, True)
    server.on("POST", PATH, exc=GONE)
    assert lamp.switch_on() == (True, True)
    assert lamp.told != "accepted"
    assert len(server.sent) == 1


def test_in_a_rehearsal_nothing_is_sent_and_nothing_waited_for(server, client, lamp, clock):
    readings(server, False)
    with client.rehearsal() as planned:
        assert lamp.switch_on() == (False, True)
    assert planned == [{"method": "POST", "path": PATH, "json": {"command": "on"}}]
    assert (server.sent, clock.slept) == ([], 0)


def test_it_is_on_the_clients_own_connection(client, lamp):
    assert lamp._http is client.http


def test_the_facade_has_it_and_imports_no_requests():
    code = "import sys, octoprint_cli.api as api; api.Noun; assert 'requests' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert "Noun" in api.__all__
