"""`gcode --reply`: what the firmware answers, to whom, and what it does not."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from .limits import longer

Reply = Dict[str, Any]


def replies(server: Any, *line: str) -> List[Reply]:
    """The replies of a run in which every command was answered, by the firmware and to us alone."""
    found: List[Reply] = server.cli("gcode", "--reply", *line).data["replies"]
    assert all(reply["ok"] and reply["error"] is None for reply in found), found
    return found


def test_each_query_is_answered_with_parsed_values(server: Any) -> None:
    asked = ["M115", "M114", "M105", "M503", "M119"]
    found = replies(server, *asked)
    assert [reply["command"] for reply in found] == asked
    firmware, position, heaters, settings, endstops = (reply["parsed"] for reply in found)
    assert firmware["firmware_name"].startswith("Virtual Marlin") and firmware["capabilities"]["AUTOREPORT_TEMP"] is True, firmware
    assert set("xyze") <= set(position), position
    assert heaters["tool0"]["actual"] > 0 and "bed" in heaters, heaters
    assert endstops is None  # the virtual printer has none
    assert settings["settings"]["M92"][0]["X"] == 80, settings
    assert not any("T:" in line for reply in found for line in reply["lines"] if reply["command"] != "M105")


def test_replies_show_the_current_state(server: Any) -> None:
    replies(server, "G28", "G90", "G1 X12 Y7 Z3 F6000")
    (position,) = replies(server, "M114")
    assert (position["parsed"]["x"], position["parsed"]["y"], position["parsed"]["z"]) == (12, 7, 3), position
    (homed,) = replies(server, "G28")
    assert homed["lines"] == [] or homed["parsed"] is None


def test_simultaneous_clients_get_their_own_or_ambiguous_replies(server: Any) -> None:
    with server.listened(4):
        runs = [server.begin("gcode", "--reply", *line) for line in (["M115"], ["M114", "M503"], ["M105"], ["M114"])]
    signs = {"M115": "FIRMWARE_NAME", "M114": "X:", "M503": "M92", "M105": "T:"}
    for run in runs:
        for reply in run.answer().data["replies"]:
            own = signs[reply["command"]]
            found = {sign for sign in signs.values() if sign in "\n".join(reply["lines"])}
            assert found == {own} or reply["ambiguous"], reply


def test_queries_are_answered_and_other_commands_refused_during_print(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    (position,) = server.cli("gcode", "--reply", "M114").data["replies"]
    assert position["ok"] and position["parsed"]["z"] is not None, position
    for command in ("G28", "M117 hello", "M106 S100"):
        assert server.cli("gcode", "--reply", command, expect=3).code == "PRINTER_BUSY"
    assert server.state() == "Printing"


def test_reply_to_unknown_command_is_not_parsed(server: Any) -> None:
    (reply,) = server.cli("gcode", "--reply", "M9876").data["replies"]
    assert reply["ok"] is True or reply["error"], reply  # the virtual printer acknowledges whatever it gets
    assert reply["parsed"] is None


def test_suppressed_command_is_reported_at_once(server: Any) -> None:
    answer = server.cli("gcode", "--reply", "M0", "--reply-timeout", "5", expect=4)
    assert answer.code == "FIRMWARE_REFUSED" and "blocks" in answer.error["message"], answer
    (reply,) = answer.envelope["data"]["replies"]
    assert (reply["ok"], reply["lines"]) == (False, []) and "blocks" in reply["error"], reply


def test_silent_firmware_is_no_reply_with_earlier_replies(server: Any) -> None:
    times = math.ceil(longer())
    server.gcode(f"!!DEBUG:sleep_after_next M119 {3 * times}")
    answer = server.cli("gcode", "--reply", "M114", "M119", "--reply-timeout", 1.5 * times, expect=4)
    assert answer.code == "NO_REPLY", answer
    position, endstops = answer.envelope["data"]["replies"]
    assert position["ok"] is True and position["parsed"]["x"] is not None
    assert (endstops["ok"], endstops["parsed"]) == (False, None)
    assert "M119 was sent, but not acknowledged" in answer.error["message"]
    server.until(lambda: server.cli("gcode", "--reply", "M114", expect=None).exit_code, lambda code: code == 0)


def test_missing_terminal_permission_is_named(server: Any) -> None:
    key = server.key_without("MONITOR_TERMINAL")
    answer = server.cli("gcode", "--reply", "M114", "--reply-timeout", "2", "--api-key", key, expect=4)
    assert answer.code in ("NO_REPLY", "PERMISSION_DENIED", "PUSH_UNAVAILABLE"), answer
    assert "MONITOR_TERMINAL" in answer.error["message"] + answer.error["hint"], answer


@pytest.fixture
def early(server: Any) -> Iterator[Any]:
    """A firmware that acknowledges first and answers then, as Repetier does."""
    server.post("/api/settings", {"plugins": {"virtual_printer": {"okBeforeCommandOutput": True}}})
    server.reconnect()
    yield server
    server.post("/api/settings", {"plugins": {"virtual_printer": {"okBeforeCommandOutput": False}}})
    server.reconnect()


def test_reply_after_acknowledgement_is_assigned_to_its_command(early: Any) -> None:
    (firmware,) = replies(early, "M115")
    assert len(firmware["lines"]) > 3 and firmware["parsed"]["capabilities"]["AUTOREPORT_TEMP"] is True, firmware
    firmware, settings, position = early.cli("gcode", "--reply", "M115", "M503", "M114").data["replies"]
    assert firmware["ambiguous"] or firmware["parsed"]["capabilities"]["AUTOREPORT_TEMP"] is True, firmware
    assert settings["ambiguous"] or settings["parsed"]["settings"]["M92"][0]["X"] == 80, settings
    assert not any("Cap:" in line for line in settings["lines"]) or settings["ambiguous"], settings
    assert position["ambiguous"] or position["parsed"]["x"] is not None, position
