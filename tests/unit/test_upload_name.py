"""The name that a file gets on the server: its own, or --name; and file names that no server stores."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .driver import CONTENT


@pytest.fixture
def odd(tmp_path):
    """A file whose name is no UTF-8."""
    path = tmp_path / os.fsdecode(b"bad\xff.gcode")
    try:
        path.write_bytes(CONTENT)
    except OSError:
        pytest.skip("this file system stores no such name")
    return str(path)


EACH = pytest.mark.parametrize("extra", [(), ("--if-exists", "rename"), ("--location", "sdcard")], ids=" ".join)


@EACH
def test_upload_of_a_name_that_is_no_utf8_is_refused(each_server, odd, extra):
    result = each_server.run_error(2, "FILE_INVALID", "upload", odd, *extra)
    hint = result.envelope["error"]["hint"]
    assert hint == f"octoprint-cli upload $'{Path(odd).parent}/bad\\xff.gcode' --name bad_.gcode"
    assert each_server.sent == []


@pytest.mark.parametrize("line", [("preflight",), ("print", "--confirm"), ("print", "--confirm", "--no-preflight")], ids=" ".join)
def test_file_with_a_name_that_is_no_utf8_is_not_printed(each_server, odd, line):
    each_server.run_error(2, "FILE_INVALID", line[0], odd, *line[1:])
    assert each_server.sent == []


def test_name_option_names_the_uploaded_file(each_server, odd):
    each_server.accept_upload()
    data = each_server.run_ok("upload", odd, "--name", "fine.gcode", "--path", "parts")
    assert data["path"] == "parts/fine.gcode"
    assert each_server.run_ok("upload", odd, "--name", "fine.gcode", "--path", "parts")["action"] == "unchanged"


def test_name_option_names_the_printed_file(each_server, odd):
    assert each_server.run_ok("preflight", odd, "--name", "fine.gcode")["ready"] is True
    each_server.accept_upload()
    each_server.accept_post("/api/files/local/fine.gcode", each_server.reading("Printing", "fine.gcode"))
    assert each_server.run_ok("print", odd, "--name", "fine.gcode", "--confirm")["file"] == "fine.gcode"


def test_name_option_decides_about_the_extension(server, tmp_path, gcode_file):
    text = tmp_path / "part.txt"
    text.write_bytes(CONTENT)
    server.run_error(2, "FILE_INVALID", "preflight", str(gcode_file), "--name", "part.stl")
    assert server.run_ok("preflight", str(gcode_file), "--name", "part.gco")["ready"] is True


@pytest.mark.parametrize("name", ["a/b.gcode", "", "..", "a\nb.gcode", "a:b.gcode", os.fsdecode(b"bad\xff.gcode")], ids=ascii)
def test_name_option_takes_a_name_alone(server, gcode_file, name):
    server.run_error(4, "USAGE_ERROR", "upload", str(gcode_file), "--name", name)
    assert server.sent == []


def test_folder_that_is_no_utf8_is_a_usage_error(server, gcode_file):
    server.run_error(4, "USAGE_ERROR", "upload", str(gcode_file), "--path", os.fsdecode(b"bad\xff"))


def test_stored_file_takes_no_name(server):
    server.add_file("quick.gcode", CONTENT)
    server.run_error(4, "USAGE_ERROR", "print", "--stored", "quick.gcode", "--name", "other.gcode", "--confirm")
