"""An act whose answer was lost: sent once, then looked at, and what the server shows is what is said."""

from __future__ import annotations

import pytest
import requests

from .driver import CONTENT, GONE, KEY, URL

LOST = [GONE, requests.exceptions.ReadTimeout("slow"), 502, 503, 504, 524]
ACTS = {"cancel": ("cancel", "--confirm"), "pause": ("pause",), "resume": ("resume",)}
DONE = {"cancel": "Operational", "pause": "Paused", "resume": "Printing"}
NOT_DONE = {"cancel": (3, "STILL_CANCELLING"), "pause": (4, "STATE_NOT_REACHED"), "resume": (4, "STATE_NOT_REACHED")}
SELECT = "/api/files/local/quick.gcode"

pytestmark = pytest.mark.usefixtures("hot")
each_act = pytest.mark.parametrize("act", ACTS)
every_loss = pytest.mark.parametrize("lost", LOST, ids=["broken", "no answer", "502", "503", "504", "524"])
each_loss = pytest.mark.parametrize("lost", [GONE, 504], ids=["broken", "504"])


@pytest.fixture
def hot(request):
    """A hotend at its target: a cold one is not resumed without consent."""
    name = "each_server" if "each_server" in request.fixturenames else "server"
    request.getfixturevalue(name).octoprint.heaters["tool0"] = [200.0, 200.0]


def reading_before(server, act):
    return server.reading("Paused" if act == "resume" else "Printing", "slow.gcode", completion=50.0)


def reading_after(server, act):
    return server.reading(DONE[act], "slow.gcode", completion=None if act == "cancel" else 50.0)


def job_gone(server):
    """From now on nobody can say what the job is."""
    return lambda: server.on("GET", "/api/job", exc=GONE)


def lost_answer_error(result):
    """The error, which says that there was no answer."""
    error = result.envelope["error"]
    assert "the answer was lost" in error["message"]
    return error


@each_act
@every_loss
def test_lost_answer_with_visible_effect_is_a_success(each_server, act, lost):
    each_server.job(reading_before(each_server, act))
    each_server.accept_post("/api/job", reading_after(each_server, act), lost=lost)
    assert each_server.run_ok(*ACTS[act])["state"] == DONE[act]
    assert len(each_server.sent) == 1


@each_act
@each_loss
def test_lost_answer_without_visible_effect_is_an_error_and_not_resent(server, clock, act, lost):
    server.job(reading_before(server, act))
    server.accept_post("/api/job", reading_before(server, act), lost=lost)
    error = lost_answer_error(server.run_error(*NOT_DONE[act], *ACTS[act]))
    assert "15 s" in error["message"] and 15 <= clock.slept < 16
    assert len(server.sent) == 1


@each_act
@each_loss
def test_lost_answer_with_unreadable_state_is_outcome_unknown(server, clock, act, lost):
    server.job(reading_before(server, act))
    server.accept_post("/api/job", reading_before(server, act), lost=lost, also=job_gone(server))
    error = lost_answer_error(server.run_error(4, "OUTCOME_UNKNOWN", *ACTS[act]))
    assert error["retryable"] is False and error["hint"] == "octoprint-cli status"
    assert "could not be asked" in error["message"] and error["details"]["now"] == {}
    assert len(server.sent) == 1


@pytest.mark.parametrize("act", ["cancel", "pause"])
def test_accepted_change_with_unreadable_state_is_outcome_unknown(server, clock, act):
    server.job(reading_before(server, act))
    server.accept_post("/api/job", reading_before(server, act), also=job_gone(server))
    error = server.run_error(4, "OUTCOME_UNKNOWN", *ACTS[act]).envelope["error"]
    assert error["retryable"] is False and "accepted" in error["message"]
    assert len(server.sent) == 1 and clock.slept >= 60


def test_server_back_within_wait_shows_the_outcome(server):
    gone = {"exc": GONE}
    server.on("POST", "/api/job", status_code=204)
    rest = [{"json": reading_before(server, "cancel")}, *[gone] * 9, {"json": reading_after(server, "cancel")}]
    server.mocker.register_uri("GET", URL + "/api/job", rest)
    assert server.run_ok("cancel", "--confirm")["state"] == "Operational"
    assert len(server.sent) == 1


