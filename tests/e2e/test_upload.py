"""What `upload` says of a file, and the bytes that the server then really holds under that path."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from .proxy import Proxy

MIB = 1024 * 1024
ONE, OTHER = b"M117 one\nG1 X1 F6000\n", b"M117 other\nG1 X2 F6000\n"


def written(folder: Path, name: str, content: bytes = ONE) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.fixture
def taken(server: Any, tmp_path: Path) -> Path:
    """A file whose name is on the server already, with other bytes."""
    server.cli("upload", written(tmp_path, "part.gcode", OTHER))
    return written(tmp_path, "part.gcode", ONE)


def test_upload_reports_how_it_was_verified(server: Any, quick: Path) -> None:
    data = server.cli("upload", quick).data
    assert data["verified"] == ("download" if server.modern else "sha1")
    assert data["sha1"] == hashlib.sha1(server.content(data["path"])).hexdigest()


def test_large_upload_is_verified_by_hash_or_size(server: Any, tmp_path: Path) -> None:
    line = b";" + b"x" * 1022 + b"\n"
    file = written(tmp_path, "large.gcode", line * (16 * 1024 + 1))
    data = server.cli("upload", file).data
    assert data["verified"] == ("size" if server.modern else "sha1")
    assert server.file("large.gcode")["size"] == file.stat().st_size > 16 * MIB
    again = server.cli("upload", file, "--verify", "download").data
    assert (again["verified"], again["unchanged"]) == ("download", True)
    assert server.content("large.gcode") == file.read_bytes()


def test_verify_download_compares_the_bytes(server: Any, quick: Path) -> None:
    data = server.cli("upload", quick, "--verify", "download").data
    assert (data["verified"], data["unchanged"]) == ("download", False)
    assert server.content("quick.gcode") == quick.read_bytes()


def test_identical_file_is_not_uploaded_again(server: Any, quick: Path) -> None:
    assert server.cli("upload", quick).data["unchanged"] is False
    before = server.file("quick.gcode")
    second = int(time.time())
    server.until(lambda: int(time.time()), lambda now: now > second)  # dates are whole seconds
    for policy in ("replace", "skip", "rename", "fail"):
        data = server.cli("upload", quick, "--if-exists", policy).data
        assert (data["action"], data["unchanged"], data["path"]) == ("unchanged", True, "quick.gcode")
        assert data["verified"] == ("download" if server.modern else "sha1")
    assert server.file("quick.gcode")["date"] == before["date"]
    assert server.names() == ["quick.gcode"]


def test_existing_file_is_replaced_by_default(server: Any, taken: Path) -> None:
    data = server.cli("upload", taken).data
    assert (data["action"], data["unchanged"], data["path"]) == ("uploaded", False, "part.gcode")
    assert server.content("part.gcode") == ONE
    assert server.names() == ["part.gcode"]


def test_different_file_of_same_size_is_uploaded(server: Any, tmp_path: Path) -> None:
    server.cli("upload", written(tmp_path, "part.gcode", ONE))
    turned = ONE.replace(b"X1", b"X9")
    data = server.cli("upload", written(tmp_path, "part.gcode", turned)).data
    assert (len(turned), data["unchanged"]) == (len(ONE), False)
    assert server.content("part.gcode") == turned


def test_if_exists_skip_keeps_the_existing_file(server: Any, taken: Path) -> None:
    data = server.cli("upload", taken, "--if-exists", "skip").data
    assert (data["action"], data["unchanged"], data["verified"]) == ("skipped", False, "none")
    assert data["size"] == len(OTHER)
    assert server.content("part.gcode") == OTHER


def test_if_exists_fail_keeps_the_existing_file_and_fails(server: Any, taken: Path) -> None:
    answer = server.cli("upload", taken, "--if-exists", "fail", expect=2)
    assert answer.code == "FILE_EXISTS"
    assert answer.error["details"]["path"] == "part.gcode"
    assert server.content("part.gcode") == OTHER
    assert server.names() == ["part.gcode"]


def test_if_exists_rename_keeps_both(server: Any, taken: Path) -> None:
    data = server.cli("upload", taken, "--if-exists", "rename").data
    assert (data["action"], data["path"] != "part.gcode") == ("uploaded", True)
    assert server.content("part.gcode") == OTHER
    assert server.content(data["path"]) == ONE
    assert server.names() == sorted(["part.gcode", data["path"]])


def test_if_exists_applies_to_files_in_folders(server: Any, taken: Path) -> None:
    assert server.cli("upload", taken, "--path", "new/deep", "--if-exists", "fail").data["path"] == "new/deep/part.gcode"
    taken.write_bytes(OTHER + ONE)
    assert server.cli("upload", taken, "--path", "new/deep", "--if-exists", "fail", expect=2).code == "FILE_EXISTS"
    path = server.cli("upload", taken, "--path", "/new/deep/", "--if-exists", "rename").data["path"]
    assert path.startswith("new/deep/")
    assert (server.content("new/deep/part.gcode"), server.content(path)) == (ONE, OTHER + ONE)


#: What 1.10 and before keep.
OLDER = {"lead.gcode": " .lead.gcode", "say hi  go.gcode": "say hi & go.gcode"}


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("a:b?.gcode", "ab.gcode"),
        (" .lead.gcode", "lead.gcode"),
        ("größe.gcode", "größe.gcode"),
        ("[a] 50% (b) #1.gcode", "[a] 50% (b) #1.gcode"),
        ("50%25.gcode", "50%25.gcode"),
        ('say "hi" & <go>.gcode', "say hi  go.gcode"),
        ("UPPER.GCODE", "UPPER.GCODE"),
    ],
)
def test_unusual_file_name_is_found_under_its_stored_name(server: Any, tmp_path: Path, name: str, stored: str) -> None:
    file = written(tmp_path, name)
    if server.version.startswith(("1.8", "1.9", "1.10")):
        stored = OLDER.get(stored, stored)
    assert server.cli("upload", file).data["path"] == stored
    assert server.content(stored) == ONE
    assert server.cli("upload", file).data["unchanged"] is True
    assert server.names() == [stored]
    listed = server.cli("files", "--location", "local").data["files"]
    assert [entry["path"] for entry in listed] == [stored]


def test_overlong_file_name_is_stored_correctly_or_refused(server: Any, tmp_path: Path) -> None:
    answer = server.cli("upload", written(tmp_path, "x" * 249 + ".gcode"), expect=None)
    if answer.exit_code == 0:
        assert server.content(answer.data["path"]) == ONE
    else:
        assert (answer.exit_code, server.names()) == (2, []) or answer.exit_code == 4


def test_empty_file_can_be_uploaded(server: Any, tmp_path: Path) -> None:
    data = server.cli("upload", written(tmp_path, "empty.gcode", b"")).data
    assert (data["size"], server.content("empty.gcode")) == (0, b"")
    assert data["verified"] == ("download" if server.modern else "sha1")


def test_refused_file_type_is_not_stored(server: Any, tmp_path: Path) -> None:
    for name in ("cube.stl", "part.bgcode", "no-extension"):
        answer = server.cli("upload", written(tmp_path, name), expect=2)
        assert answer.code == "FILE_INVALID"
    assert server.names() == []


def test_a_file_larger_than_the_free_space_is_not_even_sent(server: Any, tmp_path: Path) -> None:
    file, free = tmp_path / "huge.gcode", server.get("/api/files")["free"]
    try:
        with file.open("wb") as opened:
            os.truncate(opened.fileno(), free + 1024 * MIB)
    except OSError as error:
        pytest.skip(f"no sparse file of this size here: {error.strerror}")
    with Proxy(server.host, lambda request: None) as proxy:
        answer = server.cli("upload", file, "--host", proxy.host, "--api-key", server.key, expect=2)
    assert answer.code == "NO_SPACE"
    assert answer.error["details"]["size"] == file.stat().st_size > answer.error["details"]["free"]
    assert ("POST /api/files/local" in proxy.seen, server.names()) == (False, [])


def test_upload_works_during_a_print(server: Any, slow: Path, quick: Path) -> None:
    server.cli("print", slow, "--confirm")
    assert server.cli("upload", quick).data["path"] == "quick.gcode"
    assert server.content("quick.gcode") == quick.read_bytes()
    assert server.cli("upload", slow).data["unchanged"] is True
    job = server.job()
    assert (job["state"], job["job"]["file"]["path"]) == ("Printing", "slow.gcode")


@pytest.mark.parametrize("paused", [False, True])
def test_the_file_that_is_printing_is_not_replaced(server: Any, slow: Path, paused: bool) -> None:
    server.cli("print", slow, "--confirm")
    if paused:
        server.cli("pause")
    printing = slow.read_bytes()
    slow.write_bytes(printing + b"M117 changed\n")
    assert server.cli("upload", slow, expect=3).code == "FILE_IN_USE"
    assert server.content("slow.gcode") == printing
    assert server.state() == ("Paused" if paused else "Printing")
    path = server.cli("upload", slow, "--if-exists", "rename").data["path"]
    assert server.content(path) == slow.read_bytes()
