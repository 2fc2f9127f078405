"""The pre-flight of a file that the server has, and of one that changes after it was read."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from .driver import CONTENT, GCODE

STORED = ("preflight", "--stored", "quick.gcode")


def checks(answer: Any) -> Dict[str, Dict[str, Any]]:
    return {check["id"]: check for check in answer["checks"]}


def test_stored_file_is_downloaded_and_checked(each_server):
    each_server.add_file("quick.gcode", CONTENT)
    found = checks(each_server.run_ok(*STORED))
    assert {found[name]["status"] for name in ("file_readable", "extrusion", "file_complete", "print_volume")} == {"pass"}
    assert found["print_volume"]["evidence"]


@pytest.mark.parametrize("command", [("preflight",), ("print", "--confirm"), ("print", "--confirm", "--dry-run")])
def test_damaged_stored_file_blocks_print(each_server, command):
    each_server.add_file("quick.gcode", GCODE.replace("M104 S0\nM84\n", "").encode())
    answer = each_server.run_error(2, "FILE_INCOMPLETE", *command, "--stored", "quick.gcode")
    assert checks(answer.data)["file_complete"]["status"] == "fail"
    assert each_server.sent == []


def test_empty_stored_file_is_not_printed(each_server):
    each_server.add_file("quick.gcode", b"")
    each_server.run_error(2, "FILE_INVALID", "print", "--stored", "quick.gcode", "--confirm")
    assert each_server.sent == []


def test_missing_stored_file_is_not_found(each_server):
    each_server.run_error(2, "FILE_NOT_FOUND", *STORED)


def test_stored_file_checks_are_skipped_without_download_permission(each_server):
    each_server.add_file("quick.gcode", CONTENT)
    each_server.on("GET", "/downloads/files/local/quick.gcode", status_code=403, text="<html>Forbidden</html>")
    found = checks(each_server.run_ok(*STORED))
    assert found["extrusion"]["status"] == "skip" and "FILES_DOWNLOAD" in found["extrusion"]["message"]


def test_failed_download_blocks_print(each_server):
    each_server.add_file("quick.gcode", CONTENT)
    each_server.on("GET", "/downloads/files/local/quick.gcode", status_code=502, text="<html>Bad Gateway</html>")
    answer = each_server.run("print", "--stored", "quick.gcode", "--confirm", "--json")
    assert answer.exit_code in (1, 4) and checks(answer.data)["file_readable"]["status"] == "fail"
    assert each_server.sent == []


def test_sd_card_file_content_checks_are_skipped(each_server):
    each_server.add_card(["quick.gco"])
    found = checks(each_server.run_ok("preflight", "--stored", "quick.gco", "--location", "sdcard"))
    assert found["extrusion"]["status"] == "skip" and "SD card" in found["extrusion"]["message"]


def test_local_and_stored_file_together_are_a_usage_error(server, gcode_file):
    server.run_error(4, "USAGE_ERROR", "preflight", str(gcode_file), "--stored", "quick.gcode")


def test_a_file_that_changes_after_the_preflight_is_not_started(each_server, gcode_file):
    each_server.accept_upload()
    accept = each_server.octoprint.upload

    def take(location: str, form: Any) -> Any:  # it is on the server, whole, and then the slicer writes again
        gcode_file.write_text(GCODE + "; more\n")
        return accept(location, form)

    each_server.octoprint.upload = take
    error = each_server.run_error(2, "FILE_CHANGED", "print", str(gcode_file), "--confirm")
    assert "quick.gcode is on the server" in error.envelope["error"]["message"]
    assert error.data["started"] is False
    assert [path for path, _ in each_server.sent if path != "/api/files/local"] == []
