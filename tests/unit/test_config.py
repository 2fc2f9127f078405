"""Settings: which source counts, and to whom a key is given."""

from __future__ import annotations

import pytest

from octoprint_cli.config.settings import Settings
from octoprint_cli.config.values import Limits, Setting
from octoprint_cli.errors import ConfigError, ConfigExists

FILE = """\
host: http://top.test
api_key: top-key
timeout: 11
models: Ender-3
limits: {tool: 250}
acme: {colour: red, size: 1}
printers:
  mk3:
    host: http://mk3.test
    api_key: mk3-key
    timeout: 12
    models: [MK3S, " MK3S+ "]
    limits: {bed: 70}
    acme: {colour: blue}
  mk4:
    host: http://mk4.test
    models: []
"""


@pytest.fixture
def settings(home):
    """Settings of these options and this environment, beside the file above."""
    home.mkdir()
    (home / "config.yaml").write_text(FILE)

    def make(environ=None, **options):
        return Settings(options, {"OCTOPRINT_CLI_HOME": str(home), **(environ or {})})

    return make


HOST = {"OCTOPRINT_HOST": "env.test"}
MK3 = {"OCTOPRINT_PRINTER": "mk3"}


@pytest.mark.parametrize(
    ("environ", "options", "host", "origin"),
    [
        ({}, {}, "http://top.test", "config.yaml"),
        (HOST, {}, "http://env.test", "OCTOPRINT_HOST"),
        (HOST, {"host": "option.test"}, "http://option.test", "--host"),
        (MK3, {}, "http://mk3.test", "printer mk3"),
        ({**HOST, **MK3}, {}, "http://env.test", "OCTOPRINT_HOST"),
        (HOST, {"printer": "mk3"}, "http://mk3.test", "printer mk3"),
        (MK3, {"printer": "mk4"}, "http://mk4.test", "printer mk4"),
        ({}, {"printer": "mk3", "host": "option.test"}, "http://option.test", "--host"),
        ({"OCTOPRINT_HOST": ""}, {}, "http://top.test", "config.yaml"),
    ],
)
def test_setting_precedence_is_option_printer_environment_file(settings, environ, options, host, origin):
    found = settings(environ, **options)
    assert found.host == host
    assert found.find("host").origin.endswith(origin)


@pytest.mark.parametrize(
    ("environ", "options", "timeout"),
    [({}, {}, 11), (MK3, {}, 12), ({}, {"printer": "mk4"}, 11), (MK3, {"timeout": "5"}, 5), ({}, {"timeout": "0.5"}, 0.5)],
)
def test_each_setting_is_resolved_independently(settings, environ, options, timeout):
    assert settings(environ, **options).get("timeout") == timeout


@pytest.mark.parametrize(
    ("environ", "options", "key"),
    [
        ({}, {}, "top-key"),
        ({}, {"host": "http://top.test/"}, "top-key"),
        ({}, {"host": "top.test"}, "top-key"),
        ({}, {"host": "stranger.test"}, None),
        ({}, {"host": "http://top.test:8080"}, None),
        ({}, {"host": "https://top.test"}, None),
        (HOST, {}, None),
        ({}, {"printer": "mk3"}, "mk3-key"),
        ({}, {"printer": "mk4"}, None),
        (MK3, {"host": "stranger.test"}, None),
        ({}, {"printer": "mk3", "host": "stranger.test"}, None),
        ({**MK3, **HOST}, {}, None),
        ({}, {"host": "stranger.test", "api_key": "option-key"}, "option-key"),
        ({"OCTOPRINT_API_KEY": "env-key"}, {}, "env-key"),
        ({"OCTOPRINT_API_KEY": "env-key"}, {"printer": "mk3"}, "mk3-key"),
        ({"OCTOPRINT_API_KEY": "env-key"}, {"api_key": "option-key"}, "option-key"),
    ],
)
def test_key_beside_a_host_is_used_for_that_host_only(settings, environ, options, key):
    assert settings(environ, **options).get("api_key") == key


def test_key_without_a_host_is_used_for_any_host(home):
    home.mkdir()
    (home / "config.yaml").write_text("api_key: bare-key\n")
    assert Settings({"host": "a.test"}, {"OCTOPRINT_CLI_HOME": str(home)}).get("api_key") == "bare-key"


def test_white_space_around_a_key_is_dropped(home):
    environ = {"OCTOPRINT_CLI_HOME": str(home), "OCTOPRINT_API_KEY": " env-key\n", "OCTOPRINT_HOST": " a.test "}
    assert Settings({}, environ).get("api_key") == "env-key"
    assert Settings({}, environ).host == "http://a.test"


def test_there_is_no_default_host(home):
    with pytest.raises(ConfigError, match="no OctoPrint server is configured"):
        _ = Settings({}, {"OCTOPRINT_CLI_HOME": str(home)}).host


def test_defaults_apply_last(home):
    bare = Settings({}, {"OCTOPRINT_CLI_HOME": str(home)})
    assert {name: bare.get(name) for name in ("timeout", "retries", "verify", "api_key")} == {
        "timeout": 30,
        "retries": 3,
        "verify": True,
        "api_key": None,
    }
    assert bare.limits == Limits(300, 120, 80)


