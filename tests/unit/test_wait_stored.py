"""print --stored --wait-stored: a file that a plugin of the server makes of an upload is waited for, before anything is checked."""

from __future__ import annotations

import pytest

from .driver import CONTENT

LINE = ("print", "--stored", "part.aw.gcode", "--wait-stored", "60")
SELECT = "/api/files/local/part.aw.gcode"


@pytest.fixture
def file_appears(each_server, clock):
    """A function: after so many seconds the server begins to write the file, and it grows for three seconds."""

    def appear_after(seconds):
        sleep = clock.sleep

        def grow(pause):
            sleep(pause)
            written = CONTENT[: int(len(CONTENT) * min(1, (clock.slept - seconds) / 3))]
            held = each_server.octoprint.stored("part.aw.gcode")
            if clock.slept >= seconds and (held is None or held.content != written):
                each_server.add_file("part.aw.gcode", written)

        clock.sleep = grow

    return appear_after


def test_file_is_waited_for_until_it_is_whole(each_server, clock, file_appears):
    file_appears(20)
    each_server.accept_post(SELECT, each_server.reading("Printing", "part.aw.gcode", completion=0.5))
    data = each_server.run_ok(*LINE, "--confirm")
    assert data["started"] is True and data["size"] == len(CONTENT)
    assert 23 <= clock.slept < 27


def test_dry_run_waits_too(each_server, clock, file_appears):
    file_appears(5)
    assert each_server.run_ok(*LINE, "--dry-run")["requests"] and each_server.sent == []


def test_file_that_does_not_come_is_not_found(each_server, clock):
    result = each_server.run_error(2, "FILE_NOT_FOUND", *LINE, "--confirm")
    assert "after 60 s" in result.envelope["error"]["message"] and 60 <= clock.slept < 61


def test_nothing_is_waited_for_without_consent(each_server, clock):
    each_server.run_error(4, "CONFIRMATION_REQUIRED", *LINE)
    assert each_server.requests == []


def test_local_file_is_not_waited_for(each_server, gcode_file):
    each_server.run_error(4, "USAGE_ERROR", "print", str(gcode_file), "--wait-stored", "5", "--confirm")
    assert each_server.requests == []
