"""power on --connect: it waits for the port, for the server's own try, and for the printer."""

from __future__ import annotations

import threading
from typing import Any, Iterator

import pytest
from psu_server import PATH, PsuControl, switches

from octoprint_cli.testing import CliRunner, Exchange, FaultServer

LINE = ("power", "on", "--connect", "--confirm")
CONNECT = 'POST /api/connection {"command": "connect"}'


@pytest.fixture
def off(psu: PsuControl, octoprint_server: FaultServer) -> FaultServer:
    """The server, its printer without power and not connected."""
    octoprint_server.octoprint.state = "Offline"
    return octoprint_server


def test_the_printer_is_connected_after_the_power_is_on(off: FaultServer, octoprint_run: CliRunner) -> None:
    result = octoprint_run(*LINE)
    assert result.data == {"power": "on", "connected": True, "state": "Operational", "changed": True}
    assert [str(request) for request in result.changes] == [f'POST {PATH} {{"command": "turnPSUOn"}}', CONNECT]


def test_printer_is_connected_if_power_is_already_on(off: FaultServer, psu: PsuControl, octoprint_run: CliRunner) -> None:
    psu.on = True
    result = octoprint_run(*LINE)
    assert (result.data["changed"], [str(request) for request in result.changes]) == (True, [CONNECT])


def test_power_on_and_connected_changes_nothing(psu: PsuControl, octoprint_run: CliRunner) -> None:
    psu.on = True
    result = octoprint_run(*LINE)
    assert (result.data["changed"], result.changes) == (False, [])


def test_dry_run_lists_power_and_connect_requests(off: FaultServer, octoprint_run: CliRunner) -> None:
    result = octoprint_run(*LINE[:-1], "--dry-run")
    assert [request["path"] for request in result.data["requests"]] == [PATH, "/api/connection"]
    assert result.changes == []


def test_late_port_is_waited_for(off: FaultServer, octoprint_run: CliRunner, octoprint_hurried: Any) -> None:
    def without_ports(exchange: Exchange) -> None:
        reply = exchange.perform()
        reply.body["options"]["ports"] = []
        exchange.reply(reply)

    off.fail("GET", "/api/connection", without_ports, times=4)
    result = octoprint_run(*LINE)
    assert result.data["connected"] is True
    looks = [str(request) for request in result.requests if request.path == "/api/connection"]
    assert looks.index(CONNECT) >= 5


def test_missing_port_is_reported_with_power_on(
    off: FaultServer, octoprint_run: CliRunner, octoprint_hurried: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("octoprint_cli.testing.octoprint.rest_payloads.PORTS", ["/dev/ttyS0"])
    result = octoprint_run(*LINE, expect=4)
    assert result.code == "NOT_FOUND" and result.envelope["error"]["message"].startswith("the power is on, but: ")
    assert (result.data, switches(result), len(result.changes)) == ({"power": "on", "changed": True}, ["turnPSUOn"], 1)


def test_unresponsive_printer_is_reported_with_power_on(off: FaultServer, octoprint_run: CliRunner) -> None:
    off.octoprint.ignored_verbs.add("connect")
    result = octoprint_run(*LINE, "--wait", "0.5", expect=1)
    assert result.code == "PRINTER_OFFLINE" and result.envelope["error"]["message"].startswith("the power is on, but: ")
    assert result.data == {"power": "on", "changed": True}


@pytest.fixture
def boots(off: FaultServer, psu: PsuControl) -> Iterator[None]:
    """The plugin is set up to connect the printer itself; it answers once somebody watches."""
    psu.connects = "Connecting"

    def answer() -> None:
        off.wait_until(lambda: off.open_sockets > 0)
        off.octoprint.state = "Operational"

    thread = threading.Thread(target=answer)
    thread.start()
    yield
    thread.join()


def test_connection_made_by_the_server_plugin_is_waited_for(boots: None, octoprint_run: CliRunner) -> None:
    result = octoprint_run(*LINE)
    assert (result.data["connected"], [request.path for request in result.changes]) == (True, [PATH])


def test_failed_connection_of_server_plugin_is_retried_once(off: FaultServer, psu: PsuControl, octoprint_run: CliRunner) -> None:
    psu.connects = "Connecting"
    result = octoprint_run(*LINE, "--wait", "0.5")
    assert result.data["connected"] is True
    assert [str(request) for request in result.changes][1:] == [CONNECT]


def test_wait_without_connect_is_a_usage_error(psu: PsuControl, refused: Any) -> None:
    refused(4, "USAGE_ERROR", "power", "on", "--confirm", "--wait", "5")
