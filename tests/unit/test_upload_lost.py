"""upload: an answer that never came. The server is asked what it holds; the file is never sent a second time."""

from __future__ import annotations

import pytest
import requests

from .driver import CONTENT, GONE

OTHER = CONTENT.replace(b"X10 Y10", b"X99 Y99")
ENTRY = "/api/files/local/quick.gcode"
LOST = [GONE, requests.exceptions.ReadTimeout("slow"), 502, 504]

every_loss = pytest.mark.parametrize("lost", LOST, ids=["broken", "no answer", "502", "504"])
each_loss = pytest.mark.parametrize("lost", [GONE, 504], ids=["broken", "504"])


def posted_paths(server):
    return [path for path, _ in server.sent]


@every_loss
def test_lost_upload_answer_with_stored_file_is_a_success(each_server, gcode_file, lost):
    each_server.accept_upload(lost=lost)
    data = each_server.run_ok("upload", str(gcode_file))
    assert (data["action"], data["path"]) == ("uploaded", "quick.gcode")
    assert data["verified"] == ("download" if each_server.is_2 else "sha1")
    assert posted_paths(each_server) == ["/api/files/local"]


@each_loss
def test_lost_upload_answer_with_file_appearing_late_is_a_success(server, gcode_file, clock, lost):
    server.lose_upload(lost)
    sleep = clock.sleep

    def sleep_and_store(seconds):
        sleep(seconds)
        if clock.slept > 5:
            server.add_file("quick.gcode", CONTENT)

    clock.sleep = sleep_and_store
    assert server.run_ok("upload", str(gcode_file))["verified"] == "sha1"
    assert 5 < clock.slept < 7 and len(server.sent) == 1


@each_loss
def test_print_continues_after_lost_upload_answer_if_file_is_stored(each_server, gcode_file, lost):
    each_server.accept_upload(lost=lost)
    each_server.accept_post(ENTRY, each_server.reading("Printing", "quick.gcode", completion=0.5))
    assert each_server.run_ok("print", str(gcode_file), "--confirm")["started"] is True
    assert posted_paths(each_server) == ["/api/files/local", ENTRY]


@every_loss
def test_lost_upload_answer_without_stored_file_is_a_retryable_error(each_server, gcode_file, clock, lost):
    each_server.lose_upload(lost)
    code = "TIMEOUT" if isinstance(lost, requests.Timeout) else "CONNECTION_ERROR"
    error = each_server.run_error(1, code, "upload", str(gcode_file), "--select").envelope["error"]
    assert "the answer was lost" in error["message"] and "does not hold the file" in error["message"]
    assert "all of it" in error["message"] and error["retryable"] is True
    assert posted_paths(each_server) == ["/api/files/local"] and 15 <= clock.slept < 16


@each_loss
def test_print_fails_after_lost_upload_answer_if_file_is_not_stored(each_server, gcode_file, lost):
    each_server.lose_upload(lost)
    each_server.run_error(1, "CONNECTION_ERROR", "print", str(gcode_file), "--confirm")
    assert posted_paths(each_server) == ["/api/files/local"]


def test_upload_broken_off_midway_fails_at_once_with_byte_count(each_server, tmp_path, clock):
    path = tmp_path / "quick.gcode"
    path.write_bytes(b"G1 X1\n" * 1000)
    each_server.lose_upload(GONE, after=3000)
    error = each_server.run_error(1, "CONNECTION_ERROR", "upload", str(path)).envelope["error"]
    assert 0 < error["details"]["sent"] < error["details"]["size"] == 6000
    assert f"{error['details']['sent']} of 6000 bytes" in error["message"] and clock.slept == 0


def test_gateway_error_before_the_body_was_sent_reports_zero_bytes(server, gcode_file, clock):
    server.lose_upload(502, after=0)
    message = server.run_error(1, "CONNECTION_ERROR", "upload", str(gcode_file)).envelope["error"]["message"]
    assert f"0 of {len(CONTENT)} bytes" in message


@each_loss
@pytest.mark.parametrize("held", [b"old", OTHER], ids=["another size", "the same size"])
def test_older_file_of_same_name_is_not_taken_for_the_upload(each_server, gcode_file, clock, lost, held):
    each_server.add_file("quick.gcode", held)
    each_server.lose_upload(lost)
    error = each_server.run_error(1, "CONNECTION_ERROR", "upload", str(gcode_file)).envelope["error"]
    assert "has an earlier file of that name" in error["message"]
    assert len(each_server.sent) == 1


