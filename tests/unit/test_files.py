"""files: the listing, in both dialects."""

from __future__ import annotations

import pytest

from . import payloads


def list_of(server, *entries, **space):
    server.on("GET", "/api/files", json={"files": list(entries), "free": 84047585280, "total": 270553174016, **space})


def folder(server, path, *children):
    return server.entry(path, type="folder", typePath=["folder"], children=list(children))


def test_files_lists_folders_recursively_without_folder_rows(each_server):
    inner = folder(each_server, "a/b", each_server.entry("a/b/deep.gcode", b"xx"))
    list_of(each_server, each_server.entry("top.gcode", b"x"), folder(each_server, "a", inner, each_server.entry("a/mid.gcode")))
    data = each_server.run_ok("files")
    assert [file["path"] for file in data["files"]] == ["a/b/deep.gcode", "a/mid.gcode", "top.gcode"]
    assert [file["name"] for file in data["files"]] == ["deep.gcode", "mid.gcode", "top.gcode"]


def test_files_requests_recursive_listing(server):
    server.run_ok("files")
    assert [(request.qs["recursive"], sorted(request.qs)) for request in server.requests] == [(["true"], ["_", "recursive"])]


def test_file_row_has_raw_values_and_utc_date(each_server):
    list_of(each_server, each_server.entry("quick.gcode", b"abc"))
    assert each_server.run_ok("files") == {
        "free": 84047585280,
        "total": 270553174016,
        "files": [
            {
                "name": "quick.gcode",
                "path": "quick.gcode",
                "location": "local",
                "size": 3,
                "date": "2026-11-22T07:49:47Z",
                "print_time": None,
                "estimated_print_time": 4.857,
                "last_print": None,
            },
        ],
    }


def test_file_name_is_display_name_and_path_is_stored_path(server):
    list_of(server, server.entry("badname.gcode", display="bad|name.gcode"))
    assert [(file["name"], file["path"]) for file in server.run_ok("files")["files"]] == [("bad|name.gcode", "badname.gcode")]


def test_model_files_are_left_out(server):
    list_of(server, server.entry("cube.stl", type="model", typePath=["model", "stl"]), server.entry("cube.gcode"))
    assert [file["path"] for file in server.run_ok("files")["files"]] == ["cube.gcode"]


def test_sd_card_files_have_location_sdcard_on_every_server(each_server):
    list_of(each_server, each_server.entry("z.gcode"), payloads.card_entry(each_server.dialect, "longna~1.gco"))
    rows = each_server.run_ok("files")["files"]
    assert [(row["location"], row["path"], row["name"]) for row in rows] == [
        ("local", "z.gcode", "z.gcode"),
        ("sdcard", "longna~1.gco", "longna~1.gco"),
    ]
    assert rows[1]["date"] is None


def test_files_location_local_requests_local_files_only(each_server):
    each_server.on("GET", "/api/files/local", json={"files": [each_server.entry("a.gcode")], "free": 1, "total": 2})
    data = each_server.run_ok("files", "--location", "local")
    assert [file["path"] for file in data["files"]] == ["a.gcode"]
    assert (data["free"], data["total"]) == (1, 2)
    assert each_server.reads == ["/api/files/local"]


@pytest.mark.parametrize("word", ["sdcard", "printer"])
def test_files_location_accepts_sdcard_and_printer(each_server, word):
    each_server.add_card(["longna~1.gco"])
    data = each_server.run_ok("files", "--location", word)
    assert [(file["path"], file["location"]) for file in data["files"]] == [("longna~1.gco", "sdcard")]
    assert data["free"] is None and data["total"] is None


def test_files_of_card_without_connected_printer_is_offline(each_server):
    each_server.on("GET", "/api/printer/sd", json={"ready": False})
    each_server.run_error(1, "PRINTER_OFFLINE", "files", "--location", "sdcard")


