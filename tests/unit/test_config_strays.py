"""Values as other programs leave them: a CONFIG_ERROR that says what to change, and never a request with such a value."""

from __future__ import annotations

import pytest

from octoprint_cli.config import strays
from octoprint_cli.config.settings import Settings
from octoprint_cli.errors import ConfigError

URL = "http://octopi.test"
KEY = "0123456789ABCDEF0123456789ABCDEF"


def left_in(value):
    """A value with what programs and people leave around it."""
    return [
        *(f'"{value}"', f"'{value}'", f'"{value}', f"{value}'", f"\u201c{value}\u201d", f"\ufeff{value}", f"{value}\u200b"),
        *(f"export OCTOPRINT={value}", f"OCTOPRINT_HOST={value}", f"{value} # my printer", f"{value} // mine"),
    ]


@pytest.mark.parametrize("host", left_in(URL))
def test_host_with_strays_is_refused_before_any_request(server, host):
    result = server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_HOST": host})
    assert "OCTOPRINT_HOST" in result.envelope["error"]["message"] and not result.envelope["error"]["retryable"]
    assert server.requests == []


@pytest.mark.parametrize(
    "key", [*left_in(KEY), f"X-Api-Key: {KEY}", f"Bearer {KEY}", "${OCTOPRINT_KEY}", "<key>", "YOUR_API_KEY", "$KEY"]
)
def test_key_with_strays_is_refused_before_any_request(server, key):
    result = server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_API_KEY": key})
    assert "OCTOPRINT_API_KEY" in result.envelope["error"]["message"]
    assert server.requests == []


@pytest.mark.parametrize("host", ["http://http://octopi.test", "https//octopi.test", "http:octopi.test", "http:/octopi.test"])
def test_address_with_two_schemes_is_refused(server, host):
    server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_HOST": host})
    assert server.requests == []


@pytest.mark.parametrize(
    ("host", "right"),
    [
        (f"{URL}/api", URL),
        (f"{URL}/api/", URL),
        (f"{URL}/api/version", URL),
        (f"{URL}/octoprint/api", f"{URL}/octoprint"),
        (f"{URL}/login/", URL),
        ("octopi.test:5000/api", "http://octopi.test:5000"),
    ],
)
def test_address_with_a_path_of_octoprint_names_the_right_one(server, host, right):
    result = server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_HOST": host})
    assert right in result.envelope["error"]["hint"].split()
    assert server.requests == []


def test_address_with_a_prefix_like_apis_is_taken():
    assert Settings({"host": "octopi.test/apis"}, {}).host == "http://octopi.test/apis"


def test_carriage_return_of_a_windows_file_is_dropped(server):
    assert server.run_ok("version", env={"OCTOPRINT_HOST": f"{URL}\r", "OCTOPRINT_API_KEY": f"{server.key}\r\n"})["host"] == URL


@pytest.fixture
def configured(server, home):
    """A run with this configuration file, and nothing in the environment but its folder."""
    home.mkdir()

    def run(text, *argv, code="", **env):
        (home / "config.yaml").write_text(text, encoding="utf-8")
        env = {"OCTOPRINT_HOST": "", "OCTOPRINT_API_KEY": "", **env}
        if code:
            return server.run_error(4, code, *argv, env=env).envelope["error"]
        return server.run_ok(*argv, env=env)

    return run


@pytest.mark.parametrize(
    "text",
    [
        f"octoprint:\n  host: {URL}\n  api_key: {KEY}\n",
        f"octoprint-cli: {{host: {URL}}}\n",
        f"server:\n  timeout: 5\nhost: {URL}\n",
        f"anything:\n  host: {URL}\n  api_key: {KEY}\n",
        f"printers:\n  mk3:\n    octoprint: {{host: {URL}}}\n",
    ],
)
def test_settings_one_level_too_deep_are_an_error_with_the_line(configured, text):
    error = configured(text, "status", code="CONFIG_ERROR")
    assert "line" in error["message"] and "move" in error["message"]


def test_section_of_a_plugin_may_have_a_host(configured, server):
    text = f"host: {URL}\napi_key: {server.key}\nspoolman:\n  host: http://spool.test\n"
    assert configured(text, "version")["host"] == URL