@pytest.mark.parametrize("act", [("resume",), ("connect",), ("disconnect",), ("temp", "--bed", "50")], ids=lambda words: words[0])
def test_unreachable_server_gets_no_change_request(server, clock, act):
    for path in ("/api/job", "/api/connection", "/api/printer"):
        server.on("GET", path, exc=GONE)
    result = server.run_error(1, "SERVER_STARTING", *act)
    assert result.envelope["error"]["retryable"] is True
    assert server.sent == [] and len(server.reads) == 4 and clock.slept < 2  # three more tries


@pytest.mark.parametrize("act", [("cancel", "--confirm"), ("pause",), ("temp", "--off")], ids=lambda words: words[0])
def test_unreadable_server_is_stopped_and_cooled_all_the_same(server, clock, act):
    for path in ("/api/job", "/api/printer"):
        server.on("GET", path, exc=GONE)
    for path in ("/api/job", "/api/printer/command"):
        server.on("POST", path, status_code=204)
    error = server.run_error(4, "OUTCOME_UNKNOWN", *act).envelope["error"]
    assert error["message"].startswith("accepted, but its outcome cannot be read") and len(server.sent) == 1


@each_loss
def test_lost_start_answer_with_visible_print_is_a_success(each_server, gcode_file, lost):
    each_server.accept_upload()
    each_server.accept_post(SELECT, each_server.reading("Printing", "quick.gcode", completion=0.5), lost=lost)
    assert each_server.run_ok("print", str(gcode_file), "--confirm")["started"] is True
    assert [path for path, _ in each_server.sent] == ["/api/files/local", SELECT]


