"""print: consent, refusals, and "started" only where the server's job shows that very file."""

from __future__ import annotations

import pytest

ACTIVE = ["Starting", "Printing", "Printing from SD", "Pausing", "Paused", "Resuming", "Cancelling", "Finishing"]
SELECT = "/api/files/local/quick.gcode"


@pytest.fixture
def ready(each_server):
    """A server on which everything goes well."""
    each_server.accept_upload()
    each_server.accept_post(SELECT, each_server.reading("Printing", "quick.gcode", completion=0.5))
    return each_server


def test_print_is_started_once_the_job_shows_the_file_printing(ready, gcode_file):
    data = ready.run_ok("print", str(gcode_file), "--confirm")
    assert (data["action"], data["started"], data["file"], data["state"]) == ("started", True, "quick.gcode", "Printing")
    assert ready.sent == [("/api/files/local", None), (SELECT, {"command": "select", "print": True})]
    assert set(ready.uploads[0]) == {"file"}  # no print=true, which would be a 201 though nothing started
    assert ready.reads[-1] == "/api/job"


def test_print_without_confirm_sends_no_request(server, gcode_file):
    result = server.run_error(4, "CONFIRMATION_REQUIRED", "print", str(gcode_file))
    assert result.envelope["error"]["hint"] == f"octoprint-cli print {gcode_file} --json --confirm"
    assert server.requests == []


@pytest.mark.parametrize("state", ACTIVE)
def test_skip_if_printing_succeeds_without_change_during_a_job(each_server, gcode_file, state):
    each_server.job(each_server.reading(state, "other.gcode", completion=5.0))
    data = each_server.run_ok("print", str(gcode_file), "--confirm", "--skip-if-printing")
    assert data["action"] == "skipped" and state in data["reason"] and data["job"] == {"file": "other.gcode"}
    assert each_server.sent == []
    assert each_server.reads == ["/api/job"]


def test_skip_if_printing_prints_when_idle(ready, gcode_file):
    assert ready.run_ok("print", str(gcode_file), "--confirm", "--skip-if-printing")["action"] == "started"


def test_skip_if_printing_still_needs_confirm(server, gcode_file):
    server.run_error(4, "CONFIRMATION_REQUIRED", "print", str(gcode_file), "--skip-if-printing")


@pytest.mark.parametrize("state", [*ACTIVE, "Sending file to SD", "Druckt gerade"])
@pytest.mark.parametrize("extra", [(), ("--no-preflight",)], ids=["preflight", "no preflight"])
def test_busy_printer_is_refused_and_nothing_is_sent(each_server, gcode_file, state, extra):
    each_server.job(each_server.reading(state, "other.gcode", completion=5.0))
    result = each_server.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm", *extra)
    assert state in result.envelope["error"]["message"]
    assert each_server.sent == []
    if not extra:
        assert result.data["ready"] is False
        assert {"printer_idle": "fail"}.items() <= {check["id"]: check["status"] for check in result.data["checks"]}.items()


