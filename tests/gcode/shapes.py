"""The shapes that the files here are sliced from, as STL: `python shapes.py FOLDER`. Millimetres, standing on z = 0."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Callable, List, Tuple

Point = Tuple[float, float, float]
Triangle = Tuple[Point, Point, Point]


def box(x: float, y: float, z: float, at: Point = (0.0, 0.0, 0.0)) -> List[Triangle]:
    """A box of this size, its lowest corner at `at`."""
    size = (x, y, z)
    corner: List[Point] = []
    for number in range(8):
        a, b, c = (at[axis] + size[axis] * (number >> axis & 1) for axis in range(3))
        corner.append((a, b, c))
    sides = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5))
    return [(corner[a], corner[b], corner[c]) for a, *rest in sides for b, c in zip(rest, rest[1:])]


def turned(radius: Callable[[float, float], float], height: float, sides: int, rings: int) -> List[Triangle]:
    """What a lathe makes, were its radius allowed to depend on the angle too: `radius(angle, z)`."""

    def point(side: int, ring: int) -> Point:
        angle, z = 2 * math.pi * (side % sides) / sides, height * ring / rings
        return (radius(angle, z) * math.cos(angle), radius(angle, z) * math.sin(angle), z)

    found: List[Triangle] = []
    for side in range(sides):
        for ring in range(rings):
            a, b, c, d = point(side, ring), point(side + 1, ring), point(side + 1, ring + 1), point(side, ring + 1)
            found += [(a, b, c), (a, c, d)]
        found.append(((0.0, 0.0, 0.0), point(side + 1, 0), point(side, 0)))
        found.append(((0.0, 0.0, height), point(side, rings), point(side + 1, rings)))
    return found


def stl(triangles: List[Triangle]) -> str:
    """The shape as ASCII STL. The normals are left to the reader, as the format allows."""
    facets = ("".join(f"vertex {x:f} {y:f} {z:f}\n" for x, y, z in triangle) for triangle in triangles)
    return "solid s\n" + "".join(f"facet normal 0 0 0\nouter loop\n{facet}endloop\nendfacet\n" for facet in facets) + "endsolid s\n"


SHAPES = {
    "plate": box(20, 14, 1.5),
    "bar": box(260, 12, 0.9),
    "bridge": box(4, 8, 2) + box(14, 8, 1, (0.0, 0.0, 2.0)),  # a roof beyond its wall: it wants support
    "disc": turned(lambda angle, z: 9.0, 1.5, 90, 1),
    "vase": turned(lambda angle, z: 8 + 0.1 * z + 0.8 * math.sin(6 * angle + z / 4), 4.0, 60, 8),
}


def main() -> None:
    for name, triangles in SHAPES.items():
        (Path(sys.argv[1]) / f"{name}.stl").write_text(stl(triangles))


if __name__ == "__main__":
    main()
