"""upload: the server holds these very bytes, under the path that it says."""

from __future__ import annotations

import email.message
import hashlib

import pytest

from .driver import CONTENT


def sha1(content):
    return hashlib.sha1(content).hexdigest()


def filename_of(part):
    message = email.message.Message()
    message["Content-Disposition"] = part.disposition
    return message.get_filename()


def test_upload_success_reports_what_the_server_holds(each_server, gcode_file):
    each_server.accept_upload()
    data = each_server.run_ok("upload", str(gcode_file))
    content = gcode_file.read_bytes()
    assert data == {
        "action": "uploaded",
        "name": "quick.gcode",
        "path": "quick.gcode",
        "location": "local",
        "size": len(content),
        "hash": None if each_server.is_2 else sha1(content),
        "sha1": sha1(content),
        "verified": "download" if each_server.is_2 else "sha1",
        "unchanged": False,
        "selected": False,
    }


def test_upload_form_holds_only_the_file(server, gcode_file):
    server.accept_upload()
    server.run_ok("upload", str(gcode_file))
    (parts,) = server.uploads
    assert set(parts) == {"file"}
    assert parts["file"].content == gcode_file.read_bytes()
    assert [path for path, _ in server.sent] == ["/api/files/local"]


def test_the_body_has_a_length_and_is_not_chunked(server, gcode_file):
    server.accept_upload()
    server.run_ok("upload", str(gcode_file))
    (sent,) = [request for request in server.requests if request.path == "/api/files/local"]
    assert int(sent.headers["Content-Length"]) > len(gcode_file.read_bytes())
    assert "Transfer-Encoding" not in sent.headers


def test_upload_folder_is_sent_in_form_and_part_of_path(server, gcode_file):
    server.accept_upload()
    data = server.run_ok("upload", str(gcode_file), "--path", "a/b")
    assert server.uploads[0]["path"].content == b"a/b"
    assert (data["path"], data["name"]) == ("a/b/quick.gcode", "quick.gcode")


def test_name_given_by_the_server_is_used_afterwards(each_server, tmp_path):
    path = tmp_path / "bad|name.gcode"
    path.write_text("G28")
    each_server.accept_upload()
    each_server.accept_post("/api/files/local/badname.gcode", each_server.reading("Operational", "badname.gcode"))
    data = each_server.run_ok("upload", str(path), "--select")
    assert data["path"] == "badname.gcode" and data["selected"] is True
    assert each_server.sent[1:] == [("/api/files/local/badname.gcode", {"command": "select", "print": False})]


@pytest.mark.parametrize("name", ["prüfung ☃.gcode", "50%, [a] #1 & 'x'.gcode", "日本.gcode"])
def test_unusual_file_names_are_kept_and_url_encoded(server, tmp_path, name):
    path = tmp_path / name
    path.write_text("G28")
    server.accept_upload(stored_as=f"sub/{name}")
    data = server.run_ok("upload", str(path))
    assert filename_of(server.uploads[0]["file"]) == name
    assert data["path"] == f"sub/{name.replace('&', '')}"  # the server's own choice
    assert "#" not in server.reads[-1] and "?" not in server.reads[-1]


def test_upload_dry_run_lists_form_and_sends_nothing(server, gcode_file):
    data = server.run_ok("upload", str(gcode_file), "--path", "sub", "--select", "--dry-run")
    form, select = data["requests"]
    assert data["dry_run"] is True
    assert (form["method"], form["path"]) == ("POST", "/api/files/local")
    assert form["form"] == {"path": "sub", "file": str(gcode_file), "size": len(CONTENT)}
    assert select == {"method": "POST", "path": "/api/files/local/sub/quick.gcode", "json": {"command": "select", "print": False}}
    assert server.sent == []


def test_upload_dry_run_reports_missing_file(server, tmp_path):
    server.run_error(2, "FILE_NOT_FOUND", "upload", str(tmp_path / "none.gcode"), "--dry-run")


def test_sd_card_upload_is_done_once_the_card_lists_the_file(each_server, gcode_file):
    each_server.add_card([], ["quick.gco"])
    each_server.accept_upload(location=each_server.card)
    sending = each_server.reading("Sending file to SD", "quick.gco", completion=50.0)
    each_server.job("Operational", sending, each_server.reading("Sending file to SD", "quick.gco", completion=99.0), "Operational")
    data = each_server.run_ok("upload", str(gcode_file), "--location", "sdcard")
    assert (data["path"], data["location"], data["size"]) == ("quick.gco", "sdcard", len(CONTENT))
    assert [path for path, _ in each_server.sent] == [f"/api/files/{each_server.card}"]


def test_sd_card_file_may_be_listed_under_a_short_name(each_server, gcode_file):
    each_server.add_card(["old.gco"], ["old.gco"], ["old.gco", "quick~1.gco"])
    each_server.accept_upload(location=each_server.card)
    assert each_server.run_ok("upload", str(gcode_file), "--location", "sdcard")["path"] == "quick~1.gco"


def test_file_never_listed_on_sd_card_is_not_found(server, gcode_file):
    server.add_card(["old.gco"])
    server.accept_upload(location="sdcard")
    server.run_error(4, "NOT_FOUND", "upload", str(gcode_file), "--location", "sdcard")


def test_stalled_sd_card_transfer_is_given_up(server, gcode_file, clock):
    server.add_card([])
    sending = server.reading("Sending file to SD", "quick.gco", completion=42.0)
    server.accept_upload(location="sdcard", also=lambda: server.job(sending))
    result = server.run_error(4, "STATE_NOT_REACHED", "upload", str(gcode_file), "--location", "sdcard")
    assert "42 %" in result.envelope["error"]["message"]
    assert 60 <= clock.slept < 90


def test_slow_sd_card_transfer_is_waited_for(server, gcode_file, clock):
    server.add_card([], ["quick.gco"])
    crawl = [server.reading("Sending file to SD", "quick.gco", completion=share) for share in range(30) for _ in range(10)]
    server.accept_upload(location="sdcard", also=lambda: server.job(*crawl, "Operational"))
    assert server.run_ok("upload", str(gcode_file), "--location", "sdcard")["path"] == "quick.gco"
    assert clock.slept > 60


def test_upload_without_sd_card_is_offline_and_sends_nothing(each_server, gcode_file):
    each_server.on("GET", "/api/printer/sd", json={"ready": False})
    each_server.run_error(1, "PRINTER_OFFLINE", "upload", str(gcode_file), "--location", "sdcard")
    assert each_server.sent == []
