"""A path that is no stored file: a folder, or another spelling of one that is there, leads to the file in the hint."""

from __future__ import annotations

import shlex

import pytest


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("parts", "parts/gear.gcode"),
        ("parts/", "parts/gear.gcode"),
        ("parts\\gear.gcode", "parts/gear.gcode"),
        ("Parts/Gear.GCODE", "parts/gear.gcode"),
        ("gear.gcode", "parts/gear.gcode"),
        ("cafe\u0301.gcode", "caf\u00e9.gcode"),
        ("cafe%CC%81.gcode", "caf\u00e9.gcode"),
        ("my cube.gcode", "my_cube.gcode"),
        ("my_cub.gcode", "my_cube.gcode"),
    ],
)
@pytest.mark.parametrize("line", ["preflight --stored", "print --confirm --no-preflight --stored"])
def test_hint_of_a_path_that_is_no_file_leads_to_the_file(server, typed, stored, line):
    for path in ("parts/gear.gcode", "caf\u00e9.gcode", "my_cube.gcode"):
        server.octoprint.store(path)
    error = server.run_error(2, "FILE_NOT_FOUND", *line.split(), typed).envelope["error"]
    assert error["details"]["did_you_mean"][0] == stored
    hint = shlex.split(error["hint"])
    assert hint[-1] == stored
    server.run_ok(*hint[1:])


def test_unknown_path_gets_the_list(server):
    error = server.run_error(2, "FILE_NOT_FOUND", "preflight", "--stored", "zzzz.gcode").envelope["error"]
    assert error["hint"] == "octoprint-cli files --location local"
