"""The stream of news: pushed while the socket is up, polled while it is not, and never silent about a gap."""

from __future__ import annotations

import math

import pytest

from octoprint_cli import errors
from octoprint_cli.client.push import feed as module
from octoprint_cli.client.push.feed import Feed
from octoprint_cli.client.push.updates import HeaterUpdate, ServerReachability, SocketChange
from octoprint_cli.client.resources.job import Job

from .driver import GONE
from .scripted_push import Message, Push, SocketLost, client, current, event

DROPPED = SocketLost("the connection broke")


@pytest.fixture
def push(monkeypatch, clock):
    found = Push(clock)
    monkeypatch.setattr(module, "Socket", found)
    return found


def updates_for(feed, clock, seconds):
    """All the news of so many seconds."""
    until, found = clock.now + seconds, []
    while clock.now < until:
        news = feed.next_update(until)
        found += [news] if news is not None else []
    return found


def kinds(found):
    return [type(news.content).__name__ for news in found]


def poll_count(server):
    return server.reads.count("/api/job")


def test_feed_without_socket_polls_every_two_seconds(server, push, clock):
    found = updates_for(Feed(client()), clock, 10)
    assert poll_count(server) == 5
    assert {news.source for news in found if isinstance(news.content, (Job, HeaterUpdate))} == {"poll"}
    assert kinds(found)[:2] == ["Job", "HeaterUpdate"]  # the first look is a poll, whatever the socket does


def test_polling_fallback_is_noted_once(server, push, clock):
    notes = []
    updates_for(Feed(client(), note=notes.append), clock, 300)
    assert len(push.opened) > 5
    assert notes == ["the push socket is down (refused); the server is polled every 2 s instead"]


def test_feed_with_socket_polls_once_a_minute(server, push, clock):
    push.plans = [[(float(at), current("Operational")) for at in range(1, 2000)]]
    found = updates_for(Feed(client()), clock, 600)
    assert len(push.opened) == 1
    assert 10 <= poll_count(server) <= 12  # the first look, the one after the socket stood, and one a minute
    assert server.reads.count("/api/printer") == 1
    assert sum(news.source == "push" for news in found) >= 599


def test_socket_quiet_after_its_first_word_is_still_polled_once_a_minute(server, push, clock):
    push.plans = [[(0.5, current("Operational"))]]
    updates_for(Feed(client()), clock, 600)
    assert 10 <= poll_count(server) <= 12


def test_socket_that_never_says_a_word_is_polled_as_without_one(server, push, clock):
    push.plans = [[]]
    found = updates_for(Feed(client()), clock, 60)
    assert 28 <= poll_count(server) <= 32 and len(push.opened) == 1
    assert sum(isinstance(news.content, HeaterUpdate) for news in found) > 25


def test_greeting_before_the_login_is_no_word_of_the_printer(server, push, clock):
    push.plans = [[(0.1, Message("connected", {"version": "1.11.8"}))]]
    updates_for(Feed(client()), clock, 60)
    assert 28 <= poll_count(server) <= 32


def test_socket_quiet_during_a_job_is_looked_past_after_five_seconds(server, push, clock):
    server.job(server.reading("Printing", "slow.gcode", completion=50.0))
    push.plans = [[(float(at), current("Printing")) for at in range(1, 30)]]
    feed = Feed(client())
    updates_for(feed, clock, 29)
    before = poll_count(server)
    updates_for(feed, clock, 25)
    assert before <= 3 and 9 <= poll_count(server) - before <= 12


def test_socket_that_repeats_an_old_state_is_dropped_for_the_polls(server, push, clock):
    notes = []
    server.job(server.reading("Printing", "slow.gcode", completion=50.0), server.reading("Operational", "slow.gcode"))
    old = current("Printing", job={"file": {"name": "slow.gcode", "path": "slow.gcode", "origin": "local"}})
    push.plans = [[(at / 2, old) for at in range(1, 1000)]]
    found = updates_for(Feed(client(), note=notes.append), clock, 50)
    drops = [news.content.reason for news in found if isinstance(news.content, SocketChange) and not news.content.up]
    assert drops == ["it repeats an old state of the printer"] and len(notes) == 1 and push.closed == 1
    last = [news for news in found if isinstance(news.content, Job)][-2:]
    assert {(news.source, news.content.state) for news in last} == {("poll", "Operational")}


def test_socket_that_lags_behind_one_poll_is_kept(server, push, clock):
    readings = [server.reading("Printing", "slow.gcode", completion=50.0)] * 2
    server.job(*readings, server.reading("Operational", "slow.gcode"))
    push.plans = [[(1.0, current("Printing")), (61.0, current("Operational"))]]
    found = updates_for(Feed(client()), clock, 120)
    assert push.closed == 0 and all(news.content.up for news in found if isinstance(news.content, SocketChange))


def test_socket_drop_and_reconnect_each_trigger_a_poll(server, push, clock):
    push.plans = [[(20.0, DROPPED)], []]
    feed = Feed(client())
    updates_for(feed, clock, 19.9)
    before = poll_count(server)
    dropped = updates_for(feed, clock, 0.2)
    assert poll_count(server) == before + 1 and kinds(dropped)[:2] == ["SocketChange", "Job"]
    updates_for(feed, clock, 0.5)
    assert poll_count(server) == before + 1
    back = updates_for(feed, clock, 0.5)  # a second after the drop
    assert [news.content.up for news in back if isinstance(news.content, SocketChange)] == [True]
    assert poll_count(server) == before + 2
    assert push.closed == 1


