"""upload: what is there already. The same bytes are not sent again, other ones are treated as `--if-exists` says."""

from __future__ import annotations

import datetime
import hashlib

import pytest

from .driver import CONTENT

SHA1 = hashlib.sha1(CONTENT).hexdigest()
OTHER = CONTENT.replace(b"X10 Y10", b"X99 Y99")
DOWNLOAD = "/downloads/files/local/quick.gcode"
SELECT = "/api/files/local/quick.gcode"
POLICIES = ["replace", "skip", "rename", "fail"]

assert len(OTHER) == len(CONTENT)


@pytest.fixture
def holding(each_server):
    """A server that has the file, and takes others."""
    each_server.add_file("quick.gcode", CONTENT)
    each_server.accept_upload()
    return each_server


@pytest.fixture
def large(monkeypatch):
    """Any file is too large to be read back without need."""
    monkeypatch.setattr("octoprint_cli.client.resources.uploads.CHEAP_DOWNLOAD", len(CONTENT) - 1)


@pytest.mark.parametrize("policy", POLICIES)
def test_identical_file_is_not_uploaded_again(holding, gcode_file, policy):
    data = holding.run_ok("upload", str(gcode_file), "--if-exists", policy)
    known_by = "download" if holding.is_2 else "sha1"
    assert (data["action"], data["unchanged"], data["verified"], data["sha1"]) == ("unchanged", True, known_by, SHA1)
    assert (data["path"], data["size"]) == ("quick.gcode", len(CONTENT))
    assert holding.sent == []


def test_only_a_server_without_hashes_is_read_back(holding, gcode_file):
    holding.run_ok("upload", str(gcode_file))
    assert (DOWNLOAD in holding.reads) is holding.is_2


def test_identical_file_is_still_selected(holding, gcode_file):
    holding.accept_post(SELECT, holding.reading("Operational", "quick.gcode"))
    data = holding.run_ok("upload", str(gcode_file), "--select")
    assert (data["action"], data["selected"]) == ("unchanged", True)
    assert [path for path, _ in holding.sent] == [SELECT]


def test_identical_file_is_printed_without_upload(holding, gcode_file):
    holding.accept_post(SELECT, holding.reading("Printing", "quick.gcode", completion=0.5))
    data = holding.run_ok("print", str(gcode_file), "--confirm")
    assert (data["started"], data["unchanged"], data["sha1"]) == (True, True, SHA1)
    assert [path for path, _ in holding.sent] == [SELECT]


def test_identical_file_in_another_folder_is_uploaded(holding, gcode_file):
    assert holding.run_ok("upload", str(gcode_file), "--path", "sub")["action"] == "uploaded"


def test_different_file_of_same_size_is_uploaded(each_server, gcode_file):
    each_server.add_file("quick.gcode", OTHER)
    each_server.accept_upload()
    assert each_server.run_ok("upload", str(gcode_file))["action"] == "uploaded"
    assert each_server.octoprint.storage.files["local"]["quick.gcode"].content == CONTENT


def test_large_identical_file_without_hash_is_uploaded_again(server_2, gcode_file, large):
    server_2.add_file("quick.gcode", CONTENT)
    server_2.accept_upload()
    data = server_2.run_ok("upload", str(gcode_file))
    assert (data["action"], data["verified"]) == ("uploaded", "size")
    assert DOWNLOAD not in server_2.reads


def test_large_identical_file_with_hash_is_unchanged(server, gcode_file, large):
    server.add_file("quick.gcode", CONTENT)
    assert server.run_ok("upload", str(gcode_file))["unchanged"] is True


def test_unchanged_file_is_verified_as_requested(server, gcode_file):
    server.add_file("quick.gcode", CONTENT)
    assert server.run_ok("upload", str(gcode_file), "--verify", "download")["verified"] == "download"


def test_identical_file_that_cannot_be_downloaded_is_uploaded_again(server_2, gcode_file):
    server_2.add_file("quick.gcode", CONTENT)
    server_2.accept_upload()
    server_2.on("GET", DOWNLOAD, status_code=403, text="<html>Forbidden</html>")
    data = server_2.run_ok("upload", str(gcode_file))
    assert (data["action"], data["verified"]) == ("uploaded", "size")


# -- other bytes of that name -------------------------------------------------------------------------


@pytest.fixture
def occupied(each_server):
    """A server that has another file of that name."""
    each_server.add_file("quick.gcode", b"old")
    each_server.accept_upload()
    return each_server


def test_existing_file_is_replaced_by_default(occupied, gcode_file):
    assert occupied.run_ok("upload", str(gcode_file))["path"] == "quick.gcode"
    assert occupied.octoprint.storage.files["local"]["quick.gcode"].content == CONTENT


@pytest.mark.parametrize("line", [("upload",), ("print", "--confirm")], ids=" ".join)
def test_replaced_file_is_described_as_far_as_the_server_tells(occupied, gcode_file, line):
    before = occupied.octoprint.storage.files["local"]["quick.gcode"]
    if line[0] == "print":
        occupied.accept_post(SELECT, occupied.reading("Printing", "quick.gcode", completion=0.5))
    data = occupied.run_ok(line[0], str(gcode_file), *line[1:])
    date = datetime.datetime.fromtimestamp(before.date, datetime.timezone.utc)
    assert data["replaced"].pop("date")[:19] == date.isoformat()[:19]
    assert data["replaced"] == {"size": 3, "hash": None if occupied.is_2 else hashlib.sha1(b"old").hexdigest()}


