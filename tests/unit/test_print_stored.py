"""print: a file that the server has already; and what an end of 100 % that was there before does not prove."""

from __future__ import annotations

import pytest

from . import payloads
from .driver import CONTENT

SELECT = "/api/files/local/quick.gcode"
STORED = ("print", "--stored", "quick.gcode", "--confirm")


@pytest.fixture
def holds(each_server):
    """A server that has the file and prints it when it is told to."""
    each_server.stores("quick.gcode", CONTENT)
    each_server.then(SELECT, each_server.reading("Printing", "quick.gcode", completion=0.5))
    return each_server


def test_a_stored_file_is_printed_without_an_upload(holds):
    data = holds.does(*STORED)
    assert (data["action"], data["started"], data["file"], data["location"]) == ("started", True, "quick.gcode", "local")
    assert (data["size"], data["verified"], data["unchanged"], data["state"]) == (len(CONTENT), None, None, "Printing")
    assert holds.sent == [(SELECT, {"command": "select", "print": True})]


@pytest.mark.parametrize("written", ["/quick.gcode", "quick.gcode/"])
def test_surrounding_slashes_in_stored_path_are_ignored(holds, written):
    assert holds.does("print", f"--stored={written}", "--confirm")["file"] == "quick.gcode"


@pytest.mark.parametrize("path", ["a/b c/prüfung ☃.gcode", "50% #1.gcode", "a%20b.gcode"])
def test_stored_path_segments_are_url_encoded(each_server, path):
    from .mocked_requests import url_of

    each_server.stores(path, CONTENT)
    each_server.then(url_of(path), each_server.reading("Printing", path, completion=0.5))
    assert each_server.does("print", "--stored", path, "--confirm")["file"] == path
    assert [sent for sent, _ in each_server.sent] == [url_of(path)]


def test_missing_stored_file_is_not_started(each_server):
    error = each_server.refuses(2, "FILE_NOT_FOUND", "print", "--stored", "none.gcode", "--confirm").envelope["error"]
    assert "none.gcode" in error["message"] and error["hint"] == "octoprint-cli files --location local"
    assert each_server.sent == []


@pytest.mark.parametrize("location", ["sdcard", "printer"])
def test_stored_sd_card_file_is_selected_checked_and_then_started(each_server, location):
    server = each_server
    server.has_card(["quick.gco"])
    file = f"/api/files/{server.card}/quick.gco"
    server.on("GET", file, json=payloads.card_entry(server.dialect, "quick.gco"))
    server.then(file, server.reading("Operational", "quick.gco", origin=server.card))
    server.then("/api/job", server.reading("Printing from SD", "quick.gco", completion=0.0, origin=server.card))
    data = server.does("print", "--stored", "quick.gco", "--location", location, "--confirm")
    assert (data["location"], data["file"], data["state"]) == ("sdcard", "quick.gco", "Printing from SD")
    assert server.sent == [(file, {"command": "select", "print": False}), ("/api/job", {"command": "start"})]


@pytest.mark.parametrize("line", [("print", "--confirm"), ("print", "FILE", "--stored", "quick.gcode", "--confirm")], ids=" ".join)
def test_exactly_one_of_file_and_stored_is_required(server, gcode_file, line):
    server.refuses(4, "USAGE_ERROR", *[str(gcode_file) if word == "FILE" else word for word in line])
    assert server.requests == []


@pytest.mark.parametrize("more", [("--path", "sub"), ("--if-exists", "fail"), ("--verify", "download")], ids=" ".join)
def test_upload_options_with_stored_are_a_usage_error(holds, more):
    holds.refuses(4, "USAGE_ERROR", "print", "--stored", "quick.gcode", "--confirm", *more)
    assert holds.sent == []


def test_stored_print_needs_confirm_and_an_idle_printer(holds):
    holds.refuses(4, "CONFIRMATION_REQUIRED", "print", "--stored", "quick.gcode")
    assert holds.requests == []
    holds.job(holds.reading("Printing", "other.gcode", completion=5.0))
    holds.refuses(3, "PRINTER_BUSY", *STORED)
    holds.refuses(3, "PRINTER_BUSY", *STORED, "--no-preflight")
    assert holds.sent == [] and holds.does(*STORED, "--skip-if-printing")["action"] == "skipped"


