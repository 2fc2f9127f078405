"""gcode --reply where something fails: nothing is sent that cannot be heard, nothing twice, and no answer is made up."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

import pytest
from contract.program import Program

from octoprint_cli.testing import FakeOctoPrint, FaultServer, Reply
from octoprint_cli.testing.server import faults

from .conftest import SHORT
from .crossing import in_turn
from .listener import PATH
from .ring import error_of, verdict
from .slow import out_of_time
from .test_push_faults import CLOSED

pytestmark = pytest.mark.usefixtures("quick")
COMMAND = "/api/printer/command"


@pytest.fixture(params=("1.11.8", "2.0.0rc7"))
def server(request: Any) -> Iterator[FaultServer]:
    with FaultServer(FakeOctoPrint(request.param)) as running:
        running.octoprint.interval = 0.0
        yield running


def ask(program: Program, *commands: str, seconds: str = "60") -> Any:
    return program.run("gcode", *commands, "--reply", "--reply-timeout", seconds, "--json")


def sent(server: FaultServer) -> List[str]:
    """The requests for commands that arrived; a login is none."""
    return [str(request) for request in server.changes() if request.path == COMMAND]


def interleaved(server: FaultServer, *lines: str) -> None:
    """What the terminal shows of the next commands, whatever they are."""

    def fault(exchange: Any) -> None:
        exchange.reply(Reply(204, acted=True))
        exchange.server.octoprint.say(*lines)

    server.fail("POST", COMMAND, fault)


def said(server: FaultServer, *lines: str) -> List[str]:
    """`>` is what goes out, all else what comes back, in the server's dialect."""
    out, back = (">>> ", "<<< ") if server.octoprint.is_2 else ("Send: ", "Recv: ")
    return [out + line[1:] if line.startswith(">") else back + line for line in lines]


UNHEARD: Dict[str, Any] = {
    **CLOSED,
    "silent": faults.push_silent,
    "drops_at_once": faults.push_drop(0),
    "breach": faults.push_breach,
}
UNHEARD.update(garbage=faults.push_garbage, drip=faults.push_drip, flood=faults.push_flood(5_000_000))


@in_turn("fault", UNHEARD)
@pytest.mark.usefixtures("broken_socket")
def test_gcode_is_not_sent_without_working_socket(fault: str, program: Program, server: FaultServer) -> None:
    server.fail("GET", PATH, UNHEARD[fault])
    assert "nothing was sent" in error_of(ask(program, "M115"), "PUSH_UNAVAILABLE")["message"]
    assert sent(server) == [] and server.octoprint.commands == []


@in_turn(
    "fault", [faults.retry_after(429, 60), faults.html(200), faults.answer(200, {"name": "bob", "session": "0" * 32}), faults.nulls]
)
@pytest.mark.usefixtures("broken_socket")
def test_gcode_is_not_sent_without_socket_login(fault: Any, program: Program, server: FaultServer) -> None:
    server.fail("POST", "/api/login", fault)
    error_of(ask(program, "M115"), "PUSH_UNAVAILABLE")
    assert sent(server) == []


@pytest.mark.usefixtures("broken_socket")
def test_gcode_is_not_sent_without_terminal_permission(program: Program, server: FaultServer) -> None:
    server.octoprint.permissions = {"CONTROL"}
    assert verdict(ask(program, "M115")) in ("PUSH_UNAVAILABLE", "PERMISSION_DENIED")
    assert sent(server) == []


def test_socket_lost_after_sending_is_no_reply(program: Program, server: FaultServer) -> None:
    def fault(exchange: Any) -> None:
        for push_socket in exchange.server.sockets:
            push_socket._faults = push_socket._faults._replace(closes_after=0)
        exchange.server.octoprint.replies["M115"] = []
        exchange.reply(exchange.perform())

    server.fail("POST", COMMAND, fault)
    result = ask(program, "M115")
    error_of(result, "NO_REPLY")
    assert len(sent(server)) == 1 and server.octoprint.commands == ["M115"]
    assert result.data["replies"][0]["ok"] is False and result.data["commands"] == ["M115"]


