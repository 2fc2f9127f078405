"""What a G-code file contains: what `read_file` returns, and its shape in JSON.

Millimetres, degrees Celsius, seconds, bytes. None is unknown; an axis or a heater that the file never
names is absent.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

Span = Tuple[float, float]


class Extents(NamedTuple):
    """How far something reaches along each axis: lowest and highest, or None."""

    x: Optional[Span] = None
    y: Optional[Span] = None
    z: Optional[Span] = None

    def as_dict(self) -> Optional[Dict[str, Any]]:
        """Return `{"x": [83.375, 116.625], "y": ..., "z": ...}`, None if nothing is known."""
        if self == Extents():
            return None
        return {axis: None if span is None else [_mm(end) for end in span] for axis, span in self._asdict().items()}


class HeaterTargets(NamedTuple):
    """What a file asks of one heater."""

    highest: float
    first_layer: Optional[float] = None  # the target when the first extruding move begins


class Layers(NamedTuple):
    """Layers, by the slicer's marks ("comments") or by the heights at which something is extruded ("z")."""

    count: Optional[int] = None  # type: ignore[assignment]  # hides tuple.count, which is not needed here
    height: Optional[float] = None
    first_height: Optional[float] = None
    source: Optional[str] = None


class Sliced(NamedTuple):
    """What the slicer says of itself and of the printer that it sliced for."""

    slicer: Optional[str] = None  # PrusaSlicer, Cura ...
    version: Optional[str] = None
    printer: Optional[str] = None  # the target printer's model
    nozzles: Tuple[float, ...] = ()  # diameters
    filaments: Tuple[str, ...] = ()  # PLA, PETG ...
    time: Optional[float] = None  # estimated printing time


class Thumbnail(NamedTuple):
    """A picture inside the file; `line` is where it begins."""

    format: str  # PNG, JPG, QOI; MKS, QIDI: pixels as these printers take them
    width: int
    height: int
    data: bytes
    line: int = 0

    def as_dict(self) -> Dict[str, Any]:
        return {"format": self.format, "width": self.width, "height": self.height, "size": len(self.data)}

    def in_format(self, format: str) -> Optional[bytes]:
        """Return the picture as a file of this format, such as `png`; None if it is another one, or damaged."""
        if self.format.lower() == format:
            return self.data
        return self.as_png() if format == "png" else None

    def as_png(self) -> Optional[bytes]:
        """Return the picture as a PNG file; None for a JPG, or if it is damaged."""
        from octoprint_cli.gcode.analysis.pictures import to_png  # who only looks at the list does without

        return to_png(self.format, self.data, self.width, self.height)


class BadLine(NamedTuple):
    """The first line of a kind that no printer should be given.

    kind: placeholder, control, html, binary, long, encoding, number, arc or stale. `line` counts from 1, `offset` in
    bytes from 0. `comment`: the damage is inside a comment, which no printer executes.
    """

    kind: str
    line: int
    offset: int
    text: str
    problem: str
    comment: bool = False


class Notable(NamedTuple):
    """A command that deserves a look: where it stands first, and how many there are."""

    code: str
    line: int
    count: int  # type: ignore[assignment]  # hides tuple.count
    does: str
    lines: Tuple[int, ...] = ()  # of the first few
    waits: bool = False  # for a person


class Doubt(NamedTuple):
    """Something about the file as a whole that is not as a slicer writes it, and where it shows; 0: nowhere in particular."""

    kind: str
    line: int
    problem: str  # a sentence without its stop


class ExtrusionMode(NamedTuple):
    """How E is read in the print: as a place (absolute) or as an amount (relative), and how that is known.

    Not certain: the file does not say, or a command that may have changed it comes after.
    """

    mode: str  # absolute, relative
    certain: bool
    reason: str


class FileEnding(NamedTuple):
    """Whether the file ends as a print does. None: nothing is extruded, so it cannot be known."""

    complete: Optional[bool] = None
    reason: str = "nothing is extruded"


