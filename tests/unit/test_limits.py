"""The configured limits of the heaters, which hold for whoever sends something: our commands and a vendor's."""

from __future__ import annotations

import pytest

from octoprint_cli import errors
from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
from octoprint_cli.config.values import Limits

from .driver import KEY, URL


def limits():
    return Limits(tool=300.0, bed=120.0, chamber=80.0)


def unasked():
    raise AssertionError("nothing heats, so no limit is needed")


@pytest.fixture
def printer(server):
    return Client(ServerAddress(URL, KEY), retries=0, limits=limits).printer


@pytest.mark.parametrize("line", ["M109 S350", "m104s301", "M140 S121", "M190 R121", "M141 S81", "N3 M104 T1 S301*7"])
def test_gcode_above_heater_limit_is_not_sent(server, printer, line):
    with pytest.raises(errors.LimitExceeded, match="above the limit") as refused:
        printer.send(["G28", line])
    assert refused.value.details["value"] > refused.value.details["limit"]
    assert server.requests == []


@pytest.mark.parametrize("targets", [{"tool0": 200.0, "tool1": 301.0}, {"bed": 121.0}, {"chamber": 81.0}])
def test_target_above_heater_limit_is_not_sent(server, printer, targets):
    with pytest.raises(errors.LimitExceeded):
        printer.set_targets(targets)
    assert server.requests == []


@pytest.mark.parametrize("name", ["dryer", "myheater", "piezo", '"heater_generic dryer"'])
def test_heater_with_a_name_of_its_own_has_the_limit_of_a_tool(server, printer, name):
    assert limits().of(name) == limits().of("tool0")
    with pytest.raises(errors.LimitExceeded):
        printer.send([f"SET_HEATER_TEMPERATURE HEATER={name} TARGET=310"])
    assert server.requests == []


def test_temperature_at_the_limit_is_sent(server, printer):
    server.on("POST", "/api/printer/command", status_code=204)
    printer.send(["M109 S300", "M190 S120", "M191 S80"])
    assert [request.json()["commands"] for request in server.requests] == [["M109 S300", "M190 S120", "M191 S80"]]


def test_emergency_stop_ignores_unreadable_limits(server):
    server.on("POST", "/api/printer/command", status_code=204)
    Client(ServerAddress(URL, KEY), retries=0, limits=unasked).printer.send(["M112", "G1 X10"])
    assert len(server.requests) == 1


@pytest.mark.parametrize("line", ["G28\nM104 S300", "", "X10", "M104 S-5"])
def test_invalid_line_is_not_sent(server, printer, line):
    with pytest.raises(errors.InvalidValue):
        printer.send(["G28", line])
    assert server.requests == []
