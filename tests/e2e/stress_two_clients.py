"""Stress: short jobs on a real OctoPrint while a second client cancels, replaces and restarts them, each verdict checked.

    python -m tests.e2e.stress_two_clients --host http://127.0.0.1:5000 --api-key KEY --jobs 100

Each verdict of the program is compared with the events that the server itself published. It is no test of `make test`: it
takes minutes and depends on timing. `test_rival.py` is its deterministic form.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import requests
import websocket

from .prints import write

#: Seconds after the server's PrintStarted at which the rival acts.
DELAYS = (0.0, 0.05, 0.1, 0.2, 0.4)
PROGRAM = Path(sys.executable).with_name("octoprint-cli")


class Happened(NamedTuple):
    """One of the server's events."""

    at: float
    type: str
    path: Optional[str]
    reason: Optional[str]


class Events(threading.Thread):
    """The server's events, as its push socket publishes them. `hook` is called with each one, in this thread."""

    def __init__(self, host: str, key: str) -> None:
        super().__init__(daemon=True)
        self.log: List[Happened] = []
        self.hook: Callable[[Happened], None] = lambda event: None
        me = requests.post(f"{host}/api/login", json={"passive": True}, headers={"X-Api-Key": key}, timeout=30).json()
        self._socket = websocket.create_connection(host.replace("http", "ws") + "/sockjs/websocket", timeout=600)
        self._socket.send(json.dumps({"subscribe": {"state": False, "events": True, "plugins": False}}))
        self._socket.send(json.dumps({"auth": f"{me['name']}:{me['session']}"}))

    def run(self) -> None:
        while True:
            event = json.loads(self._socket.recv()).get("event")
            if event:
                payload = event.get("payload") or {}
                path = (payload.get("path") or "").lstrip("/") or None
                happened = Happened(time.time(), event["type"], path, payload.get("reason"))
                self.log.append(happened)
                self.hook(happened)


