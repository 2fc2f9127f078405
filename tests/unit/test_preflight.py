"""preflight: each check in each outcome, what they add up to, and a vendor's checks."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Check, Severity, Skip, errors
from octoprint_cli.gcode.analysis.contents import Contents

from .driver import CONTENT, GCODE

GIB = 1024**3
#: The checks of the printer and of the server, which want no file.
OF_THE_PRINTER = {"printer_connected", "printer_error", "printer_idle", "temperatures"}
OF_THE_SERVER = {"server_firmware", "server_health", "server_power"}
OF_THE_FILE = {
    "cold_extrusion",
    "disk_space",
    "extrusion",
    "file_complete",
    "file_consistency",
    "file_damage",
    "file_exists",
    "file_extension",
    "file_not_empty",
    "file_placeholders",
    "file_readable",
    "file_size",
    "file_temperatures",
    "heated_bed",
    "heated_chamber",
    "nozzle",
    "print_volume",
    "printer_model",
    "risky_commands",
    "tools",
    "travel_volume",
}
#: What the server of these tests and their file say nothing of.
UNKNOWN = {"nozzle", "printer_model", "server_firmware", "server_health", "server_power"}


def statuses(data):
    return {check["id"]: check["status"] for check in data["checks"]}


def vendor(severity=Severity.BLOCK, outcome="all is well"):
    """A check that answers with a sentence or raises."""

    class Vendor(Check):
        """A vendor's check."""

        def run(self, subject):
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    Vendor.severity = severity
    return lambda: Vendor


def big_file(tmp_path, size):
    path = tmp_path / "big.gcode"
    with path.open("wb") as file:
        file.truncate(size)
    return path


def test_every_applicable_check_passes(each_server, gcode_file):
    data = each_server.run_ok("preflight", str(gcode_file))
    assert data["ready"] is True
    passed = OF_THE_FILE | OF_THE_PRINTER | OF_THE_SERVER
    assert statuses(data) == {**dict.fromkeys(passed, "pass"), **dict.fromkeys(UNKNOWN, "skip")}
    assert {tuple(check) for check in data["checks"]} == {("id", "status", "severity", "message", "evidence", "ignored")}
    assert each_server.sent == []


def test_file_checks_are_skipped_without_a_file(each_server):
    data = each_server.run_ok("preflight")
    skipped = {name for name, status in statuses(data).items() if status == "skip"}
    assert skipped == OF_THE_FILE | OF_THE_SERVER


def test_the_server_is_read_once_for_all_checks(server, gcode_file):
    server.run_ok("preflight", str(gcode_file))
    plugins = [f"/api/plugin/{name}" for name in ("firmware_check", "health_check", "pi_support")]
    assert sorted(server.reads) == ["/api/files", "/api/job", *plugins, "/api/printer", "/api/printerprofiles"]


@pytest.mark.parametrize(
    ("prepare", "exit_code", "code", "failed"),
    [
        (lambda server: server.offline(), 1, "PRINTER_OFFLINE", ["printer_connected"]),
        (lambda server: server.job("Offline after error"), 1, "PRINTER_OFFLINE", ["printer_connected"]),
        (lambda server: server.job("Connecting"), 1, "PRINTER_OFFLINE", ["printer_connected"]),
        (lambda server: server.job("Printing"), 3, "PRINTER_BUSY", ["printer_idle"]),
        (lambda server: server.job("Sending file to SD"), 3, "PRINTER_BUSY", ["printer_idle"]),
        (lambda server: server.job("Druckt gerade"), 3, "PRINTER_BUSY", ["printer_idle"]),
        (lambda server: server.octoprint.heaters.update(tool0=[301.0, 0.0]), 4, "LIMIT_EXCEEDED", ["temperatures"]),
        (lambda server: server.octoprint.heaters.update(tool3=[20.0, 301.0]), 4, "LIMIT_EXCEEDED", ["temperatures"]),
        (lambda server: server.octoprint.heaters.update(bed=[20.0, 121.0]), 4, "LIMIT_EXCEEDED", ["temperatures"]),
        (lambda server: server.octoprint.heaters.update(chamber=[81.0, 0.0]), 4, "LIMIT_EXCEEDED", ["temperatures"]),
    ],
)
def test_unready_printer_is_an_error_with_full_report(each_server, gcode_file, prepare, exit_code, code, failed):
    prepare(each_server)
    result = each_server.run_error(exit_code, code, "preflight", str(gcode_file))
    assert result.data["ready"] is False
    assert [check["id"] for check in result.data["checks"] if check["status"] == "fail"] == failed
    assert result.envelope["error"]["details"]["failed"] == failed
    assert result.data["checks"][0]["id"] == failed[0]


