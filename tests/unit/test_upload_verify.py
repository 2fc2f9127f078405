"""upload: what "verified" rests on, and bytes that are not those that were sent."""

from __future__ import annotations

import hashlib

import pytest

from .driver import CONTENT

DOWNLOAD = "/downloads/files/local/quick.gcode"
DENIED = {"status_code": 403, "json": {"error": "You don't have the permission to access the requested resource."}}


@pytest.fixture
def large(monkeypatch):
    """Any file is too large to be read back without need."""
    monkeypatch.setattr("octoprint_cli.client.resources.uploads.CHEAP_DOWNLOAD", len(CONTENT) - 1)


@pytest.mark.parametrize(("verify", "with_hash", "without"), [("auto", "sha1", "download"), ("download", "download", "download")])
def test_verification_method_of_small_file(each_server, gcode_file, verify, with_hash, without):
    each_server.accept_upload()
    how = without if each_server.is_2 else with_hash
    assert each_server.run_ok("upload", str(gcode_file), "--verify", verify)["verified"] == how
    assert each_server.reads.count(DOWNLOAD) == (how == "download")


@pytest.mark.parametrize(("verify", "with_hash", "without"), [("auto", "sha1", "size"), ("download", "download", "download")])
def test_verification_method_of_large_file(each_server, gcode_file, large, verify, with_hash, without):
    each_server.accept_upload()
    how = without if each_server.is_2 else with_hash
    assert each_server.run_ok("upload", str(gcode_file), "--verify", verify)["verified"] == how
    assert each_server.reads.count(DOWNLOAD) == (how == "download")


def test_download_verification_limit_is_16_mib():
    from octoprint_cli.client.resources.uploads import CHEAP_DOWNLOAD

    assert CHEAP_DOWNLOAD == 16 * 1024**2


def test_print_verifies_the_upload(server_2, gcode_file):
    server_2.accept_upload()
    server_2.accept_post("/api/files/local/quick.gcode", server_2.reading("Printing", "quick.gcode", completion=0.5))
    assert server_2.run_ok("print", str(gcode_file), "--confirm")["verified"] == "download"


def test_verification_falls_back_to_size_without_download_permission(server_2, gcode_file):
    server_2.accept_upload()
    server_2.on("GET", DOWNLOAD, status_code=403, text="<html>Forbidden</html>")
    assert server_2.run_ok("upload", str(gcode_file))["verified"] == "size"


def test_requested_download_verification_must_be_permitted(each_server, gcode_file):
    each_server.accept_upload()
    each_server.on("GET", DOWNLOAD, status_code=403, text="<html>Forbidden</html>")
    result = each_server.run_error(4, "PERMISSION_DENIED", "upload", str(gcode_file), "--verify", "download", "--select")
    assert "FILES_DOWNLOAD" in result.envelope["error"]["message"]
    assert len(each_server.sent) == 1


def test_download_verification_with_wrong_key_is_an_auth_error(server, gcode_file):
    server.accept_upload()
    server.on("GET", DOWNLOAD, status_code=403, text="<html>Forbidden</html>")
    server.on("GET", "/api/currentuser", json={"name": None})
    server.run_error(4, "AUTH_ERROR", "upload", str(gcode_file), "--verify", "download")


def may_not_list(server, *, names=True):
    """A key without FILES_LIST."""
    server.on("GET", "/api/files", **DENIED)
    server.on("GET", "/api/files/local/quick.gcode", **DENIED)
    if not names:
        server.on("POST", "/api/files/test", **DENIED)


def test_upload_without_list_permission_is_unverified(each_server, gcode_file, clock):
    each_server.accept_upload()
    may_not_list(each_server)
    data = each_server.run_ok("upload", str(gcode_file))
    assert (data["path"], data["verified"], data["hash"], data["action"]) == ("quick.gcode", "none", None, "uploaded")


def test_upload_needs_only_the_upload_permission(each_server, gcode_file):
    each_server.accept_upload()
    may_not_list(each_server, names=False)
    assert each_server.run_ok("upload", str(gcode_file))["verified"] == "none"


def test_if_exists_fail_works_without_list_permission(each_server, gcode_file):
    each_server.accept_upload()
    each_server.add_file("quick.gcode", b"old")
    may_not_list(each_server)
    each_server.run_error(2, "FILE_EXISTS", "upload", str(gcode_file), "--if-exists", "fail")
    assert each_server.octoprint.storage.files["local"]["quick.gcode"].content == b"old"


def test_upload_works_on_server_without_files_test_command(server, gcode_file):
    server.accept_upload()
    for status in (404, 405, 500):
        server.octoprint.storage.files["local"].clear()
        server.on("POST", "/api/files/test", status_code=status, json={"error": "no"})
        assert server.run_ok("upload", str(gcode_file), "--path", "a")["path"] == "a/quick.gcode"


# -- other bytes --------------------------------------------------------------------------------------


