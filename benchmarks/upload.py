"""How fast an upload is, and how much memory it takes. Prints Markdown tables.

    python benchmarks/upload.py [--size MiB] [--rounds N] [--swallow]      (with the Python that octoprint-cli is installed in)

Every program sends the same file to the same server (benchmarks/upload_server.py), each in a process of its own and in turns, so
that a busy moment affects all of them. The table has medians; the ratio is the median of each round's ratio. A transfer is timed
inside its process, from the call to the answer, because Python takes a quarter of a second to start and curl a hundredth, which
has nothing to do with throughput; for curl it is its own `time_total`. The time of the whole process is in the next column. Ours
also computes the SHA-1 and asks what the server holds afterwards; the others do neither. The last row is SHA-1 alone: no verified
upload can be faster. Run this on an otherwise idle machine: our upload uses two cores beside the server's.

Memory is the largest resident set of the whole program, of `octoprint-cli upload` for 1 GiB and of `octoprint-cli status`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional

from measure import MIB, clean_environment, count, in_turns, markdown, option_parser, report, run

SERVER = Path(__file__).resolve().with_name("upload_server.py")
#: Nothing here takes a minute, so a longer process hangs.
TIMEOUT = 600
MEMORY_ROUNDS, MEMORY_MIB, MEMORY_TARGET = 3, 1024, 40

OURS = """
import sys, time
from pathlib import Path
from octoprint_cli.client.client import Client
from octoprint_cli.client.http.server_address import ServerAddress
client, path = Client(ServerAddress(sys.argv[1], "key")), Path(sys.argv[2])
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


class Sender(NamedTuple):
    """A process that sends the file and prints its seconds, and the smallest ratio of our throughput to its that we aim for."""

    name: str
    line: List[str]
    target: Optional[float] = None


class Times(NamedTuple):
    """The seconds of a transfer, and of the process that made it."""

    transfer: float
    process: float


def senders(host: str, file: Path, size: int) -> List[Sender]:
    """Return all that are compared: ours first, and SHA-1 alone last."""
    python = [sys.executable, "-c"]
    found = [Sender("**octoprint-cli**, with SHA-1", [*python, OURS, host, str(file)])]
    curl = shutil.which("curl")
    if curl:
        form = ["-F", f"file=@{file}", "--output", os.devnull, "--write-out", "%{time_total}"]
        found.append(Sender("`curl -F file=@...`", [curl, "--silent", "--fail", *form, f"{host}/api/files/local"], 0.7))
    else:
        print("curl is not installed: its row is left out", file=sys.stderr)
    found.append(Sender("`requests.post(files=...)`", [*python, REQUESTS, host, str(file)], 2.0))
    return [*found, Sender("SHA-1 alone, nothing sent", [*python, SHA1, str(size)])]


def send(sender: Sender, environ: Dict[str, str]) -> Times:
    """Run a sender once."""
    begun = time.perf_counter()
    done = subprocess.run(sender.line, env=environ, check=True, stdout=subprocess.PIPE, timeout=TIMEOUT)
    return Times(float(done.stdout), time.perf_counter() - begun)


def throughput(found: List[Sender], environ: Dict[str, str], size: int, rounds: int) -> str:
    """Measure the senders. Returns the table of throughput."""
    times = in_turns([lambda sender=sender: send(sender, environ) for sender in found], rounds)
    rows = [_throughput_row(sender, size, own, times[0]) for sender, own in zip(found, times)]
    return markdown(("", "transfer", "throughput", "whole process", "our throughput to its", "target at least"), rows)


def _throughput_row(sender: Sender, size: int, own: List[Times], ours: List[Times]) -> List[object]:
    transfer, process = (statistics.median(column) for column in zip(*own))
    row = [sender.name, f"{transfer:.3f} s", f"{size / transfer:.0f} MiB/s", f"{process:.3f} s"]
    if own is ours:
        return [*row, "", ""]
    # The ratio is taken in each round: a busy minute changes the medians more than it changes which one is faster.
    ratio = statistics.median(its.transfer / our.transfer for its, our in zip(own, ours))
    return [*row, f"**{ratio:.2f}**", sender.target or ""]


def memory(folder: Path, environ: Dict[str, str]) -> str:
    """Measure an upload and a status. Returns the table of memory."""
    file = folder / "large.gcode"
    file.touch()
    os.truncate(file, MEMORY_MIB * MIB)  # a sparse file, which is read like any other and takes no space
    program = [sys.executable, "-m", "octoprint_cli"]
    lines = [*program, "status"], [*program, "upload", str(file)]
    peaks = in_turns([lambda line=line: run(line, environ).peak for line in lines], MEMORY_ROUNDS, warm_up=False)
    status, upload = map(statistics.median, peaks)
    rows: List[List[object]] = [
        ["`octoprint-cli status`", f"{status:.1f} MiB", "", ""],
        [
            *(f"`octoprint-cli upload`, {MEMORY_MIB} MiB", f"{upload:.1f} MiB"),
            *(f"**{upload - status:.1f} MiB**", f"{MEMORY_TARGET} MiB"),
        ],
    ]
    return markdown(("", "largest resident set", "above `status`", "target at most"), rows)


@contextlib.contextmanager
def upload_server(swallow: bool) -> Iterator[str]:
    """Run the server in a process of its own, and yield its address."""
    options = ["--swallow"] if swallow else []
    with subprocess.Popen([sys.executable, str(SERVER), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def environment(host: str, folder: Path) -> Dict[str, str]:
    """Return an environment in which the programs know only this server."""
    server = {"CURL_HOME": str(folder), "OCTOPRINT_HOST": host, "OCTOPRINT_API_KEY": "key"}
    return {**clean_environment(folder), **server}


def write_file(file: Path, size: int) -> None:
    """Write a file of that many MiB, which does not compress."""
    block = os.urandom(MIB)
    with file.open("wb") as out:
        for _ in range(size):
            out.write(block)


def main() -> int:
    parser = option_parser(__doc__)
    size = "size of the file (default: 512); requests needs twice that in memory"
    parser.add_argument("--size", type=count, default=512, metavar="MiB", help=size)
    parser.add_argument("--rounds", type=count, default=7, metavar="N", help="uploads of each kind (default: 7)")
    parser.add_argument("--swallow", action="store_true", help="make the server discard the bytes instead of writing them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="octoprint-cli-bench-") as name, upload_server(arguments.swallow) as host:
        folder = Path(name)
        environ, file = environment(host, folder), folder / "bench.gcode"
        write_file(file, arguments.size)
        speed = throughput(senders(host, file, arguments.size), environ, arguments.size, arguments.rounds)
        space = memory(folder, environ)
    report(f"{arguments.size} MiB, medians of {arguments.rounds} uploads each, in turns", speed, space)
    return 0


if __name__ == "__main__":
    sys.exit(main())
