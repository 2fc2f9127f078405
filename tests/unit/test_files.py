"""files: the listing, in both dialects."""

from __future__ import annotations

import pytest

from . import payloads


def list_of(server, *entries, **space):
    server.on("GET", "/api/files", json={"files": list(entries), "free": 84047585280, "total": 270553174016, **space})


def folder(server, path, *children):
    return server.entry(path, type="folder", typePath=["folder"], children=list(children))


def test_folders_are_walked_and_left_out_themselves(each_server):
    inner = folder(each_server, "a/b", each_server.entry("a/b/deep.gcode", b"xx"))
    list_of(each_server, each_server.entry("top.gcode", b"x"), folder(each_server, "a", inner, each_server.entry("a/mid.gcode")))
    data = each_server.does("files")
    assert [file["path"] for file in data["files"]] == ["a/b/deep.gcode", "a/mid.gcode", "top.gcode"]
    assert [file["name"] for file in data["files"]] == ["deep.gcode", "mid.gcode", "top.gcode"]


def test_the_walk_asks_the_server_for_all_levels(server):
    server.does("files")
    assert [request.url.split("?")[1] for request in server.requests] == ["recursive=true"]


def test_a_row_has_raw_values_and_a_date_in_utc(each_server):
    list_of(each_server, each_server.entry("quick.gcode", b"abc"))
    assert each_server.does("files") == {
        "free": 84047585280,
        "total": 270553174016,
        "files": [
            {"name": "quick.gcode", "path": "quick.gcode", "location": "local", "size": 3, "date": "2026-11-22T07:49:47Z"},
        ],
    }


def test_the_name_is_the_one_that_was_typed_the_path_the_one_that_was_stored(server):
    list_of(server, server.entry("badname.gcode", display="bad|name.gcode"))
    assert [(file["name"], file["path"]) for file in server.does("files")["files"]] == [("bad|name.gcode", "badname.gcode")]


def test_models_are_no_gcode_and_left_out(server):
    list_of(server, server.entry("cube.stl", type="model", typePath=["model", "stl"]), server.entry("cube.gcode"))
    assert [file["path"] for file in server.does("files")["files"]] == ["cube.gcode"]


def test_files_on_the_card_are_called_sdcard_on_every_server(each_server):
    list_of(each_server, each_server.entry("z.gcode"), payloads.card_entry(each_server.dialect, "longna~1.gco"))
    rows = each_server.does("files")["files"]
    assert [(row["location"], row["path"], row["name"]) for row in rows] == [
        ("local", "z.gcode", "z.gcode"),
        ("sdcard", "longna~1.gco", "longna~1.gco"),
    ]
    assert rows[1]["date"] is None


def test_local_alone_asks_for_local_alone(each_server):
    each_server.on("GET", "/api/files/local", json={"files": [each_server.entry("a.gcode")], "free": 1, "total": 2})
    data = each_server.does("files", "--location", "local")
    assert [file["path"] for file in data["files"]] == ["a.gcode"]
    assert (data["free"], data["total"]) == (1, 2)
    assert each_server.reads == ["/api/files/local"]


@pytest.mark.parametrize("word", ["sdcard", "printer"])
def test_the_card_alone_under_either_name(each_server, word):
    each_server.has_card(["longna~1.gco"])
    data = each_server.does("files", "--location", word)
    assert [(file["path"], file["location"]) for file in data["files"]] == [("longna~1.gco", "sdcard")]
    assert data["free"] is None and data["total"] is None


def test_the_card_of_a_printer_that_is_not_connected_is_offline(each_server):
    each_server.on("GET", "/api/printer/sd", json={"ready": False})
    each_server.refuses(1, "PRINTER_OFFLINE", "files", "--location", "sdcard")


def test_another_location_is_a_usage_error_and_asks_nobody(server):
    server.refuses(4, "USAGE_ERROR", "files", "--location", "cloud")
    assert server.requests == []


def test_no_files_is_an_empty_list(each_server):
    assert each_server.does("files")["files"] == []


@pytest.mark.parametrize("space", [{"free": None, "total": None}, {"free": -1, "total": "much"}])
def test_unknown_space_is_null(server, space):
    list_of(server, **space)
    data = server.does("files")
    assert data["free"] is None and data["total"] is None


@pytest.mark.parametrize("date", [1795333787000, 10**20, -5, None, "yesterday"], ids=str)
def test_a_date_that_makes_no_sense_is_null_and_costs_no_other_row(server, date):
    list_of(server, server.entry("a.gcode", date=date), server.entry("b.gcode"))
    assert [file["date"] for file in server.does("files")["files"]] == [None, "2026-11-22T07:49:47Z"]


def test_entries_of_the_wrong_shape_are_passed_over(server):
    server.on("GET", "/api/files", json={"files": ["x", None, 3, {"name": "n.gcode", "type": "machinecode"}]})
    assert [file["path"] for file in server.does("files")["files"]] == ["n.gcode"]


def test_a_key_that_may_not_list_is_told_which_permission_it_lacks(server):
    server.on("GET", "/api/files", status_code=403, json={"error": "You don't have the permission ..."})
    result = server.refuses(4, "PERMISSION_DENIED", "files")
    assert "FILES_LIST" in result.envelope["error"]["message"]


def test_the_table_is_readable_with_the_space_below(server, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    list_of(server, server.entry("quick.gcode", b"x" * 4693))
    table = server.run("files").stdout
    assert "quick.gcode" in table and "4.6 KiB" in table
    assert table.splitlines()[-2:] == ["free: 78.3 GiB", "total: 252.0 GiB"]


def test_csv_has_a_header_and_raw_values(server):
    list_of(server, server.entry('a, "b".gcode', b"abc"))
    assert server.run("files", "-f", "csv").stdout.splitlines() == [
        "name,path,location,size,date",
        '"a, ""b"".gcode","a, ""b"".gcode",local,3,2026-11-22T07:49:47Z',
    ]


def test_a_hostile_name_reaches_no_terminal_raw(server):
    list_of(server, server.entry("a\x1b[2Jb\u202e\r\n.gcode"))
    for format_name in ("table", "value", "csv", "json", "yaml"):
        shown = server.run("files", "-f", format_name).stdout
        assert not any(character in shown for character in ("\x1b", "\u202e", "\r"))


def test_a_hostile_name_is_whole_in_json(server):
    list_of(server, server.entry("a\x1b[2Jb\u202e.gcode"))
    assert server.does("files")["files"][0]["path"] == "a\x1b[2Jb\u202e.gcode"


def test_columns_can_be_chosen(server):
    list_of(server, server.entry("quick.gcode", b"abc"))
    assert server.does("files", "-c", "path")["files"] == [{"path": "quick.gcode"}]


def test_a_column_that_is_not_there_is_a_usage_error(server):
    result = server.refuses(4, "USAGE_ERROR", "files", "-c", "colour")
    assert "colour" in result.envelope["error"]["message"] and "size" in result.envelope["error"]["message"]
