"""Commands and their answers, told apart in the server's terminal, which is everybody's."""

from __future__ import annotations

from collections import deque

import pytest

from octoprint_cli import errors
from octoprint_cli.client import gcode_replies as module
from octoprint_cli.client.gcode_replies import send_and_read_replies
from octoprint_cli.client.push import history
from octoprint_cli.client.push.socket import Message, SocketLost
from octoprint_cli.client.reply_reader import ReplyReader

from .scripted_push import client

MARKS = pytest.mark.parametrize(("host", "firmware"), [("Send: ", "Recv: "), (">>> ", "<<< ")], ids=["1.x", "2.0"])


def read_replies(commands, *lines, host="Send: ", firmware="Recv: "):
    """The replies after these lines: `>` is what the host sent, `<` what the firmware said, anything else the server's."""
    reader = ReplyReader(commands if isinstance(commands, list) else [commands])
    for line in lines:
        reader.process_line({">": host, "<": firmware}.get(line[0], line[0]) + line[1:])
    reader.settle()
    return reader.replies


def one(command, *lines, **how):
    (reply,) = read_replies(command, *lines, **how)
    return reply.as_dict()


@MARKS
def test_reply_contains_lines_up_to_acknowledgement(host, firmware):
    found = one("M119", ">M119", "<Reporting endstop status", "<x_min: open", "<ok", host=host, firmware=firmware)
    assert found["lines"] == ["Reporting endstop status", "x_min: open"]
    assert (found["ok"], found["ambiguous"], found["error"], found["chatter"]) == (True, False, None, [])
    assert found["parsed"] is not None


@MARKS
def test_numbers_and_checksums_of_a_print_do_not_hide_the_command(host, firmware):
    found = one("M114", ">N1234 M114*35", "<X:1.00 Y:2.00 Z:3.00 E:0.00 Count X:0", "<ok", host=host, firmware=firmware)
    assert found["ok"] is True and found["parsed"]["x"] == 1.0


def test_reply_may_follow_ok_on_the_same_line():
    found = one("M105", ">M105", "<ok T:21.3 /0.0 B:21.1 /0.0 @:0 B@:0")
    assert found["lines"] == ["T:21.3 /0.0 B:21.1 /0.0 @:0 B@:0"] and found["ok"] is True


def test_lines_before_the_command_are_not_part_of_its_reply():
    assert one("M115", "<echo:from before", "<ok", ">M115", "<FIRMWARE_NAME:x", "<ok")["lines"] == ["FIRMWARE_NAME:x"]


def test_lines_after_the_ok_are_not_part_of_the_reply():
    assert one("M119", ">M119", "<x_min: open", "<ok", "<echo:later")["lines"] == ["x_min: open"]


def test_repetier_acknowledges_before_it_replies():
    found = one("M115", ">M115", "<ok 1", "<FIRMWARE_NAME:Repetier_1.0.4", "<wait", "<Cap:PROGRESS:1")
    assert found["lines"] == ["FIRMWARE_NAME:Repetier_1.0.4", "Cap:PROGRESS:1"] and found["ok"] is True


def test_reply_after_acknowledgement_is_not_taken_for_next_command():
    lines = (">M115", "<ok 1", ">M119", "<FIRMWARE_NAME:Repetier", "<Cap:PROGRESS:1", "<ok 2", "<x_min: open")
    first, second = read_replies(["M115", "M119"], *lines)
    assert (first.lines, second.lines) == (["FIRMWARE_NAME:Repetier", "Cap:PROGRESS:1"], ["x_min: open"])
    assert not first.ambiguous and not second.ambiguous


def test_reply_stays_with_its_command_if_next_command_has_none():
    """A Marlin that was built without M503 acknowledges it, too."""
    first, second = read_replies(["M115", "M503"], ">M115", "<FIRMWARE_NAME:x", "<ok", ">M503", "<ok")
    assert (first.lines, second.lines, first.ambiguous, second.ambiguous) == (["FIRMWARE_NAME:x"], [], False, False)


