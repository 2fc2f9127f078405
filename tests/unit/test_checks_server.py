"""server_firmware, server_health, server_power: the answers of the bundled plugins as recorded, and none."""

from __future__ import annotations

import pytest

from .driver import GONE, URL

HEALTHY = {"filesystem_storage": {"context": {"uploads": 30.2}, "hash": "ac7c", "result": "ok"}}
CALM = {"past_issue": False, "current_issue": False, "past_undervoltage": False, "current_undervoltage": False}
IDS = {"firmware_check": "server_firmware", "health_check": "server_health", "pi_support": "server_power"}
EACH = pytest.mark.parametrize("plugin", IDS)


def row(server, plugin, *line):
    """What the check of that plugin says."""
    data = server.run("preflight", *line, "--json").data
    return next(check for check in data["checks"] if check["id"] == IDS[plugin])


def firmware(severity, url=""):
    return {"firmware-unsafe": {"message": "Your printer can catch fire", "severity": severity, "url": url}}


def health(result, **context):
    return {"health": {**HEALTHY, "python_eol": {"context": context, "hash": "6574", "result": result}}}


def power(**state):
    return {"model": "Raspberry Pi 4", "throttle_enabled": True, "throttle_functional": True, "throttle_state": {**CALM, **state}}


@EACH
def test_missing_server_plugin_is_skipped(each_server, plugin):
    found = row(each_server, plugin)
    assert (found["status"], found["message"]) == ("skip", f"the server has no plugin {plugin}")


@EACH
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status_code": 204}, "no plugin"),
        ({"status_code": 400, "json": {"error": "no"}}, "cannot be asked"),
        ({"status_code": 403, "json": {"error": "no"}}, "permission: PLUGIN_"),
        ({"status_code": 500, "json": {"error": "no"}}, "cannot be asked"),
        ({"json": [1]}, "cannot be asked"),
        ({"text": "<html>"}, "cannot be asked"),
        ({"exc": GONE}, "cannot be asked"),
    ],
    ids=str,
)
def test_unreachable_server_plugin_is_skipped(server, plugin, answer, said):
    server.on("GET", f"/api/plugin/{plugin}", **answer)
    found = row(server, plugin)
    assert found["status"] == "skip" and said in found["message"]
    assert server.run_ok("preflight")["ready"] is True


@EACH
def test_server_plugins_are_not_asked_when_server_is_unavailable(server, plugin):
    server.on("GET", "/api/job", status_code=503, text="starting")
    assert row(server, plugin)["status"] == "skip" and f"/api/plugin/{plugin}" not in server.reads


def test_firmware_check_is_skipped_without_connected_printer(server):
    server.offline()
    assert row(server, "firmware_check")["message"] == "no printer is connected"


def test_server_plugin_requests_have_short_timeouts(server):
    server.run_ok("preflight")
    times = [request.timeout for request in server.requests if request.url.startswith(f"{URL}/api/plugin/")]
    assert len(times) == 3 and all(max(seconds) <= 10 for seconds in times)


@pytest.mark.parametrize(("severity", "status"), [("critical", "fail"), ("warning", "fail"), (None, "fail"), ("info", "pass")])
def test_firmware_warnings_fail_and_info_remarks_pass(each_server, severity, status):
    each_server.octoprint.plugins["firmware_check"] = firmware(severity, "https://faq.octoprint.org/warning-firmware-unsafe")
    found = row(each_server, "firmware_check")
    assert (found["status"], found["severity"]) == (status, "warn") and "can catch fire" in found["message"]
    assert found["evidence"]["warnings"][0]["name"] == "firmware-unsafe"


def test_empty_firmware_answer_passes(each_server):
    each_server.octoprint.plugins["firmware_check"] = {}
    assert row(each_server, "firmware_check")["status"] == "pass"


@pytest.mark.parametrize(
    ("result", "status"), [("issue", "fail"), ("warning", "fail"), ("odd", "fail"), ("info", "pass"), ("ok", "pass")]
)
def test_server_health_problems_fail_and_info_passes(each_server, result, status):
    each_server.octoprint.plugins["health_check"] = health(result, version="3.8")
    found = row(each_server, "health_check")
    assert found["status"] == status and (status == "pass" or f"python_eol ({result})" in found["message"])
    assert "filesystem_storage" not in found["message"]
    named = {"name": "python_eol", "level": result, "message": None, "context": {"version": "3.8"}}
    assert found["evidence"]["warnings"] == ([] if result == "ok" else [named])


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"current_undervoltage": True, "current_issue": True}, ": too low a voltage now"),
        ({"past_undervoltage": True, "past_issue": True}, ": too low a voltage earlier"),
        ({"past_undervoltage": True, "current_overheat": True}, ": overheating now, too low a voltage earlier"),
        ({"current_overheat": True}, "overheating now"),
        ({"past_overheat": True, "current_overheat": True}, "overheating now"),
        ({"past_issue": True}, "throttling earlier"),
    ],
    ids=str,
)
def test_throttled_raspberry_pi_is_a_warning(each_server, state, said):
    each_server.octoprint.plugins["pi_support"] = power(**state)
    found = row(each_server, "pi_support")
    assert (found["status"], found["severity"]) == ("fail", "warn") and found["message"].endswith(said)


def test_good_power_passes_and_unmonitored_power_is_skipped(each_server):
    each_server.octoprint.plugins["pi_support"] = power()
    assert row(each_server, "pi_support")["status"] == "pass"
    for unwatched in ("throttle_enabled", "throttle_functional"):
        each_server.octoprint.plugins["pi_support"] = {**power(current_undervoltage=True), unwatched: False}
        assert row(each_server, "pi_support")["status"] == "skip"


def test_server_warning_fails_preflight_only_with_strict(server):
    server.octoprint.plugins["health_check"] = health("issue")
    assert server.run_ok("preflight")["ready"] is True
    result = server.run_error(4, "SERVER_WARNING", "preflight", "--strict")
    assert result.envelope["error"]["details"]["warnings"][0]["name"] == "python_eol"
