"""print: a file that the server has already; and what an end of 100 % that was there before does not prove."""

from __future__ import annotations

import pytest

from . import payloads
from .driver import CONTENT

SELECT = "/api/files/local/quick.gcode"
STORED = ("print", "--stored", "quick.gcode", "--confirm")


@pytest.fixture
def printable(each_server):
    """A server that has the file and prints it when it is told to."""
    each_server.add_file("quick.gcode", CONTENT)
    each_server.accept_post(SELECT, each_server.reading("Printing", "quick.gcode", completion=0.5))
    return each_server


def test_a_stored_file_is_printed_without_an_upload(printable):
    data = printable.run_ok(*STORED)
    assert (data["action"], data["started"], data["file"], data["location"]) == ("started", True, "quick.gcode", "local")
    assert (data["size"], data["verified"], data["unchanged"], data["state"]) == (len(CONTENT), None, None, "Printing")
    assert printable.sent == [(SELECT, {"command": "select", "print": True})]


@pytest.mark.parametrize("written", ["/quick.gcode", "quick.gcode/"])
def test_surrounding_slashes_in_stored_path_are_ignored(printable, written):
    assert printable.run_ok("print", f"--stored={written}", "--confirm")["file"] == "quick.gcode"


@pytest.mark.parametrize("path", ["a/b c/prüfung ☃.gcode", "50% #1.gcode", "a%20b.gcode"])
def test_stored_path_segments_are_url_encoded(each_server, path):
    from .mocked_requests import url_of

    each_server.add_file(path, CONTENT)
    each_server.accept_post(url_of(path), each_server.reading("Printing", path, completion=0.5))
    assert each_server.run_ok("print", "--stored", path, "--confirm")["file"] == path
    assert [sent for sent, _ in each_server.sent] == [url_of(path)]


def test_missing_stored_file_is_not_started(each_server):
    error = each_server.run_error(2, "FILE_NOT_FOUND", "print", "--stored", "none.gcode", "--confirm").envelope["error"]
    assert "none.gcode" in error["message"] and error["hint"] == "octoprint-cli files --location local"
    assert each_server.sent == []


@pytest.mark.parametrize("location", ["sdcard", "printer"])
def test_stored_sd_card_file_is_selected_checked_and_then_started(each_server, location):
    server = each_server
    server.add_card(["quick.gco"])
    file = f"/api/files/{server.card}/quick.gco"
    server.on("GET", file, json=payloads.card_entry(server.dialect, "quick.gco"))
    server.accept_post(file, server.reading("Operational", "quick.gco", origin=server.card))
    server.accept_post("/api/job", server.reading("Printing from SD", "quick.gco", completion=0.0, origin=server.card))
    data = server.run_ok("print", "--stored", "quick.gco", "--location", location, "--confirm")
    assert (data["location"], data["file"], data["state"]) == ("sdcard", "quick.gco", "Printing from SD")
    assert server.sent == [(file, {"command": "select", "print": False}), ("/api/job", {"command": "start"})]


@pytest.mark.parametrize("line", [("print", "--confirm"), ("print", "FILE", "--stored", "quick.gcode", "--confirm")], ids=" ".join)
def test_exactly_one_of_file_and_stored_is_required(server, gcode_file, line):
    server.run_error(4, "USAGE_ERROR", *[str(gcode_file) if word == "FILE" else word for word in line])
    assert server.requests == []


@pytest.mark.parametrize("more", [("--path", "sub"), ("--if-exists", "fail"), ("--verify", "download")], ids=" ".join)
def test_upload_options_with_stored_are_a_usage_error(printable, more):
    printable.run_error(4, "USAGE_ERROR", "print", "--stored", "quick.gcode", "--confirm", *more)
    assert printable.sent == []


def test_stored_print_needs_confirm_and_an_idle_printer(printable):
    printable.run_error(4, "CONFIRMATION_REQUIRED", "print", "--stored", "quick.gcode")
    assert printable.requests == []
    printable.job(printable.reading("Printing", "other.gcode", completion=5.0))
    printable.run_error(3, "PRINTER_BUSY", *STORED)
    printable.run_error(3, "PRINTER_BUSY", *STORED, "--no-preflight")
    assert printable.sent == [] and printable.run_ok(*STORED, "--skip-if-printing")["action"] == "skipped"


def test_stored_dry_run_lists_one_request(printable):
    data = printable.run_ok("print", "--stored", "quick.gcode", "--dry-run")
    assert data["requests"] == [{"method": "POST", "path": SELECT, "json": {"command": "select", "print": True}}]
    assert printable.sent == []


