"""How long the program takes, compared with the work that it cannot avoid. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/startup.py [--runs 21])

Whole processes are run in pairs and in turns, so that a busy moment affects both; the table has medians, of the times and of the
ratio in each pair. On a busy computer the ratio of CPU time is the steadier one. The program is installed as users have it (not
editable) in an environment of its own, with the sandbox plugin; the bare scripts run in the same environment. The server is a
real OctoPrint with its virtual printer, run by the sandbox.
"""

from __future__ import annotations

import statistics
import sys
from typing import Dict, List, NamedTuple

from measure import FOLDER, PROGRAM_AND_SANDBOX, count, in_turns, install, markdown, option_parser, real_octoprint, report, run

PROGRAM = FOLDER / "venv" / "bin" / "octoprint-cli"
PYTHON = FOLDER / "venv" / "bin" / "python"

#: The three requests that `status` makes to an idle server, over one connection, as a careful script would make them.
BARE_STATUS = """
import json, os, requests
session = requests.Session()
session.headers["X-Api-Key"] = os.environ["OCTOPRINT_API_KEY"]
for path in ("/api/job", "/api/files/local?recursive=true", "/api/printer"):
    print(json.dumps(session.get(os.environ["OCTOPRINT_HOST"] + path, timeout=30).json(), indent=2))
"""


class Comparison(NamedTuple):
    """A command line of ours, the script it is compared with, and the largest ratio that we aim for."""

    name: str
    argv: List[str]
    script_name: str
    script: str
    target: float


COMPARISONS = (
    Comparison("`status --json`", ["status", "--json"], "bare script: requests and the same three GETs", BARE_STATUS, 1.15),
    Comparison("`--help`", ["--help"], '`python -c "import requests"`', "import requests", 0.85),
    Comparison("`--version`", ["--version"], '`python -c "import requests"`', "import requests", 0.85),
)
COLUMNS = ("ours", "median", "against", "median", "ratio", "ratio of CPU time", "target at most")


def compare(comparison: Comparison, environ: Dict[str, str], runs: int) -> List[str]:
    """Measure a comparison. Returns a row of the table."""
    lines = [str(PROGRAM), *comparison.argv], [str(PYTHON), "-c", comparison.script]
    ours, bare = in_turns([lambda line=line: run(line, environ) for line in lines], runs)
    medians = [f"{statistics.median(one.seconds for one in results) * 1000:.0f} ms" for results in (ours, bare)]
    ratio = statistics.median(own.seconds / other.seconds for own, other in zip(ours, bare))
    of_cpu = statistics.median(own.cpu / other.cpu for own, other in zip(ours, bare))
    row = [comparison.name, medians[0], comparison.script_name, medians[1], f"**{ratio:.2f}**", f"{of_cpu:.2f}"]
    return [*row, f"{comparison.target:.2f}"]


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--runs", type=count, default=21, metavar="N", help="processes of each kind (default: 21)")
    runs = parser.parse_args().runs
    with real_octoprint(install("venv", *PROGRAM_AND_SANDBOX)) as environ:
        rows = [compare(comparison, environ, runs) for comparison in COMPARISONS]
    report(f"medians of {runs} processes each, in turns", markdown(COLUMNS, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
