"""upload: what is refused, here or by the server, is told with its reason, and costs no more requests than it must."""

from __future__ import annotations

import pathlib

import pytest

from .driver import CONTENT, GCODE
from .mocked_requests import parts_of

#: What could leave the storage, or end the path of a URL.
HOSTILE = [
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "..\\x",
    "%2e%2e",
    "a/%2E%2e/b",
    "%2e%2e%2fx",
    "a?x=y",
    "a\nb",
    "a\rb",
    "a\0b",
    "a|b",
    "a:b",
]


@pytest.mark.parametrize(
    ("status", "answer", "exit_code", "code"),
    [
        (415, {"json": {"error": "Could not upload file, invalid type"}}, 2, "FILE_INVALID"),
        (409, {"json": {"error": "Trying to overwrite file that is currently being printed"}}, 3, "FILE_IN_USE"),
        (409, {"json": {"error": "File already exists and noOverwrite was set"}}, 2, "FILE_EXISTS"),
        (413, {"text": "<html>413 Request Entity Too Large</html>"}, 2, "FILE_TOO_LARGE"),
        (400, {"json": {"error": "CSRF validation failed"}}, 4, "AUTH_ERROR"),
        (400, {"json": {"error": "Can not upload file, invalid file name"}}, 4, "SERVER_ERROR"),
        (500, {"json": {"error": "The server encountered an internal error"}}, 4, "SERVER_ERROR"),
    ],
)
def test_refused_upload_gives_reason_and_is_sent_once(server, gcode_file, status, answer, exit_code, code):
    server.on("POST", "/api/files/local", status_code=status, **answer)
    server.run_error(exit_code, code, "upload", str(gcode_file), "--select")
    assert len(server.sent) == 1


def test_missing_local_file_makes_no_request(server, tmp_path):
    result = server.run_error(2, "FILE_NOT_FOUND", "upload", str(tmp_path / "none.gcode"))
    assert "none.gcode" in result.envelope["error"]["message"]
    assert server.requests == []


def test_local_folder_makes_no_request(server, tmp_path):
    server.run_error(2, "FILE_INVALID", "upload", str(tmp_path))
    assert server.requests == []


def test_unreadable_local_file_makes_no_request(server, gcode_file, monkeypatch):
    really_open = pathlib.Path.open

    def refuse(self, *how, **more):
        if self == gcode_file:
            raise PermissionError(13, "Permission denied")
        return really_open(self, *how, **more)

    monkeypatch.setattr(pathlib.Path, "open", refuse)
    result = server.run_error(2, "FILE_UNREADABLE", "upload", str(gcode_file))
    assert "Permission denied" in result.envelope["error"]["message"]
    assert server.requests == []


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
@pytest.mark.parametrize(
    "line",
    [("upload", "FILE", "--path"), ("print", "FILE", "--confirm", "--path"), ("print", "--confirm", "--stored")],
    ids=" ".join,
)
def test_path_escaping_the_storage_is_a_usage_error(server, gcode_file, line, path):
    argv = [str(gcode_file) if word == "FILE" else word for word in line]
    result = server.run_error(4, "USAGE_ERROR", *argv[:-1], f"{argv[-1]}={path}")
    assert "is not a path on the server" in result.envelope["error"]["message"] and "\n" not in result.envelope["error"]["message"]
    assert server.requests == []


@pytest.mark.parametrize("folder", ["a/b", "/a/b/", "a b", "prüfung", "50%", "a.b", "..a"])
def test_folder_with_unusual_name_is_accepted(server, gcode_file, folder):
    server.accept_upload()
    stored = f"{folder.strip('/.')}/quick.gcode"  # OctoPrint takes leading dots off
    assert server.run_ok("upload", str(gcode_file), "--path", folder)["path"] == stored


@pytest.mark.parametrize("folder", ["", "/"])
def test_empty_or_root_folder_means_no_folder(server, gcode_file, folder):
    server.accept_upload()
    assert server.run_ok("upload", str(gcode_file), f"--path={folder}")["path"] == "quick.gcode"
    assert set(server.uploads[0]) == {"file"}


@pytest.mark.parametrize(
    "option", [("--if-exists", "skip"), ("--if-exists", "rename"), ("--if-exists", "fail"), ("--verify", "download")]
)
def test_options_unsupported_on_sd_card_are_a_usage_error(each_server, gcode_file, option):
    each_server.add_card([])
    for location in ("sdcard", "printer"):
        each_server.run_error(4, "USAGE_ERROR", "upload", str(gcode_file), "--location", location, *option)
    assert each_server.requests == []


@pytest.mark.parametrize("option", [("--if-exists", "overwrite"), ("--verify", "none"), ("--if-exists", "")], ids=str)
def test_unknown_if_exists_or_verify_value_is_a_usage_error(server, gcode_file, option):
    server.run_error(4, "USAGE_ERROR", "upload", str(gcode_file), *option)
    assert server.requests == []


def test_insufficient_space_is_refused_before_sending(each_server, gcode_file):
    each_server.octoprint.free = len(CONTENT) - 1
    error = each_server.run_error(2, "NO_SPACE", "upload", str(gcode_file)).envelope["error"]
    assert error["details"] == {"size": len(CONTENT), "free": len(CONTENT) - 1} and f"{len(CONTENT)} bytes" in error["message"]
    assert each_server.sent == []


@pytest.mark.parametrize("free", [len(CONTENT), None, -1, "much"], ids=str)
def test_sufficient_or_unknown_space_is_accepted(server, gcode_file, free):
    server.accept_upload()
    server.octoprint.free = free
    assert server.run_ok("upload", str(gcode_file))["action"] == "uploaded"


def test_too_large_upload_reports_size(server, gcode_file):
    server.on("POST", "/api/files/local", status_code=413, text="<html>413 Request Entity Too Large</html>")
    error = server.run_error(2, "FILE_TOO_LARGE", "upload", str(gcode_file)).envelope["error"]
    assert f"{len(CONTENT)} bytes" in error["message"] and error["details"] == {"http_status": 413, "size": len(CONTENT)}
    assert "proxy" in error["hint"]


def test_permission_to_replace_is_named(server, gcode_file):
    server.add_file("quick.gcode", b"old")
    says = "File already exists, cannot overwrite due to a lack of permissions"
    server.on("POST", "/api/files/local", status_code=403, json={"error": says})
    error = server.run_error(4, "PERMISSION_DENIED", "upload", str(gcode_file)).envelope["error"]
    assert "FILES_DELETE" in error["message"] and "FILES_UPLOAD" not in error["message"]


@pytest.mark.parametrize("line", [("upload", "FILE", "--select"), ("print", "FILE", "--confirm")], ids=lambda line: line[0])
@pytest.mark.parametrize("change", ["written", "replaced", "gone"])
def test_file_changed_during_upload_is_neither_selected_nor_started(server, gcode_file, line, change):
    def while_it_is_read(request, context):
        request.body.read(100)
        if change == "written":
            gcode_file.write_text("G28\nand more of it\n")
        elif change == "replaced":
            gcode_file.with_suffix(".new").write_text(GCODE)
            gcode_file.with_suffix(".new").replace(gcode_file)
        else:
            gcode_file.unlink()
        return parts_of(request)

    server.on("POST", "/api/files/local", json=while_it_is_read)
    result = server.run_error(2, "FILE_CHANGED", *[str(gcode_file) if word == "FILE" else word for word in line])
    assert result.envelope["error"]["retryable"] is True
    assert [path for path, _ in server.sent] == ["/api/files/local"]
