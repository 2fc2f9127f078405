"""What installed plugins cost a command that is not theirs. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/plugins.py [--runs 41] [--plugins 20])

Whole processes are run in pairs and in turns, so that a busy moment affects both; the table has medians and their ratio. One
environment has only the program and the sandbox, the other has twenty more plugins. Each of these is a package of its own, written
by `plugins new` and installed by pip as users install it (not editable). The server is a real OctoPrint with its virtual printer,
run by the sandbox.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

from measure import (
    FOLDER,
    PROGRAM_AND_SANDBOX,
    count,
    in_turns,
    install,
    install_plugins,
    markdown,
    option_parser,
    real_octoprint,
    report,
    run,
)


class Command(NamedTuple):
    """A command line, and the largest ratio that we aim for, if any."""

    argv: List[str]
    target: Optional[float]


COMMANDS = (Command(["status", "--json"], 1.05), Command(["--version"], None), Command(["--help"], None))


def write_plugins(program: Path, number: int) -> List[str]:
    """Write that many plugins. Returns their folders."""
    parent = FOLDER / "plugins"
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True)
    names = [f"bench-{index:02}" for index in range(1, number + 1)]
    for name in names:
        subprocess.run([str(program), "plugins", "new", name], cwd=str(parent), check=True, stdout=subprocess.DEVNULL)
    return [str(parent / f"octoprint-cli-{name}") for name in names]


def compare(command: Command, environments: Sequence[Path], environ: Dict[str, str], runs: int) -> List[str]:
    """Measure a command line in both environments. Returns a row of the table."""
    lines = [[str(programs / "octoprint-cli"), *command.argv] for programs in environments]
    results = in_turns([lambda line=line: run(line, environ).seconds for line in lines], runs)
    few, many = (statistics.median(seconds) * 1000 for seconds in results)
    target = f"{command.target:.2f}" if command.target else ""
    return [f"`{' '.join(command.argv)}`", f"{few:.0f} ms", f"{many:.0f} ms", f"**{many / few:.2f}**", target]


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--runs", type=count, default=41, metavar="N", help="processes of each kind (default: 41)")
    parser.add_argument("--plugins", type=count, default=20, metavar="N", help="number of plugins (default: 20)")
    arguments = parser.parse_args()
    few = install("venv", *PROGRAM_AND_SANDBOX)
    shutil.rmtree(FOLDER / "many", ignore_errors=True)  # an earlier run may have installed another number of plugins
    many = install("many", *PROGRAM_AND_SANDBOX)
    install_plugins(many, write_plugins(few / "octoprint-cli", arguments.plugins))
    with real_octoprint(few) as environ:
        rows = [compare(command, (few, many), environ, arguments.runs) for command in COMMANDS]
    columns = ("command", "no plugin but the sandbox", f"{arguments.plugins} more", "ratio", "target at most")
    report(f"medians of {arguments.runs} processes each, in turns", markdown(columns, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
