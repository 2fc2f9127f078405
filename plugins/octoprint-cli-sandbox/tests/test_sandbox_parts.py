"""The parts that need no server: releases, Pythons, the server's configuration, the installation, the port."""

from __future__ import annotations

import json
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from octoprint_cli_sandbox import installation, pythons, server_config
from octoprint_cli_sandbox.errors import InstallFailed, NeedsPython, SandboxConflict, SandboxError
from octoprint_cli_sandbox.installation import Installation
from octoprint_cli_sandbox.pythons import Python
from octoprint_cli_sandbox.releases import DEFAULT, RECIPES, Release, minor_version, parse_release
from octoprint_cli_sandbox.sandbox import Sandbox, parse_name


@pytest.mark.parametrize(
    ("asked", "requirement", "beside", "before"),
    [
        (DEFAULT, "OctoPrint==1.11.*", (), ()),
        ("1.11.8", "OctoPrint==1.11.8", (), ()),
        ("2.0.0rc7", "OctoPrint==2.0.0rc7", (), ()),
        ("1.10.3", "OctoPrint==1.10.3", ("limits<5", "click<8.2"), ("setuptools<70",)),
        ("1.9.3", "OctoPrint==1.9.3", (), ("setuptools<70",)),
        ("1.8.7", "OctoPrint==1.8.7", (), ("setuptools<70",)),
    ],
)
def test_release_gives_pip_requirements(asked: str, requirement: str, beside: Any, before: Any) -> None:
    wanted = parse_release(asked)
    assert (wanted.requirement, wanted.recipe.extras, wanted.recipe.first) == (requirement, beside, before)


@pytest.mark.parametrize(
    ("asked", "installed", "met"),
    [
        ("1.11", "1.11.8", True),
        ("1.11", "1.1.18", False),
        ("1.1", "1.11.8", False),
        ("1.11.8", "1.11.8", True),
        ("1.11.8", "1.11.80", False),
        ("2.0.0rc7", "2.0.0", False),
    ],
)
def test_installed_version_may_satisfy_requested_release(asked: str, installed: str, met: bool) -> None:
    assert parse_release(asked).is_met_by(installed) is met


@pytest.mark.parametrize("text", ["", "1", "latest", "1.11.8; rm -rf", "-r x", "1.11 ", "==1.11", "1.11.8\n"])
def test_invalid_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a version"):
        parse_release(text)


@pytest.mark.parametrize(
    ("asked", "python", "fits"),
    [
        ("1.8.7", "3.9.18", True),
        ("1.8.7", "3.10.1", False),
        ("1.10.3", "3.12.0", True),
        ("1.10.3", "3.13.0", False),
        ("1.11", "3.8.0", True),
        ("2.0.0rc7", "3.8.18", False),
        ("2.1.0", "3.13.0", True),
    ],
)
def test_suitable_python_versions_per_release(asked: str, python: str, fits: bool) -> None:
    assert parse_release(asked).recipe.fits(python) is fits


def test_recipes_are_sorted_and_cover_every_version() -> None:
    lines = [recipe.since for recipe in RECIPES]
    assert lines == sorted(lines, reverse=True) and lines[-1] == (0, 0)


# --- the interpreter -------------------------------------------------------------------------------


def test_running_python_is_used_if_suitable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(pythons, "probe", lambda command: Python(command, "3.11.7"))
    assert pythons.find(Release("1.11"), None).path == sys.executable


def test_newest_suitable_python_is_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = {sys.executable: "3.12.1", "/x/python3.9": "3.9.18", "/x/python3.8": "3.8.18"}
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(pythons.shutil, "which", lambda name: f"/x/{name}" if f"/x/{name}" in there else None)
    monkeypatch.setattr(pythons, "probe", lambda command: Python(command, there[command]))
    assert pythons.find(Release("1.8.7"), None) == Python("/x/python3.9", "3.9.18")


def test_missing_suitable_python_names_the_needed_versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pythons, "probe", lambda command: Python(command, "3.12.1"))
    with pytest.raises(NeedsPython, match=r"needs Python 3\.8 to 3\.9") as caught:
        pythons.find(Release("1.8.7"), None)
    assert caught.value.hint and caught.value.hint.endswith("sandbox start --octoprint 1.8.7 --python python3.9")


def test_command_that_is_no_python_is_refused(tmp_path: Path) -> None:
    shim = tmp_path / "python3.9"  # as pyenv's, for a version that is not activated
    shim.write_text("#!/bin/sh\necho not found >&2\nexit 127\n")
    shim.chmod(0o755)
    assert pythons.probe(str(shim)) is None
    with pytest.raises(NeedsPython, match="is not a Python"):
        pythons.find(Release("1.8.7"), str(shim))


def test_explicit_python_is_used_even_if_unsuitable() -> None:
    found = pythons.find(Release("1.8.7"), sys.executable)
    assert minor_version(found.version) == sys.version_info[:2]


# --- the server's configuration --------------------------------------------------------------------


