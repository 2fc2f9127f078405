"""How soon events are reported, and what waiting costs. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/watch.py [--cycles 50] [--seconds 120])

The server is a real OctoPrint with its virtual printer, run by the sandbox, in the middle of a long job.

Reporting: the job is paused and resumed through the server's own API while `watch --json` runs as a process. The server logs each
change of state with the time; a report's time is that of the line's arrival in this process. Both clocks are this computer's.
A bare websocket, read in this process, shows how much of the delay is the server's own.

Waiting: of two runs of `wait`, one waits a given number of seconds longer. The difference of their CPU times is the cost of waiting
while the server sends its state twice a second. Their requests go through a proxy that counts them: what both runs make belongs to
the start and the end, and the difference is the steady part, which is extrapolated to ten minutes.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple

import requests
import websocket
from counting_proxy import CountingProxy
from measure import PROGRAM_AND_SANDBOX, SANDBOX, count, install, markdown, option_parser, real_octoprint, report, run
from startup import PROGRAM

TARGET_MS, TARGET_SECONDS_APART, TEN_MINUTES = 100, 30, 600
#: The duration of the shorter wait; its start and its end take less.
SHORT_SECONDS = 10
#: Changes of state take far less than this many seconds.
TIMEOUT = 30
JOB = "M104 S25\nG28\nG90\nM82\nG1 X10 Y10 Z0.2 F6000\nG1 X20 E1\nM104 S0\n" + "G4 P100\n" * 36000
STATES = ("Paused", "Printing")
_LOGGED_CHANGE = re.compile(r'^(\S+ \S+),(\d{3}) .*Changing monitoring state from "[^"]*" to "([^"]*)"')

Changes = List["Change"]
Row = List[str]


class Change(NamedTuple):
    """A state, and when it was seen, in seconds since 1970."""

    state: str
    time: float


class Server:
    """The sandbox's server and its API."""

    def __init__(self, environ: Dict[str, str]) -> None:
        self.host, self.key = environ["OCTOPRINT_HOST"], environ["OCTOPRINT_API_KEY"]
        status = run([str(PROGRAM), "--json", "sandbox", "status", "--name", SANDBOX], environ)
        self._log = Path(json.loads(status.stdout)["data"]["path"]) / "base" / "logs" / "octoprint.log"

    def request(self, method: str, path: str, **body: Any) -> Any:
        """Make a request and return the JSON of its answer."""
        response = requests.request(method, self.host + path, headers={"X-Api-Key": self.key}, timeout=30, **body)
        response.raise_for_status()
        return response.json() if response.content else None

    def start_job(self) -> None:
        """Upload the job, start it, and wait until it prints."""
        self.request("POST", "/api/files/local", files={"file": ("bench.gcode", JOB)}, data={"print": "true"})
        _wait_until(lambda: self.request("GET", "/api/job")["state"] == "Printing")

    def cancel_job(self) -> None:
        """Cancel the job, and wait until the printer is idle."""
        self.request("POST", "/api/job", json={"command": "cancel"})
        _wait_until(lambda: self.request("GET", "/api/job")["state"] == "Operational")

    def logged_changes(self) -> Changes:
        """Return the changes of state in the server's log."""
        found = filter(None, map(_LOGGED_CHANGE.match, self._log.read_text(errors="replace").splitlines()))
        return [Change(match.group(3), _timestamp(match.group(1)) + int(match.group(2)) / 1000) for match in found]


def _timestamp(local_time: str) -> float:
    return datetime.datetime.strptime(local_time, "%Y-%m-%d %H:%M:%S").timestamp()


