"""Run the rings of tests side by side, show how far each is, and end with one summary of all.

    tests/rings.py                       every ring: what `make test` runs
    tests/rings.py unit contract ...     only these
    tests/rings.py --servers VERSION ... the end-to-end ring on these versions of OctoPrint, two at a time

Every ring runs even when another one is red. What a ring says is kept whole in a log in .cache/rings; of one that is red it is
shown. The exit code is 0 if every ring ran and nothing failed. Python's own library is enough for this file.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "rings"
#: Plugins with a check of their own, in a folder apart from the environment: only their own tests are to see them.
APART = ("octoprint-cli-marlin",)
VERSIONS = "1.11.8 2.0.0rc7"
#: At least so often each ring that runs says how far it is.
PROGRESS_SECONDS = 10.0
#: After Ctrl-C, the seconds in which a ring may stop its servers before it is ended the hard way.
ENDING_SECONDS = 30.0


class Ring(NamedTuple):
    """Some tests, run by one pytest."""

    name: str
    paths: Sequence[str]
    options: Sequence[str]
    environ: Dict[str, str]

    def command(self, report: Path) -> List[str]:
        # No cache of the last failures: rings that run side by side would write the same files.
        options = [*self.options, "-p", "no:cacheprovider", "--color=no"]
        return [sys.executable, str(ROOT / "tests" / "ring_report.py"), str(report), *self.paths, *options]


def end_to_end(version: str) -> Ring:
    """The ring of the real servers, on one version."""
    # Each worker has a server of its own, so that every test is as good on any of them; a group shares what it has made.
    return Ring(f"e2e {version}", ["tests/e2e"], _at_once(2, "loadgroup"), {"OCTOPRINT_CLI_TEST_VERSIONS": version})


def known_rings() -> Dict[str, List[Ring]]:
    """What each name stands for."""
    apart = [f"plugins/{name}" for name in APART]
    addons = os.pathsep.join(filter(None, [str(ROOT / ".cache" / "addons"), os.environ.get("PYTHONPATH", "")]))
    ignored = [word for path in apart for word in ("--ignore", path)]
    versions = os.environ.get("OCTOPRINT_CLI_TEST_VERSIONS", VERSIONS).split()
    # Two processes are as much as two cores can do; beside the other lanes, one would be the last to end.
    return {
        "unit": [Ring("unit", ["tests/unit"], _at_once(2), {})],
        "contract": [Ring("contract", ["tests/contract"], _at_once(3), {})],
        "faults": [Ring("faults", ["tests/faults"], _at_once(4), {})],
        "plugins": [
            Ring("plugins", ["plugins"], [*_at_once(3, "loadfile"), *ignored], {}),
            Ring("plugins apart", apart, _at_once(2, "loadfile"), {"PYTHONPATH": addons}),
        ],
        "e2e": [end_to_end(version) for version in versions],
    }


def _at_once(workers: int, spread: str = "worksteal") -> List[str]:
    """The options for so many tests at once. Most tests wait most of the time, so that these may be more than there are cores."""
    return ["-n", str(workers), "--dist", spread]


#: What begins at the same time; within each, one name after the other: what computes (unit, contract) beside what mostly waits.
LANES = (("faults", "plugins"), ("unit", "contract"), ("e2e",))


def _environ() -> Dict[str, str]:
    """The environment of a ring. Bytecode is kept: without it, each of many hundred processes compiles the program anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def lanes_of(names: Sequence[str]) -> List[List[Ring]]:
    """The chosen rings as lanes that run side by side. A release has a lane of its own."""
    rings, lanes = known_rings(), []
    for lane in LANES:
        chosen = [ring for name in lane if name in names for ring in rings[name]]
        lanes += [[ring] for ring in chosen] if lane == ("e2e",) else [chosen]
    return [lane for lane in lanes if lane]