def corrupt(server, file, *extra):
    result = server.run_error(2, "UPLOAD_CORRUPT", "upload", str(file), "--select", *extra)
    assert [path for path, _ in server.sent] == ["/api/files/local"]  # not selected
    return result.envelope["error"]["details"]


@pytest.mark.parametrize("size", [3, 0])
def test_different_stored_size_is_corrupt(each_server, gcode_file, clock, size):
    each_server.accept_upload(size=size)
    details = corrupt(each_server, gcode_file)
    assert details["sent"] == {"size": len(CONTENT), "sha1": hashlib.sha1(CONTENT).hexdigest()}
    assert details["stored"]["size"] == size


def test_different_stored_hash_is_corrupt(server, gcode_file, clock):
    server.accept_upload(hash=hashlib.sha1(b"else").hexdigest())
    assert corrupt(server, gcode_file)["stored"]["sha1"] == hashlib.sha1(b"else").hexdigest()


@pytest.mark.parametrize(
    "held", [b"x" * len(CONTENT), CONTENT[:-1], CONTENT + b"x", b""], ids=["other", "shorter", "longer", "none"]
)
def test_different_downloaded_bytes_are_corrupt(each_server, gcode_file, clock, held):
    each_server.accept_upload()
    each_server.on("GET", DOWNLOAD, content=held)
    corrupt(each_server, gcode_file, *(() if each_server.is_2 else ("--verify", "download")))


def test_an_endless_download_is_not_read_to_its_end(server_2, gcode_file, monkeypatch):
    monkeypatch.setattr("octoprint_cli.client.resources.uploads.MIB", 1000)
    server_2.accept_upload()
    server_2.on("GET", DOWNLOAD, content=b"x" * 10_000_000)
    server_2.run_error(4, "UNEXPECTED_RESPONSE", "upload", str(gcode_file), "--verify", "download")


def test_a_corrupt_file_is_not_started(each_server, gcode_file, clock):
    each_server.accept_upload(size=1)
    each_server.run_error(2, "UPLOAD_CORRUPT", "print", str(gcode_file), "--confirm")
    assert len(each_server.sent) == 1


def test_corrupt_upload_names_both_sizes_a_plugin_and_the_way_on(each_server, gcode_file, clock):
    each_server.accept_upload(size=3)
    error = each_server.run_error(2, "UPLOAD_CORRUPT", "upload", str(gcode_file)).envelope["error"]
    assert f"(3 bytes, {len(CONTENT)} were sent)" in error["message"] and "a plugin of the server" in error["message"]
    assert error["hint"].startswith("octoprint-cli print --stored quick.gcode --confirm ")


# -- a cache in front ---------------------------------------------------------------------------------

ENTRY = "http://octopi.test/api/files/local/quick.gcode"


def test_cached_entry_of_the_earlier_file_is_asked_for_again(each_server, gcode_file, clock):
    old = {"json": each_server.entry("quick.gcode", b"old")}
    each_server.accept_upload()
    each_server.mocker.register_uri("GET", ENTRY, [*[old] * 20, {"content": each_server.answer}])
    data = each_server.run_ok("upload", str(gcode_file))
    assert data["verified"] == ("download" if each_server.is_2 else "sha1") and 5 < clock.slept < 15


def test_cached_bytes_of_the_earlier_file_are_read_again(server_2, gcode_file, clock):
    server_2.accept_upload()
    url = "http://octopi.test" + DOWNLOAD
    server_2.mocker.register_uri("GET", url, [{"content": b"x" * len(CONTENT)}, {"content": server_2.answer}])
    assert server_2.run_ok("upload", str(gcode_file))["verified"] == "download"


def test_earlier_file_that_stays_is_corrupt_after_all(each_server, gcode_file, clock):
    each_server.add_file("quick.gcode", b"old")
    each_server.octoprint.ignored_verbs.add("upload")
    each_server.accept_upload()
    each_server.run_error(2, "UPLOAD_CORRUPT", "upload", str(gcode_file))
    assert 15 <= clock.slept < 16


# -- a proxy that sends a request twice ---------------------------------------------------------------


@pytest.mark.parametrize("policy", ["fail", "rename"])
def test_upload_sent_twice_is_not_refused_by_itself(each_server, gcode_file, policy):
    def twice(request, context):
        each_server.answer(request, context)
        context.status_code = 409
        return b'{"error": "File already exists and noOverwrite was set"}'

    each_server.on("POST", "/api/files/local", content=twice)
    data = each_server.run_ok("upload", str(gcode_file), "--if-exists", policy)
    assert (data["path"], data["action"]) == ("quick.gcode", "uploaded") and len(each_server.sent) == 1


def test_upload_refused_for_other_bytes_of_another_client_exists(each_server, gcode_file):
    def refuse(request, context):
        each_server.add_file("quick.gcode", b"theirs")
        context.status_code = 409
        return b'{"error": "File already exists and noOverwrite was set"}'

    each_server.on("POST", "/api/files/local", content=refuse)
    each_server.run_error(2, "FILE_EXISTS", "upload", str(gcode_file), "--if-exists", "fail")
