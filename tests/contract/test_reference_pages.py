"""The generated parts of docs/reference are those of the program as it is now."""

from __future__ import annotations

import importlib.util
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "reference").glob("*.md"))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """docs/update_reference.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("update_reference", DOCS / "update_reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_up_to_date(generator: ModuleType) -> None:
    """If not: make reference"""
    texts = {page.name: page.read_text(encoding="utf-8") for page in PAGES}
    assert texts == {name: generator.updated(text) for name, text in texts.items()}


def test_manual_page_is_up_to_date(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not: make reference"""
    monkeypatch.setitem(sys.modules, "update_reference", generator)
    made = runpy.run_path(str(DOCS / "man_page.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["man_page"]()


def test_manual_page_is_sound() -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    shown = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", str(DOCS / "man" / "octoprint-cli.1")], capture_output=True, check=True
    )
    assert shown.stderr == b"" and b"octoprint-cli print cube.gcode --confirm" in shown.stdout


def test_every_generated_part_is_on_a_page(generator: ModuleType) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in generator.GENERATORS if f"<!-- generated: {name} -->" not in text] == []


def test_outdated_part_is_replaced_and_the_rest_kept(generator: ModuleType) -> None:
    page = "before\n<!-- generated: server-events -->\nPrintStopped\n<!-- end -->\nafter\n"
    text = generator.updated(page)
    assert text.startswith("before\n") and text.endswith("\nafter\n")
    assert "`PrintDone`" in text and "PrintStopped" not in text
