"""What was not checked: told with its reason, a warning where it might have forbidden the print, and with --strict a refusal."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from octoprint_cli.api import CannotCheck, Check, Severity, Skip, errors
from octoprint_cli.testing import PERMISSIONS

from .driver import CONTENT, GCODE

OF_THE_PROFILE = ["print_volume", "tools", "travel_volume"]
OF_CONTENT = ["cold_extrusion", "extrusion", "file_complete", "file_damage", "file_placeholders", "file_readable"]
OF_A_STORED_FILE = [*OF_CONTENT, "file_temperatures", "heated_bed", *OF_THE_PROFILE]
BIG = GCODE.replace("X10", "X500")


def without(server: Any, *permissions: str) -> None:
    server.octoprint.permissions = set(PERMISSIONS) - {"ADMIN", *permissions}


def warned(data: Dict[str, Any]) -> List[str]:
    return sorted(warning["id"] for warning in data["warnings"])


def reasons(data: Dict[str, Any]) -> Dict[str, str]:
    return {skipped["id"]: skipped["reason"] for skipped in data["skipped"]}


def add_check(extra_plugins: Any, answer: Exception, severity: Severity = Severity.BLOCK) -> None:
    class Vendor(Check):
        """A vendor's check."""

        def run(self, subject: Any) -> str:
            raise answer

    Vendor.severity = severity
    extra_plugins.add("preflight", "spool", lambda: Vendor)


def starts(server: Any) -> None:
    server.accept_upload()
    server.accept_post("/api/files/local/quick.gcode", server.reading("Printing", "quick.gcode"))


def test_checked_and_skipped_are_all_checks(each_server, gcode_file):
    data = each_server.run_ok("preflight", str(gcode_file))
    rows = {check["id"]: check["status"] for check in data["checks"]}
    assert data["checked"] == sorted(name for name, status in rows.items() if status != "skip")
    assert sorted(reasons(data)) == sorted(name for name, status in rows.items() if status == "skip")
    assert data["warnings"] == []  # what does not arise, and what would only have warned, is no warning


def test_print_without_permission_to_see_profile_tells_what_was_not_checked(each_server, gcode_file):
    starts(each_server)
    without(each_server, "CONNECTION")
    result = each_server.run("print", str(gcode_file), "--confirm", "--json")
    verdict = result.data["preflight"]
    assert (verdict["ready"], warned(verdict)) == (True, OF_THE_PROFILE)
    assert "CONNECTION" in reasons(verdict)["print_volume"] and "print_volume" not in verdict["checked"]
    (line,) = [line for line in result.stderr.splitlines() if "CONNECTION" in line]  # one line for all of them
    assert line.startswith("Warning: print_volume, tools, travel_volume: not checked:")


@pytest.mark.parametrize("command", ["preflight", "print"])
def test_strict_refuses_where_profile_cannot_be_seen(each_server, tmp_path, command):
    file = tmp_path / "big.gcode"
    file.write_text(BIG)
    without(each_server, "CONNECTION")
    words = [command, str(file), "--strict", *(["--confirm"] if command == "print" else [])]
    result = each_server.run_error(4, "PERMISSION_DENIED", *words)
    assert result.envelope["error"]["details"]["failed"] == OF_THE_PROFILE
    assert "the check print_volume could not be made" in result.envelope["error"]["message"]
    assert result.data["ready"] is False and each_server.sent == []


def test_ignored_checks_that_could_not_be_made_are_recorded(server, gcode_file):
    without(server, "CONNECTION")
    data = server.run_ok("preflight", str(gcode_file), "--strict", *(f"--ignore={name}" for name in OF_THE_PROFILE))
    assert (data["ready"], data["ignored"], data["warnings"]) == (True, OF_THE_PROFILE, [])


def test_stored_file_that_cannot_be_read_back_is_told(each_server):
    each_server.add_file("quick.gcode", CONTENT)
    without(each_server, "FILES_DOWNLOAD")
    data = each_server.run_ok("preflight", "--stored", "quick.gcode")
    assert warned(data) == sorted(OF_A_STORED_FILE)
    assert {reasons(data)[name] for name in OF_A_STORED_FILE} == {reasons(data)["extrusion"]}
    each_server.run_error(4, "PERMISSION_DENIED", "print", "--stored", "quick.gcode", "--confirm", "--strict")
    assert each_server.sent == []


def test_file_on_sd_card_is_not_read_and_said_so(each_server):
    each_server.add_card(["quick.gco"])
    line = ("preflight", "--stored", "quick.gco", "--location", "sdcard")
    data = each_server.run_ok(*line)
    assert set(OF_CONTENT) <= set(warned(data)) and "SD card" in reasons(data)["extrusion"]
    each_server.run_error(4, "PREFLIGHT_FAILED", *line, "--strict")