@pytest.mark.parametrize("state", ["Starting", "Paused", "Pausing", "Resuming", "Cancelling", "Finishing"])
def test_printer_with_job_in_any_phase_is_busy(each_server, state):
    each_server.job(state)
    result = each_server.run_error(3, "PRINTER_BUSY", "preflight")
    assert state in result.envelope["error"]["message"]


def test_preflight_limits_come_from_configuration(server, home):
    home.mkdir()
    (home / "config.yaml").write_text("limits: {bed: 20}\n")
    server.run_error(4, "LIMIT_EXCEEDED", "preflight")


def test_a_heater_with_nulls_is_within_limits(server):
    server.octoprint.heaters["bed"] = [None, 20.0]
    assert statuses(server.run_ok("preflight"))["temperatures"] == "pass"


def test_printer_error_is_reported(server):
    state = {"error": "Heating failed", "flags": {"error": True, "operational": True}, "text": "Operational"}
    server.on("GET", "/api/printer", json={"state": state, "temperature": {}})
    result = server.run_error(1, "PRINTER_ERROR", "preflight")
    assert "Heating failed" in result.envelope["error"]["message"]


@pytest.mark.parametrize(
    ("name", "content", "failed"),
    [
        ("none.gcode", None, "file_exists"),
        ("empty.gcode", b"", "file_not_empty"),
        ("cube.stl", b"x", "file_extension"),
        ("cube", b"x", "file_extension"),
        ("cube.gcode.gz", b"x", "file_extension"),
        ("cube.bgcode", b"x", "file_extension"),
    ],
)
def test_unusable_file_exits_2(server, tmp_path, name, content, failed):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = server.run("preflight", str(path), "--json")
    assert result.exit_code == 2
    assert [check["id"] for check in result.data["checks"] if check["status"] == "fail"] == [failed]


@pytest.mark.parametrize("name", ["a.gcode", "a.GCO", "a.g", "a.gc~", "a.b.gcode"])
def test_accepted_file_extensions(server, tmp_path, name):
    path = tmp_path / name
    path.write_text(GCODE)
    assert server.run_ok("preflight", str(path))["ready"] is True


def test_folder_is_refused(server, tmp_path):
    folder = tmp_path / "folder.gcode"
    folder.mkdir()
    server.run_error(2, "FILE_INVALID", "preflight", str(folder))


def test_a_file_larger_than_octoprint_takes_is_refused(server, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "octoprint_cli.gcode.analysis.reader.read_file", lambda *_: Contents()
    )  # a gigabyte of nothing takes a while
    server.run_error(2, "FILE_TOO_LARGE", "preflight", str(big_file(tmp_path, GIB + 1)))
    assert server.run_ok("preflight", str(big_file(tmp_path, GIB)))["ready"] is True


@pytest.mark.parametrize(("free", "status"), [(len(CONTENT) - 1, "fail"), (len(CONTENT), "pass"), (None, "skip")])
def test_free_space_on_server_is_compared_with_file_size(server, gcode_file, free, status):
    server.on("GET", "/api/files", json={"files": [], "free": free, "total": 10})
    result = server.run("preflight", str(gcode_file), "--json")
    assert statuses(result.data)["disk_space"] == status
    assert (result.exit_code, result.code) == ((2, "NO_SPACE") if status == "fail" else (0, None))


def test_free_space_is_not_checked_for_sd_card(server, gcode_file):
    assert statuses(server.run_ok("preflight", str(gcode_file), "--location", "sdcard"))["disk_space"] == "skip"
    assert "/api/files" not in server.reads


def test_error_precedence_is_offline_busy_file_other(server, tmp_path):
    missing = str(tmp_path / "none.gcode")
    server.octoprint.heaters["bed"] = [500.0, 0.0]
    server.run_error(2, "FILE_NOT_FOUND", "preflight", missing)
    server.job("Printing")
    result = server.run_error(3, "PRINTER_BUSY", "preflight", missing)
    assert result.envelope["error"]["details"]["failed"] == ["printer_idle", "file_exists", "temperatures"]
    server.offline()
    server.run_error(1, "PRINTER_OFFLINE", "preflight", missing)


