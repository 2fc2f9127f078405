"""What a call costs over its requests: of the MCP server, and of a line of `batch`. Prints a Markdown table.

    python benchmarks/mcp.py [--runs N]        (Python 3.10 or later, for the SDK)

Calls of one process, in pairs with the same requests made by a plain requests.Session here, taking turns so that a busy moment
hits both; medians, and the median of the differences. Each is measured from the line that goes in to the line that comes out. The
program is installed as users have it, and the server is a real OctoPrint with its virtual printer, started by the sandbox.

This name hides that of the SDK, which is not needed here: its protocol is lines of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, NamedTuple

from measure import REPOSITORY, install, serving

sys.path.pop(0)  # what is imported from here on may want what a script beside this one hides
import requests

TARGET = 5.0


class Pair(NamedTuple):
    """A call, and the requests that it makes of an idle server on which nothing was ever printed."""

    tool: str
    given: Dict[str, Any]
    paths: List[str]


PAIRS = (
    Pair("temp", {}, ["/api/printer"]),
    Pair("files", {"location": "local"}, ["/api/files/local?recursive=true"]),
    Pair("status", {}, ["/api/job", "/api/files/local?recursive=true", "/api/printer"]),
)


class Lines:
    """A process that answers a line with a line."""

    def __init__(self, line: List[str], environ: Dict[str, str]) -> None:
        self.process = subprocess.Popen(line, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, message: Any) -> Any:
        self.say(message)
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate()


class Server(Lines):
    """`mcp serve`, greeted."""

    def __init__(self, program: str, environ: Dict[str, str]) -> None:
        super().__init__([program, "mcp", "serve"], environ)
        about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        self.request("initialize", about)
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def request(self, method: str, params: Dict[str, Any]) -> Any:
        return self.ask({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})["result"]

    def call(self, pair: Pair) -> None:
        assert not self.request("tools/call", {"name": pair.tool, "arguments": pair.given})["isError"]


class Batch(Lines):
    """`batch`."""

    def __init__(self, program: str, environ: Dict[str, str]) -> None:
        super().__init__([program, "--json", "batch"], environ)

    def call(self, pair: Pair) -> None:
        options = [f"--{name}={value}" for name, value in pair.given.items()]
        assert self.ask([pair.tool, *options])["exit_code"] == 0


def seconds(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def row(name: str, asked: Any, pair: Pair, bare: Callable[[Pair], None], runs: int) -> str:
    """A row of the table."""
    for warm in (asked.call, bare):
        warm(pair)
    times = [(1000 * seconds(lambda: asked.call(pair)), 1000 * seconds(lambda: bare(pair))) for _ in range(runs)]
    own, other = (statistics.median(column) for column in zip(*times))
    over = statistics.median(ours - theirs for ours, theirs in times)
    count = f"{len(pair.paths)} request" + ("s" if len(pair.paths) > 1 else "")
    return f"| {name} `{pair.tool}` | {own:.1f} ms | {count} | {other:.1f} ms | **{over:.1f} ms** | {TARGET:.0f} ms |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=101, metavar="N", help="calls of each kind (101)")
    runs = max(parser.parse_args().runs, 1)
    if sys.version_info < (3, 10):
        raise SystemExit("the SDK of MCP needs Python 3.10 or later")
    plugins = [str(REPOSITORY / "plugins" / f"octoprint-cli-{name}") for name in ("sandbox", "mcp")]
    programs = install("mcp", str(REPOSITORY), *plugins)
    with serving(programs) as environ, requests.Session() as session:
        session.trust_env = False
        session.headers["X-Api-Key"] = environ["OCTOPRINT_API_KEY"]

        def bare(pair: Pair) -> None:
            for path in pair.paths:
                session.get(environ["OCTOPRINT_HOST"] + path, timeout=30).json()

        rows = []
        for name, kind in (("MCP", Server), ("`batch`", Batch)):
            asked = kind(str(programs / "octoprint-cli"), environ)
            rows += [row(name, asked, pair, bare, runs) for pair in PAIRS]
            asked.end()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, medians of {runs} calls each, in turns:\n")
    print("| call | median | against | median | over it | target at most |\n|---|---|---|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