def test_free_space_that_may_not_be_seen_is_a_warning(server, gcode_file):
    without(server, "FILES_LIST")
    data = server.run_ok("preflight", str(gcode_file))
    assert warned(data) == ["disk_space"] and "FILES_LIST" in reasons(data)["disk_space"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"volume": {"width": None}}, ["print_volume", "travel_volume"]),
        ({"extruder": {}}, ["tools"]),
    ],
    ids=["no size", "no extruders"],
)
def test_profile_that_lacks_values_is_a_warning(server, gcode_file, change, names):
    server.octoprint.profiles["_default"].update(change)
    assert warned(server.run_ok("preflight", str(gcode_file))) == names


def test_absent_server_plugins_are_told_and_forbid_nothing(server):
    data = server.run_ok("preflight", "--strict")
    assert reasons(data)["server_health"] == "the server has no plugin health_check"
    assert data["ready"] is True and data["warnings"] == []


@pytest.mark.parametrize(
    ("severity", "warnings", "exit_code"), [(Severity.BLOCK, ["spool"], 4), (Severity.WARN, [], 0), (Severity.INFO, [], 0)]
)
def test_plugin_check_that_cannot_be_made_warns_if_it_would_block(server, extra_plugins, severity, warnings, exit_code):
    add_check(extra_plugins, CannotCheck("the scale is off"), severity)
    data = server.run_ok("preflight")
    assert warned(data) == warnings and reasons(data)["spool"] == "the scale is off"
    assert server.run("preflight", "--strict", "--json").exit_code == exit_code


def test_question_that_does_not_arise_is_no_warning(server, extra_plugins):
    add_check(extra_plugins, Skip("there is no scale"))
    data = server.run_ok("preflight", "--strict")
    assert reasons(data)["spool"] == "there is no scale" and data["warnings"] == []


def test_refusal_for_missing_answer_has_code_of_its_cause(server, extra_plugins):
    add_check(extra_plugins, CannotCheck("the scale does not answer", errors.TimedOut("no answer")))
    result = server.run_error(1, "TIMEOUT", "preflight", "--strict")
    assert result.envelope["error"]["retryable"] is True


def test_check_that_cannot_be_loaded_is_a_warning(server, extra_plugins):
    def load() -> Any:
        raise ImportError("no module named acme")

    extra_plugins.add("preflight", "broken", load)
    assert warned(server.run_ok("preflight")) == ["broken"]
    server.run_error(4, "PLUGIN_ERROR", "preflight", "--strict")


def test_consequences_of_a_refusal_are_not_counted_again(server, gcode_file, tmp_path):
    missing = str(tmp_path / "none.gcode")
    result = server.run_error(2, "FILE_NOT_FOUND", "preflight", missing, "--strict")
    assert result.envelope["error"]["details"]["failed"] == ["file_exists"] and result.data["warnings"] == []
    server.on("GET", "/api/job", status_code=503, text="<html>starting</html>")
    result = server.run_error(1, "SERVER_STARTING", "preflight", str(gcode_file), "--strict")
    assert result.envelope["error"]["details"]["failed"] == ["printer_connected"]


def test_consequences_count_if_the_refusal_is_ignored(server, tmp_path):
    file = tmp_path / "quick.txt"
    file.write_bytes(CONTENT)
    data = server.run_ok("preflight", str(file), "--ignore", "file_extension")
    assert data["ignored"] == ["file_extension"] and {"extrusion", "print_volume"} <= set(warned(data))


# -- files that the server has ----------------------------------------------------------------------------


def test_checks_of_a_stored_file_speak_of_the_stored_file(each_server):
    each_server.add_file("quick.gcode", CONTENT)
    data = each_server.run_ok("preflight", "--stored", "quick.gcode")
    rows = {check["id"]: check for check in data["checks"]}
    assert {rows[name]["status"] for name in ("file_exists", "file_extension", "file_not_empty")} == {"pass"}
    assert {rows[name]["status"] for name in ("file_size", "disk_space")} == {"skip"}
    assert [row["id"] for row in rows.values() if "no file was given" in row["message"]] == []
    assert data["warnings"] == []


def test_stored_file_of_unknown_type_is_a_warning(server):
    server.add_file("quick.xyz", CONTENT)
    assert warned(server.run_ok("preflight", "--stored", "quick.xyz")) == ["file_extension"]


def test_empty_stored_file_fails_the_check_of_that_name(server):
    server.add_file("quick.gcode", b"")
    result = server.run_error(2, "FILE_INVALID", "preflight", "--stored", "quick.gcode")
    assert result.envelope["error"]["details"]["failed"] == ["file_not_empty"]


def test_missing_stored_file_fails_the_check_of_that_name(server):
    result = server.run_error(2, "FILE_NOT_FOUND", "preflight", "--stored", "quick.gcode", "--strict")
    assert result.envelope["error"]["details"]["failed"] == ["file_exists"]
