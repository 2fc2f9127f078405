"""The yardstick itself: what this server's own analysis says, so that what is recorded in tests/gcode cannot rot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable

import pytest
from gcode.record import EXPECTED, HERE, analyse
from gcode.wrong import CASES, Case, in_short
from gcode.yardstick import differences, measured

from octoprint_cli.gcode.analysis.reader import read_file

from . import versions
from .server import Server


@pytest.fixture
def octoprint(running: Server, record_property: Callable[[str, str], None]) -> Path:
    """The server's own program."""
    record_property(versions.PYTHON, running.python)
    return Path(running.sandbox("status")["path"]) / "venv" / "bin" / "octoprint"


@pytest.mark.parametrize("name", ["absolute_prusa.gcode", "arcs_prusa.gcode", "mach3_slic3r.gcode", "tools_slic3r.gcode"])
def test_octoprint_analysis_matches_recording_and_our_measurements(octoprint: Path, name: str):
    found = analyse(octoprint, HERE / name)
    recorded, ours = json.loads(EXPECTED.read_text())[name], measured(read_file(HERE / name))
    if found is not None and ours is not None:
        recorded, ours = ({field: both[field] for field in found} for both in (recorded, ours))
    assert differences(recorded, found) == []
    assert differences(ours, found) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_octoprint_analysis_is_still_wrong_in_known_cases(octoprint: Path, case: Case, tmp_path: Path):
    file = tmp_path / "wrong.gcode"
    file.write_text(case.gcode)
    found = analyse(octoprint, file)
    assert found is not None
    assert differences({name: in_short(found)[name] for name in case.octoprint}, case.octoprint) == []
