"""What a real OctoPrint says of the files here, kept in expected.json: `python record.py PATH/TO/octoprint`.

Floats are kept to 0.1 µm: they are OctoPrint's sums, whose last digits say nothing. null: "no extrusions in the file".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import yaml

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "expected.json"
FIELDS = ("printing_area", "travel_area", "dimensions", "travel_dimensions", "extrusion_length")


#: What OctoPrint's Python runs: its own command once for each file, without a start of OctoPrint for each.
_SCRIPT = """
import contextlib, sys
from octoprint.cli import octo
base, *files = sys.argv[1:]
for file in files:
    print("\\nFILE:", flush=True)
    with contextlib.suppress(SystemExit):
        octo.main(["--basedir", base, "analysis", "gcode", file], prog_name="octoprint", standalone_mode=False)
"""


def analyse(octoprint: Path, files: Sequence[Path]) -> List[Optional[Dict[str, Any]]]:
    """What `octoprint analysis gcode` says of each file: the FIELDS (1.8 has no travels), or None where it finds no extrusion.

    It must not see the OctoPrint of whoever runs this: it has a base folder for the moment.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    with tempfile.TemporaryDirectory(prefix="octoprint-") as base:
        line = [str(octoprint.with_name("python")), "-c", _SCRIPT, base, *map(str, files)]
        done = subprocess.run(line, env=environ, check=True, capture_output=True, text=True, timeout=240)
    _, *outputs = done.stdout.split("\nFILE:\n")
    assert len(outputs) == len(files), done
    return [_fields(output) for output in outputs]


def _fields(output: str) -> Optional[Dict[str, Any]]:
    if "\nEMPTY:" in output:
        return None
    found = yaml.safe_load(output.partition("\nRESULTS:\n")[2])
    return {field: found[field] for field in FIELDS if field in found}


def rounded(value: Any) -> Any:
    """The same, its floats to four places."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 4) if isinstance(value, float) else value


def main() -> None:
    files = sorted(HERE.glob("*.gcode"))
    found = {file.name: rounded(said) for file, said in zip(files, analyse(Path(sys.argv[1]), files))}
    EXPECTED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