def test_socket_silent_after_sending_is_no_reply(program: Program, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(exchange: Any) -> None:
        for push_socket in exchange.server.sockets:
            push_socket._faults = push_socket._faults._replace(mute_after=0)
        monkeypatch.setattr("octoprint_cli.client.push.socket.SILENCE_SECONDS", SHORT)
        exchange.reply(exchange.perform())

    server.fail("POST", COMMAND, fault)
    error_of(ask(program, "M115"), "NO_REPLY")
    assert len(sent(server)) == 1


def test_unacknowledged_command_is_no_reply(program: Program, server: FaultServer) -> None:
    server.octoprint.replies["M114"] = ["X:0.00 Y:0.00 Z:0.00 E:0.00 Count X:0 Y:0 Z:0"]
    result = ask(program, "M115", "M114", seconds="3")
    assert "M114 was sent, but not acknowledged" in error_of(result, "NO_REPLY")["message"]
    first, second = result.data["replies"]
    assert first["ok"] and not second["ok"] and second["lines"]
    assert len(sent(server)) == 1 and server.octoprint.commands == ["M115", "M114"]


def test_accepted_but_unsent_command_is_no_reply(program: Program, server: FaultServer) -> None:
    server.octoprint.ignored_verbs.add("command")
    assert "queued, but not seen being sent" in error_of(ask(program, "M115", seconds="0.3"), "NO_REPLY")["message"]
    assert len(sent(server)) == 1


# -- other clients ----------------------------------------------------------------------------------


def test_reply_excludes_lines_of_other_clients_commands(program: Program, server: FaultServer) -> None:
    lines = [">M503", "echo:theirs", "ok", ">M114", "X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0", "ok", ">M119", "theirs", "ok"]
    interleaved(server, *said(server, *lines))
    result = ask(program, "M114")
    assert verdict(result) == ""
    (reply,) = result.data["replies"]
    assert reply["ok"] and not reply["ambiguous"] and reply["lines"] == ["X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0"]


@pytest.mark.parametrize(
    "lines",
    [
        [">M114", ">M119", "X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0", "ok", "x_min: open", "ok"],
        [">M119", ">M114", "x_min: open", "ok", "X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0", "ok"],
        [">M114", "X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0 Y:0 Z:0", "ok", ">M114", "X:9.00 Y:9.00 Z:9.00 E:0.00", "ok"],
    ],
    ids=["theirs_between", "theirs_open", "the_same"],
)
def test_interleaved_replies_are_ambiguous(lines: List[str], program: Program, server: FaultServer) -> None:
    interleaved(server, *said(server, *lines))
    result = ask(program, "M114")
    assert [reply["ambiguous"] for reply in result.data["replies"]] == [True], result.stdout


# -- the act's answer is lost -----------------------------------------------------------------------


@in_turn("fault", [faults.cut_after, faults.reset_after, faults.gateway_after(502), out_of_time(faults.hang_after)])
def test_lost_answer_to_gcode_is_not_resent(fault: Any, program: Program, server: FaultServer) -> None:
    """It was carried out, and no answer says so: an unknown outcome, or what the terminal shows."""
    program.configure("timeout: 60\nretries: 3\n")
    server.fail("POST", COMMAND, fault)
    result = ask(program, "M115", seconds="3")
    assert verdict(result) in ("", "OUTCOME_UNKNOWN"), result
    assert len(sent(server)) == 1 and server.octoprint.commands == ["M115"]


@in_turn("fault", [faults.cut_before, faults.html(502), out_of_time(faults.hang)])
def test_gcode_that_never_arrived_gets_no_reply(fault: Any, program: Program, server: FaultServer) -> None:
    program.configure("timeout: 60\nretries: 3\n")
    server.fail("POST", COMMAND, fault)
    assert verdict(ask(program, "M115", seconds="0.3")) in ("OUTCOME_UNKNOWN", "NO_REPLY")
    assert len(sent(server)) == 1 and server.octoprint.commands == []


@in_turn(
    "refusal",
    [
        ("G28", "!! Must home axis first"),
        ("M9999", 'echo:Unknown command: "M9999"'),
        ("FOO", '// Unknown command:"FOO"'),
        ("T3", "echo:T3 Invalid extruder"),
        ("G1 Z900", "?Z out of range"),
        ("G1 E5", "echo:cold extrusion prevented"),
    ],
)
def test_refusal_of_the_firmware_fails_the_command_with_its_words(
    refusal: Tuple[str, str], program: Program, server: FaultServer
) -> None:
    command, words = refusal
    server.octoprint.replies[command] = [words, "ok"]
    result = ask(program, "M114", command, "M115")
    error = error_of(result, "FIRMWARE_REFUSED")
    assert result.exit_code == 4 and words in error["message"] and error["details"]["command"] == command
    assert [reply["ok"] for reply in result.data["replies"]] == [True, False, True]
    assert result.data["commands"] == ["M114", command, "M115"]


def test_refusal_in_the_line_of_the_ok_counts(program: Program, server: FaultServer) -> None:
    server.octoprint.replies["M9999"] = ["ok Unknown command: M9999"]
    error_of(ask(program, "M9999"), "FIRMWARE_REFUSED")