class Run:
    """One ring that runs, or has run."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.log, self.report = (LOGS / f"{ring.name.replace(' ', '-')}.{end}" for end in ("log", "report"))
        self.outcomes: Dict[str, str] = {}
        self.reasons: List[str] = []
        self.total = 0
        self.seconds = 0.0
        self.exit_code = -1
        self._read = 0

    def start(self) -> None:
        """Start its process, in a group of its own: what a terminal sends arrives here alone, and is passed on by its id."""
        for path in (self.log, self.report):
            path.write_bytes(b"")
        self._begun = time.monotonic()
        with self.log.open("wb") as log:
            how: Dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": subprocess.STDOUT, "cwd": str(ROOT)}
            how.update(env={**_environ(), **self.ring.environ}, start_new_session=True)
            self.process = subprocess.Popen(self.ring.command(self.report), **how)

    def wait(self) -> None:
        self.exit_code = self.process.wait()
        self.seconds = time.monotonic() - self._begun

    def stop(self) -> None:
        """End it as Ctrl-C does, so that it stops its servers; what still runs after a while is killed."""
        for number, seconds in ((signal.SIGINT, ENDING_SECONDS), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
                return

    # -- what has happened in it ------------------------------------------------------------------

    def news(self) -> List[str]:
        """Read on in its report. Return a line for each test that has failed since."""
        with self.report.open(encoding="utf-8", errors="replace") as report:
            report.seek(self._read)
            lines = report.read()
        whole, _, _ = lines.rpartition("\n")
        self._read += len(f"{whole}\n".encode()) if whole else 0
        return list(self._taken(line.split("\t") for line in whole.splitlines()))

    def _taken(self, lines: Iterator[List[str]]) -> Iterator[str]:
        for kind, name, reason in lines:
            if kind == "total":
                self.total = max(self.total, int(name))
                continue
            if self.outcomes.get(name) != "failed":  # a test that has failed and is then torn down stays failed
                self.outcomes[name] = kind
            if kind == "failed":
                yield f"FAILED {name}"
            if kind == "skipped":
                self.reasons.append(f"SKIPPED {name}: {reason}")

    def count(self, outcome: str) -> int:
        return sum(found == outcome for found in self.outcomes.values())

    @property
    def counts(self) -> List[int]:
        return [self.count(outcome) for outcome in ("passed", "failed", "skipped")]

    @property
    def ran(self) -> bool:
        """Whether it came to its end: pytest's 0 is all well, 1 is some failures; everything else is a ring that did not run."""
        return self.exit_code in (0, 1) and bool(self.outcomes)

    @property
    def red(self) -> bool:
        return self.exit_code != 0 or not self.outcomes or self.count("failed") > 0

    def progress(self) -> str:
        """How far it is, in a line."""
        passed, failed, skipped = self.counts
        done = f"{len(self.outcomes)} of {self.total or '?'}"
        return f"{time.monotonic() - self._begun:5.0f} s  {done}: {passed} passed, {failed} failed, {skipped} skipped"