def test_quotes_inside_a_value_of_the_file_are_an_error_with_the_line(configured):
    error = configured(f"api_key: {KEY}\nhost: '\"{URL}\"'\n", "status", code="CONFIG_ERROR")
    assert "line 2" in error["message"] and "quotes" in error["message"]


def test_byte_order_mark_and_carriage_returns_of_the_file_do_no_harm(configured, server):
    assert configured(f"\ufeffhost: {URL}\r\napi_key: {server.key}\r\n", "version")["host"] == URL


PRINTERS = f"""\
host: http://other.test
printer: mk3
printers:
  mk3: {{host: {URL}, api_key: {{key}}, timeout: 7}}
  mk4: {{host: http://mk4.test}}
"""


def test_printer_of_the_file_is_the_default_printer(configured, server):
    text = PRINTERS.replace("{key}", server.key)
    assert configured(text, "version")["host"] == URL
    rows = {row["name"]: row for row in configured(text, "config", "show")["settings"]}
    assert rows["timeout"]["value"] == 7 and "printer mk3" in rows["timeout"]["origin"]


@pytest.mark.parametrize(
    ("argv", "env"), [(["--printer", "mk4"], {}), ([], {"OCTOPRINT_PRINTER": "mk4"}), (["--host", "mk4.test"], {})]
)
def test_option_and_variable_override_the_default_printer(configured, server, argv, env):
    rows = {
        row["name"]: row["value"]
        for row in configured(PRINTERS.replace("{key}", server.key), *argv, "config", "show", **env)["settings"]
    }
    assert rows["host"].endswith("mk4.test")


def test_unknown_default_printer_is_an_error(configured):
    error = configured(PRINTERS.replace("printer: mk3", "printer: mk5"), "status", code="CONFIG_ERROR")
    assert "no printer 'mk5'" in error["message"]


def test_printer_inside_a_printers_section_is_an_error(configured):
    error = configured(f"printers:\n  mk3: {{host: {URL}, printer: mk4}}\n", "status", "--printer", "mk3", code="CONFIG_ERROR")
    assert "is not a setting" in error["message"]


@pytest.fixture
def homeless(monkeypatch):
    """A user without HOME and without an entry in the password file."""

    def none():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(strays.Path, "home", none)
    monkeypatch.setattr(strays.Path, "expanduser", lambda path: none() if str(path).startswith("~") else path)


def test_without_a_home_folder_host_and_key_of_the_environment_suffice(server, homeless):
    server.env.pop("OCTOPRINT_CLI_HOME")
    assert server.run_ok("status")["state"] == "Operational"
    server.run_ok("config", "show")


def test_without_a_home_folder_a_guarded_start_needs_no_lock(server, homeless, gcode_file):
    server.env.pop("OCTOPRINT_CLI_HOME")
    result = server.run("print", str(gcode_file), "--confirm", "--dry-run", "--json")
    assert result.exit_code == 0, result


def test_without_a_home_folder_missing_host_is_the_error(server, homeless):
    server.env.pop("OCTOPRINT_CLI_HOME")
    result = server.run_error(4, "CONFIG_ERROR", "status", env={"OCTOPRINT_HOST": ""})
    assert "no OctoPrint server is configured" in result.envelope["error"]["message"]


def test_without_a_home_folder_init_names_the_variable(server, homeless):
    server.env.pop("OCTOPRINT_CLI_HOME")
    result = server.run_error(4, "CONFIG_ERROR", "init", "--no-verify")
    assert "OCTOPRINT_CLI_HOME" in result.envelope["error"]["hint"]


@pytest.mark.parametrize("argv", [["--config", "~/config.yaml", "status"], ["--config", "~nobody/config.yaml", "status"]])
def test_path_that_needs_a_home_folder_is_a_config_error(server, homeless, argv):
    assert "home folder" in server.run_error(4, "CONFIG_ERROR", *argv).envelope["error"]["message"]


@pytest.mark.parametrize("folder", ['"/data"', "OCTOPRINT_CLI_HOME=/data"])
def test_folder_with_strays_is_refused(folder):
    with pytest.raises(ConfigError, match="OCTOPRINT_CLI_HOME"):
        _ = Settings({}, {"OCTOPRINT_CLI_HOME": folder}).home