@pytest.mark.parametrize("extra", [(), ("--no-preflight",)], ids=["preflight", "no preflight"])
def test_offline_printer_is_refused_and_nothing_is_sent(each_server, gcode_file, extra):
    each_server.offline()
    each_server.run_error(1, "PRINTER_OFFLINE", "print", str(gcode_file), "--confirm", *extra)
    assert each_server.sent == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.gcode", None, "FILE_NOT_FOUND"),
        ("empty.gcode", "", "FILE_INVALID"),
        ("model.stl", "solid", "FILE_INVALID"),
        ("bare", "G28", "FILE_INVALID"),
    ],
)
def test_unprintable_file_is_refused_with_report(server, tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    result = server.run_error(2, code, "print", str(path), "--confirm")
    assert result.data["ready"] is False
    assert result.envelope["error"]["details"]["failed"]
    assert server.sent == []


def test_no_preflight_prints_a_file_that_checks_would_refuse(ready, tmp_path):
    path = tmp_path / "quick.gcode"
    path.write_text("")
    assert ready.run_ok("print", str(path), "--confirm", "--no-preflight")["started"] is True


def test_no_preflight_does_not_run_the_checks(ready, gcode_file):
    ready.on("GET", "/api/printer", exc=AssertionError("a check looked at the printer"))
    ready.run_ok("print", str(gcode_file), "--confirm", "--no-preflight")
    assert "/api/printer" not in ready.reads


def test_accepted_start_without_print_is_not_started(ready, gcode_file, clock):
    ready.accept_post(SELECT, "Operational")
    result = ready.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")
    assert "no file" in result.envelope["error"]["message"] and clock.slept >= 15
    assert len(ready.sent) == 2


def test_other_file_printing_is_not_started(ready, gcode_file):
    ready.accept_post(SELECT, ready.reading("Printing", "other.gcode", completion=1.0))
    result = ready.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")
    assert result.envelope["error"]["details"]["file"] == "other.gcode"


def test_file_replaced_by_another_at_start_is_not_started(ready, gcode_file, clock):
    """Of two starts within milliseconds both servers accept both, and show one of them for a moment."""
    ready.accept_post(
        SELECT, ready.reading("Printing", "quick.gcode", completion=0.0), ready.reading("Printing", "other.gcode", completion=1.0)
    )
    result = ready.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")
    assert result.envelope["error"]["details"]["file"] == "other.gcode"
    assert clock.slept < 2


@pytest.mark.parametrize("after", ["Offline after error", "Operational"])
def test_print_ending_right_after_start_was_started(ready, gcode_file, after):
    ready.accept_post(SELECT, ready.reading("Printing", "quick.gcode", completion=0.0), ready.reading(after))
    data = ready.run_ok("print", str(gcode_file), "--confirm")
    assert (data["started"], data["state"]) == (True, "Printing")


def test_file_of_same_name_on_sd_card_is_another_file(ready, gcode_file):
    ready.accept_post(SELECT, ready.reading("Printing from SD", "quick.gcode", completion=1.0, origin=ready.card))
    ready.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")


def test_selected_file_on_idle_printer_is_not_started(ready, gcode_file):
    ready.accept_post(SELECT, ready.reading("Operational", "quick.gcode"))
    ready.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")


def test_starting_state_alone_is_not_yet_started(ready, gcode_file, clock):
    printing = ready.reading("Printing", "quick.gcode", completion=0.1)
    ready.accept_post(SELECT, ready.reading("Starting", "quick.gcode"), ready.reading("Starting", "quick.gcode"), printing)
    assert ready.run_ok("print", str(gcode_file), "--confirm")["state"] == "Printing"
    assert clock.slept > 0


def test_print_finished_at_first_poll_was_started(ready, gcode_file):
    ready.accept_post(SELECT, ready.reading("Operational", "quick.gcode", completion=100.0, left=0))
    assert ready.run_ok("print", str(gcode_file), "--confirm")["started"] is True


def test_error_at_start_is_reported(server, gcode_file):
    server.accept_upload()
    server.accept_post(SELECT, server.reading("Offline after error", error="Thermal Runaway"))
    result = server.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm")
    assert result.envelope["error"]["details"]["error"] == "Thermal Runaway"


def test_printer_busy_between_upload_and_start_is_not_started(each_server, gcode_file):
    each_server.accept_upload()
    each_server.job("Operational", "Operational", each_server.reading("Printing", "other.gcode", completion=1.0))
    each_server.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--confirm")
    assert [path for path, _ in each_server.sent] == ["/api/files/local"]


def test_print_starts_the_path_returned_by_the_server(each_server, gcode_file):
    each_server.accept_upload(stored_as="sub/renamed.gcode")
    each_server.accept_post(
        "/api/files/local/sub/renamed.gcode", each_server.reading("Printing", "sub/renamed.gcode", completion=0.0)
    )
    assert each_server.run_ok("print", str(gcode_file), "--confirm", "--path", "sub")["file"] == "sub/renamed.gcode"


def test_sd_card_print_selects_checks_and_then_starts(each_server, gcode_file):
    server = each_server
    server.add_card([], ["quick.gco"])
    server.accept_upload(location=server.card)
    server.accept_post(
        f"/api/files/{server.card}/quick.gco", "Operational", server.reading("Operational", "quick.gco", origin=server.card)
    )
    server.accept_post("/api/job", server.reading("Printing from SD", "quick.gco", completion=0.0, origin=server.card))
    data = server.run_ok("print", str(gcode_file), "--confirm", "--location", "sdcard")
    assert (data["location"], data["state"]) == ("sdcard", "Printing from SD")
    assert server.sent[1:] == [
        (f"/api/files/{server.card}/quick.gco", {"command": "select", "print": False}),
        ("/api/job", {"command": "start"}),
    ]


def test_ignored_sd_card_selection_is_not_started(server_2, gcode_file):
    server_2.add_card([], ["quick.gco"])
    server_2.accept_upload(location="printer")
    server_2.accept_post("/api/files/printer/quick.gco", server_2.reading("Operational", "before.gco", origin="printer"))
    result = server_2.run_error(4, "NOT_STARTED", "print", str(gcode_file), "--confirm", "--location", "sdcard")
    assert "before.gco" in result.envelope["error"]["message"]
    assert "/api/job" not in [path for path, _ in server_2.sent]


def test_dry_run_needs_no_confirm_and_lists_change_requests(each_server, gcode_file):
    data = each_server.run_ok("print", str(gcode_file), "--dry-run")
    assert data["dry_run"] is True
    assert [(request["method"], request["path"]) for request in data["requests"]] == [
        ("POST", "/api/files/local"),
        ("POST", SELECT),
    ]
    assert each_server.sent == []
    assert "/api/job" in each_server.reads


def test_sd_card_dry_run_lists_three_requests(each_server, gcode_file):
    each_server.add_card([])
    requests = each_server.run_ok("print", str(gcode_file), "--location", "sdcard", "--dry-run")["requests"]
    card = f"/api/files/{each_server.card}"
    assert [request["path"] for request in requests] == [card, f"{card}/quick.gcode", "/api/job"]
    assert each_server.sent == []


def test_dry_run_is_refused_on_busy_printer(each_server, gcode_file):
    each_server.job(each_server.reading("Printing", "other.gcode"))
    each_server.run_error(3, "PRINTER_BUSY", "print", str(gcode_file), "--dry-run")


def test_skipped_dry_run_lists_no_requests(each_server, gcode_file):
    each_server.job(each_server.reading("Printing", "other.gcode"))
    data = each_server.run_ok("print", str(gcode_file), "--dry-run", "--skip-if-printing")
    assert data == {"dry_run": True, "action": "skipped", "requests": []}
