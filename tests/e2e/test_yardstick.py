"""The yardstick itself: what this server's own analysis says, so that what is recorded in tests/gcode cannot rot."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict

import pytest
from gcode.record import EXPECTED, HERE, analyse
from gcode.wrong import CASES, Case, in_short
from gcode.yardstick import differences, measured

from octoprint_cli.gcode.analysis.reader import read_file

from . import versions
from .server import Server

pytestmark = pytest.mark.xdist_group("yardstick")

RECORDED = ["absolute_prusa.gcode", "arcs_prusa.gcode", "mach3_slic3r.gcode", "tools_slic3r.gcode"]
Analysed = Dict[str, Any]


@pytest.fixture(scope="module")
def all_analysed(running: Server, tmp_path_factory: pytest.TempPathFactory) -> Analysed:
    """What the server's own program says of every file here, asked for in one run."""
    folder = tmp_path_factory.mktemp("wrong")
    files = {name: HERE / name for name in RECORDED}
    for number, case in enumerate(CASES):
        files[case.name] = folder / f"{number}.gcode"
        files[case.name].write_text(case.gcode)
    octoprint = running.base.parent / "venv" / "bin" / "octoprint"
    return dict(zip(files, analyse(octoprint, list(files.values()))))


@pytest.fixture
def analysed(all_analysed: Analysed, running: Server, record_property: Callable[[str, str], None]) -> Analysed:
    record_property(versions.PYTHON, running.python)
    return all_analysed


@pytest.mark.parametrize("name", RECORDED)
def test_octoprint_analysis_matches_recording_and_our_measurements(analysed: Analysed, name: str):
    found = analysed[name]
    recorded, ours = json.loads(EXPECTED.read_text())[name], measured(read_file(HERE / name))
    if found is not None and ours is not None:
        recorded, ours = ({field: both[field] for field in found} for both in (recorded, ours))
    assert differences(recorded, found) == []
    assert differences(ours, found) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_octoprint_analysis_is_still_wrong_in_known_cases(analysed: Analysed, case: Case):
    found = analysed[case.name]
    assert found is not None
    assert differences({name: in_short(found)[name] for name in case.octoprint}, case.octoprint) == []
