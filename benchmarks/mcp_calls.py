"""What a call costs in addition to its requests: a call of the MCP server, and a line of `batch`. Prints a Markdown table.

    python benchmarks/mcp_calls.py [--runs N]        (Python 3.10 or later, for the SDK)

Calls of one process are made in pairs with the same requests by a plain requests.Session, in turns, so that a busy moment affects
both. The table has medians, and the median of the differences. A call is measured from the line that is written to the line that is
read. The program is installed as users have it; the server is a real OctoPrint with its virtual printer, run by the sandbox.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List, NamedTuple

import requests
from measure import PROGRAM_AND_SANDBOX, REPOSITORY, count, in_turns, install, markdown, option_parser, real_octoprint, report

TARGET_MS = 5.0
COLUMNS = ("call", "median", "against", "median", "over it", "target at most")


class Call(NamedTuple):
    """A call, and the requests that it makes to an idle server on which nothing was ever printed."""

    tool: str
    arguments: Dict[str, Any]
    paths: List[str]


CALLS = (
    Call("temp", {}, ["/api/printer"]),
    Call("files", {"location": "local"}, ["/api/files/local?recursive=true"]),
    Call("status", {}, ["/api/job", "/api/files/local?recursive=true", "/api/printer"]),
)


class LineProcess:
    """A process that answers each line of JSON with another."""

    def __init__(self, line: List[str], environ: Dict[str, str]) -> None:
        self._process = subprocess.Popen(line, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def write(self, message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def ask(self, message: Any) -> Any:
        self.write(message)
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process by closing its input."""
        self._process.communicate()


class McpServer(LineProcess):
    """`mcp serve`, initialized."""

    def __init__(self, program: str, environ: Dict[str, str]) -> None:
        super().__init__([program, "mcp", "serve"], environ)
        client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        self._request("initialize", client)
        self.write({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def call(self, call: Call) -> None:
        assert not self._request("tools/call", {"name": call.tool, "arguments": call.arguments})["isError"]

    def _request(self, method: str, params: Dict[str, Any]) -> Any:
        return self.ask({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})["result"]


class Batch(LineProcess):
    """`batch`, which reads command lines from stdin."""

    def __init__(self, program: str, environ: Dict[str, str]) -> None:
        super().__init__([program, "--json", "batch"], environ)

    def call(self, call: Call) -> None:
        options = [f"--{name}={value}" for name, value in call.arguments.items()]
        assert self.ask([call.tool, *options])["exit_code"] == 0


def milliseconds(action: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - begun)


def compare(name: str, process: Any, call: Call, bare: Callable[[Call], None], runs: int) -> List[str]:
    """Measure a call and its bare requests. Returns a row of the table."""
    times = in_turns([lambda: milliseconds(lambda: process.call(call)), lambda: milliseconds(lambda: bare(call))], runs)
    ours, theirs = map(statistics.median, times)
    over = statistics.median(own - other for own, other in zip(*times))
    requests_made = f"{len(call.paths)} request" + ("s" if len(call.paths) > 1 else "")
    medians = [f"{name} `{call.tool}`", f"{ours:.1f} ms", requests_made, f"{theirs:.1f} ms"]
    return [*medians, f"**{over:.1f} ms**", f"{TARGET_MS:.0f} ms"]


def measure_calls(program: str, environ: Dict[str, str], runs: int) -> List[List[str]]:
    """Measure all calls of both kinds of process. Returns the rows of the table."""
    kinds: Dict[str, Callable[[str, Dict[str, str]], LineProcess]] = {"MCP": McpServer, "`batch`": Batch}
    rows = []
    with requests.Session() as session:
        session.trust_env = False
        session.headers["X-Api-Key"] = environ["OCTOPRINT_API_KEY"]

        def bare(call: Call) -> None:
            for path in call.paths:
                session.get(environ["OCTOPRINT_HOST"] + path, timeout=30).json()

        for name, kind in kinds.items():
            process = kind(program, environ)
            rows += [compare(name, process, call, bare, runs) for call in CALLS]
            process.close()
    return rows


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--runs", type=count, default=101, metavar="N", help="calls of each kind (default: 101)")
    runs = parser.parse_args().runs
    if sys.version_info < (3, 10):
        raise SystemExit("the SDK of MCP needs Python 3.10 or later")
    programs = install("mcp", *PROGRAM_AND_SANDBOX, str(REPOSITORY / "plugins" / "octoprint-cli-mcp"))
    with real_octoprint(programs) as environ:
        rows = measure_calls(str(programs / "octoprint-cli"), environ, runs)
    report(f"medians of {runs} calls each, in turns", markdown(COLUMNS, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
