"""The mesh, read from recorded reports in each form, and drawn."""

from __future__ import annotations

from typing import List

import marlin_replies as said
import pytest
from octoprint_cli_marlin.mesh import Mesh, is_plane, kind_of, read_mesh
from octoprint_cli_marlin.picture import drawn


def mesh_of(reply: List[str], back_first: bool = False) -> Mesh:
    """The mesh, which must be there, of a reply as the terminal has it: without white space around."""
    found = read_mesh([line.strip() for line in reply if line != "ok"], back_first)
    assert found is not None
    return found


def test_bilinear_mesh_starts_with_front_row_and_ignores_subdivided_grid() -> None:
    mesh = mesh_of(said.BILINEAR)
    assert (mesh.kind, mesh.columns, len(mesh.points), mesh.complete) == ("bilinear", 5, 5, True)
    assert mesh.points[0] == [0.311, 0.26, 0.24, -0.07, 0.186] and mesh.points[4][1] == -0.25
    assert (mesh.enabled, mesh.fade_height, mesh.x, mesh.y) == (True, 10.0, None, None)


def test_manual_mesh_is_read() -> None:
    mesh = mesh_of(said.BY_HAND)
    assert (mesh.kind, mesh.columns, len(mesh.points), mesh.fade_height) == ("mesh", 5, 5, 1.0)
    assert mesh.points[0][4] == 0.305 and mesh.points[4][0] == 0.19


def test_manual_mesh_without_row_numbers_is_read() -> None:
    mesh = mesh_of(said.BY_HAND_OLD)
    assert (mesh.kind, mesh.columns, len(mesh.points), mesh.enabled) == ("mesh", 7, 3, None)
    assert mesh.points[0][6] == 3.7 and mesh.points[2][0] == 4.0


def test_ubl_mesh_starts_with_back_row_and_has_gaps() -> None:
    mesh = mesh_of(said.UBL)
    assert (mesh.kind, mesh.columns, len(mesh.points), mesh.complete) == ("ubl", 8, 8, True)
    assert mesh.points[0] == [None, None, None, 0.091, 0.098, None, None, None]
    assert mesh.points[5] == [None, None, -0.306, 0.087, 0.061, 0.046, None, None] and mesh.points[7] == [None] * 8
    assert (mesh.x, mesh.y) == ([-69.0, 69.0], [-69.0, 69.0])


def test_old_ubl_mesh_has_positions_beside_rows() -> None:
    mesh = mesh_of(said.UBL_OLD)
    assert mesh.points[0][0] == 0.023 and mesh.points[2][7] == 0.036
    assert (mesh.x, mesh.y, mesh.complete) == ([15.0, 191.0], [15.0, 191.0], True)


def test_truncated_mesh_row_is_padded_and_mesh_incomplete() -> None:
    mesh = mesh_of(said.UBL_CUT)
    assert mesh.points[0] == [0.079, 0.039, 0.044, -0.023, 0.014, -0.043, None, None, None, None]
    assert not mesh.complete


def test_missing_mesh_row_is_detected_by_row_number() -> None:
    mesh = mesh_of([line for line in said.BILINEAR if not line.startswith(" 3 ")])
    assert mesh.points[3] == [None] * 5 and mesh.points[4][0] == 0.207 and not mesh.complete


@pytest.mark.parametrize(
    ("reply", "front", "back"),
    [
        (said.UBL_CSV, [0.479, 0.197, None, 0.062], [0.256, 0.17, 0.14, 0.535]),
        (said.UBL_TABS_SHAPED, [0.032, None, -0.005], [0.085, 0.01, 0.008]),
    ],
    ids=["commas", "tabs"],
)
def test_ubl_mesh_as_csv_is_read(reply: List[str], front: List[float], back: List[float]) -> None:
    mesh = mesh_of(reply)
    assert (mesh.kind, mesh.points[0], mesh.points[-1]) == ("ubl", front, back)


def test_prusa_mesh_starts_with_back_row() -> None:
    assert mesh_of(said.PRUSA_G81_SHAPED, back_first=True).points[0][0] == -0.01


@pytest.mark.parametrize("reply", [said.NO_MESH, said.PLANE, said.UBL_EMPTY_SHAPED, said.UNKNOWN_M420, []])
def test_reply_without_mesh_is_none(reply: List[str]) -> None:
    assert read_mesh(reply) is None


def test_plane_and_leveling_system_are_recognised() -> None:
    assert is_plane(said.PLANE) and not is_plane(said.BILINEAR)
    assert kind_of(said.UBL_EMPTY_SHAPED) == "ubl" and kind_of(said.NO_MESH) == "unknown"


def test_mesh_is_drawn_back_row_first_with_heat_map_beside() -> None:
    lines = drawn(mesh_of(said.BILINEAR), 80).split("\n")
    assert lines[0] == "bilinear mesh, 5 by 5 points, leveling is on, fades out at 10 mm"
    assert lines[3] == "  4 +0.207 -0.250 +0.171 +0.131 +0.051   ██··▓▓▓▓▒▒"
    assert lines[7] == "  0 +0.311 +0.260 +0.240 -0.070 +0.186   ██████░░▓▓"
    assert lines[9] == "·· from -0.288  ░░ from -0.168  ▒▒ from -0.048  ▓▓ from +0.071  ██ from +0.191 mm"
    assert lines[10].startswith("lowest -0.288 mm at column 2, row 3, highest +0.311 mm at column 0, row 0, range 0.599 mm")


def test_narrow_ascii_mesh_has_heat_map_below() -> None:
    lines = drawn(mesh_of(said.UBL), 60, fine=False).split("\n")
    table, heat = lines[2:11], lines[11:20]
    assert table[3] == "  5      .      . -0.306 +0.087 +0.061 +0.046      .      ."
    assert heat[3] == "    ..##****"  # of which two points on each side were not probed
    assert "".join(lines).isascii()


def test_flat_mesh_is_drawn_in_one_shade() -> None:
    flat = Mesh("mesh", [[0.1, 0.101], [0.102, 0.1]], True, None, None, None, None)
    assert {line[-4:] for line in drawn(flat, 80).split("\n")[3:5]} == {"▒▒▒▒"}
