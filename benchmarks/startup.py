"""How long the program takes, beside what it cannot do without. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/startup.py [--runs 21])

Whole processes, in pairs, in one run, taking turns so that a busy moment hits both; medians, and their ratio. The program is
installed as users have it (not editable) in an environment of its own, with the sandbox plugin; the bare scripts run in the same
one. The server is a real OctoPrint with its virtual printer, started by the sandbox.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from typing import Dict, List, NamedTuple

from measure import FOLDER, REPOSITORY, install, serving

PROGRAM = FOLDER / "venv" / "bin" / "octoprint-cli"

#: The same three requests that `status` makes on an idle server, over one connection, as a careful script would make them.
BARE_STATUS = """
import json, os, requests
session = requests.Session()
session.headers["X-Api-Key"] = os.environ["OCTOPRINT_API_KEY"]
for path in ("/api/job", "/api/files/local?recursive=true", "/api/printer"):
    print(json.dumps(session.get(os.environ["OCTOPRINT_HOST"] + path, timeout=30).json(), indent=2))
"""


class Pair(NamedTuple):
    """Something of ours, what it is measured against, and the ratio that we aim for at most."""

    name: str
    ours: List[str]
    against: str
    script: str
    target: float


PAIRS = (
    Pair("`status --json`", ["status", "--json"], "bare script: requests and the same three GETs", BARE_STATUS, 1.25),
    Pair("`--help`", ["--help"], '`python -c "import requests"`', "import requests", 1.0),
    Pair("`--version`", ["--version"], '`python -c "import requests"`', "import requests", 1.0),
)


def seconds(line: List[str], environ: Dict[str, str]) -> float:
    """One whole process."""
    begun = time.perf_counter()
    subprocess.run(line, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def measure(pair: Pair, environ: Dict[str, str], runs: int) -> str:
    """A row of the table."""
    ours, theirs = [str(PROGRAM), *pair.ours], [str(FOLDER / "venv" / "bin" / "python"), "-c", pair.script]
    for line in (ours, theirs):  # compiled files and caches are there for both
        seconds(line, environ)
    times = [(seconds(ours, environ), seconds(theirs, environ)) for _ in range(runs)]
    own, other = (statistics.median(column) * 1000 for column in zip(*times))
    return f"| {pair.name} | {own:.0f} ms | {pair.against} | {other:.0f} ms | **{own / other:.2f}** | {pair.target:.2f} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21, help="processes of each kind (21)")
    runs = max(parser.parse_args().runs, 1)
    programs = install("venv", str(REPOSITORY), str(REPOSITORY / "plugins" / "octoprint-cli-sandbox"))
    with serving(programs) as environ:
        rows = [measure(pair, environ, runs) for pair in PAIRS]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {runs} processes each, in turns:\n")
    print("| ours | median | against | median | ratio | target at most |\n|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
