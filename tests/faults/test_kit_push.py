"""The kit's push socket against the raw `websocket` client: who gets in, what is said at first, what is subscribed to.

The keys are those of messages that 1.11.8 and 2.0.0rc7 sent.
"""

from __future__ import annotations

import json
import time
from typing import Any, Dict, List, Set

import pytest
import websocket

from octoprint_cli.testing import FakeOctoPrint, FaultServer

from .kit import DIALECTS, ask, post
from .listener import PATH, Listener, listening
from .test_kit_server import secured

LOGIN = {
    *"_credentials_seen _is_external_client _login_mechanism active apikey groups name needs permissions session settings".split()
}
LOGIN_OF = {"1.11.8": LOGIN | {"admin", "roles", "user"}, "2.0.0rc7": LOGIN | {"_credentials_recheck_supported", "has_password"}}
CONNECTED = {*"version display_version branch python_version plugin_hash config_hash debug safe_mode online permissions".split()}
STATE = {*"state job currentZ progress offsets temps logs messages markings serverTime".split()}
HISTORY_OF = {"1.11.8": STATE | {"resends"}, "2.0.0rc7": STATE | {"health", "currentTool"}}
FILE = {*"name path display origin size date".split()}
JOB = {*"file estimatedPrintTime lastPrintTime filament user".split()}
JOB_OF = {"1.11.8": JOB | {"averagePrintTime"}, "2.0.0rc7": JOB | {"plate"}}
FLAGS = {*"operational printing cancelling pausing resuming finishing closedOrError error paused ready sdReady".split()}
PROGRESS = {*"completion filepos printTime printTimeLeft printTimeLeftOrigin".split()}


def version(server: FaultServer) -> str:
    return server.octoprint.version


# -- who gets in ------------------------------------------------------------------------------------


def test_login_returns_a_new_session_in_the_shape_of_the_version(each: FaultServer) -> None:
    first, second = (post(each, "/api/login", 200, passive=True).json() for _ in range(2))
    assert set(first) == LOGIN_OF[version(each)]
    assert first["session"] != second["session"] and first["name"] == second["name"] == "bob"
    assert ask(each, "POST", "/api/login?passive=true").status_code == 200


def test_invalid_login_is_refused(each: FaultServer) -> None:
    assert ask(each, "POST", "/api/login", "wrong", json={"passive": True}).json() == {"error": "CSRF validation failed"}
    assert "passive flag" in post(each, "/api/login", 400).text
    assert post(each, "/api/login", 403, **{"user": "bob", "pass": "x"}).json()
    assert ask(each, "GET", "/api/login").status_code == 405
    assert each.octoprint.sessions == {}


def test_only_connected_message_arrives_without_login(each: FaultServer) -> None:
    with Listener(each) as listener:
        first = listener.receive()
        assert (list(first), set(first["connected"])) == (["connected"], CONNECTED)
        assert first["connected"]["version"] == version(each)
        each.octoprint.event("Home")
        each.octoprint.say("Recv: ok")
        assert listener.pending() == []
        assert (each.open_sockets, each.sockets[0].pings, each.sockets[0].authed) == (1, 2, False)
    each.wait_until(lambda: each.open_sockets == 0)


def test_history_arrives_after_login(each: FaultServer) -> None:
    each.octoprint.heard(["wait"])
    with Listener(each) as listener:
        listener.receive()
        listener.log_in()
        history = listener.receive()["history"]
        assert listener.receive() == {"timelapse": None}
        assert listener.pending() == []
    assert set(history) == HISTORY_OF[version(each)]
    assert history["logs"] == ["<<< wait" if each.octoprint.is_2 else "Recv: wait"]
    assert history["messages"] == ([] if each.octoprint.is_2 else ["wait"])
    assert [set(entry) for entry in history["temps"]] == [{"time", "tool0", "bed", "chamber"}]