def test_config_file_is_read_lazily(home):
    home.mkdir()
    (home / "config.yaml").write_text("host: [")
    broken = Settings({"host": "a.test"}, {"OCTOPRINT_CLI_HOME": str(home)})
    assert broken.host == "http://a.test"
    with pytest.raises(ConfigError):
        broken.get("timeout")


def test_every_secret_read_is_passed_to_on_secret(settings):
    secrets = []
    found = settings(printer="mk3")
    found.on_secret = secrets.append
    found.get("api_key")
    assert secrets == ["mk3-key"]


@pytest.mark.parametrize(
    ("environ", "options", "limits"),
    [({}, {}, Limits(250, 120, 80)), (MK3, {}, Limits(250, 70, 80)), ({}, {"printer": "mk3"}, Limits(250, 70, 80))],
)
def test_each_limit_is_resolved_by_precedence(settings, environ, options, limits):
    assert settings(environ, **options).limits == limits


@pytest.mark.parametrize(("printer", "models"), [(None, ("Ender-3",)), ("mk3", ("MK3S", "MK3S+")), ("mk4", ())])
def test_models_come_from_chosen_printer_or_top_level(settings, printer, models):
    assert settings(printer=printer).models == models


def test_models_default_to_empty(tmp_path):
    assert Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).models == ()


@pytest.mark.parametrize(("heater", "limit"), [("tool0", 1), ("tool12", 1), ("tool", 1), ("bed", 2), ("chamber", 3)])
def test_limit_is_looked_up_by_heater_name(heater, limit):
    assert Limits(1, 2, 3).of(heater) == limit


def test_plugin_section_is_merged_with_printer_section(settings):
    assert settings().section("acme") == {"colour": "red", "size": 1}
    assert settings(printer="mk3").section("acme") == {"colour": "blue", "size": 1}
    assert settings().section("none") == {}


KEYS = {"colour": Setting.text("red"), "heat": Setting.degrees(200.0), "on": Setting.switch(), "size": Setting.number(most=9)}


def test_plugin_section_has_typed_values_and_defaults(settings):
    assert settings(printer="mk3").section("acme", KEYS) == {"colour": "blue", "heat": 200.0, "on": False, "size": 1.0}
    assert settings().section("none", KEYS) == {"colour": "red", "heat": 200.0, "on": False, "size": None}


@pytest.mark.parametrize("name", ["my_printer", "my_printers", "hosts_of_mine", "laser"])
def test_plugin_section_name_may_resemble_a_builtin_key(tmp_path, name):
    (tmp_path / "config.yaml").write_text(f"{name}:\n  colour: blue\n")
    assert Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).section(name, KEYS)["colour"] == "blue"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("acme:\n  heat: hot\n", "line 2: acme.heat: must be a number"),
        ("acme:\n  clour: x\n", "choose from colour"),
        ("acme:\n  size: 10\n", "line 2: acme.size: must be a number of at most 9"),
        ("acme: [3]\n", "acme: must contain colour"),
    ],
)
def test_invalid_plugin_section_is_reported_with_line(tmp_path, written, problem):
    (tmp_path / "config.yaml").write_text(written)
    with pytest.raises(ConfigError, match=problem):
        Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).section("acme", KEYS)


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan", "inf", "90000"])
def test_invalid_option_value_is_named(settings, value):
    with pytest.raises(ConfigError, match="--timeout"):
        settings(timeout=value).get("timeout")


def test_home_folder_and_config_path_can_be_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings({}, {}).path == tmp_path / ".octoprint-cli" / "config.yaml"
    assert Settings({}, {"OCTOPRINT_CLI_HOME": "~/moved"}).path == tmp_path / "moved" / "config.yaml"
    assert Settings({"config": "~/c.yaml"}, {}).path == tmp_path / "c.yaml"


def test_given_ignores_config_file(settings):
    assert settings().given("host") is None
    assert settings(HOST).given("host") == "env.test"
    assert settings(HOST, host="option.test").given("host") == "option.test"


def test_settings_for_a_server_ignore_printers_of_the_file(settings):
    found = settings(MK3, printer="mk4").for_server("http://new.test", "new-key")
    assert (found.host, found.get("api_key"), found.get("timeout")) == ("http://new.test", "new-key", 11)


def test_forgetting_a_printer_keeps_the_rest_of_the_file(settings, home):
    settings().forget("mk3")
    assert set(settings().printers) == {"mk4"} and settings().get("timeout") == 11
    before = (home / "config.yaml").read_text()
    settings().forget("mk9")
    assert (home / "config.yaml").read_text() == before


def test_require_room_refuses_only_a_different_existing_value(settings):
    settings().require_room({"host": "http://top.test"}, None, "")
    settings().require_room({"host": "http://x.test"}, "mk9", "")
    with pytest.raises(ConfigExists, match="host"):
        settings().require_room({"host": "http://x.test"}, None, "")
    with pytest.raises(ConfigExists, match="api_key"):
        settings().require_room({"api_key": "x"}, "mk3", "")
