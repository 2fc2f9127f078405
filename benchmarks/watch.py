"""How soon what happens is told, and what waiting costs. Prints a Markdown table.

    make bench        (or: .venv/bin/python benchmarks/watch.py [--cycles 50] [--seconds 120])

On a real OctoPrint with its virtual printer, started by the sandbox, in the middle of a long job.

Told: the job is paused and resumed by the server's own API while `watch --json` runs as a process. The server writes each change
of state into its log with the time; the line's time is that of its arrival at this process. Both clocks are this machine's. A
bare websocket beside it, read in this process, shows how much of that is the server's own.

Waiting: two runs of `wait`, of which the longer one waits so many seconds longer. The difference of their CPU times is what the
waiting takes while the server sends its state twice a second. Their requests go through a proxy that counts them: what both make
is the start and the end, the difference is the steady part, which is extrapolated to ten minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional
from urllib.parse import urlsplit

import requests
import websocket
from measure import REPOSITORY, install, serving
from startup import PROGRAM

TARGET_MS, TARGET_SECONDS_APART, TEN_MINUTES = 100, 30, 600
#: The shorter of the two waits: its start and its end are over in less.
SHORT_SECONDS = 10
#: A change of state that takes longer does not come.
PATIENCE = 30
JOB = "M104 S25\nG28\nG90\nM82\nG1 X10 Y10 Z0.2 F6000\nG1 X20 E1\nM104 S0\n" + "G4 P100\n" * 36000
_CHANGE = re.compile(r'^(\S+ \S+),(\d{3}) .*Changing monitoring state from "[^"]*" to "([^"]*)"')
_REQUEST = re.compile(rb"(?:GET|POST) /")

Seen = List["Change"]


class Change(NamedTuple):
    """A state, and when it was seen, in seconds since 1970."""

    state: str
    time: float


class Server:
    """The sandbox's server, as its API shows it."""

    def __init__(self, environ: Dict[str, str]) -> None:
        self.host, self.key = environ["OCTOPRINT_HOST"], environ["OCTOPRINT_API_KEY"]
        shown = subprocess.run(
            [str(PROGRAM), "--json", "sandbox", "status", "--name", "bench"], env=environ, check=True, stdout=subprocess.PIPE
        )
        self._log = Path(json.loads(shown.stdout)["data"]["path"]) / "base" / "logs" / "octoprint.log"

    def ask(self, method: str, path: str, **what: Any) -> Any:
        response = requests.request(method, self.host + path, headers={"X-Api-Key": self.key}, timeout=30, **what)
        response.raise_for_status()
        return response.json() if response.content else None

    def print(self) -> None:
        """Begin the job."""
        self.ask("POST", "/api/files/local", files={"file": ("bench.gcode", JOB)}, data={"print": "true"})
        _until(lambda: self.ask("GET", "/api/job")["state"] == "Printing")

    def cancel(self) -> None:
        self.ask("POST", "/api/job", json={"command": "cancel"})
        _until(lambda: self.ask("GET", "/api/job")["state"] == "Operational")

    def changes(self) -> Seen:
        """The changes of state that it has logged."""
        found = filter(None, map(_CHANGE.match, self._log.read_text(errors="replace").splitlines()))
        return [Change(match.group(3), _seconds(match.group(1)) + int(match.group(2)) / 1000) for match in found]


def _seconds(written: str) -> float:
    """Of a time in the log, which is local."""
    return datetime.datetime.strptime(written, "%Y-%m-%d %H:%M:%S").timestamp()


