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
from typing import Any, Dict, Optional

import yaml

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "expected.json"
FIELDS = ("printing_area", "travel_area", "dimensions", "travel_dimensions", "extrusion_length")


def analyse(octoprint: Path, file: Path) -> Optional[Dict[str, Any]]:
    """What `octoprint analysis gcode` says of a file: the FIELDS (1.8 has no travels), or None where it finds no extrusion.

    It must not see the OctoPrint of whoever runs this: it has a base folder for the moment.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    with tempfile.TemporaryDirectory(prefix="octoprint-") as base:
        line = [str(octoprint), "--basedir", base, "analysis", "gcode", str(file)]
        done = subprocess.run(line, env=environ, check=True, capture_output=True, text=True, timeout=60)
    if "\nEMPTY:" in done.stdout:
        return None
    found = yaml.safe_load(done.stdout.partition("\nRESULTS:\n")[2])
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
    found = {file.name: rounded(analyse(Path(sys.argv[1]), file)) for file in files}
    EXPECTED.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
