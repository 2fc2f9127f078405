"""init: asks on a terminal, takes options elsewhere, verifies, and loses nothing of the file."""

from __future__ import annotations

import stat

import pytest
import yaml

NEW = "another-key-0123456789abcdef"
GIVEN = ("--host", "octopi.test", "--api-key", NEW)


@pytest.fixture
def config(home):
    """The file that init writes, in a folder that is not made yet."""
    return home / "config.yaml"


def write(config, text):
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)


def written_config(config):
    return yaml.safe_load(config.read_text())


def init(server, *argv, **how):
    """Run init with an environment that names no server."""
    server.key = NEW
    env = {"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": ""}
    result = server.run("init", *argv, "--json", env={**env, **how.pop("env", {})}, **how)
    assert NEW not in result.stdout + result.stderr
    return result


@pytest.fixture
def secrets(monkeypatch):
    """What a person types where it is not echoed; the questions that were asked."""
    asked = []

    def answer(key):
        monkeypatch.setattr("getpass.getpass", lambda prompt, stream=None: asked.append(prompt) or key)
        return asked

    return answer


def test_init_verifies_and_writes_given_options(each_server, config):
    result = init(each_server, *GIVEN)
    assert result.exit_code == 0
    assert result.data == {
        "path": str(config),
        "printer": None,
        "host": "http://octopi.test",
        "api_key": "anot****",
        "verified": True,
        "server": each_server.dialect,
    }
    assert written_config(config) == {"host": "http://octopi.test", "api_key": NEW}
    assert each_server.reads == ["/api/currentuser", "/api/version"]
    assert {request.headers["X-Api-Key"] for request in each_server.requests} == {NEW}
    assert each_server.sent == []


def test_written_config_file_is_private(server, config):
    init(server, *GIVEN)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert [path.name for path in config.parent.iterdir() if path.suffix != ".lock"] == ["config.yaml"]


def test_init_accepts_environment_variables(server, config):
    init(server, env={"OCTOPRINT_HOST": "octopi.test", "OCTOPRINT_API_KEY": NEW})
    assert written_config(config)["api_key"] == NEW


def test_init_prompts_for_missing_values(server, config, secrets):
    asked = secrets(NEW)
    result = init(server, stdin="octopi.test\n", terminal=True)
    assert result.exit_code == 0 and written_config(config) == {"host": "http://octopi.test", "api_key": NEW}
    assert "Address of the OctoPrint server, such as http://octopi.local: " in result.stderr
    assert len(asked) == 1


def test_init_does_not_prompt_for_given_values(server, config, secrets):
    asked = secrets("wrong")
    result = init(server, *GIVEN, terminal=True)
    assert result.exit_code == 0 and asked == [] and "Address" not in result.stderr


@pytest.mark.parametrize("typed", ["\n", ""], ids=["Enter", "end of input"])
def test_missing_address_at_prompt_is_a_usage_error(server, config, secrets, typed):
    asked = secrets(NEW)
    result = init(server, "--no-verify", stdin=typed, terminal=True)
    assert (result.exit_code, result.code) == (4, "USAGE_ERROR")
    assert not config.exists() and asked == []


def test_empty_key_at_prompt_is_a_usage_error_and_writes_nothing(server, config, secrets):
    secrets("  ")
    result = init(server, "--host", "octopi.test", terminal=True)
    assert (result.exit_code, result.code) == (4, "USAGE_ERROR")
    assert not config.exists()


@pytest.mark.parametrize(
    ("argv", "missing"),
    [
        ((), "--host and --api-key"),
        (("--host", "octopi.test"), "--api-key"),
        (("--api-key", NEW), "--host"),
    ],
    ids=["nothing", "no key", "no host"],
)
def test_init_without_terminal_needs_all_options(server, config, argv, missing):
    result = init(server, *argv)
    assert (result.exit_code, result.code) == (4, "USAGE_ERROR")
    assert f"{missing} must be given" in result.envelope["error"]["message"]
    assert server.requests == [] and not config.exists()


