"""G-code that the pre-flight lets through, around whatever a test is about."""

from __future__ import annotations

from pathlib import Path

#: The hotend is waited for, as what extrudes cold is warned of, at a temperature that it nearly has. Nothing is hot afterwards.
BEGIN = "M109 S25\nG28\nG90\nM82\nG1 X10 Y10 Z0.2 F6000\nG1 X20 E1\nM104 S0\n"
END = "M84\n"
#: A job of a minute, in which the printer answers: the virtual one dwells in real time.
DWELL = "G4 P100\n" * 600


def print_of(body: str) -> str:
    """A print of a moment, and the body: in absolute coordinates, from X20 Y10 Z0.2."""
    return f"{BEGIN}{body}{END}"


def write(file: Path, body: str) -> Path:
    """Write such a print into a file."""
    file.write_text(print_of(body), encoding="utf-8")
    return file
