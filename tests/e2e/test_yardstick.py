"""The yardstick itself: what this server's own analysis says, so that what is recorded in tests/gcode cannot rot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gcode.record import EXPECTED, HERE, analyse
from gcode.wrong import CASES, Case, in_short
from gcode.yardstick import differences, measured

from octoprint_cli.gcode.reader import read_file

from .server import Server


@pytest.mark.parametrize("name", ["absolute_prusa.gcode", "arcs_prusa.gcode", "mach3_slic3r.gcode", "tools_slic3r.gcode"])
def test_the_servers_own_analysis_of_a_sliced_file_is_as_recorded_and_as_ours(running: Server, name: str):
    found = analyse(Path(running.python).with_name("octoprint"), HERE / name)
    assert differences(json.loads(EXPECTED.read_text())[name], found) == []
    assert differences(measured(read_file(HERE / name)), found) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_servers_own_analysis_is_still_wrong(running: Server, case: Case, tmp_path: Path):
    file = tmp_path / "wrong.gcode"
    file.write_text(case.gcode)
    found = analyse(Path(running.python).with_name("octoprint"), file)
    assert found is not None
    assert differences({name: in_short(found)[name] for name in case.octoprint}, case.octoprint) == []
