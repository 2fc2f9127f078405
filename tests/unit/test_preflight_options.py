"""--ignore, --strict, evidence: how verdicts count, and how they are told."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Check, Finding, Severity, errors

from .driver import GCODE

#: Off the bed of 200 mm, by extrusion and by travel.
FAR = GCODE.replace("X20", "X220")
PRINTING = "/api/files/local/quick.gcode"


@pytest.fixture
def far_file(gcode_file):
    """A file that both volume checks refuse."""
    gcode_file.write_text(FAR)
    return gcode_file


def rows(data):
    return {check["id"]: check for check in data["checks"]}


def add_check(extra_plugins, name, answer, severity=Severity.BLOCK):
    def run(self, subject):
        if isinstance(answer, Exception):
            raise answer
        return answer

    extra_plugins.add("preflight", name, lambda: type("Vendor", (Check,), {"__doc__": "vendor", "run": run, "severity": severity}))


def starts(server):
    server.accept_upload()
    server.accept_post(PRINTING, server.reading("Printing", "quick.gcode", completion=0.1))


# -- ignore ---------------------------------------------------------------------------------------------


def test_ignored_failure_does_not_block_and_is_recorded(each_server, far_file):
    each_server.run_error(2, "OUTSIDE_VOLUME", "preflight", str(far_file), "--ignore", "print_volume")
    data = each_server.run_ok(
        "preflight", str(far_file), "--ignore", "print_volume", "--ignore", "travel_volume", "--ignore", "tools"
    )
    assert (data["ready"], data["ignored"]) == (True, ["print_volume", "travel_volume"])
    found = rows(data)
    assert {name for name, row in found.items() if row["ignored"]} == {"print_volume", "travel_volume"}
    assert (found["print_volume"]["status"], found["print_volume"]["severity"]) == ("fail", "block")
    assert (found["tools"]["status"], found["tools"]["ignored"]) == ("pass", False)


def test_remaining_failure_still_blocks_with_ignored_recorded(server, far_file):
    result = server.run_error(2, "OUTSIDE_VOLUME", "preflight", str(far_file), "--ignore", "print_volume")
    assert (result.data["ready"], result.data["ignored"]) == (False, ["print_volume"])
    assert result.envelope["error"]["details"]["failed"] == ["travel_volume"]


def test_plugin_and_crashing_checks_can_be_ignored(server, extra_plugins, far_file):
    add_check(extra_plugins, "spool", errors.NotFound("no spool"))
    add_check(extra_plugins, "shaky", ZeroDivisionError("x"))
    server.job("Printing")
    every = ["print_volume", "printer_idle", "shaky", "spool", "travel_volume"]
    data = server.run_ok("preflight", str(far_file), *(word for name in every for word in ("--ignore", name)))
    assert sorted(data["ignored"]) == every


@pytest.mark.parametrize("line", [("preflight",), ("print", "--confirm")], ids=" ".join)
def test_ignoring_unknown_check_is_a_usage_error_listing_checks(server, gcode_file, line):
    result = server.run_error(4, "USAGE_ERROR", *line, str(gcode_file), "--ignore", "tools", "--ignore", "print-volume")
    message = result.envelope["error"]["message"]
    assert "no check print-volume" in message and "print_volume" in message and "server_health" in message
    assert server.sent == []


def test_preflight_table_marks_ignored_failures(server, far_file):
    result = server.run("preflight", str(far_file), "--ignore", "print_volume", "--ignore", "travel_volume", "-f", "table")
    assert result.exit_code == 0 and result.stdout.count("fail (ignored)") == 2
    assert "evidence" not in result.stdout and "ignored: print_volume" in result.stdout.replace("\n", " ")


def test_table_shows_evidence_column_if_requested(server, far_file):
    assert "evidence" in server.run("preflight", str(far_file), "-c", "id", "-c", "evidence", "-f", "table").stdout
    assert '"outside"' in server.run("preflight", str(far_file), "-f", "csv").stdout


# -- strict ---------------------------------------------------------------------------------------------


def test_strict_turns_warnings_into_failures(server, extra_plugins, gcode_file):
    add_check(extra_plugins, "dust", errors.FileInvalid("dusty"), Severity.WARN)
    add_check(extra_plugins, "hum", errors.FileInvalid("humming"), Severity.INFO)
    data = server.run_ok("preflight", str(gcode_file))
    assert (data["strict"], rows(data)["dust"]["severity"]) == (False, "warn")
    result = server.run_error(2, "FILE_INVALID", "preflight", str(gcode_file), "--strict")
    found = rows(result.data)
    assert result.data["strict"] is True and result.envelope["error"]["details"]["failed"] == ["dust"]
    assert (found["dust"]["severity"], found["hum"]["severity"]) == ("block", "info")


def test_strict_respects_ignored_warnings(server, extra_plugins, gcode_file):
    add_check(extra_plugins, "dust", errors.FileInvalid("dusty"), Severity.WARN)
    data = server.run_ok("preflight", str(gcode_file), "--strict", "--ignore", "dust")
    assert (data["ready"], data["ignored"]) == (True, ["dust"])


def test_strict_passes_without_warnings(server, gcode_file):
    assert server.run_ok("preflight", str(gcode_file), "--strict")["ready"] is True


def test_different_nozzle_warns_and_fails_with_strict(server, gcode_file):
    gcode_file.write_text(GCODE + "; nozzle_diameter = 0.6\n")
    nozzle = rows(server.run_ok("preflight", str(gcode_file)))["nozzle"]
    assert nozzle["evidence"] == {"file": [0.6], "printer": 0.4}
    server.run_error(2, "WRONG_PRINTER", "preflight", str(gcode_file), "--strict")


# -- evidence -------------------------------------------------------------------------------------------


def test_evidence_is_given_for_passed_and_failed_checks(server, far_file):
    found = rows(server.run("preflight", str(far_file), "--json").data)
    assert found["print_volume"]["evidence"]["outside"] == ["x"]
    assert found["print_volume"]["evidence"]["file"]["x"] == [10, 220]
    assert found["tools"]["evidence"] == {"file": ["tool0"], "printer": 1}
    assert found["file_exists"]["evidence"] is None


def test_plugin_check_may_have_evidence(server, extra_plugins):
    add_check(extra_plugins, "spool", Finding("300 g are left", {"grams": 300}))
    add_check(extra_plugins, "empty", errors.NotFound("no spool", details={"grams": 0}), Severity.WARN)
    add_check(extra_plugins, "plain", "fine")
    found = rows(server.run_ok("preflight"))
    assert (found["spool"]["message"], found["spool"]["evidence"]) == ("300 g are left", {"grams": 300})
    assert (found["empty"]["evidence"], found["plain"]["evidence"]) == ({"grams": 0}, None)


def test_unreadable_file_is_one_failure(server, gcode_file, monkeypatch):
    def fail(*_):
        raise errors.FileUnreadable("the disk is broken")

    monkeypatch.setattr("octoprint_cli.gcode.analysis.reader.read_file", fail)
    result = server.run_error(2, "FILE_UNREADABLE", "preflight", str(gcode_file))
    assert result.envelope["error"]["details"]["failed"] == ["file_readable"]
    assert rows(result.data)["extrusion"]["status"] == "skip"


def test_file_is_read_once_even_if_reader_crashes(server, gcode_file, monkeypatch):
    calls = []

    def crash(*_):
        calls.append(1)
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("octoprint_cli.gcode.analysis.reader.read_file", crash)
    server.run_error(4, "PLUGIN_ERROR", "preflight", str(gcode_file))
    assert len(calls) == 1


def test_profile_checks_are_skipped_without_permission(server, gcode_file):
    server.on("GET", "/api/printerprofiles", status_code=403, json={"error": "no"})
    gcode_file.write_text(GCODE + "M140 S60\n")
    found = rows(server.run_ok("preflight", str(gcode_file)))
    for name in ("print_volume", "travel_volume", "tools", "heated_bed"):
        assert found[name]["status"] == "skip" and "CONNECTION" in found[name]["message"]
    assert len([path for path in server.reads if path == "/api/printerprofiles"]) == 1


def test_configured_models_are_passed_to_checks(server, home, extra_plugins):
    home.mkdir()
    (home / "config.yaml").write_text("models: MK3\nprinters: {mini: {models: [MINI, 'Prusa MINI']}}\n")
    (home / "config.yaml").chmod(0o600)
    seen = []

    class Look(Check):
        """look"""

        def run(self, subject):
            seen.append(subject.models)
            return "seen"

    extra_plugins.add("preflight", "look", lambda: Look)
    server.run_ok("preflight")
    server.run_ok("--printer", "mini", "preflight")
    assert seen == [("MK3",), ("MINI", "Prusa MINI")]


# -- print ----------------------------------------------------------------------------------------------


def test_print_reports_preflight_verdict_and_warnings(each_server, extra_plugins, gcode_file):
    starts(each_server)
    add_check(extra_plugins, "dust", errors.FileInvalid("dusty"), Severity.WARN)
    result = each_server.run("print", str(gcode_file), "--confirm", "--json")
    warnings = [{"id": "dust", "message": "dusty"}]
    verdict = {"ready": True, "strict": False, "ignored": [], "exemptions": [], "warnings": warnings}
    assert {key: result.data["preflight"][key] for key in verdict} == verdict
    assert "Warning: dust: dusty" in result.stderr


def test_print_honours_strict_and_ignore(server, extra_plugins, far_file):
    starts(server)
    add_check(extra_plugins, "dust", errors.FileInvalid("dusty"), Severity.WARN)
    ignore = ("--ignore", "print_volume", "--ignore", "travel_volume")
    server.run_error(2, "OUTSIDE_VOLUME", "print", str(far_file), "--confirm")
    server.run_error(2, "FILE_INVALID", "print", str(far_file), "--confirm", "--strict", *ignore)
    assert server.sent == []
    verdict = server.run_ok("print", str(far_file), "--confirm", "--strict", *ignore, "--ignore", "dust")["preflight"]
    assert (verdict["ready"], verdict["strict"], verdict["warnings"]) == (True, True, [])
    assert verdict["ignored"] == ["dust", "print_volume", "travel_volume"]


def test_ignored_warning_is_not_printed(server, extra_plugins, gcode_file):
    starts(server)
    add_check(extra_plugins, "dust", errors.FileInvalid("dusty"), Severity.WARN)
    result = server.run("print", str(gcode_file), "--confirm", "--ignore", "dust", "--json")
    assert (result.data["preflight"]["ignored"], result.data["preflight"]["warnings"], result.stderr) == (["dust"], [], "")


def test_no_preflight_gives_no_verdict(server, far_file):
    starts(server)
    assert server.run_ok("print", str(far_file), "--confirm", "--no-preflight")["preflight"] is None


@pytest.mark.parametrize("option", [("--strict",), ("--ignore", "tools")], ids=" ".join)
def test_no_preflight_excludes_strict_and_ignore(server, gcode_file, option):
    server.run_error(4, "USAGE_ERROR", "print", str(gcode_file), "--confirm", "--no-preflight", *option)
    assert server.sent == []


def test_print_as_a_table_shows_ignored_checks_in_one_line(server, far_file):
    starts(server)
    ignore = ("--ignore", "print_volume", "--ignore", "travel_volume", "-f", "table")
    assert "ready; ignored: print_volume, travel_volume" in server.run("print", str(far_file), "--confirm", *ignore).stdout