@pytest.mark.parametrize("extra", [("--if-exists", "skip"), ("--if-exists", "rename"), ("--path", "other")], ids=" ".join)
def test_upload_that_replaces_nothing_names_no_replaced_file(occupied, gcode_file, extra):
    assert "replaced" not in occupied.run_ok("upload", str(gcode_file), *extra)


def test_identical_file_is_not_called_replaced(holding, gcode_file):
    assert "replaced" not in holding.run_ok("upload", str(gcode_file))


def test_if_exists_skip_reports_existing_file(occupied, gcode_file):
    data = occupied.run_ok("upload", str(gcode_file), "--if-exists", "skip")
    assert (data["action"], data["size"], data["verified"], data["unchanged"]) == ("skipped", 3, "none", False)
    assert data["sha1"] == (None if occupied.is_2 else hashlib.sha1(b"old").hexdigest())
    assert occupied.sent == []


def test_if_exists_rename_uses_name_suggested_by_server(occupied, gcode_file):
    occupied.add_file("quick_1.gcode", b"older")
    assert occupied.run_ok("upload", str(gcode_file), "--if-exists", "rename")["path"] == "quick_2.gcode"
    assert {path: held.content for path, held in occupied.octoprint.storage.files["local"].items()} == {
        "quick.gcode": b"old",
        "quick_1.gcode": b"older",
        "quick_2.gcode": CONTENT,
    }


def test_if_exists_rename_keeps_the_folder(occupied, gcode_file):
    occupied.add_file("a/b/quick.gcode", b"older")
    assert occupied.run_ok("upload", str(gcode_file), "--path", "a/b", "--if-exists", "rename")["path"] == "a/b/quick_1.gcode"


def test_renamed_file_is_printed(occupied, gcode_file):
    occupied.accept_post("/api/files/local/quick_1.gcode", occupied.reading("Printing", "quick_1.gcode", completion=0.1))
    assert occupied.run_ok("print", str(gcode_file), "--confirm", "--if-exists", "rename")["file"] == "quick_1.gcode"


@pytest.mark.parametrize("line", [("upload",), ("print", "--confirm")], ids=lambda line: line[0])
def test_if_exists_fail_refuses_and_sends_nothing(occupied, gcode_file, line):
    error = occupied.run_error(2, "FILE_EXISTS", *line, str(gcode_file), "--if-exists", "fail").envelope["error"]
    assert error["details"]["path"] == "quick.gcode" and error["details"]["size"] == 3
    assert "--if-exists rename" in error["hint"]
    assert occupied.sent == []


def test_print_with_if_exists_skip_is_a_usage_error(occupied, gcode_file):
    occupied.run_error(4, "USAGE_ERROR", "print", str(gcode_file), "--confirm", "--if-exists", "skip")
    assert occupied.requests == []


# -- what becomes taken after the look ----------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_no_overwrite_is_sent_unless_replacing(each_server, gcode_file, policy):
    each_server.accept_upload()
    each_server.run_ok("upload", str(gcode_file), "--if-exists", policy)
    (parts,) = each_server.uploads
    assert ("noOverwrite" in parts) is (policy != "replace")
    assert policy == "replace" or parts["noOverwrite"].content == b"true"


def store_before_upload(server, *names):
    """The file comes into being between the look and the upload."""
    take = server.octoprint.upload
    rest = list(names)

    def upload_second(location, form):
        if rest:
            server.add_file(rest.pop(0), b"theirs")
        return take(location, form)

    server.octoprint.upload = upload_second


@pytest.mark.parametrize("policy", ["skip", "fail"])
def test_file_appearing_after_the_check_is_not_overwritten(each_server, gcode_file, policy):
    each_server.accept_upload()
    store_before_upload(each_server, "quick.gcode")
    each_server.run_error(2, "FILE_EXISTS", "upload", str(gcode_file), "--if-exists", policy)
    assert each_server.octoprint.storage.files["local"]["quick.gcode"].content == b"theirs" and len(each_server.sent) == 1


def test_rename_retries_if_new_name_was_taken_meanwhile(occupied, gcode_file):
    store_before_upload(occupied, "quick_1.gcode", "quick_2.gcode")
    assert occupied.run_ok("upload", str(gcode_file), "--if-exists", "rename")["path"] == "quick_3.gcode"
    assert occupied.octoprint.storage.files["local"]["quick_1.gcode"].content == b"theirs"


def test_rename_retries_are_limited(occupied, gcode_file):
    store_before_upload(occupied, *(f"quick_{number}.gcode" for number in range(1, 20)))
    occupied.run_error(2, "FILE_EXISTS", "upload", str(gcode_file), "--if-exists", "rename")
    assert len(occupied.sent) <= 5


def test_rename_applies_to_file_appearing_after_the_check(each_server, gcode_file):
    each_server.accept_upload()
    store_before_upload(each_server, "quick.gcode")
    assert each_server.run_ok("upload", str(gcode_file), "--if-exists", "rename")["path"] == "quick_1.gcode"