def test_a_session_that_is_not_known_can_be_renewed_on_the_same_socket(each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.receive()
        listener.send(auth="bob:nonsense")
        assert listener.receive() == {"reauthRequired": {"reason": "stale"}}
        listener.log_in()
        assert "history" in listener.receive()


def test_second_login_does_not_repeat_the_history(each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.log_in()
        assert [next(iter(message)) for message in listener.pending()] == ["connected", "history", "timelapse"]
        listener.log_in()
        assert listener.pending() == []
        each.octoprint.event("Home")
        assert listener.events() == ["Home"]


def test_forgotten_sessions_require_a_new_login(each: FaultServer) -> None:
    with listening(each) as listener:
        each.octoprint.forget_sessions("logout")
        assert listener.receive() == {"reauthRequired": {"reason": "logout"}}
        each.octoprint.event("Home")
        assert listener.pending() == []
        listener.log_in()
        listener.receive_until("timelapse")
        each.octoprint.event("Home")
        assert listener.events() == ["Home"]


@pytest.mark.parametrize("said", ["5", '"x"', '{"auth": 5}', '{"subscribe": 5}'])
def test_invalid_messages_close_the_socket(said: str, each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.receive()
        for ignored in ("{", "[]", '{"a": 1}', said):
            listener.socket.send(ignored)
        with pytest.raises(websocket.WebSocketConnectionClosedException):
            listener.receive()
    assert each.sockets[0].said == [[], {"a": 1}, json.loads(said)]


def test_close_frame_is_answered(each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.receive()
        listener.socket.send_close()
        assert listener.socket.recv_data(control_frame=True) == (websocket.ABNF.OPCODE_CLOSE, b"\x03\xe8")
    each.wait_until(lambda: each.open_sockets == 0)


# -- the handshake ----------------------------------------------------------------------------------


def test_invalid_handshake_is_refused(each: FaultServer) -> None:
    assert ask(each, "GET", PATH).status_code == 400
    assert ask(each, "POST", PATH).status_code == 405
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        Listener(each, origin="http://evil.test")
    with pytest.raises(websocket.WebSocketBadStatusException, match="426"):
        Listener(each, header={"Sec-WebSocket-Version": "12"})
    assert each.sockets == []
    with Listener(each, suppress_origin=True) as listener:
        assert "connected" in listener.receive()


def test_socket_works_below_prefix_with_basic_auth() -> None:
    with FaultServer(prefix="/octoprint", basic_auth=("ann", "secret")) as server:
        with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
            Listener(server)
        basic = {"Authorization": "Basic YW5uOnNlY3JldA=="}
        with Listener(server, header=basic) as listener:
            assert "connected" in listener.receive()


@pytest.mark.parametrize("which", DIALECTS)
def test_socket_works_over_tls(which: str) -> None:
    context, authority = secured("127.0.0.1")
    with authority.cert_pem.tempfile() as trusted, FaultServer(FakeOctoPrint(which), tls=context) as server:
        listener = Listener(server, sslopt={"ca_certs": trusted})
        listener.receive()
        server.octoprint.sessions["secret"] = "bob"
        listener.send(auth="bob:secret")
        listener.receive_until("timelapse")
        server.octoprint.event("Home", {"x": "y" * 100_000})
        assert listener.last("event")["payload"]["x"][-1] == "y"
        assert listener.pending() == []
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        listener.receive()


# -- what is subscribed to --------------------------------------------------------------------------


def test_unsubscribed_state_is_sent_once_subscribed(each: FaultServer) -> None:
    with Listener(each) as listener:
        listener.send(subscribe={"state": False, "events": True, "plugins": False})
        listener.log_in()
        assert [next(iter(message)) for message in listener.pending()] == ["connected", "timelapse"]
        each.octoprint.heaters["tool0"] = [100.0, 200.0]
        assert listener.pending() == []
        listener.send(subscribe={"state": True})
        history = listener.last("history")
        assert history["temps"][-1]["tool0"] == {"actual": 100.0, "target": 200.0}
        each.octoprint.event("Home")
        assert listener.pending() == []


@pytest.mark.parametrize(("wanted", "heard"), [(True, 2), (False, 0), (["Dwelling", "MovieDone"], 1), ([], 0)])
def test_events_can_be_subscribed_by_type(wanted: Any, heard: int, each: FaultServer) -> None:
    with listening(each, {"events": wanted}) as listener:
        each.octoprint.event("Home", {"a": 1})
        each.octoprint.event("Dwelling")
        each.octoprint.plugin("other", 1)
        found = listener.pending()
    assert (
        found == [{"event": {"type": "Home", "payload": {"a": 1}}}, {"event": {"type": "Dwelling", "payload": None}}][2 - heard :]
    )


@pytest.mark.parametrize(("wanted", "heard"), [(True, 2), (False, 0), (["action_command_prompt"], 1)])
def test_plugin_messages_can_be_subscribed_by_plugin(wanted: Any, heard: int, each: FaultServer) -> None:
    with listening(each, {"plugins": wanted}) as listener:
        each.octoprint.plugin("firmware_check", {})
        each.octoprint.plugin("action_command_prompt", {"action": "show", "text": "Change filament", "choices": ["Go on"]})
        each.octoprint.event("Home")
        found = [message["plugin"]["plugin"] for message in listener.pending()]
    assert found == ["firmware_check", "action_command_prompt"][2 - heard :]


@pytest.mark.parametrize(
    ("wanted", "logs", "messages"),
    [
        (True, 3, 0),
        ({}, 0, 0),
        ({"logs": True, "messages": True}, 3, 2),
        ({"logs": "^(Recv: |<<< )T", "messages": "wait"}, 1, 1),
    ],
)
def test_terminal_lines_can_be_subscribed(wanted: Any, logs: int, messages: int, each: FaultServer) -> None:
    with listening(each, {"state": wanted}) as listener:
        with each.octoprint.lock:
            each.octoprint.heard(["ok", "wait", "T:21.30/ 0.00"])
        current = listener.last("current")
    assert len(current["logs"]) == logs
    assert len(current["messages"]) == (0 if each.octoprint.is_2 else messages)


def test_invalid_log_pattern_disables_the_state(each: FaultServer) -> None:
    with listening(each, {"state": {"logs": "(("}}) as listener:
        each.octoprint.say("Recv: ok")
        assert listener.pending() == []


def test_throttle_slows_down_messages(each: FaultServer) -> None:
    each.octoprint.interval = 0.05
    with listening(each, {"state": True}) as listener:
        listener.send(throttle=4)
        each.wait_until(lambda: {"throttle": 4} in each.sockets[0].said)
        times = []
        for number in range(3):
            each.octoprint.say(f"Recv: {number}")
            assert listener.last("current")["logs"] == [f"Recv: {number}"]
            times.append(time.monotonic())
    assert times[2] - times[0] >= 0.35


def test_messages_are_limited_by_permissions(each: FaultServer) -> None:
    each.octoprint.permissions = {"STATUS"}
    with listening(each, {"state": {"logs": True, "messages": True}}) as listener:
        with each.octoprint.lock:
            each.octoprint.heard(["T:21"])
            each.octoprint.state = "Paused"
        current = listener.last("current")
        assert (current["state"]["text"], current["logs"], current["messages"]) == ("Paused", [], [])
    each.octoprint.permissions = set()
    with Listener(each) as listener:
        listener.send(auth=f"bob:{next(iter(each.octoprint.sessions))}")
        assert [list(message) for message in listener.pending()] == [["connected"]]


# -- how it is now ----------------------------------------------------------------------------------


def test_current_message_has_the_keys_of_the_version(each: FaultServer) -> None:
    with listening(each, {"state": True}) as listener:
        each.octoprint.printing("cube.gcode")
        current = listener.last("current")
    assert set(current) == HISTORY_OF[version(each)] | {"busyFiles"}
    assert (set(current["job"]), set(current["progress"])) == (JOB_OF[version(each)], PROGRESS)
    assert set(current["job"]["file"]) == (FILE | {"upload"} if each.octoprint.is_2 else FILE)
    assert (set(current["state"]), set(current["state"]["flags"])) == ({"text", "flags", "error"}, FLAGS)
    assert (current["state"]["text"], current["progress"]["completion"]) == ("Printing", 12.5)
    assert current["busyFiles"] == [{"origin": "local", "path": "cube.gcode"}]
    assert set(current["health"]) == {"count", "transmitted", "ratio", "critical"} if each.octoprint.is_2 else True


def on(current: Dict[str, Any]) -> Set[str]:
    return {flag for flag, is_on in current["state"]["flags"].items() if is_on}


def test_every_change_is_pushed_once(each: FaultServer) -> None:
    octoprint, octoprint.interval = each.octoprint, 0.0
    octoprint.printing("cube.gcode")
    with listening(each, {"state": True}) as listener:
        listener.pending()
        octoprint.completion = 50.0
        assert listener.last("current")["progress"]["completion"] == 50.0
        octoprint.heaters["bed"] = [59.5, 60.0]
        assert [entry["bed"] for entry in listener.last("current")["temps"]] == [{"actual": 59.5, "target": 60.0}]
        octoprint.state = "Offline after error"
        current = listener.last("current")
        assert (current["state"]["text"], on(current), [set(entry) for entry in current["temps"]]) == (
            "Offline after error",
            {"closedOrError"},
            [{"time"}],
        )
        assert listener.pending() == []


def test_two_clients_receive_the_same_messages(each: FaultServer) -> None:
    heard: List[Any] = []
    with listening(each) as first, listening(each) as second:
        each.octoprint.printing()
        heard = [first.events(), second.events()]
    assert heard[0] == heard[1] and len(heard[0]) == 4
    assert (len(each.sockets), each.connections) == (2, 4)
