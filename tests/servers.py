"""The end-to-end ring on several versions of OctoPrint, two at a time, each on two servers, and one table of them all.

    tests/servers.py [VERSION ...]

What each run says comes whole, when it has ended. The exit code is 0 if all of them passed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, NamedTuple

RING = Path(__file__).parent / "e2e"
AT_ONCE = 2
_ROW, _REASON = r"\| {0} \|.*", r"{0}: (failed|error|skipped|xfailed|xpassed): .*"


class Done(NamedTuple):
    """A run of the ring on one version."""

    version: str
    exit_code: int
    output: str

    def lines(self, pattern: str) -> List[str]:
        wanted = re.compile(pattern.format(re.escape(self.version)))
        return [line for line in self.output.splitlines() if wanted.fullmatch(line)]


def ring(version: str) -> Done:
    """Run it, and show what it says."""
    begun = time.monotonic()
    print(f"the end-to-end ring on OctoPrint {version} ...", flush=True)
    environ = {**os.environ, "OCTOPRINT_CLI_TEST_VERSIONS": version}
    line = [sys.executable, "-m", "pytest", str(RING), "-n", "2", "--dist", "loadfile"]
    done = subprocess.run(line, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"{done.stdout}\nOctoPrint {version}: {time.monotonic() - begun:.0f} s", flush=True)
    return Done(version, done.returncode, done.stdout)


def main(versions: List[str]) -> int:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        every = list(pool.map(ring, versions))
    heads = [line for done in every for line in done.output.splitlines() if line.startswith(("| OctoPrint |", "|---"))]
    print("\n" + "\n".join(heads[:2]))
    for done in every:
        print("\n".join(done.lines(_ROW)) or f"| {done.version} | did not run: see above |")
    print("\n" + "\n".join(reason for done in every for reason in done.lines(_REASON)))
    return max(done.exit_code for done in every)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or os.environ.get("OCTOPRINT_CLI_TEST_VERSIONS", "1.11.8 2.0.0rc7").split()))