def test_unknown_location_is_a_usage_error(server):
    server.run_error(4, "USAGE_ERROR", "files", "--location", "cloud")
    assert server.requests == []


def test_no_files_is_an_empty_list(each_server):
    assert each_server.run_ok("files")["files"] == []


@pytest.mark.parametrize("space", [{"free": None, "total": None}, {"free": -1, "total": "much"}])
def test_unknown_space_is_null(server, space):
    list_of(server, **space)
    data = server.run_ok("files")
    assert data["free"] is None and data["total"] is None


@pytest.mark.parametrize("date", [1795333787000, 10**20, -5, None, "yesterday"], ids=str)
def test_invalid_file_date_is_null(server, date):
    list_of(server, server.entry("a.gcode", date=date), server.entry("b.gcode"))
    assert [file["date"] for file in server.run_ok("files")["files"]] == [None, "2026-11-22T07:49:47Z"]


def test_malformed_file_entries_are_skipped(server):
    server.on("GET", "/api/files", json={"files": ["x", None, 3, {"name": "n.gcode", "type": "machinecode"}]})
    assert [file["path"] for file in server.run_ok("files")["files"]] == ["n.gcode"]


def test_files_without_permission_names_missing_permission(server):
    server.on("GET", "/api/files", status_code=403, json={"error": "You don't have the permission ..."})
    result = server.run_error(4, "PERMISSION_DENIED", "files")
    assert "FILES_LIST" in result.envelope["error"]["message"]


def test_files_table_has_readable_sizes_and_free_space(server, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    list_of(server, server.entry("quick.gcode", b"x" * 4693))
    table = server.run("files", "-f", "table").stdout
    assert "quick.gcode" in table and "4.6 KiB" in table
    assert table.splitlines()[-2:] == ["free: 78.3 GiB", "total: 252.0 GiB"]


def test_file_tells_how_its_last_print_ended(each_server):
    last = {"date": 1795333787.0, "success": True, "printTime": 84.2}
    done = each_server.entry("a.gcode", prints={"success": 1, "failure": 0, "last": last})
    failed = each_server.entry("b.gcode", prints={"success": 0, "failure": 1, "last": {**last, "success": False}})
    list_of(each_server, done, failed)
    found = [(file["print_time"], file["last_print"]) for file in each_server.run_ok("files")["files"]]
    ended = "2026-11-22T07:49:47Z"
    assert found == [(84.2, {"outcome": "finished", "ended": ended}), (None, {"outcome": "unfinished", "ended": ended})]


def test_csv_has_a_header_and_raw_values(server):
    list_of(server, server.entry('a, "b".gcode', b"abc"))
    assert server.run("files", "-f", "csv").stdout.splitlines() == [
        "name,path,location,size,date,print_time,estimated_print_time,last_print",
        '"a, ""b"".gcode","a, ""b"".gcode",local,3,2026-11-22T07:49:47Z,,4.857,',
    ]


def test_hostile_file_name_is_escaped_on_terminal(server):
    list_of(server, server.entry("a\x1b[2Jb\u202e\r\n.gcode"))
    for format_name in ("text", "table", "value", "csv", "json", "yaml"):
        shown = server.run("files", "-f", format_name).stdout
        assert not any(character in shown for character in ("\x1b", "\u202e", "\r"))


def test_hostile_file_name_is_unchanged_in_json(server):
    list_of(server, server.entry("a\x1b[2Jb\u202e.gcode"))
    assert server.run_ok("files")["files"][0]["path"] == "a\x1b[2Jb\u202e.gcode"


def test_columns_can_be_chosen(server):
    list_of(server, server.entry("quick.gcode", b"abc"))
    assert server.run_ok("files", "-c", "path")["files"] == [{"path": "quick.gcode"}]


def test_files_unknown_column_is_a_usage_error(server):
    result = server.run_error(4, "USAGE_ERROR", "files", "-c", "colour")
    assert "colour" in result.envelope["error"]["message"] and "size" in result.envelope["error"]["message"]
