"""print_volume, travel_volume: every shape of a volume, and both sides of every border."""

from __future__ import annotations

import math

import pytest

from octoprint_cli.gcode.analysis.contents import Extents
from octoprint_cli.preflight.checks.build_volume import PrintVolume, TravelVolume

from .subjects import GOOD, judge, profile

#: A print that is inside every volume here.
SPAN = (-1.0, 1.0)
INSIDE = Extents((5, 10), (5, 10), (0, 10))
BOX = {"x_min": -5.0, "x_max": 210.0, "y_min": -4.0, "y_max": 205.0, "z_min": -1.0, "z_max": 220.0}
VOLUMES = {
    "lower left": ({}, {"x": (0, 200), "y": (0, 200), "z": (0, 200)}),
    "not square": ({"width": 300, "depth": 100, "height": 50.5}, {"x": (0, 300), "y": (0, 100), "z": (0, 50.5)}),
    "centre": ({"origin": "center"}, {"x": (-100, 100), "y": (-100, 100), "z": (0, 200)}),
    "custom box": ({"custom_box": BOX}, {"x": (-5, 210), "y": (-4, 205), "z": (-1, 220)}),
    "half a box": ({"custom_box": {"y_min": -3.0}}, {"x": (0, 200), "y": (-3, 200), "z": (0, 200)}),
    "round": ({"formFactor": "circular", "origin": "lowerleft"}, {"x": (-100, 100), "y": (-100, 100), "z": (0, 200)}),
}
BORDERS = [(name, axis, side) for name in VOLUMES for axis in "xyz" for side in (0, 1)]


def reaching(volume, axis, side, beyond):
    """Extents that touch one border of a volume, or go beyond it."""
    border = VOLUMES[volume][1][axis][side]
    end = border + (beyond if side else -beyond)
    near_centre = {"x": SPAN, "y": SPAN, "z": (0, 1)} if volume in ("round", "centre") else INSIDE._asdict()
    return Extents(**{**near_centre, axis: (min(end, near_centre[axis][0]), max(end, near_centre[axis][1]))})


@pytest.mark.parametrize(("volume", "axis", "side"), BORDERS)
@pytest.mark.parametrize("check", [PrintVolume, TravelVolume])
def test_volume_limit_is_inclusive_on_every_side(check, volume, axis, side):
    field = "extruding" if check is PrintVolume else "moves"
    printer = profile(volume=VOLUMES[volume][0])
    for beyond in (0, 0.01):
        assert judge(check(), of=printer, **{field: reaching(volume, axis, side, beyond)}).said == "pass"
    found = judge(check(), of=printer, **{field: reaching(volume, axis, side, 0.02)})
    assert (found.said, found.evidence["outside"]) == ("OUTSIDE_VOLUME", [axis])
    assert found.evidence["printer"][axis] == list(VOLUMES[volume][1][axis])


def test_message_names_file_and_printer_extents():
    found = judge(PrintVolume(), extruding=Extents((-36.625, 236.625), (78, 121), (0, 5)))
    assert "X -36.62..236.62 mm" in found.message and "X 0..200 mm" in found.message
    assert "Y" not in found.message and "Z" not in found.message
    assert found.evidence["file"]["x"] == [-36.625, 236.625]
    found = judge(PrintVolume(), extruding=Extents((-1, 1), (0, 201.5), (0, 5)))
    assert found.message == "the file prints at X -1..1, Y 0..201.5 mm; the printer has X 0..200, Y 0..200 mm"


def test_print_volume_checks_extrusions_and_travel_volume_all_moves():
    far = Extents((0, 300), (0, 1), (0, 1))
    assert judge(PrintVolume(), moves=far).said == "pass" and judge(TravelVolume(), moves=far).said == "OUTSIDE_VOLUME"
    assert judge(TravelVolume(), extruding=far).said == "pass" and judge(PrintVolume(), extruding=far).said == "OUTSIDE_VOLUME"


def test_homing_outside_a_custom_box_is_ignored():
    """With the origin in a corner of a box that does not hold (0, 0, 0), a file that never goes there is fine."""
    contents = GOOD._replace(moves=Extents((90, 110), (90, 110), (5, 20)))
    box = profile(volume={"custom_box": {"x_min": 50.0, "y_min": 50.0, "z_min": 1.0}})
    assert judge(TravelVolume(), of=box, moves=contents.moves).said == "pass"


def test_unmoved_axis_is_inside_volume():
    assert judge(TravelVolume(), moves=Extents(x=(10, 20))).said == "pass"


@pytest.mark.parametrize(("check", "field"), [(PrintVolume, "extruding"), (TravelVolume, "moves")])
def test_volume_check_is_skipped_without_moves(check, field):
    assert judge(check(), **{field: Extents()}).said == "skip"


@pytest.mark.parametrize("volume", [{"width": None}, {"depth": 0}, {"height": "tall"}, {"width": -200}], ids=str)
def test_profile_without_size_skips_volume_check(volume):
    assert judge(PrintVolume(), of=profile(volume=volume)).said == "skip"


# -- round beds -----------------------------------------------------------------------------------------

ROUND = {"formFactor": "circular", "width": 200, "depth": 170}
CORNER = 100 / math.sqrt(2)


def on_round(x, y, **volume):
    return judge(PrintVolume(), of=profile(volume={**ROUND, **volume}), extruding=Extents(x, y, (0, 10)))


def test_square_with_corners_inside_round_bed_passes():
    found = on_round((-CORNER, CORNER), (-CORNER, CORNER))
    assert found.said == "pass" and "do not show" not in found.message


def test_round_bed_with_box_corners_outside_passes_as_uncertain():
    found = on_round((-CORNER - 0.1, CORNER + 0.1), (-CORNER, CORNER))
    assert found.said == "pass" and "do not show" in found.message and found.evidence["printer"]["radius"] == 100
    assert on_round((-100, 100), (-100, 100)).said == "pass"


def test_round_bed_fails_if_a_whole_side_lies_outside():
    """The right side runs from (90, 50) to (90, 60): 103 mm from the centre at least."""
    found = on_round((80, 90), (50, 60))
    assert found.said == "OUTSIDE_VOLUME" and found.evidence["outside"] == []
    assert "102.96 mm from the centre" in found.message and "100 mm" in found.message


@pytest.mark.parametrize(("y", "said"), [(0, "pass"), (43.58, "pass"), (43.62, "OUTSIDE_VOLUME"), (-43.62, "OUTSIDE_VOLUME")])
def test_line_at_rim_of_round_bed(y, said):
    assert on_round((-90, 90), tuple(sorted((y, y)))).said == said


def test_round_bed_diameter_is_profile_width():
    assert on_round((0, 1), (98, 100)).said == "pass" and on_round((0, 1), (98, 101)).said == "OUTSIDE_VOLUME"


def test_custom_box_beyond_round_bed_replaces_circle():
    box = {"x_min": -120.0, "x_max": 120.0, "y_min": -100.0, "y_max": 100.0}
    assert on_round((80, 118), (50, 60), custom_box=box).said == "pass"
    assert on_round((80, 121), (50, 60), custom_box=box).said == "OUTSIDE_VOLUME"


def test_custom_box_that_is_only_higher_keeps_circle():
    assert on_round((80, 90), (50, 60), custom_box={"z_max": 300.0}).said == "OUTSIDE_VOLUME"
