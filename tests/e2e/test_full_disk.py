"""A server that cannot write: its process is limited to small files, as a full disk would."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any, Iterator

import pytest

from .prints import write

MIB = 1024 * 1024
#: Above the server's own logs and below the file.
LIMIT, SIZE = 8 * MIB, 12 * MIB

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="prlimit is Linux's")


@pytest.fixture
def full(server: Any) -> Iterator[Any]:
    """The server, unable to write a file above the limit."""
    pid = server.pid()
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)  # type: ignore[attr-defined]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT, before[1]))  # type: ignore[attr-defined]
    yield server
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)  # type: ignore[attr-defined]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return write(tmp_path / "large.gcode", (";" + "x" * 1022 + "\n") * (SIZE // 1024))


@pytest.mark.parametrize("line", [["upload"], ["print", "--confirm"]])
def test_failed_write_on_server_is_not_a_success(full: Any, large: Path, line: Any) -> None:
    answer = full.cli(line[0], large, *line[1:], expect=None)
    assert (answer.exit_code in (1, 2, 4), answer.envelope["status"]) == (True, "error"), answer
    assert full.names() == [], answer
    assert full.state() == "Operational"
    assert full.job()["job"]["file"]["name"] is None


def test_failed_write_on_server_keeps_the_earlier_file(full: Any, large: Path) -> None:
    earlier = b"M117 earlier\n"
    sent = large.read_bytes()
    large.write_bytes(earlier)
    full.cli("upload", large)
    large.write_bytes(sent)
    answer = full.cli("upload", large, expect=None, held={"APPEARS_SECONDS": 2.0})
    assert (answer.exit_code in (1, 2, 4), answer.envelope["status"]) == (True, "error"), answer
    assert full.content("large.gcode") == earlier, answer
