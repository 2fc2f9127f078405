"""How fast an upload is, and how much memory it takes. Prints Markdown tables.

    python benchmarks/upload.py [--size MiB] [--rounds N] [--swallow]      (with the Python that octoprint-cli is installed in)

All to the same server (benchmarks/sink.py), of the same file, each in a process of its own, taking turns so that a busy moment
hits all; medians, the ratio's being that of the ratios in each round. A transfer is timed inside its process, from the call to
the answer, because a Python needs a quarter of a second to begin and curl a hundredth, which has nothing to do with throughput;
for curl it is curl's own `time_total`. The whole process is shown beside it. Ours computes the SHA-1 meanwhile, and asks
afterwards what the server holds; the others do neither. What SHA-1 takes alone is the last row: no upload that is checked can
be faster. It needs a machine with nothing else to do: ours works on two cores beside the server's.

Memory is the largest resident set of the whole program, `octoprint-cli upload` of 1 GiB beside `octoprint-cli status`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional

import measure
from measure import MIB

SINK = Path(__file__).resolve().with_name("sink.py")
#: Nothing here takes a minute; what does is stuck.
PATIENCE = 600

OURS = """
import sys, time
from pathlib import Path
from octoprint_cli.client.client import Client
client, path = Client(sys.argv[1], "key"), Path(sys.argv[2])
begun = time.perf_counter()
client.uploads.upload(path)
print(time.perf_counter() - begun)
"""
REQUESTS = """
import sys, time, requests
begun = time.perf_counter()
with open(sys.argv[2], "rb") as file:
    requests.post(sys.argv[1] + "/api/files/local", files={"file": file}).raise_for_status()
print(time.perf_counter() - begun)
"""
SHA1 = """
import hashlib, sys, time
chunk, rounds, sha1 = bytes(512 * 1024), int(sys.argv[1]) * 2, hashlib.sha1()
begun = time.perf_counter()
for _ in range(rounds):
    sha1.update(chunk)
print(time.perf_counter() - begun)
"""


class Row(NamedTuple):
    """A way to send the file: a process that prints its seconds, and what our throughput should be of its, at least."""

    name: str
    line: List[str]
    target: Optional[float] = None


class Times(NamedTuple):
    """Seconds."""

    transfer: float
    process: float


def rows(host: str, file: Path, size: int) -> List[Row]:
    python = [sys.executable, "-c"]
    found = [Row("**octoprint-cli**, with SHA-1", [*python, OURS, host, str(file)])]
    curl = shutil.which("curl")
    if curl:
        form = ["-F", f"file=@{file}", "--output", os.devnull, "--write-out", "%{time_total}"]
        found.append(Row("`curl -F file=@...`", [curl, "--silent", "--fail", *form, f"{host}/api/files/local"], 0.7))
    else:
        print("curl is not installed here: its row is left out", file=sys.stderr)
    found.append(Row("`requests.post(files=...)`", [*python, REQUESTS, host, str(file)], 2.0))
    return [*found, Row("SHA-1 alone, nothing sent", [*python, SHA1, str(size)])]


def run(row: Row, environ: Dict[str, str]) -> Times:
    begun = time.perf_counter()
    done = subprocess.run(row.line, env=environ, check=True, stdout=subprocess.PIPE, timeout=PATIENCE)
    return Times(float(done.stdout), time.perf_counter() - begun)


def throughput(found: List[Row], environ: Dict[str, str], size: int, rounds: int) -> str:
    """The first table."""
    for row in found:  # compiled files and caches are there for all
        run(row, environ)
    times = list(zip(*([run(row, environ) for row in found] for _ in range(rounds))))
    lines = ["| | transfer | throughput | whole process | our throughput to its | target at least |", "|---|---|---|---|---|---|"]
    for row, taken in zip(found, times):
        transfer, process = (statistics.median(column) for column in zip(*taken))
        # Of the two in one round, not of the medians: a busy minute changes the seconds more than it changes who is faster.
        ratio = statistics.median(its.transfer / own.transfer for its, own in zip(taken, times[0]))
        shown = f"**{ratio:.2f}** | {row.target or ''}" if row is not found[0] else " |"
        lines.append(f"| {row.name} | {transfer:.3f} s | {size / transfer:.0f} MiB/s | {process:.3f} s | {shown} |")
    return "\n".join(lines)


def peak(arguments: List[str], environ: Dict[str, str]) -> float:
    """The largest resident set in MiB of the program with these arguments."""
    return measure.run([sys.executable, "-m", "octoprint_cli", *arguments], environ).peak


def memory(folder: Path, environ: Dict[str, str], size: int) -> str:
    """The second table."""
    file = folder / "large.gcode"
    file.touch()
    os.truncate(file, size * MIB)  # a hole: it is read like any file and takes no space
    pairs = [(peak(["status"], environ), peak(["upload", str(file)], environ)) for _ in range(3)]
    status, upload = (statistics.median(column) for column in zip(*pairs))
    return (
        "| | largest resident set | above `status` | target at most |\n|---|---|---|---|\n"
        f"| `octoprint-cli status` | {status:.1f} MiB | | |\n"
        f"| `octoprint-cli upload`, {size} MiB | {upload:.1f} MiB | **{upload - status:.1f} MiB** | 40 MiB |"
    )


@contextlib.contextmanager
def sink(swallow: bool) -> Iterator[str]:
    """A server in a process of its own, for as long as this one lives: its address."""
    more = ["--swallow"] if swallow else []
    with subprocess.Popen([sys.executable, str(SINK), *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def aimed_at(host: str, folder: Path) -> Dict[str, str]:
    """An environment in which the program knows this server alone."""
    more = {"CURL_HOME": str(folder), "OCTOPRINT_HOST": host, "OCTOPRINT_API_KEY": "key"}
    return {**measure.without_settings(folder), **more}


def write(file: Path, size: int) -> None:
    block = os.urandom(MIB)
    with file.open("wb") as out:
        for _ in range(size):
            out.write(block)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--size", type=int, default=512, metavar="MiB", help="of the file; requests takes twice that in memory (512)"
    )
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="uploads of each kind (7)")
    parser.add_argument("--swallow", action="store_true", help="to a server that throws the bytes away instead of writing them")
    arguments = parser.parse_args()
    size, rounds = max(arguments.size, 1), max(arguments.rounds, 1)
    with tempfile.TemporaryDirectory(prefix="octoprint-cli-bench-") as name, sink(arguments.swallow) as host:
        folder = Path(name)
        environ, file = aimed_at(host, folder), folder / "bench.gcode"
        write(file, size)
        speed = throughput(rows(host, file, size), environ, size, rounds)
        space = memory(folder, environ, 1024)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {size} MiB, medians of {rounds} uploads each, in turns:\n")
    print(f"{speed}\n\n{space}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