@pytest.mark.parametrize(
    ("answer", "exit_code", "code"),
    [
        ({"json": {"groups": ["guests"], "name": None, "permissions": []}}, 4, "AUTH_ERROR"),
        ({"text": "<html>Sign in</html>", "headers": {"Content-Type": "text/html"}}, 4, "UNEXPECTED_RESPONSE"),
        ({"status_code": 404, "text": "<html>404</html>"}, 4, "UNEXPECTED_RESPONSE"),
        ({"status_code": 503, "text": "<html>starting</html>"}, 1, "SERVER_STARTING"),
        ({"status_code": 302, "headers": {"Location": "https://sso.test/"}}, 4, "UNEXPECTED_RESPONSE"),
    ],
    ids=["unknown key", "login page", "no OctoPrint", "starting", "redirect"],
)
def test_unverified_settings_are_not_written(server, config, answer, exit_code, code):
    server.on("GET", "/api/currentuser", **answer)
    result = init(server, *GIVEN)
    assert (result.exit_code, result.code) == (exit_code, code)
    assert not config.exists()


def test_no_verify_sends_no_request(server, config):
    result = init(server, *GIVEN, "--no-verify")
    assert result.data["verified"] is False and result.data["server"] is None
    assert server.requests == [] and written_config(config)["api_key"] == NEW


def test_invalid_host_is_refused_and_nothing_written(server, config):
    result = init(server, "--host", "ftp://octopi.test", "--api-key", NEW)
    assert (result.exit_code, result.code) == (4, "CONFIG_ERROR")
    assert not config.exists()


@pytest.mark.parametrize("text", ["host: http://old.test\napi_key: old-key\n", "api_key: old-key\n"])
def test_existing_settings_are_not_overwritten_without_force(server, config, text):
    write(config, text)
    result = init(server, *GIVEN)
    assert (result.exit_code, result.code) == (4, "CONFIG_EXISTS")
    assert result.envelope["error"]["hint"].endswith("--force")
    assert config.read_text() == text


def test_force_overwrites_and_keeps_every_other_key(server, config):
    write(
        config,
        "timeout: 7\nhost: http://old.test\napi_key: old-key\nlimits: {bed: 90}\nprinters: {mk3: {host: b.test}}\nacme: {x: 1}\n",
    )
    assert init(server, *GIVEN, "--force").exit_code == 0
    assert written_config(config) == {
        "timeout": 7,
        "host": "http://octopi.test",
        "api_key": NEW,
        "limits": {"bed": 90},
        "printers": {"mk3": {"host": "b.test"}},
        "acme": {"x": 1},
    }


def test_identical_settings_need_no_force(server, config):
    init(server, *GIVEN)
    assert init(server, *GIVEN).exit_code == 0


def test_unrelated_existing_settings_need_no_force(server, config):
    write(config, "timeout: 7\n")
    init(server, *GIVEN)
    assert written_config(config) == {"timeout": 7, "host": "http://octopi.test", "api_key": NEW}


def test_named_printer_is_added_beside_others(server, config):
    write(config, "host: http://old.test\napi_key: old-key\nprinters: {mk3: {host: http://b.test, limits: {bed: 1}}}\n")
    result = init(server, *GIVEN, "--printer", "mk4")
    assert result.data["printer"] == "mk4"
    assert written_config(config) == {
        "host": "http://old.test",
        "api_key": "old-key",
        "printers": {"mk3": {"host": "http://b.test", "limits": {"bed": 1}}, "mk4": {"host": "http://octopi.test", "api_key": NEW}},
    }


def test_a_printer_that_is_there_is_not_overwritten_without_force(server, config):
    write(config, "printers: {mk3: {host: http://b.test, limits: {bed: 1}}}\n")
    assert init(server, *GIVEN, "--printer", "mk3").code == "CONFIG_EXISTS"
    assert init(server, *GIVEN, "--printer", "mk3", "--force").exit_code == 0
    assert written_config(config)["printers"]["mk3"] == {"host": "http://octopi.test", "limits": {"bed": 1}, "api_key": NEW}


def test_invalid_config_file_is_left_unchanged(server, config):
    write(config, "host: [\n")
    assert init(server, *GIVEN, "--force").code == "CONFIG_ERROR"
    assert config.read_text() == "host: [\n"


def test_config_option_may_name_a_new_file(server, tmp_path, config):
    other = tmp_path / "deep" / "other.yaml"
    assert init(server, *GIVEN, "--config", str(other)).exit_code == 0
    assert written_config(other)["api_key"] == NEW and not config.exists()


def test_written_settings_are_used_by_next_command(server, config):
    init(server, *GIVEN)
    assert server.run("status", env={"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": ""}).exit_code == 0
    assert server.requests[-1].headers["X-Api-Key"] == NEW
