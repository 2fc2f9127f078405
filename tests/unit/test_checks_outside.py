"""print_volume, travel_volume outside the layers: purge lines, parking and Z offsets warn, and the configuration may allow them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import octoprint_cli.preflight.checks as checks
from octoprint_cli.gcode.analysis.contents import Extents
from octoprint_cli.preflight.checks.build_volume import PrintVolume, TravelVolume

from .subjects import judge, profile

LAYERS = Extents((50, 100), (50, 100), (0.2, 20))
PURGED = Extents((20, 100), (-3, 100), (0, 20))
FARTHER = Extents((20, 100), (-25, 100), (0, 20))
PARKED = Extents((-15, 100), (50, 215), (0.2, 30))


def printed(extents: Extents, layers: Extents = LAYERS, **how):
    return judge(PrintVolume(), extruding=extents, layer_extruding=layers, moves=extents, layer_moves=layers, **how)


def travelled(moves: Extents, layers: Extents = LAYERS, **how):
    how.setdefault("extruding", LAYERS)
    return judge(TravelVolume(), layer_extruding=LAYERS, moves=moves, layer_moves=layers, **how)


def test_purge_line_beside_the_bed_warns_with_box_and_margin():
    found = printed(PURGED)
    assert (found.said, found.warns) == ("OUTSIDE_VOLUME", True)
    assert "before or after the layers" in found.message and "Y -3..100 mm" in found.message
    assert found.evidence["box"] == {"x": [0, 200], "y": [-3, 200], "z": [0, 200]}
    assert "X 0..200, Y -3..200, Z 0..200 mm" in found.hint and "checks: {print_volume: {margin: 3}}" in found.hint


def test_purge_line_far_off_the_bed_is_refused():
    found = printed(FARTHER)
    assert (found.said, found.warns) == ("OUTSIDE_VOLUME", False)


@pytest.mark.parametrize("layers", [PURGED, Extents()], ids=["inside the layers", "without layers"])
def test_print_outside_the_volume_is_refused(layers):
    found = printed(PURGED, layers)
    assert (found.said, found.warns) == ("OUTSIDE_VOLUME", False)


def test_parking_beside_the_bed_warns_at_any_distance():
    found = travelled(PARKED)
    assert (found.said, found.warns) == ("OUTSIDE_VOLUME", True)
    assert "X -15..200, Y 0..215" in found.hint and "checks: {travel_volume: {margin: 15}}" in found.hint
    assert travelled(Extents((0, 900), (0, 100), (0, 20))).warns is True


def test_travel_outside_the_volume_between_layers_is_refused():
    assert (travelled(PARKED, PARKED).said, travelled(PARKED, PARKED).warns) == ("OUTSIDE_VOLUME", False)


def test_travel_no_farther_than_the_purge_line_is_left_to_print_volume():
    assert travelled(PURGED, extruding=PURGED).said == "pass"
    assert travelled(Extents((20, 100), (-9, 100), (0, 20)), extruding=PURGED).warns is True
    assert travelled(FARTHER, extruding=FARTHER).said == "OUTSIDE_VOLUME"  # refused by both


@pytest.mark.parametrize(("below", "warns"), [(0.05, True), (0.45, True), (0.9, True), (1.1, False), (15, False)])
def test_z_offset_of_some_tenths_warns_and_more_is_refused(below, warns):
    layers = Extents((50, 100), (50, 100), (-below, 20))
    found = printed(layers, layers)
    assert (found.said, found.warns) == ("OUTSIDE_VOLUME", warns)
    if warns:
        assert f"{below:g} mm below the bed" in found.message
        assert travelled(layers, layers, extruding=layers).said == "pass"


def test_round_bed_without_a_larger_box_gets_a_margin():
    found = judge(
        TravelVolume(),
        of=profile(volume={"formFactor": "circular", "width": 200}),
        extruding=Extents((-10, 10), (-10, 10), (0, 10)),
        moves=Extents((80, 90), (50, 60), (0, 10)),
        layer_moves=Extents((-10, 10), (-10, 10), (0, 10)),
    )
    assert found.warns and "margin: 3" in found.hint and "box" not in found.hint


# -- the configuration ------------------------------------------------------------------------------------


def test_margin_of_the_configuration_allows_and_is_recorded():
    found = printed(PURGED, PURGED, margins={"print_volume": 3})
    assert (found.said, found.exemption.setting, found.exemption.value) == ("pass", "checks.print_volume.margin", 3)
    assert "margin is 3 mm" in found.message
    assert travelled(PURGED, PURGED, extruding=PURGED, margins={"print_volume": 3}).said == "pass"


def test_margin_that_is_too_small_changes_nothing():
    assert (printed(PURGED, PURGED, margins={"print_volume": 2}).warns, printed(PURGED, margins={"print_volume": 2}).warns) == (
        False,
        True,
    )
    assert travelled(PARKED, margins={"print_volume": 20}).said == "OUTSIDE_VOLUME"


def test_unused_margin_is_not_recorded():
    assert printed(LAYERS, margins={"print_volume": 10}).exemption is None


def test_no_hint_of_a_check_offers_to_override_it():
    for path in Path(checks.__file__).parent.glob("*.py"):
        texts = [node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)]
        assert [text for text in texts if isinstance(text, str) and ("--ignore" in text or "--no-preflight" in text)] == [], path
