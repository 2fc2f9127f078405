"""Lasting exceptions of checks in the configuration: read per printer, validated with the line, shown, and recorded when used."""

from __future__ import annotations

import pytest

from .driver import GCODE
from .test_config_show import settings, show

WIDE = GCODE.replace("X10", "X205")


@pytest.fixture
def config(home):
    home.mkdir()
    path = home / "config.yaml"
    path.touch(mode=0o600)
    return path


@pytest.fixture
def wide_file(tmp_path):
    path = tmp_path / "quick.gcode"
    path.write_text(WIDE)
    return str(path)


def test_exceptions_are_shown_with_their_origin(server, config):
    config.write_text(
        "checks: {print_volume: {margin: 10}}\nignore: nozzle\n"
        "printers: {mini: {checks: {travel_volume: {margin: 5}}, ignore: [risky_commands, nozzle]}}\n"
    )
    shown = settings(show(server))
    assert shown["checks.print_volume.margin"] == (10.0, str(config)) and shown["ignore"] == (["nozzle"], str(config))
    shown = settings(show(server, "--printer", "mini"))
    assert shown["checks.print_volume.margin"] == (10.0, str(config))
    assert shown["checks.travel_volume.margin"] == (5.0, f"{config}, printer mini")
    assert shown["ignore"] == (["risky_commands", "nozzle"], f"{config}, printer mini")


@pytest.mark.parametrize("command", [("config", "show"), ("preflight",)], ids=" ".join)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ignore: [nozzel]", "ignore: there is no check nozzel; did you mean nozzle?"),
        ("ignore: [1]", "ignore: must be a string"),
        ("checks: {print_volume: {margin: wide}}", "checks.print_volume.margin: must be a number"),
        ("checks: {print_volume: {margin: -1}}", "checks.print_volume.margin: must be a number from 0 to 100"),
        ("checks: {print_volume: {margins: 1}}", "checks.print_volume.margins: is not a setting"),
        ("checks: {print_volume: 10}", "checks.print_volume: must contain margin"),
        ("checks: {tools: {margin: 1}}", "checks.tools: is not a check with options"),
        ("checks: [print_volume]", "checks: must contain"),
        ("check: {print_volume: {margin: 1}}", "check: is not a setting; did you mean checks?"),
    ],
)
def test_invalid_exceptions_are_refused_with_the_line(server, config, wide_file, command, text, problem):
    config.write_text(f"timeout: 9\n{text}\n")
    more = [wide_file] if command == ("preflight",) else []
    result = server.run_error(4, "CONFIG_ERROR", *command, *more)
    assert f"line 2: {problem}" in result.envelope["error"]["message"]


def test_margin_allows_a_wider_print_and_is_recorded(server, config, wide_file):
    server.run_error(2, "OUTSIDE_VOLUME", "preflight", wide_file)
    config.write_text("checks: {print_volume: {margin: 10}, travel_volume: {margin: 10}}\n")
    data = server.run_ok("preflight", wide_file, "--strict")
    exemption = {"id": "print_volume", "setting": "checks.print_volume.margin", "value": 10.0, "origin": str(config)}
    assert exemption in data["exemptions"] and (data["ready"], data["ignored"]) == (True, [])


def test_ignored_checks_of_the_configuration_are_recorded_when_used(server, config, wide_file):
    config.write_text("ignore: [print_volume, tools]\n")
    data = server.run_ok("preflight", wide_file, "--ignore", "travel_volume")
    assert data["ignored"] == ["print_volume", "travel_volume"]
    assert data["exemptions"] == [{"id": "print_volume", "setting": "ignore", "value": "print_volume", "origin": str(config)}]


def test_print_says_in_one_line_what_the_configuration_allowed(server, config, wide_file):
    config.write_text("checks: {print_volume: {margin: 10}, travel_volume: {margin: 10}}\n")
    server.accept_upload()
    server.accept_post("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode"))
    shown = server.run("print", wide_file, "--confirm", "-f", "table").stdout
    assert "ready; allowed by the configuration: checks.print_volume.margin" in " ".join(shown.split())