def test_older_file_replaced_by_other_bytes_of_same_size_is_an_error(each_server, gcode_file, clock):
    each_server.add_file("quick.gcode", b"G28\nG1 X55 Y55\nM84\n")
    each_server.accept_upload(lost=GONE, date=1795339999)
    take = each_server.octoprint.upload

    def damaged(location, form):
        reply = take(location, form)
        each_server.add_file(reply.body["files"]["local"]["path"], OTHER, date=1795339999)
        return reply

    each_server.octoprint.upload = damaged
    refused = (2, "UPLOAD_CORRUPT") if each_server.is_2 else (1, "CONNECTION_ERROR")  # 1.x tells by the hash
    each_server.run_error(*refused, "upload", str(gcode_file))


def test_renamed_file_is_found_after_lost_answer(each_server, gcode_file):
    each_server.add_file("quick.gcode", b"old")
    each_server.accept_upload(lost=GONE)
    assert each_server.run_ok("upload", str(gcode_file), "--if-exists", "rename")["path"] == "quick_1.gcode"
    assert len(each_server.sent) == 1


def test_sanitized_file_name_is_found_after_lost_answer(each_server, tmp_path):
    path = tmp_path / "bad|name.gcode"
    path.write_bytes(CONTENT)
    each_server.accept_upload(lost=GONE)
    assert each_server.run_ok("upload", str(path))["path"] == "badname.gcode"


@each_loss
def test_lost_upload_answer_with_unreachable_server_is_outcome_unknown(each_server, gcode_file, lost):
    each_server.accept_upload(lost=lost)
    take = each_server.octoprint.upload

    def and_gone(location, form):
        for path in ("/api/job", ENTRY):
            each_server.on("GET", path, exc=GONE)
        return take(location, form)

    each_server.octoprint.upload = and_gone
    error = each_server.run_error(4, "OUTCOME_UNKNOWN", "upload", str(gcode_file), "--select").envelope["error"]
    assert error["retryable"] is False and "the answer was lost" in error["message"]
    assert len(each_server.sent) == 1


def test_lost_upload_answer_with_forbidden_lookup_is_outcome_unknown(server, gcode_file):
    server.lose_upload()
    denied = {"status_code": 403, "json": {"error": "You don't have the permission"}}
    server.on("GET", ENTRY, **denied)
    server.run_error(4, "OUTCOME_UNKNOWN", "upload", str(gcode_file))
    assert len(server.sent) == 1


def test_accepted_upload_missing_on_server_is_corrupt(server, gcode_file, clock):
    server.on("POST", "/api/files/local", status_code=201, json={"done": True, "files": {}})
    result = server.run_error(2, "UPLOAD_CORRUPT", "upload", str(gcode_file))
    assert "has no file at quick.gcode" in result.envelope["error"]["message"] and clock.slept >= 15


@pytest.mark.parametrize("status", [200, 201, 204])
def test_empty_upload_answer_is_not_a_success(each_server, gcode_file, status):
    each_server.on("POST", "/api/files/local", status_code=status)
    assert each_server.run("upload", str(gcode_file), "--json").exit_code != 0


def test_upload_answer_without_path_is_verified_under_expected_path(server, gcode_file):
    server.accept_upload()
    take = server.octoprint.upload
    server.octoprint.upload = lambda location, form: take(location, form)._replace(body={"done": True, "files": None})
    assert server.run_ok("upload", str(gcode_file))["verified"] == "sha1"


@each_loss
def test_lost_sd_card_upload_answer_is_resolved_by_card_listing(each_server, gcode_file, lost):
    each_server.add_card([], ["quick.gco"])
    each_server.accept_upload(location=each_server.card, lost=lost)
    assert each_server.run_ok("upload", str(gcode_file), "--location", "sdcard")["path"] == "quick.gco"
    assert len(each_server.sent) == 1


@each_loss
def test_lost_sd_card_upload_answer_without_new_file_is_not_found(server, gcode_file, lost):
    server.add_card(["old.gco"])
    server.accept_upload(location="sdcard", lost=lost)
    server.run_error(4, "NOT_FOUND", "upload", str(gcode_file), "--location", "sdcard")
    assert len(server.sent) == 1