def test_reply_in_acknowledgement_does_not_shift_other_replies():
    first, second, third = read_replies(
        ["M105", "M115", "M503"], ">M105", "<ok T:21 /0", ">M115", "<ok", ">M503", "<FIRMWARE_NAME:x", "<ok", "<M92 X80"
    )
    assert [first.lines, second.lines, third.lines] == [["T:21 /0"], ["FIRMWARE_NAME:x"], ["M92 X80"]]


def test_reply_between_two_commands_is_ambiguous():
    first, second = read_replies(["M115", "M119"], ">M115", "<ok 1", ">M119", "<FIRMWARE_NAME:Repetier", "<ok 2")
    assert first.ambiguous and second.ambiguous and second.as_dict()["parsed"] is None


def test_command_sent_by_server_does_not_cut_off_reply():
    found = one("M115", ">M115", "<ok", "<FIRMWARE_NAME:x", ">M155 S2", "<Cap:PROGRESS:1", "<ok", "<echo:of the other")
    assert found["lines"] == ["FIRMWARE_NAME:x", "Cap:PROGRESS:1"] and not found["ambiguous"]


@pytest.mark.parametrize("ok", ["ok", "ok 12", "ok N12 P15 B3", "ok P15 B3", "ok N12"])
def test_acknowledgement_details_are_not_part_of_reply(ok):
    assert one("M119", ">M119", "<x_min: open", f"<{ok}")["lines"] == ["x_min: open"]
    assert one("G28", ">G28", f"<{ok}")["lines"] == []


def test_each_of_several_commands_gets_its_own_reply():
    first, second = read_replies(["M115", "M119"], ">M115", "<FIRMWARE_NAME:x", "<ok", ">M119", "<x_min: open", "<ok")
    assert (first.lines, second.lines) == (["FIRMWARE_NAME:x"], ["x_min: open"]) and not first.ambiguous and not second.ambiguous


@pytest.mark.parametrize("chatter", ["T:21.3 /0.0 B:21.1 /0.0", "wait", "echo:busy: processing", "//action:notification hello"])
def test_unsolicited_lines_are_kept_apart_as_chatter(chatter):
    found = one("M119", ">M119", f"<{chatter}", "<x_min: open", "<ok")
    assert (found["lines"], found["chatter"]) == (["x_min: open"], [chatter])


def test_temperatures_are_the_reply_to_m105():
    assert one("M105", ">M105", "<T:21.3 /0.0", "<ok")["lines"] == ["T:21.3 /0.0"]


def test_server_log_lines_are_neither_reply_nor_chatter():
    found = one("M119", ">M119", 'Changing monitoring state from "Operational" to "Printing"', "<x_min: open", "<ok")
    assert (found["lines"], found["chatter"]) == (["x_min: open"], [])


# -- others ---------------------------------------------------------------------------------------


def test_other_command_before_the_reply_makes_it_ambiguous():
    found = one("M119", ">M119", ">M105", "<x_min: open", "<ok", "<ok T:21.3 /0.0")
    assert found["ambiguous"] is True and found["ok"] is True


def test_unacknowledged_earlier_command_makes_reply_ambiguous():
    found = one("M119", ">M105", ">M119", "<ok T:21.3 /0.0", "<x_min: open", "<ok")
    assert found["ambiguous"] is True


def test_acknowledged_other_command_does_not_make_reply_ambiguous():
    found = one("M119", ">M105", "<ok T:21.3 /0.0", ">M119", "<x_min: open", "<ok", ">M105", "<ok T:21.3 /0.0")
    assert found["ambiguous"] is False and found["lines"] == ["x_min: open"]


@pytest.mark.parametrize("between", [(), ("<x_min: open", "<ok")])
def test_same_command_from_another_client_makes_reply_ambiguous(between):
    found = one("M119", ">M119", *between, ">M119", "<x_min: open", "<ok")
    assert found["ambiguous"] is True


def test_own_command_sent_twice_is_not_ambiguous():
    first, second = read_replies(["M114", "M114"], ">M114", "<X:1 Y:1 Z:1", "<ok", ">M114", "<X:2 Y:2 Z:2", "<ok")
    assert (first.ambiguous, second.ambiguous) == (False, False)
    assert (first.lines, second.lines) == (["X:1 Y:1 Z:1"], ["X:2 Y:2 Z:2"])


