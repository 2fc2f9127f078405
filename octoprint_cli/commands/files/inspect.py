"""inspect: what a G-code file contains."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from octoprint_cli.api import (
    ShowOne,
    add_file,
    errors,
    fields,
    labelled,
    lines,
    require_piped,
)

if TYPE_CHECKING:
    from octoprint_cli.api import Contents

#: The number of bytes that are read from stdin at a time.
PIECE = 64 * 1024


_EXTENTS = fields.record(x=fields.reach(), y=fields.reach(), z=fields.reach()).or_null
_PICTURE = fields.record(
    format=fields.text(), width=fields.whole("pixels"), height=fields.whole("pixels"), size=fields.size("of the picture")
)


_BAD_LINE = fields.record(
    kind=fields.text("placeholder, control, html, binary, long, encoding, number or arc"),
    line=fields.whole("from 1"),
    offset=fields.whole("in bytes from 0"),
    text=fields.text(),
    problem=fields.text(),
    comment=fields.switch("inside a comment, which no printer executes"),
)
_NOTABLE = fields.record(
    code=fields.text(),
    line=fields.whole("where it first occurs"),
    count=fields.whole("how many there are"),
    does=fields.text(),
    lines=fields.listed(fields.whole(), "where the first few occur"),
    waits=fields.switch("it waits for a person"),
)
_DOUBT = fields.record(
    kind=fields.text(), line=fields.whole("near which it shows; 0: at no particular line"), problem=fields.text()
)


_MODE = fields.record(
    mode=fields.one_of("absolute", "relative", meaning="M82 or M83"),
    certain=fields.switch("the file sets it itself"),
    reason=fields.text("how that is known"),
).or_null


def _told(notable: Dict[str, Any]) -> str:
    more = f" (and {notable['count'] - 1} more)" if notable["count"] > 1 else ""
    return f"line {notable['line']}{more}: {notable['code']} {notable['does']}"


#: What a person reads: what the file is, what it prints, what it heats, and what deserves a look.
_TEMPLATE = lines(
    "<bold>{file}</>, {size}, {lines:count line}[, sliced by {slicer}][ for {printer}]",
    (
        "{complete=true}<green>Complete</>: {ending}",
        "{complete=false}<red>Not complete</>: {ending}",
        "<yellow>Nothing to print</>: {ending}",
    ),
    "{dimensions?}<bold>Print</>",
    labelled(
        {
            "  Time": "{estimated_time}, as the slicer says",
            "  Size": "{dimensions.width} wide, {dimensions.depth} deep, {dimensions.height} high",
            "  From": "X {extents.extruding.x}[, Y {extents.extruding.y}][, Z {extents.extruding.z}]",
            "  Layers": "{layers.count}[, {layers.height} high][, the first {layers.first_height}]",
            "  Filament": "[{filaments:list}, ]{extrusion}",
            "  Nozzle": "{nozzles:list}",
            "  Extrusion": "{extrusion_mode.mode}[, most likely{extrusion_mode.certain=false}]: {extrusion_mode.reason}",
        }
    ),
    "{temperatures?}<bold>Heat</>",
    labelled({"{for temperatures}  {key:heater}": "{highest}[, {first_layer} at the first layer]"}),
    "{bad_lines?}<bold>Damage</>",
    "{for bad_lines}  <red>{value}</>[ in a comment{comment?}]",
    ("{doubts?}<bold>Worth a look</>", "{notable?}<bold>Worth a look</>", "{cold_extrusion?}<bold>Worth a look</>"),
    "  <yellow>line {cold_extrusion}: it extrudes with a cold hotend</>",
    "{for doubts}  <yellow>{value}</>",
    "{for notable}  {value}",
    "{thumbnails?}<bold>Pictures</>: {thumbnails}",
    "<green>Wrote</> {written}.",
)


class Inspect(ShowOne):
    """show what a G-code file contains

    The whole file is read, and no server is contacted; - stands for stdin. A file that should not be printed is described like any
    other: `octoprint-cli preflight` judges it.
    """

    result = fields.record(
        file=fields.text("as it was named"),
        size=fields.size("of the file"),
        lines=fields.whole(),
        complete=fields.switch("it ends as a print does; null: nothing is extruded").or_null,
        ending=fields.text("how that is known"),
        extents=fields.record(extruding=_EXTENTS, all=_EXTENTS),
        dimensions=fields.record(width=fields.length(), depth=fields.length(), height=fields.length()).or_null,
        extrusion=fields.mapping(fields.length("of filament"), "by tool"),
        extrusion_mode=_MODE,
        tools=fields.listed(fields.text()),
        temperatures=fields.mapping(fields.record(highest=fields.degrees(), first_layer=fields.degrees().or_null), "by heater"),
        layers=fields.record(
            count=fields.whole().or_null,
            height=fields.length().or_null,
            first_height=fields.length().or_null,
            source=fields.one_of("comments", "z", meaning="the slicer's number or marks, or the heights printed at").or_null,
            marked=fields.whole("how many beginnings of layers are marked").or_null,
        ),
        slicer=fields.record(name=fields.text(), version=fields.text().or_null)
        .displayed_as(lambda it: f"{it['name']} {it['version'] or ''}".strip())
        .or_null,
        printer=fields.text("the model that it was sliced for").or_null,
        nozzles=fields.listed(fields.length("diameter")),
        filaments=fields.listed(fields.text()),
        filament_used=fields.listed(fields.length("of each extruder, or of all, as the slicer says")),
        estimated_time=fields.span("of the print, as the slicer says").or_null,
        bad_lines=fields.listed(_BAD_LINE.displayed_as(lambda bad: f"line {bad['line']} {bad['problem']}")),
        notable=fields.listed(_NOTABLE.displayed_as(_told), "commands that are worth a look"),
        doubts=fields.listed(_DOUBT.displayed_as(lambda it: it["problem"]), "what does not fit together in the file as a whole"),
        cold_extrusion=fields.whole("the first line that extrudes with a cold hotend").or_null,
        thumbnails=fields.listed(_PICTURE.displayed_as(lambda it: f"{it['format']} {it['width']}x{it['height']}")),
        written=fields.text("the file that --thumbnail wrote").or_null,
    )
    template = _TEMPLATE
    examples = (
        ("octoprint-cli inspect cube.gcode", "size, layers, time, filament, temperatures"),
        ("octoprint-cli inspect - < cube.gcode", "the same, read from stdin"),
        ("octoprint-cli inspect cube.gcode -c temperatures --json", "only its temperatures, as JSON"),
    )
    effects = ("reads",)
    error_codes = ("FILE_NOT_FOUND", "FILE_UNREADABLE", "FILE_UNWRITABLE", "FILE_INVALID", "FILE_EXISTS")
    needs_server = False
    _contents: Optional[Contents] = None

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser)
        parser.add_argument(
            "--thumbnail", metavar="OUT.png", help="write the largest embedded picture to this file; QOI becomes PNG"
        )
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        self._contents = contents = self._read(parsed_args.file)
        written = _write_thumbnail(contents, Path(parsed_args.thumbnail)) if parsed_args.thumbnail is not None else None
        return {"file": parsed_args.file, **contents.as_dict(), "written": written}

    def picture(self) -> Optional[bytes]:
        pictures = sorted(self._contents.thumbnails if self._contents else (), key=_area, reverse=True)
        return next(filter(None, (picture.as_png() for picture in pictures)), None)

    def _read(self, file: str) -> Contents:
        from octoprint_cli.api import GcodeParser, read_file  # slow to import, and help does without

        if file != "-":
            with self.terminal.reading(file) as progress:
                return read_file(Path(file), progress)
        stdin: Any = require_piped(self.app.stdin, "- reads stdin", "octoprint-cli help inspect")
        reading = GcodeParser()
        for piece in iter(lambda: stdin.buffer.read(PIECE), b""):
            reading.feed(piece)
        return reading.contents()


def _area(thumbnail: Any) -> int:
    return int(thumbnail.width * thumbnail.height)


def _write_thumbnail(contents: Contents, path: Path) -> str:
    """Write the largest picture that there is in the format that the name asks for. Replaces no other file; returns the path.

    Raises FileInvalid (no such picture), FileExists or FileUnwritable.
    """
    there: List[str] = sorted({thumbnail.format.lower() for thumbnail in contents.thumbnails})
    wanted = path.suffix.lower().lstrip(".").replace("jpeg", "jpg")
    largest_first = sorted(contents.thumbnails, key=_area, reverse=True)
    data = next(filter(None, (thumbnail.in_format(wanted) for thumbnail in largest_first)), None)
    if data is None:
        has = f"it has {', '.join(there)}" if there else "it has none at all"
        raise errors.FileInvalid(f"the file has no embedded {wanted or 'such'} picture: {has}", hint="octoprint-cli help inspect")
    try:
        if not path.exists():
            path.write_bytes(data)
        elif path.read_bytes() != data:
            raise errors.FileExists(
                f"{path} exists, and has different contents", hint=f"ls -l {shlex.quote(str(path))}  # give another name"
            )
    except OSError as error:
        hint = f"ls -ld {shlex.quote(str(path.parent))}"
        raise errors.FileUnwritable(f"{path} cannot be written: {error.strerror}", hint=hint) from error
    return str(path)
