"""What is in a distribution: metadata, links that work on a package index, a licence and a changelog for each package."""

from __future__ import annotations

import configparser
import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Dict

import pytest

from octoprint_cli import __version__

CHECKOUT = Path(__file__).parents[2]
PLUGINS = sorted((CHECKOUT / "plugins").glob("octoprint-cli-*"))
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def setup_py() -> ModuleType:
    """setup.py, without running it."""
    spec = importlib.util.spec_from_file_location("setup_py", CHECKOUT / "setup.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def metadata() -> Dict[str, str]:
    setup_cfg = configparser.ConfigParser()
    setup_cfg.read(CHECKOUT / "setup.cfg", encoding="utf-8")
    return dict(setup_cfg["metadata"])


def test_description_without_an_address_has_no_relative_links(setup_py: ModuleType) -> None:
    text = setup_py.description(README, "")
    assert setup_py.RELATIVE.findall(README) and not setup_py.RELATIVE.findall(text)
    assert "Start with the guide for agents." in text and "[OctoPrint](https://octoprint.org)" in text


def test_description_with_an_address_has_absolute_links_and_the_picture(setup_py: ModuleType) -> None:
    text = setup_py.description(README, "https://forge.example.org/me/it")
    assert "(https://forge.example.org/me/it/blob/HEAD/docs/agents/guide.md)" in text
    assert "](https://forge.example.org/me/it/raw/HEAD/docs/live-view.svg)" in text
    assert not setup_py.RELATIVE.findall(text)


def test_metadata_names_the_authors_and_no_placeholder() -> None:
    found = metadata()
    assert found["author"] == "the octoprint-cli developers" and found["license"] == "MIT"
    assert not re.search(r"HOST|OWNER|example|invalid", found["project_urls"])


def test_classifiers_name_each_python_of_the_matrix() -> None:
    tested = set(re.findall(r"\b3\.\d+\b", (CHECKOUT / "tests" / "matrix.sh").read_text(encoding="utf-8")))
    named = set(re.findall(r"Python :: (3\.\d+)", metadata()["classifiers"]))
    assert tested and tested <= named


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_plugin_has_licence_changelog_and_lower_bound(plugin: Path) -> None:
    project = (plugin / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{__version__}"' in project and f'"octoprint-agent-cli>={__version__}"' in project
    assert 'name = "the octoprint-cli developers"' in project and "Python :: 3.13" in project
    assert (plugin / "LICENSE").read_bytes() == (CHECKOUT / "LICENSE").read_bytes()
    assert (plugin / "README.md").is_file() and "include CHANGELOG.md" in (plugin / "MANIFEST.in").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [CHECKOUT, *PLUGINS], ids=lambda folder: folder.name)
def test_changelog_has_dated_releases_and_this_version(folder: Path) -> None:
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## (\d+\.\d+\.\d+) - (unreleased|\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert releases and len(releases) == len(re.findall(r"^## ", text, re.MULTILINE))
    version, is_open = releases[0][0], ".dev" in __version__
    assert (version, releases[0][1] == "unreleased") == (__version__.partition(".dev")[0], is_open)
    assert "unreleased" not in dict(releases[1:]).values()
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_agents_guide_in_the_package_is_a_link_to_the_page() -> None:
    copy = CHECKOUT / "octoprint_cli" / "framework" / "agents.md"
    assert copy.read_bytes() == (CHECKOUT / "docs" / "agents" / "guide.md").read_bytes()


def test_no_file_names_the_host_of_a_package_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=False).stdout.decode().split("\0")
    pages = [CHECKOUT / name for name in listed if name.endswith((".md", ".cfg", ".toml")) and (CHECKOUT / name).is_file()]
    index = "pypi" + r"\.(org|io)|pythonhosted"
    assert [page for page in pages or [CHECKOUT / "README.md"] if re.search(index, page.read_text(encoding="utf-8"))] == []
