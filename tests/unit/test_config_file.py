"""The configuration file and the address: what cannot be understood is named, never passed over."""

from __future__ import annotations

import os
import stat

import pytest
import yaml

from octoprint_cli.config.file import ConfigFile
from octoprint_cli.config.settings import Settings
from octoprint_cli.config.url import normalise
from octoprint_cli.errors import ConfigError


def settings(tmp_path, text):
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    return Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)})


def read_everything(found):
    list(found.describe())
    _ = found.printers


@pytest.mark.parametrize(
    ("text", "line", "named"),
    [
        ("host: a.test\ntimeout: soon\n", 2, "timeout"),
        ("timeout: true\n", 1, "timeout"),
        ("timeout: 0\n", 1, "timeout"),
        ("timeout: [30]\n", 1, "timeout"),
        ("retries: 1.5\n", 1, "retries"),
        ("retries: -1\n", 1, "retries"),
        ("host: a.test\n\n\nverify: 'false'\n", 4, "verify"),
        ("api_key: 0123456\n", 1, "api_key: must be text"),
        ("host: 5\n", 1, "host"),
        ("host: {a: b}\n", 1, "host"),
        ("limits: 300\n", 1, "limits"),
        ("models: 5\n", 1, "models: must be a string, or a list of strings"),
        ("models: [Ender-3, 3]\n", 1, "models"),
        ("models: [' ']\n", 1, "models"),
        ("models: {a: b}\n", 1, "models"),
        ("model: Ender-3\n", 1, "model: is not a setting; did you mean models?"),
        ("limit: {tool: 100}\n", 1, "limit: is not a setting; did you mean limits?"),
        ("host: a.test\napikey: x\n", 2, "did you mean api_key?"),
        ("colour: red\n", 1, "colour: is not a setting (choose from"),
        ("printers:\n  mk3:\n    hsot: b.test\n", 3, "printers.mk3.hsot: is not a setting; did you mean host?"),
        ("printers:\n  on: {host: b.test}\n", None, "put the printer's name in quotes"),
        ("limits:\n  bed: warm\n", 2, "limits.bed"),
        ("limits:\n  bed: -1\n", 2, "limits.bed"),
        ("limits:\n  bed: .nan\n", 2, "limits.bed"),
        ("limits:\n  tool: 200\n  nozzle: 300\n", 3, "limits.nozzle"),
        ("printers: [a, b]\n", 1, "printers"),
        ("printers:\n  mk3: http://a.test\n", 1, "printers"),
        ("host: a.test\napi_key: x\nhost: b.test\n", 3, "host is given twice, first on line 1"),
        ("printers:\n  mk3:\n    host: a\n    host: b\n", 4, "printers.mk3.host is given twice"),
        ("host: [\n", 2, ""),
        ("host: a: b\n", 1, ""),
        ("host: 'a\n", 2, ""),
        ("\thost: a\n", 1, ""),
        ("- host\n- a\n", 1, "keys and values"),
        ("just text\n", 1, "keys and values"),
        ("a: 1\nnote: 2020-13-45\n", None, ""),
        ("a: &a\n  b: *a\n", None, ""),
        ("a: !!python/object:os.system x\n", 1, ""),
    ],
)
def test_invalid_configuration_is_named_with_file_line_and_key(tmp_path, text, line, named):
    with pytest.raises(ConfigError) as caught:
        read_everything(settings(tmp_path, text))
    assert str(tmp_path / "config.yaml") in caught.value.message
    assert named in caught.value.message
    assert str(tmp_path / "config.yaml") in caught.value.hint
    if line is not None:
        assert caught.value.details["line"] == line and f"line {line}" in caught.value.message


def test_invalid_printer_value_is_named_by_full_path(tmp_path):
    settings(tmp_path, "printers:\n  mk3:\n    host: a.test\n    timeout: soon\n")
    found = Settings({"printer": "mk3"}, {"OCTOPRINT_CLI_HOME": str(tmp_path)})
    with pytest.raises(ConfigError, match=r"line 4: printers\.mk3\.timeout"):
        found.get("timeout")