class Rings:
    """All lanes, side by side."""

    def __init__(self, lanes: List[List[Ring]]) -> None:
        self.lanes = [[Run(ring) for ring in lane] for lane in lanes]
        self.runs = [run for lane in self.lanes for run in lane]
        self._running: List[Run] = []
        self._events: queue.Queue[Run] = queue.Queue()
        self._over = False
        self._width = max(len(run.ring.name) for run in self.runs)

    def run(self) -> None:
        """Run them to their ends, and show how far they are. Ctrl-C ends them."""
        LOGS.mkdir(parents=True, exist_ok=True)
        threads = [threading.Thread(target=self._lane, args=(lane,), daemon=True) for lane in self.lanes]
        for thread in threads:
            thread.start()
        try:
            shown = time.monotonic()
            while any(thread.is_alive() for thread in threads) or not self._events.empty():
                self._show_ended()
                if time.monotonic() - shown >= PROGRESS_SECONDS:
                    shown = time.monotonic()
                    self._show_progress()
        except BaseException:  # Ctrl-C, or a bug here: what runs must not outlive this
            self._over = True
            self.say("rings", "interrupted: ending what runs")
            for run in list(self._running):
                run.stop()
            raise

    def _lane(self, runs: List[Run]) -> None:
        for run in runs:
            if self._over:
                return
            run.start()
            self._running.append(run)
            self.say(run.ring.name, "started")
            run.wait()
            self._running.remove(run)
            self._events.put(run)

    def _show_ended(self) -> None:
        with contextlib.suppress(queue.Empty):
            run = self._events.get(timeout=0.5)
            self._show_failures(run)
            word = "red" if run.red else "green"
            passed, failed, skipped = run.counts
            self.say(run.ring.name, f"{word} after {run.seconds:.0f} s: {passed} passed, {failed} failed, {skipped} skipped")

    def _show_progress(self) -> None:
        for run in list(self._running):
            self._show_failures(run)
            self.say(run.ring.name, run.progress())

    def _show_failures(self, run: Run) -> None:
        for line in run.news():
            self.say(run.ring.name, line)

    def say(self, name: str, text: str) -> None:
        print(f"{name:<{self._width}}  {text}", flush=True)

    # -- the end ----------------------------------------------------------------------------------

    def summary(self) -> Iterator[str]:
        """What is shown when all have ended. Its last line is the plain sum."""
        for run in self.runs:
            if run.red:
                yield from ["", f"== {run.ring.name}: the whole log is {run.log.relative_to(ROOT)}", *_interesting(run.log)]
        yield from self._servers()
        yield from _unique([reason for run in self.runs for reason in run.reasons])
        yield from [f"FAILED {name}" for run in self.runs for name, found in run.outcomes.items() if found == "failed"]
        yield from [f"{run.ring.name} DID NOT RUN to its end (exit code {run.exit_code})" for run in self.runs if not run.ran]
        yield from ["", f"{'ring':<{self._width}}  passed  failed  skipped  seconds"]
        for run in self.runs:
            yield f"{run.ring.name:<{self._width}}  {'  '.join(f'{count:6}' for count in run.counts)}  {run.seconds:8.0f}"
        passed, failed, skipped = (sum(counts) for counts in zip(*(run.counts for run in self.runs)))
        yield f"{passed} passed, {failed} failed, {skipped} skipped"

    def _servers(self) -> Iterator[str]:
        """A table of what each version of OctoPrint came to, which the end-to-end ring tells at its end."""
        heads, rows = [], []
        for run in self.runs:
            found = [line for line in _lines(run.log) if line.startswith("|")] if run.ring.name.startswith("e2e") else []
            heads = heads or found[:2]
            rows += found[2:]
        yield from ["", *heads, *rows, ""] if rows else []

    @property
    def exit_code(self) -> int:
        return int(any(run.red for run in self.runs))


def _lines(log: Path) -> List[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def _interesting(log: Path) -> List[str]:
    """Of a log what tells of failures: from their heading on, or the last lines of a ring that never came so far."""
    lines = _lines(log)
    begins = [number for number, line in enumerate(lines) if re.fullmatch(r"=+ (FAILURES|ERRORS) =+", line)]
    return lines[begins[0] :] if begins else lines[-60:]


def _unique(lines: List[str]) -> List[str]:
    """One line for each reason: parametrised tests are skipped for the same one many times."""
    counts: Dict[str, int] = {}
    for line in lines:
        name, _, reason = line.partition(": ")
        key = f"{name.split('[')[0]}: {reason}"
        counts[key] = counts.get(key, 0) + 1
    return [f"{line} ({count} times)" if count > 1 else line for line, count in counts.items()]


def chosen_lanes(argv: Sequence[str]) -> List[List[Ring]]:
    """The lanes that the command line asks for."""
    parser = argparse.ArgumentParser(description="Run rings of tests side by side and end with one summary.")
    parser.add_argument("rings", nargs="*", metavar="RING", help=f"only these ({', '.join(sorted(known_rings()))})")
    parser.add_argument("--servers", nargs="+", metavar="VERSION", help="the end-to-end ring on these versions of OctoPrint")
    given = parser.parse_args(argv)
    unknown = sorted(set(given.rings) - set(known_rings()))
    if unknown:
        parser.error(f"no such ring: {', '.join(unknown)}")
    if given.servers:
        rings = [end_to_end(version) for version in given.servers]
        return [lane for lane in (rings[::2], rings[1::2]) if lane]
    return lanes_of(given.rings or list(known_rings()))


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str]) -> int:
    rings = Rings(chosen_lanes(argv))
    signal.signal(signal.SIGINT, _interrupt)  # a job in the background begins with it ignored
    signal.signal(signal.SIGTERM, _interrupt)
    begun = time.monotonic()
    try:
        rings.run()
    except KeyboardInterrupt:
        return 130
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    print("\n".join(rings.summary()), flush=True)
    return rings.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