def test_server_configuration_of_octoprint_1() -> None:
    config = server_config.config("1.11.8")
    assert config["serial"] == {"port": "VIRTUAL", "baudrate": 115200, "autoconnect": True}
    assert config["server"]["pluginBlacklist"] == {"enabled": False}
    assert "printerConnection" not in config and "pluginBlocklist" not in config["server"]


def test_server_configuration_of_octoprint_2() -> None:
    config = server_config.config("2.0.0rc7")
    preferred = {"connector": "serial", "parameters": {"port": "VIRTUAL", "baudrate": 115200}}
    assert config["printerConnection"] == {"autoconnect": True, "preferred": preferred}
    assert config["server"]["pluginBlocklist"] == {"enabled": False}
    assert "serial" not in config and "pluginBlacklist" not in config["server"]


@pytest.mark.parametrize("version", ["1.8.7", "1.10.3", "1.11.8", "2.0.0rc7"])
def test_server_configuration_disables_online_services_and_errors(version: str) -> None:
    config = server_config.config(version)
    assert config["server"]["onlineCheck"] == {"enabled": False} and config["server"]["firstRun"] is False
    for plugin in ("softwareupdate", "tracking", "discovery", "announcements", "pluginmanager", "errortracking"):
        assert plugin in config["plugins"]["_disabled"]
    assert config["plugins"]["virtual_printer"] == {"enabled": True, "simulated_errors": []}
    assert config["devel"] == {"enableRateLimiter": False}


def test_octoprint_1_8_gets_a_writable_sd_card_folder(tmp_path: Path) -> None:
    for version, name in (("1.8.7", "lower"), ("1.8.7", "UPPER"), ("1.11.8", "newer")):
        base = tmp_path / name
        server_config.write(base, version, "KEY")
        folder = yaml.safe_load((base / "config.yaml").read_text()).get("folder", {}).get("virtualSd")
        usable = version == "1.8.7" and str(base).lower() == str(base)
        assert folder == (str(base / "card") if usable else None)
        assert folder is None or Path(folder).is_dir()


def test_server_configuration_is_private_and_not_overwritten(tmp_path: Path) -> None:
    base = tmp_path / "base"
    server_config.write(base, "1.11.8", "KEY")
    assert yaml.safe_load((base / "users.yaml").read_text())["sandbox"]["apikey"] == "KEY"
    assert {stat.S_IMODE(path.stat().st_mode) for path in base.iterdir()} == {0o600}
    (base / "config.yaml").write_text("theirs: true\n")
    server_config.write(base, "1.11.8", "OTHER")
    assert (base / "config.yaml").read_text() == "theirs: true\n" and "OTHER" not in (base / "users.yaml").read_text()


# --- the installation ------------------------------------------------------------------------------


def test_incomplete_environment_is_not_usable(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    assert made.octoprint is None and not made.works()


def test_environment_without_octoprint_is_not_usable(tmp_path: Path) -> None:
    (tmp_path / installation._MARKER).write_text(json.dumps({"octoprint": "1.11.8", "python": "3.11.7"}))
    made = Installation(tmp_path)  # its Python is gone
    assert made.octoprint == "1.11.8" and not made.works()


def test_failed_installation_reports_last_error_line(tmp_path: Path) -> None:
    said = "for word in ('WARNING: Location x', 'looking', 'ERROR: a', 'ERROR: no such release'): print(word)\nraise SystemExit(1)"
    with pytest.raises(InstallFailed) as caught:
        Installation(tmp_path)._run([sys.executable, "-c", said], "pip could not install it")
    assert caught.value.message == "pip could not install it: no such release"
    assert caught.value.details == {"output": ["looking", "ERROR: a", "ERROR: no such release"]}


# --- the folder, the name, the port ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "-x", "x" * 65, "a\n"])
def test_invalid_sandbox_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a valid name"):
        parse_name(name)


def test_existing_foreign_folder_is_never_used(tmp_path: Path) -> None:
    theirs = tmp_path / "sandbox" / "mine" / "thesis.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("all of it")
    mine = Sandbox(tmp_path, "mine")
    assert mine.describe()["state"] == "absent"
    with pytest.raises(SandboxConflict), mine.lock():
        mine.create()
    assert theirs.read_text() == "all of it"


def test_sandbox_files_are_private_and_key_is_not_shown(sandbox: Sandbox) -> None:
    assert stat.S_IMODE((sandbox.path / "sandbox.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(sandbox.path.stat().st_mode) == 0o700
    assert len(sandbox.record.api_key) == 32 and sandbox.record.api_key not in str(sandbox.describe())


def test_a_damaged_record_is_an_error_not_a_new_sandbox(sandbox: Sandbox) -> None:
    (sandbox.path / "sandbox.json").write_text("{")
    with pytest.raises(SandboxError, match="cannot be parsed"):
        sandbox.describe()


def test_occupied_port_is_refused_or_replaced(sandbox: Sandbox) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(SandboxConflict, match=f"port {taken} cannot be used"):
            sandbox.choose_port(taken)
        record = sandbox.record
        record.port = taken
        sandbox.save_record(record)
        assert sandbox.choose_port(None) != taken
    assert sandbox.choose_port(None) == taken