def test_third_identical_command_makes_replies_ambiguous():
    replies = read_replies(["M114", "M114"], ">M114", "<ok", ">M114", "<ok", ">M114", "<ok")
    assert all(reply.ambiguous for reply in replies)


# -- trouble --------------------------------------------------------------------------------------


def test_resent_line_is_acknowledged_once():
    lines = ["Error:checksum mismatch, Last Line: 11", "Resend: 12", "ok"]
    found = one("M119", ">N12 M119*35", *(f"<{line}" for line in lines), ">N12 M119*35", "<x_min: open", "<ok")
    assert found["ok"] is True and "x_min: open" in found["lines"]


def test_firmware_error_is_not_ok():
    found = one("M999", ">M999", "<Error:unknown", "<ok")
    assert (found["ok"], found["error"]) == (False, "Error:unknown")


def test_firmware_reset_ends_reply_with_error():
    found = one("M119", ">M119", "<start")
    assert (found["ok"], found["error"]) == (False, "the firmware has reset itself")


def test_suppressed_command_is_reported_and_next_one_continues():
    reader = ReplyReader(["M600", "M119"])
    reader.suppressed("M600")
    for line in ("Send: M119", "Recv: x_min: open", "Recv: ok"):
        reader.process_line(line)
    first, second = reader.replies
    assert reader.complete and "blocks" in (first.error or "") and second.lines == ["x_min: open"] and not second.ambiguous


def test_printer_passwords_in_replies_are_masked():
    assert "secret" not in str(one("M503", ">M503", '<M551 P"secret"', "<ok"))


# -- over a socket --------------------------------------------------------------------------------


class Terminal:
    """A push socket: the history, and after the commands were sent what the firmware says, a batch each at its time."""

    def __init__(self, clock, *batches):
        self.clock, self.batches, self.closed, self.ready = clock, deque(batches), False, False

    def receive(self, until):
        if not self.ready:
            self.ready = True
            return Message("history", {"logs": ["Send: M119", "Recv: old", "Recv: ok"]})
        if not self.batches or self.clock.now + self.batches[0][0] > until:
            self.clock.now = max(self.clock.now, until)
            return None
        wait, what = self.batches.popleft()
        self.clock.now += wait
        if isinstance(what, SocketLost):
            raise what
        return what if isinstance(what, Message) else Message("current", {"logs": what})

    def close(self):
        self.closed = True


@pytest.fixture
def terminal(monkeypatch, clock, server):
    """Sets the scene: what comes after the commands."""
    monkeypatch.setattr(module, "time", clock)
    server.accept_post("/api/printer/command", "Operational")

    def set_batches(*batches):
        found = Terminal(clock, *batches)
        monkeypatch.setattr(history, "Socket", lambda http, subscription: found)
        return found

    return set_batches


def test_converse_listens_before_sending_and_ignores_old_lines(server, terminal):
    line = terminal((0.1, ["Send: M119", "Recv: x_min: open", "Recv: ok"]))
    (reply,) = send_and_read_replies(client(), ["M119"], 30)
    assert reply["lines"] == ["x_min: open"] and reply["ambiguous"] is False
    assert server.sent == [("/api/printer/command", {"commands": ["M119"]})] and line.closed


def test_converse_listens_briefly_after_reply_for_other_clients(terminal):
    terminal((0.1, ["Send: M119", "Recv: x_min: open", "Recv: ok"]), (0.5, ["Send: M119", "Recv: x_min: TRIGGERED", "Recv: ok"]))
    assert send_and_read_replies(client(), ["M119"], 30)[0]["ambiguous"] is True


def test_busy_firmware_is_waited_for(terminal, clock):
    busy = [(20.0, ["Recv: echo:busy: processing"])] * 10
    terminal((0.1, ["Send: G28"]), *busy, (20.0, ["Recv: ok"]))
    assert send_and_read_replies(client(), ["G28"], 30)[0]["ok"] is True