def test_stored_dry_run_lists_one_request(holds):
    data = holds.does("print", "--stored", "quick.gcode", "--dry-run")
    assert data["requests"] == [{"method": "POST", "path": SELECT, "json": {"command": "select", "print": True}}]
    assert holds.sent == []


def test_stored_dry_run_reports_missing_file(each_server):
    each_server.refuses(2, "FILE_NOT_FOUND", "print", "--stored", "none.gcode", "--dry-run")


# -- started, or only said so -------------------------------------------------------------------------


def finished(server, file="quick.gcode"):
    """As after a print that has ended."""
    return server.reading("Operational", file, completion=100.0, left=0)


def test_earlier_completion_does_not_count_as_start(holds, clock):
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds))  # accepted, and nothing happens
    error = holds.refuses(4, "NOT_STARTED", *STORED).envelope["error"]
    assert error["retryable"] is False and clock.slept >= 15
    assert len(holds.sent) == 1


def test_earlier_completion_does_not_count_as_start_after_upload(holds, gcode_file, clock):
    holds.job(finished(holds))
    holds.takes_upload()
    holds.then(SELECT, finished(holds))
    holds.refuses(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")


def test_earlier_completion_does_not_confirm_a_lost_start(holds, clock):
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds), lost=504)
    assert "the answer was lost" in holds.refuses(4, "NOT_STARTED", *STORED).envelope["error"]["message"]


def test_increased_print_count_confirms_start_of_tiny_file(holds):
    holds.stores("quick.gcode", CONTENT, prints={"success": 3, "failure": 1})
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds), also=lambda: holds.falsify("quick.gcode", prints={"success": 4, "failure": 1}))
    assert holds.does(*STORED)["started"] is True


def test_unchanged_print_count_is_not_started(holds):
    holds.stores("quick.gcode", CONTENT, prints={"success": 3, "failure": 1})
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds))
    holds.refuses(4, "NOT_STARTED", *STORED)


@pytest.mark.parametrize("prints", [None, {}, [], {"success": None}, {"success": "4"}, {"success": -4}, {"success": True}], ids=str)
def test_invalid_print_count_does_not_confirm_start(holds, prints):
    holds.stores("quick.gcode", CONTENT)
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds), also=lambda: holds.falsify("quick.gcode", prints=prints))
    holds.refuses(4, "NOT_STARTED", *STORED)


def test_first_print_finished_at_first_poll_was_started(holds):
    holds.job(finished(holds, "other.gcode"))  # of another file
    holds.then(SELECT, finished(holds))
    assert holds.does(*STORED)["started"] is True


def test_printing_state_confirms_start_despite_earlier_completion(holds):
    holds.job(finished(holds))
    holds.then(SELECT, finished(holds), finished(holds), holds.reading("Printing", "quick.gcode", completion=0.5))
    assert holds.does(*STORED)["state"] == "Printing"


def test_sd_card_showing_earlier_completion_has_selected_nothing(each_server, clock):
    server = each_server
    server.has_card(["quick.gco"])
    file = f"/api/files/{server.card}/quick.gco"
    server.on("GET", file, json=payloads.card_entry(server.dialect, "quick.gco"))
    server.job(server.reading("Operational", "quick.gco", completion=100.0, origin=server.card))
    server.then(file, server.reading("Operational", "quick.gco", completion=100.0, origin=server.card))
    server.refuses(4, "NOT_STARTED", "print", "--stored", "quick.gco", "--location", "sdcard", "--confirm")
    assert [path for path, _ in server.sent] == [file] and clock.slept >= 10


# -- busy ---------------------------------------------------------------------------------------------


def test_upload_over_the_printing_file_is_busy_or_in_use(each_server, gcode_file):
    says = "Trying to overwrite file that is currently being printed"
    each_server.on("POST", "/api/files/local", status_code=409, json={"error": says})
    error = each_server.refuses(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm").envelope["error"]
    assert says in error["message"] and error["details"] == {"http_status": 409}
    each_server.refuses(3, "FILE_IN_USE", "upload", str(gcode_file))


def test_refused_start_is_sent_once(holds):
    holds.on("POST", SELECT, status_code=409, json={"error": "Printer is already printing, cannot select a new file"})
    holds.refuses(3, "PRINTER_BUSY", *STORED)
    assert len(holds.sent) == 1
