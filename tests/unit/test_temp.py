"""temp: every heater, limits before anything is sent, and success only for a target that shows."""

from __future__ import annotations

import pytest

from .heaters import BED, CHAMBER, single, tools


@pytest.fixture
def big(server):
    """A printer with two tools and a chamber, which takes what it is told."""
    server.octoprint.heaters.update(tool1=[21.0, 0.0], chamber=[25.0, 0.0])
    server.accept_targets()
    return server


def test_temp_without_options_shows_heaters_and_sends_nothing(each_server):
    each_server.octoprint.heaters["chamber"] = [30.0, None]
    data = each_server.run_ok("temp")
    assert data == {
        "temperature": {
            "tool0": {"actual": 21.3, "target": 0.0},
            "bed": {"actual": 21.1, "target": 0.0},
            "chamber": {"actual": 30.0, "target": None},
        },
        "set": {},
    }
    assert each_server.sent == []


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (("--tool", "200"), [tools(tool0=200)]),
        (("--tool=200",), [tools(tool0=200)]),
        (("--tool", "199.5"), [tools(tool0=199.5)]),
        (("--tool", "0"), [tools(tool0=0)]),
        (("--tool0", "200"), [tools(tool0=200)]),
        (("--tool1", "205"), [tools(tool1=205)]),
        (("--tool", "1=205"), [tools(tool1=205)]),
        (("--tool", "200", "--tool", "1=205"), [tools(tool0=200, tool1=205)]),
        (("--tool", "200", "--tool1", "205"), [tools(tool0=200, tool1=205)]),
        (("--bed", "60"), [single(BED, 60)]),
        (("--chamber", "40"), [single(CHAMBER, 40)]),
        (("--tool", "200", "--bed", "60", "--chamber", "40"), [tools(tool0=200), single(BED, 60), single(CHAMBER, 40)]),
        (("--tool", "300", "--bed", "120", "--chamber", "80"), [tools(tool0=300), single(BED, 120), single(CHAMBER, 80)]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_each_heater_option_sends_one_target(big, options, sent):
    data = big.run_ok("temp", *options)
    assert big.sent == sent
    for heater, target in data["set"].items():
        assert data["temperature"][heater]["target"] == target
    assert len(data["set"]) == sum(len(body.get("targets", "1")) for _, body in sent)


@pytest.mark.parametrize("heater", ["--tool", "--tool1", "--bed", "--chamber"])
@pytest.mark.parametrize("value", ["nan", "hot"])
def test_heater_options_refuse_invalid_temperature(big, heater, value):
    big.run_error(4, "INVALID_VALUE", "temp", heater, value)
    assert big.requests == []


@pytest.mark.parametrize("value", ["NaN", "inf", "Infinity", "1e999", "hot", "", " ", "200C", "0x10", "true", "None"])
def test_invalid_temperature_is_refused_and_nothing_is_sent(big, value):
    result = big.run_error(4, "INVALID_VALUE", "temp", "--tool", value)
    assert repr(value) in result.envelope["error"]["message"]
    assert big.requests == []


@pytest.mark.parametrize("value", ["-1", "-0.1", "-inf", "-nan"])
@pytest.mark.parametrize("heater", ["--tool", "--bed"])
def test_negative_temperature_is_refused_and_nothing_is_sent(big, heater, value):
    big.run_error(4, "INVALID_VALUE", "temp", f"{heater}={value}")
    assert big.requests == []


def test_negative_temperature_as_separate_argument_is_refused(big):
    big.run_error(4, "INVALID_VALUE", "temp", "--bed", "-5")
    assert big.requests == []


@pytest.mark.parametrize(
    ("options", "heater", "limit"),
    [
        (("--tool", "300.1"), "tool0", 300),
        (("--tool1", "301"), "tool1", 300),
        (("--tool", "1=999"), "tool1", 300),
        (("--bed", "121"), "bed", 120),
        (("--chamber", "81"), "chamber", 80),
        (("--tool", "200", "--bed", "121"), "bed", 120),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_target_above_limit_is_refused_and_nothing_is_sent(big, options, heater, limit):
    details = big.run_error(4, "LIMIT_EXCEEDED", "temp", *options).envelope["error"]["details"]
    assert (details["heater"], details["limit"]) == (heater, limit)
    assert big.requests == []


def test_temp_limits_come_from_configuration(big, home):
    home.mkdir()
    (home / "config.yaml").write_text("limits: {tool: 250, bed: 90.5}\n")
    big.run_error(4, "LIMIT_EXCEEDED", "temp", "--tool", "251")
    big.run_error(4, "LIMIT_EXCEEDED", "temp", "--bed", "91")
    big.run_error(4, "LIMIT_EXCEEDED", "temp", "--chamber", "81")
    assert big.requests == []
    big.run_ok("temp", "--tool", "250", "--bed", "90.5", "--chamber", "80")


def test_invalid_configured_limits_prevent_sending(big, home):
    home.mkdir()
    (home / "config.yaml").write_text("limits: {tool: hot}\n")
    big.run_error(4, "CONFIG_ERROR", "temp", "--tool", "20")
    assert big.requests == []


@pytest.mark.parametrize(
    ("options", "missing"),
    [(("--tool1", "200"), "tool1"), (("--tool", "5=200"), "tool5"), (("--chamber", "40"), "chamber"), (("--tool9", "1"), "tool9")],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_missing_heater_is_refused_and_nothing_is_set(each_server, options, missing):
    each_server.accept_targets()
    result = each_server.run_error(4, "NOT_FOUND", "temp", "--tool", "100", *options)
    assert missing in result.envelope["error"]["message"]
    assert result.envelope["error"]["details"]["heaters"] == ["tool0", "bed"]
    assert each_server.sent == []


@pytest.mark.parametrize(
    "options",
    [
        ("--tool", "200", "--tool", "210"),
        ("--tool", "200", "--tool0", "210"),
        ("--tool", "0=200", "--tool0", "210"),
        ("--tool", "1=200", "--tool", "1=210"),
        ("--tool", "01=200", "--tool1", "210"),
        ("--tool", "200", "--tool", "200"),
        ("--tool", "0", "--tool0", "0"),
    ],
    ids=" ".join,
)
def test_a_heater_that_is_given_twice_is_a_usage_error(big, options):
    big.run_error(4, "USAGE_ERROR", "temp", *options)
    assert big.requests == []


@pytest.mark.parametrize("written", ["x=200", "=200", "-1=200", "1.5=200", "²=5", "1=2=3"])
def test_invalid_tool_index_is_a_usage_error(big, written):
    big.run_error(4, "USAGE_ERROR", "temp", f"--tool={written}")
    assert big.requests == []


@pytest.mark.parametrize("options", [(), ("--tool", "200"), ("--off",)], ids=["show", "set", "off"])
def test_temp_without_printer_is_offline(each_server, options):
    each_server.offline()
    each_server.run_error(1, "PRINTER_OFFLINE", "temp", *options)
    assert each_server.sent == []


def test_target_not_reached_is_an_error_and_not_repeated(each_server, clock):
    each_server.accept_targets(shows=False)
    result = each_server.run_error(4, "STATE_NOT_REACHED", "temp", "--tool", "200")
    assert result.envelope["error"]["details"] == {"wanted": {"tool0": 200.0}, "shown": {"tool0": 0.0}}
    assert len(each_server.sent) == 1 and 60 <= clock.slept < 61


def test_first_temperature_report_after_connect_is_waited_for(each_server, clock):
    reported = dict(each_server.octoprint.heaters)
    each_server.octoprint.heaters = {}
    sleep = clock.sleep

    def report(seconds):
        sleep(seconds)
        if clock.slept > 2:
            each_server.octoprint.heaters = reported

    clock.sleep = report
    assert set(each_server.run_ok("temp")["temperature"]) == {"tool0", "bed"}
    assert 2 < clock.slept < 4


def test_printer_reporting_no_heater_is_an_error(each_server, clock):
    each_server.octoprint.heaters = {}
    each_server.run_error(4, "STATE_NOT_REACHED", "temp")
    assert 10 <= clock.slept < 11


@pytest.mark.parametrize(
    ("status", "error", "exit_code", "code"),
    [
        (409, "Printer is not operational", 1, "PRINTER_OFFLINE"),
        (409, "Printer does not have a heated bed", 4, "NOT_FOUND"),
        (400, "CSRF validation failed", 4, "AUTH_ERROR"),
        (403, "You don't have the permission", 4, "PERMISSION_DENIED"),
        (500, "The server encountered an internal error", 4, "STATE_NOT_REACHED"),  # it may have been set, so it is looked at
    ],
)
def test_refused_target_is_an_error_sent_once(server, status, error, exit_code, code):
    server.on("POST", BED, status_code=status, json={"error": error})
    result = server.run_error(exit_code, code, "temp", "--bed", "60")
    assert len(server.sent) == 1
    if code == "PERMISSION_DENIED":
        assert "CONTROL" in result.envelope["error"]["message"]


def test_temp_dry_run_lists_requests_and_sends_nothing(big):
    data = big.run_ok("temp", "--tool", "200", "--bed", "60", "--dry-run")
    assert [(request["path"], request["json"]) for request in data["requests"]] == [tools(tool0=200), single(BED, 60)]
    assert big.sent == []


def test_temp_dry_run_is_refused_above_limit(big):
    big.run_error(4, "LIMIT_EXCEEDED", "temp", "--bed", "500", "--dry-run")
    big.run_error(4, "INVALID_VALUE", "temp", "--bed", "nan", "--dry-run")
    assert big.requests == []


def test_temp_table_has_units(big):
    assert "21.1 °C, target 60.0 °C" in big.run("temp", "--bed", "60", "-f", "table").stdout


def test_target_during_a_job_notes_the_job(server):
    server.accept_targets()
    server.job(server.reading("Printing", "a.gcode"))
    result = server.run("temp", "--tool", "200", "--json")
    assert result.data["job_under_way"]["file"] == "a.gcode"
    assert "a job is under way" in result.stderr


def test_target_without_a_job_notes_none(server):
    server.accept_targets()
    assert server.run_ok("temp", "--tool", "200")["job_under_way"] is None
