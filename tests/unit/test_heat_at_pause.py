"""`resume` with heaters that have cooled down since the pause: refused, with what was hot, from whatever the server still knows."""

from __future__ import annotations

import pytest

from octoprint_cli.client.push.history import Recent
from octoprint_cli.client.push.socket import SocketLost
from octoprint_cli.errors import CODES
from octoprint_cli.testing import PERMISSIONS


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


def turned_down(server, tool=100.0, bed=60.0):
    """The heaters are where they were told to be, after their targets were set anew during the pause."""
    server.octoprint.heaters.update(tool0=[tool, tool], bed=[bed, bed])


HOT = ("T:200.0 /200.0 B:60.0 /60.0",)


@pytest.mark.parametrize("target", [30.0, 100.0, 150.0, 165.0])
def test_hotend_turned_down_since_the_pause_wants_consent(paused, terminal, target):
    terminal(*pause_log(paused, *HOT))
    turned_down(paused, target)
    error = refusal(paused)
    assert error["details"] == {"cold": {"tool0": 200.0}, "source": "the terminal"}
    assert "turned down" in error["message"] and "octoprint-cli temp --tool 200 --wait" in error["hint"]


def test_bed_turned_down_since_the_pause_wants_consent(paused, terminal):
    terminal(*pause_log(paused, "T:200.0 /200.0 B:90.0 /90.0"))
    paused.octoprint.history = [(1, {"tool0": [200.0, 200.0], "bed": [90.0, 90.0]})]
    turned_down(paused, 200.0, 40.0)
    assert refusal(paused)["details"]["cold"] == {"bed": 90.0}


def test_hotend_turned_down_is_held_against_the_file_where_the_terminal_does_not_reach(paused):
    """The history cannot tell: it shows the lower target, and before that maybe another job's."""
    turned_down(paused)
    paused.octoprint.history = [(1, {"tool0": [250.0, 250.0]}), (2, {"tool0": [100.0, 100.0]})]
    assert refusal(paused)["details"] == {"cold": {"tool0": 200.0}, "source": "the file"}


def test_target_that_melts_nothing_wants_consent_if_nothing_is_known(paused):
    paused.octoprint.storage.files["local"].clear()
    turned_down(paused)
    assert "not known" in refusal(paused)["message"]


@pytest.mark.parametrize("before", [100.0, 60.0])
def test_hotend_as_hot_as_at_the_pause_is_resumed_however_cool(paused, terminal, before):
    """A wax or a paste."""
    terminal(*pause_log(paused, f"T:{before} /{before} B:60.0 /60.0"))
    turned_down(paused, before)
    assert paused.run_ok("resume")["changed"] is True


def test_earlier_job_that_was_hotter_does_not_matter(paused):
    paused.octoprint.history = [(1, {"tool0": [250.0, 250.0], "bed": [100.0, 100.0]}), (2, {"tool0": [200.0, 200.0]})]
    turned_down(paused, 200.0)
    assert paused.run_ok("resume")["changed"] is True


def test_server_offset_is_no_lowered_target(paused):
    paused.octoprint.heaters["tool0"] = [160.0, 160.0]
    paused.octoprint.offsets["tool0"] = -40.0
    assert paused.run_ok("resume")["changed"] is True


@pytest.mark.parametrize(("second", "cold"), [(200.0, []), (150.0, ["tool0"])])
def test_tool_at_standby_is_resumed_if_it_was_at_the_pause(paused, terminal, second, cold):
    terminal(*pause_log(paused, "T0:200.0 /200.0 T1:150.0 /150.0 B:60.0 /60.0"))
    paused.octoprint.heaters.update(tool0=[second, second], tool1=[150.0, 150.0], bed=[60.0, 60.0])
    assert (sorted(refusal(paused)["details"]["cold"]) if cold else []) == cold
    assert cold or paused.run_ok("resume")["changed"] is True


def test_tool_at_standby_beside_one_that_prints_is_resumed_if_only_the_file_is_known(paused):
    paused.octoprint.store("c.gcode", b"M104 T1 S210\nM109 T0 S200\nG1 X1 E1\n")
    paused.octoprint.heaters.update(tool0=[200.0, 200.0], tool1=[150.0, 150.0], bed=[60.0, 60.0])
    assert paused.run_ok("resume")["changed"] is True


SCRIPTS = {
    "M109 T0 S{{ pause_temperature[0].target }}": True,
    "{% if printer_profile %}\nM104 S210 ; heat\n{% endif %}": True,
    "M104 S0\nM140 S60": False,
    "; M109 S200\nM83\nG1 E5": False,
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("tool", [100.0, 0.0])
def test_target_that_the_servers_own_script_raises_again_needs_no_consent(paused, terminal, script, tool):
    """A standby temperature at a pause."""
    terminal(*pause_log(paused, *HOT))
    turned_down(paused, tool)
    paused.octoprint.scripts["beforePrintResumed"] = script
    if SCRIPTS[script]:
        assert paused.run_ok("resume")["changed"] is True
    else:
        assert refusal(paused)["details"]["cold"] == {"tool0": 200.0}


def test_script_that_the_key_may_not_read_raises_nothing(paused, terminal):
    terminal(*pause_log(paused, *HOT))
    turned_down(paused)
    paused.octoprint.scripts["beforePrintResumed"] = "M109 S200"
    paused.octoprint.permissions = set(PERMISSIONS) - {"ADMIN", "SETTINGS_READ"}
    assert refusal(paused)["details"]["cold"] == {"tool0": 200.0}


def test_dry_run_of_a_cold_resume_says_that_it_needs_confirm(paused, terminal):
    terminal(*pause_log(paused, "T:210.0 /210.0 B:60.0 /60.0 @:0", "ok"))
    data = paused.run_ok("resume", "--dry-run")
    assert "tool0 210 °C" in data["needs_confirm"] and [request["path"] for request in data["requests"]] == ["/api/job"]
    assert "needs_confirm" not in paused.run_ok("resume", "--dry-run", "--confirm") and paused.sent == []
