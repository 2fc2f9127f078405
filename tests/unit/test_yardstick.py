"""Our reader finds in sliced files what OctoPrint's own analysis finds; where that is wrong, here is why.

OctoPrint's findings are in tests/gcode/expected.json; tests/e2e/test_yardstick.py holds them to a real server.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict

import pytest
from gcode.record import EXPECTED, HERE
from gcode.wrong import CASES, Case, in_short
from gcode.yardstick import differences, measured

from octoprint_cli.gcode.analysis.reader import read_file

RECORDED: Dict[str, object] = json.loads(EXPECTED.read_text())


def test_every_sliced_file_has_its_findings_recorded():
    assert sorted(RECORDED) == sorted(file.name for file in HERE.glob("*.gcode"))
    assert len(RECORDED) > 8


@pytest.fixture(params=[False, True], ids=["pure", "numpy"])
def numpy(request: pytest.FixtureRequest) -> bool:
    if request.param:
        pytest.importorskip("numpy")
    return request.param


@pytest.mark.parametrize("name", RECORDED)
def test_sliced_file_measures_as_in_octoprint(name: str, numpy: bool):
    assert differences(measured(read_file(HERE / name, numpy=numpy)), RECORDED[name]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_measurements_are_right_where_octoprint_is_wrong(case: Case, numpy: bool, tmp_path: Path):
    file = tmp_path / "wrong.gcode"
    file.write_text(case.gcode)
    found = measured(read_file(file, numpy=numpy))
    assert found is not None
    ours = {name: in_short(found)[name] for name in case.truth}
    assert differences(ours, case.truth) == [], case.why
    assert differences(case.octoprint, case.truth), "OctoPrint is right about this: it belongs to the sliced files"
