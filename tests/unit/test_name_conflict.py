"""The other project named octoprint-cli, beside this program."""

import base64
import hashlib

import pytest

from octoprint_cli.plugins.name_conflict import NameConflict, name_conflict


def record(folder, distribution, files):
    """Install what a RECORD lists, without changing files that are there."""
    metadata = folder / f"{distribution}.dist-info"
    metadata.mkdir(parents=True)
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    (metadata / "RECORD").write_text("\n".join([*rows, f"{distribution}.dist-info/RECORD,,"]) + "\n")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder for packages on sys.path."""
    folder = tmp_path / "site-packages"
    (folder / "octoprint_cli").mkdir(parents=True)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_no_conflict_with_this_program_and_its_plugins(site):
    record(site, "octoprint_agent_cli-0.2.0", {})
    record(site, "octoprint_cli_mcp-0.2.0", {})
    assert name_conflict() is None


OTHERS = ["octoprint_cli-0.1.4.dist-info", "octoprint_cli-0.1.4-py3.8.egg-info", "octoprint-cli-0.1.4.egg-info"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_project_beside_this_one_is_found(site, name):
    (site / name).mkdir()
    assert name_conflict() == NameConflict("0.1.4", None)


@pytest.mark.parametrize(("there", "overwritten"), [(b"theirs", "octoprint_cli/__init__.py"), (b"ours", None), (b"edited", None)])
def test_overwritten_file_is_named(site, there, overwritten):
    record(site, "octoprint_agent_cli-0.2.0", {"octoprint_cli/api.py": b"api", "octoprint_cli/__init__.py": b"ours"})
    record(site, "octoprint_cli-0.1.4", {"octoprint_cli/__init__.py": b"theirs", "octoprint_cli/cli.py": b"cli"})
    (site / "octoprint_cli" / "__init__.py").write_bytes(there)
    (site / "octoprint_cli" / "api.py").write_bytes(b"api")
    assert name_conflict() == NameConflict("0.1.4", overwritten)


def test_version_warns_of_the_other_project(server, site):
    (site / "octoprint_cli-0.1.4.dist-info").mkdir()
    result = server.run("version", "--client", "--json")
    assert "octoprint-cli 0.1.4, is installed beside this program" in result.data["conflict"]
    assert result.stderr == f"Warning: {result.data['conflict']}\n"
    assert (
        server.run("--version").stdout.startswith("octoprint-cli ") and "Warning: another project" in server.run("--version").stderr
    )


def test_missing_folders_on_the_path_are_passed_over(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(tmp_path / "nowhere"))
    assert name_conflict() is None