class Contents(NamedTuple):
    """All that one pass over a file has found."""

    size: int = 0
    lines: int = 0
    extruding: Extents = Extents()  # moves that extrude; z from the bed up
    moves: Extents = Extents()  # every position that a move was sent to
    layer_extruding: Extents = Extents()  # of `extruding`, what the layers have: no purge line before them, no filament change
    layer_moves: Extents = Extents()  # of `moves`, those between the first extrusion of the layers and their last one
    extrusion: Mapping[str, float] = MappingProxyType({})  # mm of filament by tool
    tools: Tuple[str, ...] = ()  # tool0, tool1 ...: those that are selected or extrude
    heat: Mapping[str, HeaterTargets] = MappingProxyType({})  # tool0 ..., bed, chamber
    layers: Layers = Layers()
    sliced: Sliced = Sliced()
    ending: FileEnding = FileEnding()
    cut: bool = False  # its last line has no end
    bad_lines: Tuple[BadLine, ...] = ()  # in the order of the file
    notable: Tuple[Notable, ...] = ()
    cold: Optional[int] = None  # the first line that extrudes before its hotend has a target
    cold_shared: Optional[int] = None  # ... before any hotend has one: of printers whose tools share a nozzle
    named_tools: bool = True  # hotends other than the first are heated by their number, so that each has its own
    doubts: Tuple[Doubt, ...] = ()  # in the order of the file
    stale: Optional[Doubt] = None  # it extrudes behind its end: the rest of an older, longer file
    foreign: Optional[str] = None  # what the file is, if it is no G-code at all
    macro: Optional[str] = None  # the first command before any extrusion that may do anything, such as START_PRINT
    thumbnails: Tuple[Thumbnail, ...] = ()
    extrusion_mode: Optional[ExtrusionMode] = None  # None: nothing is extruded
    filament_used: Tuple[float, ...] = ()  # mm, as the slicer says: of each extruder, or of all
    marked_layers: Optional[int] = None  # how many beginnings of layers are marked, whatever number the slicer says

    @property
    def extrudes(self) -> bool:
        """Whether anything is extruded on the move: without it there is nothing to print."""
        return self.extruding.x is not None

    @property
    def end_expected(self) -> bool:
        """Whether an end ought to be there: a slicer writes one, what was heated or started wants one, and a cut line lacks one."""
        heated = self.macro is not None or any(heat.highest > 0 for heat in self.heat.values())
        sliced = self.sliced.slicer is not None or self.layers.source == "comments" or bool(self.marked_layers)
        return self.cut or heated or sliced

    @property
    def all_moves(self) -> Extents:
        """Every position, home (0, 0, 0) included, where OctoPrint, too, takes each file to begin."""
        if self.moves == Extents():
            return self.moves
        return Extents(*(_with_zero(span) for span in self.moves))

    def as_dict(self) -> Dict[str, Any]:
        """Return the shape in JSON."""
        return {
            "size": self.size,
            "lines": self.lines,
            "complete": self.ending.complete,
            "ending": self.ending.reason,
            "extents": {"extruding": self.extruding.as_dict(), "all": self.all_moves.as_dict()},
            "dimensions": self._dimensions(),
            "extrusion": {tool: _mm(length) for tool, length in self.extrusion.items()},
            "extrusion_mode": self.extrusion_mode._asdict() if self.extrusion_mode else None,
            "tools": list(self.tools),
            "temperatures": {heater: heat._asdict() for heater, heat in self.heat.items()},
            "layers": {**self.layers._asdict(), "marked": self.marked_layers},
            "slicer": {"name": self.sliced.slicer, "version": self.sliced.version} if self.sliced.slicer else None,
            "printer": self.sliced.printer,
            "nozzles": list(self.sliced.nozzles),
            "filaments": list(self.sliced.filaments),
            "filament_used": list(self.filament_used),
            "estimated_time": self.sliced.time,
            "bad_lines": [bad._asdict() for bad in self.bad_lines],
            "notable": [notable._asdict() for notable in self.notable],
            "cold_extrusion": self.cold,
            "doubts": [doubt._asdict() for doubt in self.doubts],
            "thumbnails": [thumbnail.as_dict() for thumbnail in self.thumbnails],
        }

    def _dimensions(self) -> Optional[Dict[str, float]]:
        """Return the size of what is printed."""
        if not self.extrudes:
            return None
        sizes: List[float] = [_mm(span[1] - span[0]) if span else 0.0 for span in self.extruding]
        return dict(zip(("width", "depth", "height"), sizes))


def _mm(value: float) -> float:
    """Round to 0.1 µm: sums of floats are noisy."""
    return round(value, 4) + 0.0


def _with_zero(span: Optional[Span]) -> Span:
    return (min(span[0], 0.0), max(span[1], 0.0)) if span else (0.0, 0.0)
