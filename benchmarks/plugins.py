"""What installed plugins cost a command that is none of theirs. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/plugins.py [--runs 41] [--plugins 20])

Whole processes, in pairs, in one run, taking turns so that a busy moment hits both; medians, and their ratio. One environment has
the program and the sandbox alone, the other has twenty plugins more, each a package of its own that `plugins new` wrote, installed
by pip as users install them (not editable). The server is a real OctoPrint with its virtual printer, started by the sandbox.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from measure import FOLDER, REPOSITORY, install, run, serving

BASE = [str(REPOSITORY), str(REPOSITORY / "plugins" / "octoprint-cli-sandbox")]


class Command(NamedTuple):
    """A command line, and the ratio that we aim for at most, if we do."""

    argv: List[str]
    target: Optional[float]


COMMANDS = (Command(["status", "--json"], 1.05), Command(["--version"], None), Command(["--help"], None))


def written(program: Path, count: int) -> List[str]:
    """So many plugins, in a folder each."""
    below = FOLDER / "plugins"
    shutil.rmtree(below, ignore_errors=True)
    below.mkdir(parents=True)
    names = [f"bench-{number:02}" for number in range(1, count + 1)]
    for name in names:
        subprocess.run([str(program), "plugins", "new", name], cwd=str(below), check=True, stdout=subprocess.DEVNULL)
    return [str(below / f"octoprint-cli-{name}") for name in names]


def add(programs: Path, folders: List[str]) -> None:
    """Install them, in the environment itself: one for each build would take minutes."""
    pip = [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "setuptools>=61", "wheel"], check=True)
    subprocess.run([*pip, "--no-build-isolation", "--no-deps", *folders], check=True)


def measure(command: Command, programs: Dict[str, Path], environ: Dict[str, str], runs: int) -> str:
    """A row of the table."""
    lines = [[str(programs[name] / "octoprint-cli"), *command.argv] for name in ("none", "many")]
    for line in lines:  # compiled files and caches are there for both
        run(line, environ)
    times = [[run(line, environ).seconds * 1000 for line in lines] for _ in range(runs)]
    none, many = (statistics.median(column) for column in zip(*times))
    target = f"{command.target:.2f}" if command.target else ""
    return f"| `{' '.join(command.argv)}` | {none:.0f} ms | {many:.0f} ms | **{many / none:.2f}** | {target} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=41, help="processes of each kind (41)")
    parser.add_argument("--plugins", type=int, default=20, metavar="N", help="how many (20)")
    asked = parser.parse_args()
    runs, count = max(asked.runs, 1), max(asked.plugins, 1)
    programs = {"none": install("venv", *BASE)}
    shutil.rmtree(FOLDER / "many", ignore_errors=True)  # another number of them may be there
    programs["many"] = install("many", *BASE)
    add(programs["many"], written(programs["none"] / "octoprint-cli", count))
    with serving(programs["none"]) as environ:
        rows = [measure(command, programs, environ, runs) for command in COMMANDS]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {runs} processes each, in turns:\n")
    print(f"| command | no plugin but the sandbox | {count} more | ratio | target at most |\n|---|---|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