class Rival:
    """The second client."""

    def __init__(self, host: str, key: str) -> None:
        self._host, self._session = host, requests.Session()
        self._session.headers["X-Api-Key"] = key

    def post(self, path: str, **body: Any) -> int:
        return self._session.post(self._host + path, json=body, timeout=30).status_code

    def get(self, path: str) -> Any:
        return self._session.get(self._host + path, timeout=30).json()

    def cancel(self) -> int:
        return self.post("/api/job", command="cancel")

    def start(self, name: str) -> int:
        return self.post(f"/api/files/local/{name}", command="select", print=True)

    def start_soon(self, name: str) -> None:
        """Start a file as soon as the server lets it."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.start(name) != 204:
            time.sleep(0.01)

    def idle(self) -> None:
        while not self.get("/api/job")["state"].startswith("Operational"):
            if self.get("/api/job")["state"].startswith("Offline"):
                self.post("/api/connection", command="connect")
            time.sleep(0.1)


#: What the rival does once our job has begun.
DEEDS: Dict[str, Callable[[Rival, str], Any]] = {
    "nothing": lambda rival, ours: None,
    "cancel": lambda rival, ours: rival.cancel(),
    "cancel, same file again": lambda rival, ours: (rival.cancel(), rival.start_soon(ours)),
    "cancel, other file": lambda rival, ours: (rival.cancel(), rival.start_soon("rival.gcode")),
    "disconnect": lambda rival, ours: rival.post("/api/connection", command="disconnect"),
}


class Round(NamedTuple):
    """One job, what happened to it, and what the program said of it."""

    deed: str
    delay: float
    truth: str
    exit_code: int
    code: Optional[str]
    last: Dict[str, Any]
    message: str

    @property
    def wrong(self) -> Optional[str]:
        """Return why the verdict is wrong, None for one that is right, or that says that it does not know."""
        said, certain = self.last.get("outcome"), self.last.get("certain")
        if self.code == "NOT_STARTED" and self.truth != "none":
            return "it did start"
        if self.exit_code == 0 and self.truth != "finished":
            return "a success that is none"
        if self.truth == "finished" and self.exit_code != 0 and self.code not in ("JOB_LOST", "OUTCOME_UNKNOWN"):
            return "it did finish"
        if certain and said in ("unfinished", "lost"):
            return "certain of what is not known"
        if certain and said in ("cancelled", "failed", "finished") and said != self.truth:
            return f"certain that it was {said}"
        return None


class Stress:
    """The rounds against one server."""

    def __init__(self, host: str, key: str, folder: Path) -> None:
        self._host, self._key = host, key
        self._rival, self._events = Rival(host, key), Events(host, key)
        self._line = [str(PROGRAM), "--host", host, "--api-key", key, "--json"]
        self._events.start()
        self._ours = write(folder / "ours.gcode", "G4 P100\n" * 8)
        for name, dwells in (("rival", 8), ("long", 80)):
            self._run("upload", str(write(folder / f"{name}.gcode", f"M117 {name}\n" + "G4 P100\n" * dwells)))

    def _run(self, *words: str) -> Any:
        done = subprocess.run([*self._line, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        return done.returncode, json.loads(done.stdout)

    def printed(self, deed: str, delay: float) -> Round:
        """Print our file and wait for it, while the rival does its deed once the job has begun."""
        self._rival.idle()
        begun, acted = len(self._events.log), threading.Event()

        def act(event: Happened) -> None:
            if event.type == "PrintStarted" and event.path == "ours.gcode" and not acted.is_set():
                acted.set()
                threading.Timer(delay, DEEDS[deed], (self._rival, "ours.gcode")).start()

        self._events.hook = act
        exit_code, envelope = self._run("print", str(self._ours), "--confirm", "--no-preflight", "--wait")
        self._rival.idle()
        time.sleep(0.3)
        truth = first_end(self._events.log[begun:], "ours.gcode")
        return self._round(deed, delay, truth, exit_code, envelope)

    def cancelled(self, delay: float) -> Round:
        """Cancel a job, while the rival starts the next one at once."""
        self._rival.idle()
        self._rival.start_soon("long.gcode")
        time.sleep(delay)
        begun = len(self._events.log)
        acted = threading.Event()

        def act(event: Happened) -> None:
            if event.type == "PrintFailed" and not acted.is_set():
                acted.set()
                threading.Thread(target=self._rival.start_soon, args=("long.gcode" if delay else "rival.gcode",)).start()

        self._events.hook = act
        exit_code, envelope = self._run("cancel", "--confirm")
        self._rival.cancel()
        self._rival.idle()
        # As if of a print: a success is right if the job was cancelled.
        truth = "finished" if any(event.type == "PrintCancelled" for event in self._events.log[begun:]) else "none"
        return self._round("our cancel, next job at once", delay, truth, exit_code, {**envelope, "data": None})

    @staticmethod
    def _round(deed: str, delay: float, truth: str, exit_code: int, envelope: Any) -> Round:
        error = envelope.get("error") or {}
        last = (envelope.get("data") or {}).get("last_job") or {}
        return Round(deed, delay, truth, exit_code, error.get("code"), last, error.get("message", ""))


def first_end(events: List[Happened], path: str) -> str:
    """Return how the first job of a file ended, by the server's events: finished, cancelled, failed, or none if none began."""
    mine = [event for event in events if event.path == path]
    started = [number for number, event in enumerate(mine) if event.type == "PrintStarted"]
    ends = [event for event in mine[started[0] if started else 0 :] if event.type in ("PrintDone", "PrintFailed")]
    if not ends:
        return "none"
    return "finished" if ends[0].type == "PrintDone" else "cancelled" if ends[0].reason == "cancelled" else "failed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--jobs", type=int, default=100)
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        stress = Stress(options.host.rstrip("/"), options.api_key, Path(folder))
        rounds = itertools.cycle([*itertools.product(DEEDS, DELAYS), *itertools.product(["our cancel"], DELAYS)])
        for deed, delay in itertools.islice(rounds, options.jobs):
            found = stress.cancelled(delay) if deed == "our cancel" else stress.printed(deed, delay)
            wrong += found.wrong is not None
            said = f"{found.exit_code} {found.code or 'success'} {found.last.get('outcome')} certain={found.last.get('certain')}"
            print(
                f"{found.deed:28} {delay:4.2f} truth={found.truth:9} {said} {(found.wrong and 'WRONG: ' + found.wrong) or ''}",
                flush=True,
            )
            if found.wrong:
                print("    " + found.message, flush=True)
    print(f"{wrong} of {options.jobs} verdicts differ from the server's events")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
