"""Real files: what `inspect` answers equals what a file's own comments say, wherever they say it.

The files are other people's and not in this repository: OCTOPRINT_CLI_GCODE_CORPUS names a folder of `.gcode.xz` files.
"""

from __future__ import annotations

import json
import lzma
import os
from pathlib import Path
from typing import Any, Dict, List

import pytest

from octoprint_cli.gcode.analysis.reader import GcodeParser

from .corpus_rules import said

VARIABLE = "OCTOPRINT_CLI_GCODE_CORPUS"
FOLDER = os.environ.get(VARIABLE)
FILES: List[Path] = sorted(Path(FOLDER).glob("*.gco*.xz")) if FOLDER else []
NONE = pytest.param(None, marks=pytest.mark.skip(reason=f"{VARIABLE} names no folder with real files (*.gcode.xz)"))
PIECE = 64 * 1024


@pytest.mark.parametrize("file", FILES or [NONE], ids=[file.name for file in FILES] or [VARIABLE])
def test_answer_equals_what_the_file_says_of_itself(file: Path) -> None:
    data = lzma.decompress(file.read_bytes())
    reading = GcodeParser()
    for at in range(0, len(data), PIECE):
        reading.feed(data[at : at + PIECE])
    answer = json.loads(json.dumps(reading.contents().as_dict(), allow_nan=False))
    expected = said(data.decode("utf-8", errors="replace").replace("\r\n", "\n"))
    assert {field: found for field, found in _flat(answer).items() if field in expected} == expected


def _flat(answer: Dict[str, Any]) -> Dict[str, Any]:
    slicer = answer["slicer"] or {}
    return {**answer, **answer["layers"], "slicer": slicer.get("name"), "version": slicer.get("version")}
