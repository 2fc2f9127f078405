"""help, version, plugins list: the program itself."""

from __future__ import annotations

import platform

import pytest
import requests

from octoprint_cli import __version__

NO_SERVER = {"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": ""}
COMMANDS = [
    *("batch", "cancel", "commands", "complete", "config show", "connect", "disconnect", "explain", "files", "gcode", "help"),
    *("init", "inspect", "pause", "plugins check", "plugins list", "plugins new", "preflight", "print"),
    *("resume", "schema", "skill", "status", "temp", "upload", "version", "wait", "watch"),
]


def fails(error):
    def load():
        raise error

    return load


def test_version_shows_client_and_server_versions(each_server):
    assert each_server.run_ok("version") == {
        "cli": __version__,
        "python": platform.python_version(),
        "host": "http://octopi.test",
        "server": each_server.dialect,
        "conflict": None,
    }


def test_version_output_as_plain_text(server):
    assert server.run("version").stdout == f"octoprint-cli {__version__}\nOctoPrint 1.11.8 at http://octopi.test\n"


@pytest.mark.parametrize("text", ["3.1-1", "2.0.0rc3", "1.13.0.dev7+g12"])
def test_unusual_server_version_is_passed_through(server, text):
    server.on("GET", "/api/version", json={"server": text})
    assert server.run_ok("version")["server"] == text


def test_version_without_configured_server_shows_client_version_only(server):
    data = server.run_ok("version", env=NO_SERVER)
    assert (data["cli"], data["host"], data["server"]) == (__version__, None, None)


@pytest.mark.parametrize(
    "words", [("--version",), ("version", "--client"), ("status", "--version"), ("nonsense", "--version")], ids=" ".join
)
def test_version_option_sends_no_request(server, words):
    assert server.run(*words).stdout == f"octoprint-cli {__version__}\n"
    assert server.requests == []


def test_version_reports_client_version_when_server_is_unreachable(server):
    server.on("GET", "/api/version", exc=requests.exceptions.ConnectTimeout("slow"))
    result = server.run_error(1, "CONNECTION_ERROR", "version")
    assert result.data["cli"] == __version__ and result.data["server"] is None


def test_version_masks_host_password(server):
    server.mocker.get("http://me:pass-word-1@octopi.test/api/version", json={"server": "1.11.8"})
    result = server.run("version", "--json", env={"OCTOPRINT_HOST": "http://me:pass-word-1@octopi.test"})
    assert result.exit_code == 0 and "pass-word-1" not in result.stdout


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)], ids=str)
def test_help_names_every_command_and_every_global_option(server, words):
    result = server.run(*words, env=NO_SERVER)
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in result.stdout
    for option in ("--host", "--api-key", "--printer", "--timeout", "--config", "--json", "--format", "--debug"):
        assert option in result.stdout


def test_no_arguments_do_not_read_from_a_terminal(server):
    assert server.run(stdin="status\n", terminal=True).exit_code == 0
    assert server.requests == []


def test_help_as_json_lists_commands(server):
    commands = server.run_ok("help")["commands"]
    assert [command["name"] for command in commands] == COMMANDS
    assert all(command["summary"] for command in commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_own_help(server, name):
    words = name.split()
    data = server.run_ok("help", *words)
    assert data["command"] == name and data["distribution"] is None
    assert data["help"].startswith(f"usage: octoprint-cli {name}")
    assert server.run_ok(*words, "--help") == data


def test_help_for_command_group_lists_subcommands(server):
    assert [command["name"] for command in server.run_ok("help", "config")["commands"]] == ["config show"]


def test_help_for_unknown_command_is_a_usage_error(server):
    server.run_error(4, "USAGE_ERROR", "help", "nonsense")
    server.run_error(4, "USAGE_ERROR", "nonsense", "--help")


def test_help_names_the_plugin_that_provides_a_command(server, extra_plugins):
    from octoprint_cli.commands.program.version import Version

    extra_plugins.add("commands", "acme_do", lambda: Version)
    data = server.run_ok("help", "acme", "do")
    assert data["distribution"] == "acme-tools" and "This command comes from acme-tools." in data["help"]


def test_plugins_list_shows_built_in_distribution(server):
    (row,) = server.run_ok("plugins", "list")["plugins"]
    assert row["distribution"] == "octoprint-agent-cli" and row["problems"] == []
    assert row["commands"] == COMMANDS
    assert {"printer_connected", "disk_space", "temperatures"} <= set(row["checks"])  # ids, as `preflight` gives them
    assert set(row["formats"]) == {"csv", "json", "shell", "table", "text", "value", "yaml"}


def test_plugins_list_shows_each_plugin_and_its_load_failures(server, extra_plugins):
    extra_plugins.add("commands", "laser", fails(ImportError("no module named laser")))
    extra_plugins.add("preflight", "dust", fails(SystemExit(1)))
    extra_plugins.add("formatter.list", "xml", lambda: object)
    extra_plugins.add("commands", "cancel", lambda: object, "bolt-tools")
    rows = {row["distribution"]: row for row in server.run_ok("plugins", "list")["plugins"]}
    assert list(rows) == ["acme-tools", "bolt-tools", "octoprint-agent-cli"]
    acme, bolt = rows["acme-tools"], rows["bolt-tools"]
    assert (acme["version"], acme["commands"], acme["checks"], acme["formats"]) == ("1.2", ["laser"], ["dust"], ["xml"])
    assert len(acme["problems"]) == 2 and "no module named laser" in " ".join(acme["problems"])
    assert bolt["problems"] == ["the name cancel is also claimed by octoprint_cli.commands.job.control:Cancel"]
    assert rows["octoprint-agent-cli"]["problems"] == []


def test_plugins_list_sends_no_request(server):
    server.run_ok("plugins", "list", env=NO_SERVER)
    assert server.requests == []