@each_loss
def test_lost_start_answer_without_print_is_not_started_and_not_resent(each_server, gcode_file, clock, lost):
    each_server.accept_upload()
    each_server.accept_post(SELECT, each_server.reading("Operational", "quick.gcode"), lost=lost)
    lost_answer_error(each_server.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm"))
    assert [path for path, _ in each_server.sent] == ["/api/files/local", SELECT] and 15 <= clock.slept < 16


@each_loss
def test_lost_start_answer_with_unreadable_state_is_outcome_unknown(server, gcode_file, lost):
    server.accept_upload()
    server.accept_post(SELECT, "Operational", lost=lost, also=job_gone(server))
    result = server.run_error(4, "OUTCOME_UNKNOWN", "print", str(gcode_file), "--confirm")
    lost_answer_error(result)
    assert result.data["started"] is None and result.data["file"] == "quick.gcode"
    assert [path for path, _ in server.sent] == ["/api/files/local", SELECT]


@each_loss
def test_lost_start_of_a_stored_file_with_unreadable_state_is_not_said_to_be_not_started(server, lost):
    server.add_file("quick.gcode", CONTENT)
    server.accept_post(SELECT, "Operational", lost=lost, also=job_gone(server))
    result = server.run_error(4, "OUTCOME_UNKNOWN", "print", "--stored", "quick.gcode", "--confirm")
    assert result.data["started"] is None and result.data["file"] == "quick.gcode"


def test_refused_start_of_a_file_that_prints_is_unknown_and_not_busy(each_server, gcode_file):
    """Sent twice by a proxy, the second start is refused because of the first; or another client was first."""
    each_server.accept_upload()

    def refuse(request, context):
        each_server.job(each_server.reading("Printing", "quick.gcode", completion=0.5))
        context.status_code = 409
        return {"error": "Printer is already printing, cannot select a new file"}

    each_server.on("POST", SELECT, json=refuse)
    result = each_server.run_error(4, "OUTCOME_UNKNOWN", "print", str(gcode_file), "--confirm")
    assert result.data["started"] is None and result.envelope["error"]["details"]["file"] == "quick.gcode"


def test_refused_start_during_the_job_of_another_file_is_busy(each_server, gcode_file):
    each_server.accept_upload()

    def refuse(request, context):
        each_server.job(each_server.reading("Printing", "rival.gcode", completion=0.5))
        context.status_code = 409
        return {"error": "Printer is already printing, cannot select a new file"}

    each_server.on("POST", SELECT, json=refuse)
    result = each_server.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm")
    assert result.data["started"] is False


@each_loss
@pytest.mark.parametrize(("shown", "code"), [(True, None), (False, "NOT_STARTED")], ids=["selected", "not selected"])
def test_lost_selection_answer_is_checked_by_selected_file(each_server, gcode_file, lost, shown, code):
    each_server.accept_upload()
    each_server.accept_post(SELECT, each_server.reading("Operational", "quick.gcode" if shown else "old.gcode"), lost=lost)
    result = each_server.run("upload", str(gcode_file), "--select", "--json")
    assert result.code == code and len(each_server.sent) == 2
    assert shown or "nothing was started" in lost_answer_error(result)["message"]


@each_loss
@pytest.mark.parametrize("command", ["connect", "disconnect"])
def test_lost_connection_answer_is_checked_by_connection_state(each_server, command, lost):
    closed = "Offline" if each_server.is_2 else "Closed"
    states = [closed, "Operational"] if command == "connect" else ["Operational", closed]
    each_server.links(states[0], after=[states[1:]], lost=lost)
    assert each_server.run_ok(command)["connected"] is (command == "connect")
    assert len(each_server.sent) == 1


@each_loss
@pytest.mark.parametrize(("command", "refused"), [("connect", (1, "PRINTER_OFFLINE")), ("disconnect", (4, "STATE_NOT_REACHED"))])
def test_unchanged_connection_after_lost_answer_is_an_error(each_server, clock, command, refused, lost):
    state = "Operational" if command == "disconnect" else "Offline" if each_server.is_2 else "Closed"
    each_server.links(state, after=[[state]], lost=lost)
    lost_answer_error(each_server.run_error(*refused, command))
    assert len(each_server.sent) == 1 and 15 <= clock.slept < 16


@each_loss
def test_lost_target_answer_with_visible_target_is_a_success(each_server, lost):
    each_server.accept_targets(lost=lost)
    assert each_server.run_ok("temp", "--tool", "200")["set"] == {"tool0": 200.0}
    assert len(each_server.sent) == 1


@each_loss
def test_lost_target_answer_without_visible_target_is_an_error(each_server, clock, lost):
    each_server.accept_targets(shows=False, lost=lost)
    lost_answer_error(each_server.run_error(4, "STATE_NOT_REACHED", "temp", "--tool", "200", "--bed", "60"))
    assert [path for path, _ in each_server.sent] == ["/api/printer/tool", "/api/printer/bed"]
    assert 15 <= clock.slept < 16


@every_loss
def test_lost_gcode_answer_is_outcome_unknown(server, lost):
    server.accept_post("/api/printer/command", "Operational", lost=lost)
    error = lost_answer_error(server.run_error(4, "OUTCOME_UNKNOWN", "gcode", "M117 hello"))
    assert error["retryable"] is False and "the printer is Operational" in error["message"]
    assert error["details"]["now"] == {"state": "Operational", "file": None}
    assert len(server.sent) == 1


def test_key_is_masked_in_lost_answer_error(server):
    server.accept_post("/api/printer/command", "Operational", lost=requests.exceptions.ConnectionError(f"X-Api-Key: {KEY}"))
    server.run_error(4, "OUTCOME_UNKNOWN", "gcode", "M117 hello")


def test_server_that_only_hangs_after_an_act_is_not_asked_for_long(server, clock):
    """The stop was accepted; whoever sent it wants to hear something."""

    def hang(request, context):
        clock.sleep(5)
        raise requests.exceptions.ReadTimeout("slow")

    server.job(reading_before(server, "cancel"))
    server.accept_post("/api/job", reading_after(server, "cancel"), also=lambda: server.on("GET", "/api/job", content=hang))
    begun = clock.now
    error = server.run_error(4, "OUTCOME_UNKNOWN", "cancel", "--confirm", "--timeout", "5").envelope["error"]
    assert "accepted, but its outcome cannot be read" in error["message"] and len(server.sent) == 1
    assert clock.now - begun < 35