def test_stored_dry_run_reports_missing_file(each_server):
    each_server.run_error(2, "FILE_NOT_FOUND", "print", "--stored", "none.gcode", "--dry-run")


# -- started, or only said so -------------------------------------------------------------------------


def finished_reading(server, file="quick.gcode"):
    """As after a print that has ended."""
    return server.reading("Operational", file, completion=100.0, left=0)


def test_earlier_completion_does_not_count_as_start(printable, clock):
    printable.job(finished_reading(printable))
    printable.accept_post(SELECT, finished_reading(printable))  # accepted, and nothing happens
    error = printable.run_error(4, "NOT_STARTED", *STORED).envelope["error"]
    assert error["retryable"] is False and clock.slept >= 15
    assert len(printable.sent) == 1


def test_earlier_completion_does_not_count_as_start_after_upload(printable, gcode_file, clock):
    printable.job(finished_reading(printable))
    printable.accept_upload()
    printable.accept_post(SELECT, finished_reading(printable))
    printable.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")


def test_earlier_completion_does_not_confirm_a_lost_start(printable, clock):
    printable.job(finished_reading(printable))
    printable.accept_post(SELECT, finished_reading(printable), lost=504)
    assert "the answer was lost" in printable.run_error(4, "NOT_STARTED", *STORED).envelope["error"]["message"]


def test_increased_print_count_confirms_start_of_tiny_file(printable):
    printable.add_file("quick.gcode", CONTENT, prints={"success": 3, "failure": 1})
    printable.job(finished_reading(printable))
    printable.accept_post(
        SELECT, finished_reading(printable), also=lambda: printable.falsify("quick.gcode", prints={"success": 4, "failure": 1})
    )
    assert printable.run_ok(*STORED)["started"] is True


def test_unchanged_print_count_is_not_started(printable):
    printable.add_file("quick.gcode", CONTENT, prints={"success": 3, "failure": 1})
    printable.job(finished_reading(printable))
    printable.accept_post(SELECT, finished_reading(printable))
    printable.run_error(4, "NOT_STARTED", *STORED)


@pytest.mark.parametrize("prints", [None, {}, [], {"success": None}, {"success": "4"}, {"success": -4}, {"success": True}], ids=str)
def test_invalid_print_count_does_not_confirm_start(printable, prints):
    printable.add_file("quick.gcode", CONTENT)
    printable.job(finished_reading(printable))
    printable.accept_post(SELECT, finished_reading(printable), also=lambda: printable.falsify("quick.gcode", prints=prints))
    printable.run_error(4, "NOT_STARTED", *STORED)


def test_first_print_finished_at_first_poll_was_started(printable):
    printable.job(finished_reading(printable, "other.gcode"))  # of another file
    printable.accept_post(SELECT, finished_reading(printable))
    assert printable.run_ok(*STORED)["started"] is True


def test_printing_state_confirms_start_despite_earlier_completion(printable):
    printable.job(finished_reading(printable))
    printable.accept_post(
        SELECT,
        finished_reading(printable),
        finished_reading(printable),
        printable.reading("Printing", "quick.gcode", completion=0.5),
    )
    assert printable.run_ok(*STORED)["state"] == "Printing"


def test_sd_card_showing_earlier_completion_has_selected_nothing(each_server, clock):
    server = each_server
    server.add_card(["quick.gco"])
    file = f"/api/files/{server.card}/quick.gco"
    server.on("GET", file, json=payloads.card_entry(server.dialect, "quick.gco"))
    server.job(server.reading("Operational", "quick.gco", completion=100.0, origin=server.card))
    server.accept_post(file, server.reading("Operational", "quick.gco", completion=100.0, origin=server.card))
    server.run_error(4, "NOT_STARTED", "print", "--stored", "quick.gco", "--location", "sdcard", "--confirm")
    assert [path for path, _ in server.sent] == [file] and clock.slept >= 10


# -- busy ---------------------------------------------------------------------------------------------


def test_upload_over_the_printing_file_is_busy_or_in_use(each_server, gcode_file):
    says = "Trying to overwrite file that is currently being printed"
    each_server.on("POST", "/api/files/local", status_code=409, json={"error": says})
    error = each_server.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm").envelope["error"]
    assert says in error["message"] and error["details"] == {"http_status": 409}
    each_server.run_error(3, "FILE_IN_USE", "upload", str(gcode_file))


def test_refused_start_is_sent_once(printable):
    printable.on("POST", SELECT, status_code=409, json={"error": "Printer is already printing, cannot select a new file"})
    printable.run_error(3, "PRINTER_BUSY", *STORED)
    assert len(printable.sent) == 1
