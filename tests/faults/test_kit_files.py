"""The kit's OctoPrint, its files and its SD card, in both dialects, through real requests."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from octoprint_cli.testing import FaultServer

from .kit import NAME, ask, get, post, state, upload


def test_file_entry_differs_by_octoprint_version(one: FaultServer, two: FaultServer) -> None:
    first, second = (get(server, f"/api/files/local/{NAME}") for server in (one, two))
    assert set(first) - set(second) == {"hash"}
    assert set(second) - set(first) == {"statistics"}
    assert first["hash"] == hashlib.sha1(b"G28\nG1 X1\n").hexdigest()
    assert (first["size"], first["path"], first["origin"]) == (10, NAME, "local")
    assert get(two, "/api/files/local")["files"][0]["prints"] is None


def test_sd_card_location_is_named_printer_in_octoprint_2(one: FaultServer, two: FaultServer) -> None:
    for server, name, other in ((one, "sdcard", "printer"), (two, "printer", "sdcard")):
        server.octoprint.store("old.gco", location="sdcard")
        assert [entry["origin"] for entry in get(server, f"/api/files/{name}")["files"]] == [name]
        assert ask(server, "GET", f"/api/files/{other}").status_code == 404
        assert {entry["origin"] for entry in get(server, "/api/files")["files"]} == {"local", name}
    one.octoprint.state = two.octoprint.state = "Offline"
    assert get(one, "/api/files/sdcard") == {"files": []}
    assert ask(two, "GET", "/api/files/printer").status_code == 404


def test_folders_are_nested_if_asked_for(each: FaultServer) -> None:
    each.octoprint.store("a/b/gear.gcode")
    flat, deep = (get(each, f"/api/files/local{query}")["files"][0] for query in ("", "?recursive=true"))
    assert (flat["type"], flat["path"], flat["children"]) == ("folder", "a", [])
    assert deep["children"][0]["children"][0]["path"] == "a/b/gear.gcode"
    assert get(each, "/api/files/local/a")["children"][0]["path"] == "a/b"
    assert ask(each, "DELETE", "/api/files/local/a").status_code == 204
    assert ask(each, "DELETE", "/api/files/local/a").status_code == 404


def test_missing_folder_answers_differ_by_octoprint_version(one: FaultServer, two: FaultServer) -> None:
    """1.11.8 fails in the middle of looking into it, for a path as for the question whether a file exists there."""
    asked = {"command": "exists", "storage": "local", "path": "no/where", "filename": NAME}
    for server, status in ((one, 500), (two, 404)):
        server.octoprint.store("there/gear.gcode")
        assert ask(server, "GET", f"/api/files/local/nowhere/{NAME}").status_code == status
        assert ask(server, "GET", f"/api/files/local/there/{NAME}").status_code == 404
        assert ask(server, "GET", f"/api/files/local/{NAME}x").status_code == 404
        assert ask(server, "POST", "/api/files/test", json=asked).status_code == (500 if server is one else 200)
        there = ask(server, "POST", "/api/files/test", json={**asked, "path": "there"})
        assert there.json() == {"exists": False}


def test_path_traversal_is_refused(one: FaultServer, two: FaultServer) -> None:
    path = "/api/files/local/..%2Fetc"
    assert (ask(one, "GET", path).status_code, ask(two, "GET", path).status_code) == (404, 500)


def test_upload_answer_differs_by_octoprint_version(one: FaultServer, two: FaultServer) -> None:
    answers = [upload(server, "a.gcode", path="sub") for server in (one, two)]
    assert all(answer.headers["Location"].endswith("/api/files/local/sub/a.gcode") for answer in answers)
    first, second = (answer.json() for answer in answers)
    assert first["files"]["local"].items() >= {"name": "a.gcode", "origin": "local", "path": "sub/a.gcode"}.items()
    assert (first["done"], first["effectivePrint"], first["effectiveSelect"]) == (True, False, False)
    assert set(second["files"]["local"]) - set(first["files"]["local"]) == {"display"}
    assert "folder" not in first
    assert second["folder"] is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a b.gcode", "a b.gcode"),
        (" ..a.gcode", "a.gcode"),
        ("some*th:in?g.gcode", "something.gcode"),
        ("müll#1%.gcode", "müll#1%.gcode"),
    ],
)
def test_file_name_is_sanitized_like_octoprint_does(typed: str, stored: str, each: FaultServer) -> None:
    response = upload(each, "x.gcode", filename=typed)
    assert response.json()["files"]["local"]["path"] == stored
    assert each.octoprint.stored(stored) is not None
    asked = {"command": "sanitize", "storage": "local", "path": "foo/b|ar", "filename": typed}
    said = ask(each, "POST", "/api/files/test", json=asked).json()
    assert said["sanitized"] == f"foo/bar/{stored}"
    assert ("sanitized_name" in said) is each.octoprint.is_2
    assert len(each.acts) == 1  # a look is no act


def test_files_test_exists_suggests_a_free_name(each: FaultServer) -> None:
    def exists(**body: str) -> Any:
        asked = {"command": "exists", "storage": "local", "path": "", "filename": NAME, **body}
        return ask(each, "POST", "/api/files/test", json=asked)

    assert exists(filename="new.gcode").json() == {"exists": False}
    assert exists().json() == {"exists": True, "size": 10, "date": 1795333787, "suggestion": "cube_1.gcode"}
    each.octoprint.store("cube_1.gcode")
    assert exists().json()["suggestion"] == "cube_2.gcode"
    assert exists(filename="../x.gcode").status_code == 500
    assert exists(storage="sdcard").status_code == (400 if each.octoprint.is_2 else 500)
    assert post(each, "/api/files/test", 400, command="exists", storage="local").json()


def test_upload_refusals(each: FaultServer) -> None:
    assert upload(each, NAME, noOverwrite="true").status_code == 409
    assert upload(each, "cube.stl").status_code == 415
    assert upload(each, "x.gcode", path="../up").status_code == 400
    assert upload(each, "x.gcode", to="nowhere").status_code == 404
    assert ask(each, "POST", "/api/files/local", files={"other": ("x.gcode", b"")}).status_code == 400
    assert each.acts == []
    before = each.octoprint.storage.files["local"][NAME].date
    assert upload(each, NAME, content=b"M84\n").status_code == 201
    assert each.octoprint.storage.files["local"][NAME].date > before


def test_upload_may_select_and_print(each: FaultServer) -> None:
    selected = upload(each, "a.gcode", select="true").json()
    assert (selected["effectiveSelect"], selected["effectivePrint"]) == (True, False)
    assert get(each, "/api/job")["job"]["file"]["path"] == "a.gcode"
    printed = upload(each, "b.gcode", print="true").json()
    assert (printed["effectiveSelect"], printed["effectivePrint"]) == (False, True)
    assert each.octoprint.started == ["local/b.gcode"]
    busy = upload(each, "c.gcode", print="true").json()
    assert busy["effectivePrint"] is False
    assert each.octoprint.started == ["local/b.gcode"]
    assert len(each.acts) == 3


def test_upload_to_sd_card_is_stored_under_short_name(one: FaultServer, two: FaultServer) -> None:
    for server, slash in ((one, "/"), (two, "")):
        card = server.octoprint.storage.card
        answer = upload(server, "longer name.gcode", to=card).json()
        assert answer["files"][card]["path"] == slash + "longer~1.gco"
        assert answer["done"] is False
        assert ("local" in answer["files"]) is (server is one)
        assert [entry["path"] for entry in get(server, f"/api/files/{card}")["files"]] == ["longer~1.gco"]
        assert state(server) == "Operational"
        post(server, f"/api/files/{card}/longer~1.gco", command="select", print=True)
        assert state(server) == "Printing from SD"
        assert upload(server, "x.gcode", to=card).status_code == (409 if server is one else 400)


def test_slow_sd_card_transfer_changes_the_state(each: FaultServer) -> None:
    card = each.octoprint.storage.card
    each.octoprint.slow_transfers = True
    assert upload(each, "a.gcode", to=card).status_code == 201
    assert state(each) == "Sending file to SD"
    assert get(each, f"/api/files/{card}")["files"] == []
    each.octoprint.finish()
    assert state(each) == "Operational"
    assert get(each, "/api/job")["job"]["file"]["path"] is None
    assert [entry["path"] for entry in get(each, f"/api/files/{card}")["files"]] == ["a.gco"]


def test_upload_to_sd_card_does_not_start_printing(one: FaultServer, two: FaultServer) -> None:
    answer = upload(one, "a.gcode", to="sdcard", print="true")
    assert (answer.status_code, answer.json()["effectivePrint"]) == (201, True)
    assert upload(two, "a.gcode", to="printer", print="true").status_code == 500
    for server in (one, two):
        assert server.octoprint.started == []
        assert server.octoprint.stored("a.gco", "sdcard") is not None
        assert len(server.acts) == 1


def test_downloads_differ_by_octoprint_version(one: FaultServer, two: FaultServer) -> None:
    for server in (one, two):
        server.octoprint.store("a b/müll.gcode", b"0123456789")
        path = "/downloads/files/local/a%20b/m%C3%BCll.gcode"
        assert ask(server, "GET", path).content == b"0123456789"
        missing = ask(server, "GET", "/downloads/files/local/none.gcode")
        assert (missing.status_code, missing.headers["Content-Type"][:9]) == (404, "text/html")
        forbidden = ask(server, "GET", path, "wrong-key")
        assert (forbidden.status_code, forbidden.headers["Content-Type"][:9]) == (403, "text/html")
        part = ask(server, "GET", path, headers={"Range": "bytes=2-4"})
        assert (part.status_code, part.content) == ((206, b"234") if server is one else (200, b"0123456789"))
        assert ask(server, "HEAD", path).status_code == (200 if server is one else 405)


def test_free_space_is_reported_per_storage(each: FaultServer) -> None:
    each.octoprint.free = 3
    assert get(each, "/api/files")["free"] == 3
    assert (get(each, "/api/files/local")["free"] > 3) is each.octoprint.is_2
