"""`resume` with heaters that have cooled down since the pause: refused, with what was hot, from whatever the server still knows."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.history import Recent
from octoprint_cli.client.push.socket import SocketLost
from octoprint_cli.errors import CODES


@pytest.fixture
def terminal(monkeypatch):
    """The lines that the push socket's history has; by default it is refused."""

    def set_lines(*lines):
        def recent(http):
            if not lines:
                raise SocketLost("refused")
            return Recent(list(lines))

        monkeypatch.setattr("octoprint_cli.client.push.history.recent", recent)

    set_lines()
    return set_lines


@pytest.fixture
def paused(each_server, terminal):
    """A server whose job is paused, with its hotend and bed switched off."""
    octoprint = each_server.octoprint
    octoprint.printing("c.gcode")
    octoprint.pause()
    octoprint.heaters.update(tool0=[200.0, 0.0], bed=[60.0, 0.0])
    each_server.job(each_server.reading("Paused", "c.gcode", completion=50.0))
    each_server.accept_post("/api/job", each_server.reading("Printing", "c.gcode", completion=50.0))
    return each_server


def pause_log(server, *reports):
    """The terminal of a pause after these reports of the printer; the reports of the pause itself are cold."""
    mark = "<<< " if server.is_2 else "Recv: "
    change = 'Changing monitoring state from "Printing" to "Pausing"'
    return [*(mark + report for report in reports), change, mark + "T:190.0 /0.0 B:55.0 /0.0"]


def refusal(server):
    error = server.run_error(4, "CONFIRMATION_REQUIRED", "resume").envelope["error"]
    assert server.sent == [] and error["retryable"] is False
    return error


def test_targets_before_the_pause_are_read_from_the_terminal(paused, terminal):
    terminal(*pause_log(paused, "T:210.0 /210.0 B:60.0 /60.0 @:0", "ok"))
    error = refusal(paused)
    assert error["details"] == {"cold": {"tool0": 210.0, "bed": 60.0}, "source": "the terminal"}
    assert "tool0 210 °C, bed 60 °C" in error["message"] and "octoprint-cli temp --tool 210 --bed 60 --wait" in error["hint"]


def test_heater_that_was_off_at_the_pause_does_not_matter(paused, terminal):
    terminal(*pause_log(paused, "T:20.0 /0.0 B:21.0 /0.0"))
    assert paused.run_ok("resume")["changed"] is True


@pytest.mark.parametrize(
    ("sent", "cold"),
    [
        (["M104 S0", "M140 S0"], {}),
        (["N7 M104 S0*20", "M140 S0"], {}),
        (["M104 T0 S0"], {"bed": 60.0}),
        (["M104 S0", "M109 S205"], {"tool0": 205.0, "bed": 60.0}),
        (["M104 S0 S5"], {"tool0": 210.0, "bed": 60.0}),
    ],
)
def test_targets_sent_between_the_last_report_and_the_pause_count(paused, terminal, sent, cold):
    lines = pause_log(paused, "T:210.0 /210.0 B:60.0 /60.0")
    mark = ">>> " if paused.is_2 else "Send: "
    terminal(lines[0], *(mark + line for line in sent), *lines[1:])
    if cold:
        assert refusal(paused)["details"]["cold"] == cold
    else:
        assert paused.run_ok("resume")["changed"] is True


def test_temperature_history_is_asked_where_the_terminal_does_not_reach(paused):
    cold = {"tool0": [200.0, 0.0], "bed": [60.0, 0.0]}
    paused.octoprint.history = [(1, {"tool0": [210.0, 215.0], "bed": [60.0, 0.0]}), (2, cold)]
    assert refusal(paused)["details"] == {"cold": {"tool0": 215.0}, "source": "the temperature history"}


def test_file_is_read_where_nothing_else_is_known(paused):
    assert refusal(paused)["details"] == {"cold": {"tool0": 200.0}, "source": "the file"}


def test_resume_without_any_knowledge_wants_consent(paused):
    paused.octoprint.storage.files["local"].clear()
    assert "not known" in refusal(paused)["message"]


def test_target_that_is_not_reached_yet_counts_as_cold(paused):
    paused.octoprint.heaters.update(tool0=[40.0, 200.0], bed=[60.0, 60.0])
    assert refusal(paused)["details"]["cold"] == {"tool0": 200.0}


@pytest.mark.parametrize("target", [200.0, 190.0, 240.0])
def test_hot_heaters_are_resumed_without_consent(paused, target):
    """A user may have changed a target on purpose."""
    paused.octoprint.heaters.update(tool0=[target, target], bed=[60.0, 60.0])
    assert paused.run_ok("resume")["changed"] is True


def test_consent_overrides_the_refusal(paused):
    assert paused.run_ok("resume", "--confirm")["changed"] is True
    assert "CONFIRMATION_REQUIRED" in CODES
