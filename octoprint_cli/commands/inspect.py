"""inspect: what a G-code file contains."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict, List

from octoprint_cli.api import (
    Bytes,
    Contents,
    Degrees,
    Duration,
    Millimetres,
    Range,
    Reading,
    Said,
    ShowOne,
    add_file,
    errors,
    read_file,
)

#: So many bytes are read from stdin at a time.
PIECE = 64 * 1024


class Inspect(ShowOne):
    """say what a G-code file contains

    Reads it from end to end and asks no server; - is stdin. A file that no printer should be given is described
    like any other: `preflight` judges it.
    """

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        add_file(parser)
        parser.add_argument("--thumbnail", metavar="OUT.png", help="write the largest embedded picture there")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        contents = self._read(parsed_args.file)
        written = _write_thumbnail(contents, Path(parsed_args.thumbnail)) if parsed_args.thumbnail is not None else None
        return {"file": parsed_args.file, **_shown(contents), "written": written}

    def _read(self, file: str) -> Contents:
        if file != "-":
            with self.terminal.reading(file) as progress:
                return read_file(Path(file), progress)
        if self.app.stdin is None or self.app.stdin.isatty():
            raise errors.UsageError("- reads stdin, and nothing is piped in", hint="octoprint-cli inspect FILE")
        reading = Reading()
        for piece in iter(lambda: self.app.stdin.buffer.read(PIECE), b""):
            reading.feed(piece)
        return reading.contents()


def _shown(contents: Contents) -> Dict[str, Any]:
    """The contents, with units for a person."""
    data = contents.as_dict()
    extents = {of: {axis: Range(span) for axis, span in (axes or {}).items()} or None for of, axes in data["extents"].items()}
    slicer, layers = data["slicer"], data["layers"]
    return {
        **data,
        "size": Bytes(data["size"]),
        "extents": extents,
        "dimensions": {name: Millimetres(size) for name, size in (data["dimensions"] or {}).items()} or None,
        "extrusion": {tool: Millimetres(length) for tool, length in data["extrusion"].items()},
        "temperatures": {
            heater: {at: Degrees(value) for at, value in heat.items()} for heater, heat in data["temperatures"].items()
        },
        "layers": {**layers, "height": Millimetres(layers["height"]), "first_height": Millimetres(layers["first_height"])},
        "slicer": Said(slicer, f"{slicer['name']} {slicer['version'] or ''}".strip() if slicer else ""),
        "nozzles": [Millimetres(diameter) for diameter in data["nozzles"]],
        "estimated_time": Duration(data["estimated_time"]),
        "bad_lines": [Said(bad, f"line {bad['line']} {bad['problem']}") for bad in data["bad_lines"]],
        "notable": [Said(one, _told(one)) for one in data["notable"]],
        "thumbnails": [Said(one, f"{one['format']} {one['width']}x{one['height']}") for one in data["thumbnails"]],
    }


def _told(notable: Dict[str, Any]) -> str:
    more = f" (and {notable['count'] - 1} more)" if notable["count"] > 1 else ""
    return f"line {notable['line']}{more}: {notable['code']} {notable['does']}"


def _write_thumbnail(contents: Contents, path: Path) -> str:
    """The largest picture of the format that the name asks for. Replaces no other file; returns the path.

    Raises FileInvalid (no such picture), FileExists or FileUnreadable.
    """
    suffixes: List[str] = [thumbnail.format.lower() for thumbnail in contents.thumbnails]
    wanted = path.suffix.lower().lstrip(".").replace("jpeg", "jpg")
    fitting = [thumbnail for thumbnail in contents.thumbnails if thumbnail.format.lower() == wanted]
    if not fitting:
        there = f"it has {', '.join(sorted(set(suffixes)))}" if suffixes else "it has none at all"
        raise errors.FileInvalid(f"the file has no embedded {wanted or 'such'} picture: {there}", hint="octoprint-cli inspect FILE")
    data = max(fitting, key=lambda thumbnail: thumbnail.width * thumbnail.height).data
    try:
        if not path.exists():
            path.write_bytes(data)
        elif path.read_bytes() != data:
            raise errors.FileExists(f"{path} exists, and is something else", hint="name another file")
    except OSError as error:
        raise errors.FileUnreadable(f"{path} cannot be written: {error.strerror}", hint=f"ls -ld {path.parent}") from error
    return str(path)