def _wait_until(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit("the server does not behave as expected: is another client using it?")
        time.sleep(0.02)


@contextlib.contextmanager
def program_watching(environ: Dict[str, str]) -> Iterator[Changes]:
    """Run `watch --json`, and yield a list to which it adds the states that it reports."""
    seen: Changes = []
    connected = threading.Event()
    line = [str(PROGRAM), "--json", "watch", "--events", "state,connection"]
    with subprocess.Popen(line, env=environ, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        threading.Thread(target=_read_events, args=(process.stdout, seen, connected), daemon=True).start()
        try:
            if not connected.wait(TIMEOUT):
                raise SystemExit("watch did not connect to the push socket")
            yield seen
        finally:
            process.kill()


def _read_events(stdout: Any, seen: Changes, connected: threading.Event) -> None:
    for line in stdout:
        now, event = time.time(), json.loads(line)
        if event.get("type") == "state":
            seen.append(Change(event["state"], now))
        elif event.get("type") == "connection" and event["up"]:
            connected.set()


@contextlib.contextmanager
def websocket_watching(server: Server) -> Iterator[Changes]:
    """Open a bare websocket, and yield a list to which it adds the states that the server sends."""
    seen: Changes = []
    connection = websocket.create_connection(server.host.replace("http", "ws", 1) + "/sockjs/websocket", timeout=TIMEOUT)
    connection.send(json.dumps({"subscribe": {"state": False, "events": ["PrinterStateChanged"], "plugins": False}}))
    user = server.request("POST", "/api/login", json={"passive": True})
    connection.send(json.dumps({"auth": f"{user['name']}:{user['session']}"}))
    threading.Thread(target=_read_messages, args=(connection, seen), daemon=True).start()
    try:
        yield seen
    finally:
        connection.close()


def _read_messages(connection: Any, seen: Changes) -> None:
    with contextlib.suppress(Exception):  # the thread ends when its socket is closed
        while True:
            message, now = json.loads(connection.recv()), time.time()
            if "event" in message:
                seen.append(Change(message["event"]["payload"]["state_string"], now))


def pause_and_resume(server: Server, cycles: int, *watchers: Changes) -> None:
    """Pause and resume the job; each change waits until all watchers have seen the one before."""
    for number in range(cycles * 2):
        action, state = (("pause", "Paused"), ("resume", "Printing"))[number % 2]
        before = [len(seen) for seen in watchers]
        server.request("POST", "/api/job", json={"command": "pause", "action": action})
        for seen, start in zip(watchers, before):
            _wait_until(lambda seen=seen, start=start, state=state: any(change.state == state for change in seen[start:]))
        time.sleep(0.1)


def delays(logged: Changes, seen: Changes, since: float) -> List[float]:
    """Return the milliseconds from each logged change to Paused or Printing until it was seen."""
    theirs, ours = (_from_first_pause(changes, since) for changes in (logged, seen))
    if [change.state for change in theirs] != [change.state for change in ours]:
        raise SystemExit(f"the log has {len(theirs)} changes, but {len(ours)} were seen")
    return [(our.time - its.time) * 1000 for its, our in zip(theirs, ours)]


def _from_first_pause(changes: Changes, since: float) -> Changes:
    """Return the changes from the first pause on: the state that a watcher reports when it connects may come before it."""
    recent = [change for change in changes if change.state in STATES and change.time > since]
    return list(itertools.dropwhile(lambda change: change.state != "Paused", recent))


def measure_reporting(server: Server, environ: Dict[str, str], cycles: int) -> List[Row]:
    """Measure the delay of reports. Returns rows of the table."""
    with program_watching(environ) as ours, websocket_watching(server) as bare:
        begun = time.time()
        pause_and_resume(server, cycles, ours, bare)
        logged = server.logged_changes()
        found = [delays(logged, seen, begun) for seen in (ours, bare)]
    rows = []
    for name, values, target in zip(("`watch --json`", "a bare websocket, for comparison"), found, (f"{TARGET_MS} ms", "")):
        median = f"**{statistics.median(values):.1f} ms**"
        rows.append([f"change of state to {name}: median of {len(values)}", median, target])
        rows.append(["worst", f"{max(values):.1f} ms", ""])
    return rows


class WaitCost(NamedTuple):
    """The requests and the CPU seconds of a wait."""

    requests: int
    cpu: float


def wait(proxy: CountingProxy, environ: Dict[str, str], seconds: int) -> WaitCost:
    """Run a `wait` for the end of the job, which does not come in this time."""
    before = proxy.requests
    line = [str(PROGRAM), "--json", "wait", "--timeout", str(seconds)]
    done = run(line, {**environ, "OCTOPRINT_HOST": proxy.host}, check=False)
    error = json.loads(done.stdout)["error"]
    if error["code"] != "WAIT_TIMEOUT":
        raise SystemExit(f"wait did not time out: {error}")
    return WaitCost(proxy.requests - before, done.cpu)


def measure_waiting(server: Server, environ: Dict[str, str], seconds: int) -> List[Row]:
    """Measure the cost of waiting. Returns rows of the table."""
    proxy = CountingProxy(server.host)
    short, long = wait(proxy, environ, SHORT_SECONDS), wait(proxy, environ, SHORT_SECONDS + seconds)
    steady = long.requests - short.requests
    ten_minutes = short.requests + steady / seconds * (TEN_MINUTES - SHORT_SECONDS)
    rate = f"**one in {seconds / steady:.0f} s**" if steady else "**none**"
    return [
        [f"requests of a `wait` of {SHORT_SECONDS} s: its start and its end", str(short.requests), ""],
        [f"requests while it waits, in {seconds} s more: {steady}", rate, f"one in {TARGET_SECONDS_APART} s"],
        ["requests of a `wait` of ten minutes, extrapolated", f"{ten_minutes:.0f}", ""],
        ["CPU while waiting", f"**{(long.cpu - short.cpu) / seconds:.2%}** of a core", ""],
    ]


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--cycles", type=count, default=50, metavar="N", help="number of pauses and resumes (default: 50)")
    longer = "how much longer the longer wait is (default: 120)"
    parser.add_argument("--seconds", type=count, default=120, metavar="N", help=longer)
    arguments = parser.parse_args()
    with real_octoprint(install("venv", *PROGRAM_AND_SANDBOX)) as environ:
        server = Server(environ)
        server.start_job()
        rows = measure_reporting(server, environ, arguments.cycles) + measure_waiting(server, environ, arguments.seconds)
        server.cancel_job()
    report("in the middle of a job", markdown(("", "measured", "target at most"), rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