@pytest.mark.parametrize("content", [b"host: \xff\xfe\n", b"host: a\x00b\n"])
def test_binary_config_file_is_a_config_error(tmp_path, content):
    (tmp_path / "config.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).get("host")


def test_folder_as_config_file_is_a_config_error(tmp_path):
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings({}, {"OCTOPRINT_CLI_HOME": str(tmp_path)}).get("host")


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "null\n", "\ufeffhost: ''\n"])
def test_empty_config_file_sets_nothing(tmp_path, text):
    assert settings(tmp_path, text).get("host") is None


@pytest.mark.parametrize("text", ["host:\n", "host: null\n", "host: ''\n"])
def test_config_key_without_value_sets_nothing(tmp_path, text):
    assert settings(tmp_path, text).get("host") is None


def test_invalid_config_file_stops_command_before_any_request(server, home):
    home.mkdir()
    (home / "config.yaml").write_text("timeout: soon\n")
    server.run_error(4, "CONFIG_ERROR", "cancel", "--confirm")
    assert server.requests == []


def test_help_and_plugins_list_work_beside_a_broken_file(server, home):
    home.mkdir()
    (home / "config.yaml").write_text("host: [\n")
    for words in (("help",), ("--help",), ("plugins", "list"), ("--version",), ("help", "print")):
        server.run_ok(*words)


def test_config_file_is_written_atomically_for_owner_only(tmp_path):
    path = tmp_path / "new" / "config.yaml"
    ConfigFile(path).write({"host": "ü", "b": 1, "a": 2})
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"host": "ü", "b": 1, "a": 2}
    assert list(ConfigFile(path).data) == ["host", "b", "a"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_writing_removes_group_and_world_permissions(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("a: 1\n")
    path.chmod(0o644)
    assert ConfigFile(path).readable_by_others()
    ConfigFile(path).write({"a": 2})
    assert not ConfigFile(path).readable_by_others()


def test_failed_write_keeps_old_file_and_leaves_no_temporary_file(tmp_path, monkeypatch):
    path = tmp_path / "config.yaml"
    path.write_text("a: 1\n")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        ConfigFile(path).write({"a": 2})
    assert path.read_text() == "a: 1\n"
    assert [found.name for found in tmp_path.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("octopi.local", "http://octopi.local"),
        ("octopi.local:5000", "http://octopi.local:5000"),
        ("localhost:5000", "http://localhost:5000"),
        ("192.168.1.5", "http://192.168.1.5"),
        ("http://octopi.local/", "http://octopi.local"),
        ("https://example.org/octoprint/", "https://example.org/octoprint"),
        ("example.org/octoprint//", "http://example.org/octoprint"),
        ("HTTPS://example.org", "https://example.org"),
        ("  octopi.local  ", "http://octopi.local"),
        ("::1", "http://[::1]"),
        ("fe80::1", "http://[fe80::1]"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("http://[::1]:5000/op/", "http://[::1]:5000/op"),
        ("https://me:secret@example.org/op", "https://me:secret@example.org/op"),
    ],
)
def test_host_address_is_normalised(written, base):
    assert normalise(written) == base


@pytest.mark.parametrize(
    "written",
    [
        *("", "  ", "http://", "ftp://a.test", "file:///etc/passwd", "a b", "a.test:0", "a.test:99999", "a.test:x", "a.test?x=1"),
        *("a.test#x", "a..b", "a" * 64 + ".test", "http:///x", "[::1", "a\\b", "http://a.test\n.evil.test", "://a.test"),
    ],
)
def test_invalid_host_address_is_refused(written):
    with pytest.raises(ConfigError, match="is not the address of a server"):
        normalise(written)


def test_a_password_in_a_refused_address_is_not_repeated():
    with pytest.raises(ConfigError) as caught:
        normalise("https://me:secret@example.org/?x")
    assert "secret" not in caught.value.message


def test_missing_config_file_is_not_readable_by_others(tmp_path):
    assert not ConfigFile(tmp_path / "none.yaml").readable_by_others()
