"""config show: what counts, where it comes from, and no secret."""

from __future__ import annotations

import pytest

SECRET = "secret-key-0123456789abcdef"


def show(server, *argv, **env):
    result = server.run("config", "show", "--json", *argv, env={"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": "", **env})
    assert SECRET not in result.stdout + result.stderr
    return result


def settings(result):
    return {row["name"]: (row["value"], row["origin"]) for row in result.data["settings"]}


@pytest.fixture
def config(home):
    home.mkdir()
    path = home / "config.yaml"
    path.touch(mode=0o600)
    return path


def test_config_show_without_settings_shows_defaults(server, home):
    result = show(server)
    assert settings(result) == {
        "timeout": (30.0, "default"),
        "retries": (3, "default"),
        "verify": (True, "default"),
        "limits.tool": (300.0, "default"),
        "limits.bed": (120.0, "default"),
        "limits.chamber": (80.0, "default"),
    }
    assert result.data["path"] == str(home / "config.yaml") and result.data["printers"] == []


def test_config_show_names_origin_of_each_value(server, config):
    config.write_text(
        f"host: http://file.test\ntimeout: 9\nlimits: {{bed: 90}}\nprinters: {{mk3: {{api_key: {SECRET}, models: [MK3S, MK3]}}}}\n"
    )
    result = show(server, "--host", "option.test", "--printer", "mk3", OCTOPRINT_API_KEY="environment-key")
    shown = settings(result)
    assert shown["host"] == ("option.test", "--host")
    assert shown["api_key"] == ("secr****", f"{config}, printer mk3")
    assert shown["timeout"] == (9.0, str(config))
    assert shown["limits.bed"] == (90.0, str(config)) and shown["limits.tool"] == (300.0, "default")
    assert shown["models"] == (["MK3S", "MK3"], f"{config}, printer mk3")
    assert shown["printer"] == ("mk3", "--printer")
    assert result.data["printers"] == ["mk3"]


def test_config_show_names_environment_variable_as_origin(server):
    shown = settings(show(server, OCTOPRINT_HOST="env.test", OCTOPRINT_API_KEY=SECRET))
    assert shown["host"] == ("env.test", "OCTOPRINT_HOST")
    assert shown["api_key"] == ("secr****", "OCTOPRINT_API_KEY")


@pytest.mark.parametrize("format_name", ["text", "table", "json", "yaml", "value", "csv"])
def test_the_key_is_masked_in_every_format(server, config, format_name):
    config.write_text(f"host: http://me:pass-word-1@file.test\napi_key: {SECRET}\n")
    result = server.run("config", "show", "-f", format_name, "--debug", env={"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": ""})
    assert result.exit_code == 0
    for output in (result.stdout, result.stderr):
        assert SECRET not in output and "pass-word-1" not in output
    assert "file.test" in result.stdout


def test_config_show_warns_about_file_readable_by_others(server, config):
    config.write_text("host: a.test\n")
    config.chmod(0o644)
    result = show(server)
    assert result.exit_code == 0 and "can be read by others" in result.stderr and "chmod 600" in result.stderr


def test_any_command_warns_once_about_config_file_readable_by_others(server, config):
    config.write_text("timeout: 20\n")
    config.chmod(0o640)
    result = server.run("status", "--json")
    assert result.envelope["status"] == "success" and result.stderr.count("can be read by others") == 1


def test_private_config_file_gives_no_warning(server, config):
    assert show(server).stderr == ""


def test_config_show_sends_no_request(server, config):
    show(server, OCTOPRINT_HOST="env.test")
    assert server.requests == []


def test_unknown_printer_is_reported_with_known_printers(server, config):
    config.write_text("printers: {mk3: {host: a.test}}\n")
    result = show(server, "--printer", "mk9")
    assert (result.exit_code, result.code) == (4, "CONFIG_ERROR")
    assert "'mk9'" in result.envelope["error"]["message"] and "mk3" in result.envelope["error"]["message"]


def test_explicit_config_file_must_exist(server, tmp_path):
    assert show(server, "--config", str(tmp_path / "none.yaml")).code == "CONFIG_ERROR"
