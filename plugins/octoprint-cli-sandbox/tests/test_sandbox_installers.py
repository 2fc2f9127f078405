"""What installs OctoPrint: uv where there is one, and pip otherwise. That uv does is seen in test_sandbox_server."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import List

import pytest
from octoprint_cli_sandbox import installers
from octoprint_cli_sandbox.errors import InstallFailed
from octoprint_cli_sandbox.installation import Installation
from octoprint_cli_sandbox.pythons import Python
from octoprint_cli_sandbox.releases import Release

PYTHON = Python(sys.executable, "3.11.7")


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which uv is looked for."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    monkeypatch.setattr(installers.sysconfig, "get_path", lambda name: str(folder))
    monkeypatch.setenv("PATH", "/nowhere")
    return folder


@pytest.fixture
def failing_uv(scripts: Path) -> Path:
    """A uv that can do nothing."""
    program = scripts / "uv"
    program.write_text("#!/bin/sh\necho 'error: there is no index'\nexit 2\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which pip looks for packages: one is there, with nothing in it but OctoPrint's name."""
    folder, info = tmp_path / "index", "octoprint-1.11.8.dist-info"
    folder.mkdir()
    with zipfile.ZipFile(folder / "octoprint-1.11.8-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: OctoPrint\nVersion: 1.11.8\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(folder)), ("PIP_CONFIG_FILE", "/dev/null")):
        monkeypatch.setenv(name, value)
    return folder


def test_pip_is_the_installer_where_there_is_no_uv(scripts: Path) -> None:
    assert [installer.name for installer in installers.installers()] == ["pip"]


def test_uv_beside_this_python_is_the_first_installer(failing_uv: Path) -> None:
    uv, pip = installers.installers()
    assert (uv.name, pip.name) == ("uv", "pip")
    assert uv.install(Path("venv/bin/python"), ["OctoPrint==1.11.8"])[0] == str(failing_uv)


def test_pip_installs_what_uv_could_not(tmp_path: Path, failing_uv: Path, index: Path) -> None:
    notes: List[str] = []
    made = Installation(tmp_path / "venv", notes.append)
    assert made.create(Release("1.11.8"), PYTHON) == made.octoprint == "1.11.8" and made.works()
    assert "uv could not create the virtual environment: error: there is no index; trying it with pip" in notes[1]
    with pytest.raises(InstallFailed) as caught:
        made._run(installers.Pip().install(made.python, ["OctoPrint==1.11.9"]), "pip could not install it")
    assert caught.value.message.startswith("pip could not install it: No matching distribution found for OctoPrint==1.11.9")
