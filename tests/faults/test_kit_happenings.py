"""What the kit's server tells as it happens, to the raw `websocket` client: events as the real servers order them, the terminal.

The orders and the keys were recorded on 1.11.8 and 2.0.0rc7, with the virtual printer.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Set

import pytest

from octoprint_cli.testing import FaultServer
from octoprint_cli.testing.octoprint.firmware import numbered

from .kit import NAME, post
from .listener import listening

STATE = "PrinterStateChanged"
STARTED = ["FileSelected", f"{STATE} STARTING", "PrintStarted", f"{STATE} PRINTING"]
GONE = {"1.11.8": f"{STATE} OFFLINE", "2.0.0rc7": f"{STATE} CLOSED"}
BROKEN = {"1.11.8": f"{STATE} OFFLINE", "2.0.0rc7": f"{STATE} CLOSED_WITH_ERROR"}
CONNECTED = {
    "1.11.8": ["Connecting", f"{STATE} OPEN_SERIAL", f"{STATE} CONNECTING", f"{STATE} OPERATIONAL", "Connected"],
    "2.0.0rc7": ["Connecting", f"{STATE} CONNECTING", f"{STATE} OPERATIONAL", "Connected"],
}
CANCELLED = ["PrintCancelling", f"{STATE} CANCELLING", "PrintCancelled", "PrintFailed", f"{STATE} OPERATIONAL"]

FILE = {"name", "path", "origin", "size"}
WHERE = {"position", "fileposition", "progress"}
#: What 1.11.8 says with each event; 2.0.0rc7 names the connector besides, and people less often.
KEYS: Dict[str, Set[str]] = {
    "FileSelected": FILE | {"owner", "user"},
    "PrintStarted": FILE | {"owner", "user"},
    "PrintPaused": FILE | WHERE | {"owner", "user"},
    "PrintResumed": FILE | {"owner", "user"},
    "PrintDone": FILE | {"owner", "time"},
    "PrintCancelling": FILE | {"owner", "user"},
    "PrintCancelled": FILE | WHERE | {"owner", "user", "time"},
    "PrintFailed": FILE | WHERE | {"owner", "user", "time", "reason"},
    "PrinterStateChanged": {"state_id", "state_string"},
    "Connected": {"port", "baudrate"},
}
KEYS_OF_2: Dict[str, Set[str]] = {
    **KEYS,
    "FileSelected": FILE | {"owner"},
    "PrintStarted": FILE,
    "PrintPaused": FILE | WHERE | {"user"},
    "PrintResumed": FILE | {"user"},
    "PrintDone": FILE | {"time"},
    "PrintCancelling": FILE | {"user"},
    "PrintCancelled": FILE | WHERE | {"user", "time"},
    "PrintFailed": FILE | WHERE | {"user", "time", "reason"},
}

Act = Callable[[FaultServer], Any]


def start(server: FaultServer) -> None:
    post(server, f"/api/files/local/{NAME}", command="select", print=True)


def job(**body: str) -> Act:
    return lambda server: post(server, "/api/job", **body)


def link(verb: str) -> Act:
    return lambda server: post(server, "/api/connection", command=verb)


#: What is done to a server that prints, and what it tells.
ACTS: Dict[str, Any] = {
    "pause": (job(command="pause", action="pause"), lambda v: [f"{STATE} PAUSING", "PrintPaused", f"{STATE} PAUSED"]),
    "cancel": (job(command="cancel"), lambda v: CANCELLED),
    "another client cancels": (lambda server: server.octoprint.cancel(), lambda v: CANCELLED),
    "finish": (
        lambda server: server.octoprint.finish(),
        lambda v: [f"{STATE} FINISHING", "PrintDone", f"{STATE} OPERATIONAL"],
    ),
    "disconnect": (link("disconnect"), lambda v: ["Disconnecting", "FileDeselected", "Disconnected", GONE[v], "PrintFailed"]),
    "error": (
        lambda server: server.octoprint.fail("Thermal Runaway"),
        lambda v: [f"{STATE} ERROR", "Error", "EStop", "FileDeselected", "Disconnected", BROKEN[v], "PrintFailed"],
    ),
    "cable": (
        lambda server: server.octoprint.lose_printer(),
        lambda v: ["FileDeselected", "Disconnected", BROKEN[v], "PrintFailed"],
    ),
    "emergency stop": (
        lambda server: post(server, "/api/printer/command", command="M112"),
        lambda v: ["FileDeselected", "Disconnected", BROKEN[v], "EStop", "PrintFailed"],
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_events_of_job_commands(act: str, each: FaultServer) -> None:
    act_on, expected = ACTS[act]
    with listening(each) as listener:
        start(each)
        assert listener.events() == STARTED
        act_on(each)
        assert listener.events() == expected(each.octoprint.version)


def test_events_of_pause_and_resume(each: FaultServer) -> None:
    each.octoprint.printing()
    each.octoprint.pause()
    with listening(each) as listener:
        post(each, "/api/job", command="pause", action="resume")
        assert listener.events() == [f"{STATE} RESUMING", "PrintResumed", f"{STATE} PRINTING"]
        each.octoprint.pause()
        each.octoprint.resume()
        assert listener.events()[-1] == f"{STATE} PRINTING"


def test_events_of_connection_changes(each: FaultServer) -> None:
    each.octoprint.state = "Offline"
    with listening(each) as listener:
        post(each, "/api/connection", command="connect")
        assert listener.events() == CONNECTED[each.octoprint.version]
        each.octoprint.lose_printer()
        assert listener.events() == ["Disconnected", BROKEN[each.octoprint.version]]


def test_stubborn_server_pushes_nothing(each: FaultServer) -> None:
    each.octoprint.printing()
    each.octoprint.ignored_verbs |= {"cancel", "command"}
    with listening(each, {"state": True, "events": True}) as listener:
        post(each, "/api/job", command="cancel")
        post(each, "/api/printer/command", command="M115")
        assert [message for message in listener.pending() if "history" not in message] == []


def test_event_payloads_have_the_keys_of_the_version(each: FaultServer) -> None:
    payloads: Dict[str, Any] = {}
    with listening(each) as listener:
        start(each)
        each.octoprint.pause()
        each.octoprint.resume()
        each.octoprint.cancel()
        post(each, "/api/connection", command="disconnect")
        post(each, "/api/connection", command="connect")
        each.octoprint.printing(NAME)
        each.octoprint.finish()
        payloads = {message["event"]["type"]: message["event"]["payload"] for message in listener.pending()}
    expected = KEYS_OF_2 if each.octoprint.is_2 else KEYS
    assert {kind: set(payloads[kind]) - {"connector"} for kind in expected} == expected
    assert {kind for kind in expected if "connector" in payloads[kind]} == (set(expected) if each.octoprint.is_2 else set())
    assert (payloads["PrintFailed"]["reason"], payloads["PrintDone"]["path"]) == ("cancelled", NAME)


def test_failed_job_event_reasons_differ_by_version(each: FaultServer) -> None:
    with listening(each, {"events": ["Error", "PrintFailed"]}) as listener:
        each.octoprint.printing(NAME)
        each.octoprint.fail("Thermal Runaway")
        error, failed = (message["event"]["payload"] for message in listener.pending())
    assert set(error) - {"faq"} == {"error", "reason", "consequence", "logs"}
    assert (error["error"], error["reason"], error["consequence"]) == ("Thermal Runaway", "firmware", "emergency")
    assert ("faq" in error) is each.octoprint.is_2
    assert (failed["reason"], failed["progress"]) == ("error", 0.125)
    assert failed["error"] == ("unknown" if each.octoprint.is_2 else "Thermal Runaway")


# -- the terminal -----------------------------------------------------------------------------------


def spoken(server: FaultServer, *commands: str) -> List[str]:
    """What the terminal shows of these commands, its prefixes in the words of 1.11.8."""
    server.octoprint.interval = 0.0
    with listening(server, {"state": {"logs": True, "messages": False}}) as listener:
        post(server, "/api/printer/command", commands=list(commands))
        lines = [line for message in listener.pending() if "current" in message for line in message["current"]["logs"]]
    sent, received = (">>> ", "<<< ") if server.octoprint.is_2 else ("Send: ", "Recv: ")
    assert all(line.startswith((sent, received)) for line in lines)
    return [line.replace(sent, "Send: ", 1).replace(received, "Recv: ", 1) for line in lines]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("M115", "Recv: FIRMWARE_NAME:Marlin"),
        ("M114", "Recv: X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0"),
        ("M105", "Recv: ok T:21.30 /0.00 B:21.10 /0.00"),
        ("M119", "Recv: Reporting endstop status"),
        ("M503", "Recv: echo:; Linear Units:"),
        ("M220 S100", "Recv: ok"),
    ],
)
def test_command_and_its_reply_appear_in_terminal(command: str, reply: str, each: FaultServer) -> None:
    lines = spoken(each, command)
    assert lines[0] == f"Send: {command}"
    assert lines[1].startswith(reply)
    assert [line.startswith("Recv: ok") for line in lines[1:]] == [False] * (len(lines) - 2) + [True]


def test_custom_firmware_replies_can_be_set(each: FaultServer) -> None:
    each.octoprint.replies = {"M115": ["echo:busy: processing", "ok"], "M115 S1": ["Error:no", "ok"], "G4": []}
    lines = spoken(each, "M115 S0", "M115 S1", "G4 P10", "G28")
    assert lines[:3] == ["Send: M115 S0", "Recv: echo:busy: processing", "Recv: ok"]
    assert lines[3:] == ["Send: M115 S1", "Recv: Error:no", "Recv: ok", "Send: G4 P10", "Send: G28", "Recv: ok"]


def test_temperature_report_lists_several_tools(each: FaultServer) -> None:
    each.octoprint.heaters = {"tool0": [200.0, 210.0], "tool1": [20.0, 0.0], "chamber": [30.0, 0]}
    assert spoken(each, "M105")[1] == "Recv: ok T:200.00 /210.00 C:30.00 /0.00 T0:200.00 /210.00 T1:20.00 /0.00 @:0 B@:0"


def test_lines_are_numbered_during_a_print(each: FaultServer) -> None:
    each.octoprint.printing()
    assert spoken(each, "M114", "M105")[0] == "Send: N1 M114*38"
    assert (numbered(17, "M114"), numbered(23, "M108")) == ("N17 M114*17", "N23 M108*27")  # as recorded


def test_setting_a_target_appears_as_gcode_in_terminal(each: FaultServer) -> None:
    with listening(each, {"state": True}) as listener:
        with each.octoprint.lock:
            each.octoprint.set_target("bed", {"command": "target", "target": 60})
        current = listener.last("current")
    assert [line[4:].lstrip(": ") for line in current["logs"]] == ["M140 S60", "ok"]
    assert current["temps"][-1]["bed"]["target"] == 60
