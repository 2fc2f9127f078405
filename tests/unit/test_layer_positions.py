"""Where in a file each layer begins: by the slicer's marks, with the height that is printed there and not that of a hop."""

from __future__ import annotations

from pathlib import Path

import pytest

from octoprint_cli.framework.live_place import JobPlace, PlaceInFile
from octoprint_cli.gcode.analysis.layer_positions import Place, layer_positions
from octoprint_cli.gcode.analysis.reader import read_file

from .scripted_push import job

GCODE = Path(__file__).parent.parent / "gcode"
HOPS = """G28
G1 Z5 F5000
;LAYER:0
G1 Z0.3
G1 X10 E1
G91
G1 Z1
G90
;LAYER:1
G1 Z0.8 X5
G0 Z.5
G1 X20 E2
;LAYER:2
G1 X30 E3
"""


@pytest.fixture
def hops(tmp_path):
    path = tmp_path / "hops.gcode"
    path.write_text(HOPS)
    return path


def test_layer_and_height_follow_the_position(hops):
    found = layer_positions(hops)
    assert found is not None and found.total == 3
    assert found.at(0) is None and found.at(HOPS.index(";LAYER:0") - 1) is None
    assert found.at(HOPS.index(";LAYER:0")) == Place(1, 0.3)
    assert found.at(HOPS.index("X20")) == Place(2, 0.5)
    assert found.at(10**9) == Place(3, 0.5)  # a layer without a height of its own is at that of the one before


@pytest.mark.parametrize("name", ["supports_prusa.gcode", "comments_prusa.gcode", "bar_prusa.gcode"])
def test_layers_are_those_that_inspect_counts(name):
    found = layer_positions(GCODE / name)
    contents = read_file(GCODE / name)
    assert found is not None and found.total == contents.layers.count
    heights = [height for height in found.heights if height is not None]
    assert heights == sorted(heights) and len(heights) == found.total


@pytest.mark.parametrize("content", [b"", b"G28\nG1 Z1\n", b";LAYER:0\nG1 Z1\n", b"\xff\xfe\x00"])
def test_file_without_layers_has_no_positions(content, tmp_path):
    path = tmp_path / "odd.gcode"
    path.write_bytes(content)
    assert layer_positions(path) is None


def test_missing_file_has_no_positions(tmp_path):
    assert layer_positions(tmp_path / "missing.gcode") is None


def test_place_is_by_the_file_only_for_the_job_that_prints_it(hops):
    place = PlaceInFile(hops, "hops.gcode")
    place.reader.join(10)
    here = 100 * HOPS.index("X20") / len(HOPS)
    known = {"completion": here, "size": len(HOPS), "z": 7.0}
    for file, expected in (("hops.gcode", JobPlace(2, 3, 0.5)), ("other.gcode", JobPlace(z=7.0))):
        printing = job("Printing", file, **known)
        place.follow(printing)
        assert place.of(printing) == expected


def test_height_of_the_server_stays_where_a_poll_lacks_it_until_another_job():
    place = PlaceInFile()
    place.follow(job("Printing", z=3.5))
    place.follow(job("Printing"))
    assert place.of(job("Printing")) == JobPlace(z=3.5)
    place.follow(job("Printing", "other.gcode"))
    assert place.of(job("Printing", "other.gcode")) == JobPlace()