def test_job_is_read_once_before_the_socket_says_its_first_word(server, push, clock):
    """The socket's first message has the job, too."""
    push.plans = [[(float(at) / 2, current("Operational")) for at in range(1, 4)]]
    updates_for(Feed(client()), clock, 1.5)
    assert poll_count(server) == 1


def test_messages_before_socket_drop_are_delivered(server, push, clock):
    push.plans = [[(1.0, event("PrintDone")), (1.0, DROPPED)]]
    assert "Event" in kinds(updates_for(Feed(client()), clock, 2))


def test_socket_reconnect_delay_grows_exponentially(server, push, clock):
    updates_for(Feed(client()), clock, 400)
    assert [round(pause) for pause in push.pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60][: len(push.pauses)]
    assert len(push.pauses) >= 9


def test_short_earlier_connection_does_not_reset_reconnect_delay(server, push, clock):
    push.plans = [[(5.0, DROPPED)], SocketLost("refused")]
    updates_for(Feed(client()), clock, 400)
    assert [round(pause) for pause in push.pauses[1:7]] == [2, 4, 8, 16, 32, 60]


def test_repeatedly_dropped_socket_is_retried_ever_less_often(server, push, clock):
    push.plans = [[(2.0, DROPPED)]]
    updates_for(Feed(client()), clock, 300)
    assert [round(pause) - 2 for pause in push.pauses[:6]] == [1, 2, 4, 8, 16, 32]


def test_stable_connection_resets_reconnect_delay(server, push, clock):
    push.plans = [SocketLost("refused"), SocketLost("refused"), SocketLost("refused"), [(31.0, DROPPED)], []]
    updates_for(Feed(client()), clock, 100)
    assert round(push.pauses[-1] - 31) == 1


def test_error_of_first_poll_is_raised(server, push, clock):
    server.on("GET", "/api/job", status_code=403, json={"error": "no"})
    with pytest.raises(errors.PermissionDenied):
        Feed(client()).next_update(math.inf)
    assert push.opened == []


def test_failed_first_poll_after_a_change_is_not_raised(server, push, clock):
    ours = client(retries=0)
    ours.http.acted = True
    server.on("GET", "/api/job", exc=GONE)
    feed = Feed(ours)
    assert isinstance(feed.next_update(clock.now + 5).content, ServerReachability)


def test_feed_waits_for_server_away_for_a_minute(server, push, clock):
    feed = Feed(client(retries=0))
    updates_for(feed, clock, 5)
    server.on("GET", "/api/job", exc=GONE)
    away = updates_for(feed, clock, 60)
    assert [news.content.reason is None for news in away if isinstance(news.content, ServerReachability)] == [False]
    server.on("GET", "/api/job", json=server.reading("Operational"))
    back = updates_for(feed, clock, 4)
    assert [news.content.reason for news in back if isinstance(news.content, ServerReachability)] == [None] and "Job" in kinds(back)


def test_socket_is_retried_at_once_when_server_is_back(server, push, clock):
    feed = Feed(client(retries=0))
    updates_for(feed, clock, 100)  # the tries are a minute apart by now
    server.on("GET", "/api/job", exc=GONE)
    updates_for(feed, clock, 10)
    server.on("GET", "/api/job", json=server.reading("Operational"))
    push.opened.clear()
    updates_for(feed, clock, 2.5)
    assert push.opened


def test_server_away_too_long_is_an_error(server, push, clock):
    feed = Feed(client(retries=0))
    updates_for(feed, clock, 1)
    server.on("GET", "/api/job", exc=GONE)
    begun = clock.now
    with pytest.raises(errors.ServerStarting):
        updates_for(feed, clock, 10_000)
    assert module.AWAY_SECONDS < clock.now - begun < module.AWAY_SECONDS + 15


def test_separate_short_outages_do_not_add_up(server, push, clock):
    feed = Feed(client(retries=0))
    updates_for(feed, clock, 1)
    for _ in range(5):
        server.on("GET", "/api/job", exc=GONE)
        updates_for(feed, clock, 100)
        server.on("GET", "/api/job", json=server.reading("Operational"))
        updates_for(feed, clock, 5)


def test_feed_returns_none_at_deadline(server, push, clock):
    feed = Feed(client())
    until = clock.now + 7
    while feed.next_update(until) is not None:
        pass
    assert clock.now == until


def test_printer_lost_between_job_and_temperature_request_has_no_heaters(server, push, clock):
    server.on("GET", "/api/printer", status_code=409, json={"error": "Printer is not operational"})
    found = updates_for(Feed(client()), clock, 1)
    assert [news.content.heaters for news in found if isinstance(news.content, HeaterUpdate)] == [{}]


def test_leaving_feed_closes_socket(server, push, clock):
    push.plans = [[]]
    with Feed(client()) as feed:
        updates_for(feed, clock, 5)
        assert feed.pushed and push.closed == 0
    assert push.closed == 1


@pytest.mark.parametrize(("kind", "warm"), [("current", True), ("history", False)])
def test_temperatures_of_history_message_are_ignored(server, push, clock, kind, warm):
    """They may be from before a target was set, and would make a heater look warm that has just begun."""
    message = current("Operational", temps=[{"time": 1, "tool0": {"actual": 199.0, "target": 200.0}}])._replace(kind=kind)
    push.plans = [[(1.0, message)]]
    found = updates_for(Feed(client()), clock, 5)
    assert [news.content.heaters["tool0"].target for news in found if isinstance(news.content, HeaterUpdate)] == [
        0.0,
        *([200.0] if warm else []),
    ]