def _until(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit("the server does not do what it should: is something else using it?")
        time.sleep(0.02)


# -- told ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def watch(environ: Dict[str, str]) -> Iterator[Seen]:
    """The states that `watch --json` tells, as they come."""
    seen: Seen = []
    line = [str(PROGRAM), "--json", "watch", "--events", "state,connection"]
    with subprocess.Popen(line, env=environ, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        connected = threading.Event()

        def read() -> None:
            assert process.stdout is not None
            for raw in process.stdout:
                now, told = time.time(), json.loads(raw)
                if told.get("type") == "state":
                    seen.append(Change(told["state"], now))
                elif told.get("type") == "connection" and told["up"]:
                    connected.set()

        threading.Thread(target=read, daemon=True).start()
        try:
            if not connected.wait(PATIENCE):
                raise SystemExit("watch has found no push socket")
            yield seen
        finally:
            process.kill()


@contextlib.contextmanager
def bare(server: Server) -> Iterator[Seen]:
    """The states that a websocket is sent, without any program of ours."""
    seen: Seen = []
    line = websocket.create_connection(server.host.replace("http", "ws", 1) + "/sockjs/websocket", timeout=PATIENCE)
    line.send(json.dumps({"subscribe": {"state": False, "events": ["PrinterStateChanged"], "plugins": False}}))
    me = server.ask("POST", "/api/login", json={"passive": True})
    line.send(json.dumps({"auth": f"{me['name']}:{me['session']}"}))

    def read() -> None:
        with contextlib.suppress(Exception):  # it ends with its socket
            while True:
                message, now = json.loads(line.recv()), time.time()
                if "event" in message:
                    seen.append(Change(message["event"]["payload"]["state_string"], now))

    threading.Thread(target=read, daemon=True).start()
    try:
        yield seen
    finally:
        line.close()


def cycle(server: Server, seen: Seen, other: Seen, cycles: int) -> None:
    """Pause and resume so often, each once the one before was told."""
    for number in range(cycles * 2):
        action, state = (("pause", "Paused"), ("resume", "Printing"))[number % 2]
        before, before_other = len(seen), len(other)
        server.ask("POST", "/api/job", json={"command": "pause", "action": action})
        _until(lambda before=before, state=state: any(change.state == state for change in seen[before:]))
        _until(lambda before=before_other, state=state: any(change.state == state for change in other[before:]))
        time.sleep(0.1)


def delays(logged: Seen, seen: Seen) -> List[float]:
    """Milliseconds from each change to Paused or Printing in the log to its being seen."""
    wanted = ("Paused", "Printing")
    theirs, ours = ([change for change in changes if change.state in wanted] for changes in (logged, seen))
    if [change.state for change in theirs] != [change.state for change in ours]:
        raise SystemExit(f"the log has {len(theirs)} changes, and {len(ours)} were seen")
    return [(our.time - its.time) * 1000 for its, our in zip(theirs, ours)]


def told(server: Server, environ: Dict[str, str], cycles: int) -> List[str]:
    """The rows of it."""
    with watch(environ) as seen, bare(server) as other:
        begun = time.time()
        cycle(server, seen, other, cycles)
        logged = [change for change in server.changes() if change.time > begun]
        ours, theirs = (delays(logged, [change for change in found if change.time > begun]) for found in (seen, other))
    rows = []
    for name, found, target in (("`watch --json`", ours, f"{TARGET_MS} ms"), ("a bare websocket, for comparison", theirs, "")):
        rows.append(f"| change of state to {name}: median of {len(found)} | **{statistics.median(found):.1f} ms** | {target} |")
        rows.append(f"| worst | {max(found):.1f} ms | |")
    return rows


# -- waiting ------------------------------------------------------------------------------------------


class Counter:
    """A proxy on the loopback that counts the requests that go through it."""

    def __init__(self, host: str) -> None:
        parts = urlsplit(host)
        self._target = (str(parts.hostname), parts.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            server = socket.create_connection(self._target)
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, count: bool) -> None:
        with contextlib.suppress(OSError):
            while True:
                chunk = source.recv(64 * 1024)
                self.requests += bool(count and _REQUEST.match(chunk))
                count = count and b"Upgrade: websocket" not in chunk  # what follows are frames
                if not chunk:
                    break
                target.sendall(chunk)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class Waited(NamedTuple):
    """What a wait took."""

    requests: int
    cpu: float  # seconds


def wait(counter: Counter, environ: Dict[str, str], seconds: int) -> Waited:
    """A `wait` for the job's end, which does not come within so many seconds."""
    before = counter.requests
    line = [str(PROGRAM), "--json", "wait", "--timeout", str(seconds)]
    process = subprocess.Popen(
        line, env={**environ, "OCTOPRINT_HOST": counter.host}, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    assert process.stdout is not None
    said = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.WEXITSTATUS(status)
    process.stdout.close()
    if said["error"]["code"] != "WAIT_TIMEOUT":
        raise SystemExit(f"wait ended otherwise: {said['error']}")
    return Waited(counter.requests - before, usage.ru_utime + usage.ru_stime)


def waited(server: Server, environ: Dict[str, str], seconds: int) -> List[str]:
    """The rows of it."""
    counter = Counter(server.host)
    short, long = wait(counter, environ, SHORT_SECONDS), wait(counter, environ, SHORT_SECONDS + seconds)
    steady = long.requests - short.requests
    ten_minutes = short.requests + steady / seconds * (TEN_MINUTES - SHORT_SECONDS)
    apart: Optional[float] = seconds / steady if steady else None
    return [
        f"| requests of a `wait` of {SHORT_SECONDS} s: its start and its end | {short.requests} | |",
        f"| requests while it waits, in {seconds} s more: {steady} | **{f'one in {apart:.0f} s' if apart else 'none'}** "
        f"| one in {TARGET_SECONDS_APART} s |",
        f"| requests of a `wait` of ten minutes, extrapolated | {ten_minutes:.0f} | |",
        f"| CPU while waiting | **{(long.cpu - short.cpu) / seconds:.2%}** of a core | |",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=50, metavar="N", help="pauses and resumes (50)")
    parser.add_argument("--seconds", type=int, default=120, metavar="N", help="how much longer the longer wait is (120)")
    arguments = parser.parse_args()
    with serving(install("venv", str(REPOSITORY), str(REPOSITORY / "plugins" / "octoprint-cli-sandbox"))) as aimed:
        server = Server(aimed)
        server.print()
        rows = told(server, aimed, max(arguments.cycles, 1)) + waited(server, aimed, max(arguments.seconds, 1))
        server.cancel()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, in the middle of a job:\n")
    print("| | measured | target at most |\n|---|---|---|")
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