def test_chatter_does_not_extend_the_timeout(terminal, clock):
    """A firmware that reports its temperatures by itself would never be given up."""
    terminal((0.1, ["Send: M119"]), *[(2.0, ["Recv: T:21.3 /0.0 B:21.1 /0.0"])] * 100)
    begun = clock.now
    with pytest.raises(errors.NoReply, match=r"sent, but not acknowledged: nothing arrived for 30 s"):
        send_and_read_replies(client(), ["M119"], 30)
    assert clock.now - begun < 35


def test_no_reply_error_contains_replies_received_so_far(terminal):
    terminal((0.1, ["Send: M119", "Recv: x_min: open", "Recv: ok", "Send: M114"]))
    with pytest.raises(errors.NoReply) as raised:
        send_and_read_replies(client(), ["M119", "M114"], 5)
    assert [reply["ok"] for reply in raised.value.data["replies"]] == [True, False] and raised.value.retryable is False


def test_unsent_command_is_reported_as_queued(terminal):
    terminal()
    with pytest.raises(errors.NoReply, match="queued, but not seen being sent"):
        send_and_read_replies(client(), ["M119"], 5)


def test_lost_socket_after_sending_is_no_reply(server, terminal):
    line = terminal((0.1, SocketLost("the connection broke")))
    with pytest.raises(errors.NoReply, match="the connection broke"):
        send_and_read_replies(client(), ["M119"], 5)
    assert len(server.sent) == 1 and line.closed


def test_suppressed_command_ends_converse(terminal):
    terminal((0.1, Message("event", {"type": "CommandSuppressed", "payload": {"command": "M600"}})))
    (reply,) = send_and_read_replies(client(), ["M600"], 30)
    assert reply["ok"] is False and "blocks" in reply["error"]


def test_converse_without_socket_sends_nothing(server):
    with pytest.raises(errors.PushUnavailable, match="nothing was sent"):
        send_and_read_replies(client(), ["M119"], 5)
    assert server.sent == []


def test_converse_without_socket_history_sends_nothing(server, terminal, monkeypatch):
    """A key that may see nothing gets no history: what it sent could not be heard."""
    line = terminal()
    line.ready = True
    with pytest.raises(errors.PushUnavailable):
        send_and_read_replies(client(), ["M119"], 5)
    assert server.sent == [] and line.closed


# -- as a command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["M105", "M114", "M115", "M119", "M503"])
def test_query_commands_are_allowed_during_print(server, terminal, command):
    terminal((0.1, [f"Send: N5 {command}*1", "Recv: ok"]))
    server.job(server.reading("Printing", "cube.gcode"))
    assert server.run_ok("gcode", command, "--reply")["replies"][0]["ok"] is True


def test_other_commands_with_reply_are_refused_during_print(server, terminal):
    terminal()
    server.job(server.reading("Printing", "cube.gcode"))
    server.run_error(3, "PRINTER_BUSY", "gcode", "M117 hello", "--reply")
    assert server.sent == []


def test_emergency_stop_does_not_wait_for_reply(server, terminal):
    terminal()
    assert "replies" not in server.run_ok("gcode", "M112", "--reply")
    assert len(server.sent) == 1


def test_gcode_reply_as_plain_text_escapes_control_characters(server, terminal):
    terminal((0.1, ["Send: M119", "Recv: x_min: open\x1b[31m", "Recv: ok"]))
    assert server.run("gcode", "M119", "--reply").stdout == "> M119\n  x_min: open\\x1b[31m\n  ok\n"


def test_refusal_is_the_error_of_its_command():
    first, second = read_replies(
        ["G28", "M114"], ">G28", "<!! Must home axis first", "<ok", ">M114", "<X:0.00 Y:0.00 Z:0.00 E:0.00", "<ok"
    )
    assert (first.as_dict()["ok"], first.error) == (False, "!! Must home axis first")
    assert second.as_dict()["ok"]


def test_refusal_after_the_acknowledgement_counts_too():
    assert one("M9999", ">M9999", "<ok 1", "<Unknown command:M9999", "<wait")["error"] == "Unknown command:M9999"


def test_echo_of_a_message_is_no_refusal():
    assert one("M118 Error: none", ">M118 Error: none", "<Error: none", "<ok")["ok"] is True