def test_unavailable_server_skips_remaining_checks(server, gcode_file):
    server.on("GET", "/api/job", status_code=503, text="<html>starting</html>")
    result = server.run_error(1, "SERVER_STARTING", "preflight", str(gcode_file))
    found = statuses(result.data)
    assert found["printer_connected"] == "fail"
    assert {found[name] for name in ("printer_idle", "printer_error", "temperatures", "disk_space")} == {"skip"}


def test_plugin_check_appears_in_report(server, extra_plugins):
    extra_plugins.add("preflight", "spool", vendor(outcome="300 g are left"))
    row = {"id": "spool", "status": "pass", "severity": "block", "message": "300 g are left", "evidence": None, "ignored": False}
    assert row in server.run_ok("preflight")["checks"]


@pytest.mark.parametrize("severity", [Severity.BLOCK, "block"], ids=["Severity", "str"])
def test_failing_plugin_check_blocks_print(server, extra_plugins, gcode_file, severity):
    extra_plugins.add("preflight", "spool", vendor(severity, errors.NotFound("no spool", hint="mount one")))
    for words in (("preflight", str(gcode_file)), ("print", str(gcode_file), "--confirm")):
        result = server.run_error(4, "NOT_FOUND", *words)
        assert statuses(result.data)["spool"] == "fail"
        assert result.envelope["error"]["hint"] == f"octoprint-cli preflight {gcode_file}  # mount one"
    assert server.sent == []


@pytest.mark.parametrize("severity", [Severity.WARN, Severity.INFO, "warn"])
def test_failing_warning_does_not_block(server, extra_plugins, severity):
    extra_plugins.add("preflight", "dust", vendor(severity, errors.FileInvalid("dusty")))
    data = server.run_ok("preflight")
    assert data["ready"] is True and statuses(data)["dust"] == "fail"


def test_unknown_severity_blocks(server, extra_plugins):
    extra_plugins.add("preflight", "odd", vendor("fatal", errors.FileInvalid("odd")))
    assert server.run("preflight", "--json").exit_code != 0


def test_plugin_check_may_be_skipped(server, extra_plugins):
    extra_plugins.add("preflight", "camera", vendor(outcome=Skip("there is no camera")))
    (row,) = [check for check in server.run_ok("preflight")["checks"] if check["id"] == "camera"]
    assert (row["status"], row["message"]) == ("skip", "there is no camera")


@pytest.mark.parametrize("crash", [ZeroDivisionError("division by zero"), KeyError("x"), SystemExit(0)], ids=repr)
def test_crashing_check_blocks_and_is_named(server, extra_plugins, gcode_file, crash):
    extra_plugins.add("preflight", "shaky", vendor(outcome=crash))
    result = server.run_error(4, "PLUGIN_ERROR", "print", str(gcode_file), "--confirm")
    assert "shaky" in result.envelope["error"]["message"] and type(crash).__name__ in result.envelope["error"]["message"]
    assert server.sent == []


@pytest.mark.parametrize("fault", [ImportError("no module named acme"), SyntaxError("bad"), SystemExit(2)], ids=repr)
def test_check_that_fails_to_load_is_skipped_and_named(server, extra_plugins, fault):
    def load():
        raise fault

    extra_plugins.add("preflight", "broken", load)
    data = server.run_ok("preflight")
    (row,) = [check for check in data["checks"] if check["id"] == "broken"]
    assert row["status"] == "skip" and "acme-tools" in row["message"] and type(fault).__name__ in row["message"]


def test_check_claimed_by_two_plugins_does_not_pass(server, extra_plugins):
    extra_plugins.add("preflight", "spool", vendor(), "acme-tools")
    extra_plugins.add("preflight", "spool", vendor(), "bolt-tools")
    (row,) = [check for check in server.run("preflight", "--json").data["checks"] if check["id"] == "spool"]
    assert row["status"] != "pass" and "acme-tools" in row["message"] and "bolt-tools" in row["message"]


def test_a_built_in_check_cannot_be_replaced(server, extra_plugins):
    extra_plugins.add("preflight", "printer_idle", vendor(outcome="always idle"))
    server.job("Printing")
    server.run_error(3, "PRINTER_BUSY", "preflight")


def test_preflight_as_plain_text_shows_rows_and_error(server):
    server.job("Printing")
    result = server.run("preflight")
    assert result.exit_code == 3
    assert "printer_idle" in result.stdout and "PRINTER_BUSY" in result.stderr
