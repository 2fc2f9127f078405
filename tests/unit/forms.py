"""A file to send in a form, in small chunks, and what the tests of forms do with it."""

from __future__ import annotations

import pathlib
import threading
from typing import Iterator, List

import pytest

from octoprint_cli.client.http import multipart as module
from octoprint_cli.client.http.multipart import FileForm

CONTENT = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small file has many."""
    monkeypatch.setattr(module, "CHUNK", 1000)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert workers() == []


@pytest.fixture(name="path")
def a_file(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "quick.gcode"
    file.write_bytes(CONTENT)
    return file


def workers() -> List[str]:
    return [thread.name for thread in threading.enumerate() if "sha1" in thread.name]


def read_by(form: FileForm, amount: int) -> bytes:
    return b"".join(iter(lambda: form.read(amount), b""))
