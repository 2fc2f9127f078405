"""`watch --json` on a real server: what it reports, in which order, and what ends it."""

from __future__ import annotations

import datetime
import json
import signal
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from . import schemas
from .prints import write
from .program import Started
from .server import LIMIT
from .test_endings import cancel

Line = Dict[str, Any]


class Watching:
    """A `watch --json` under way; a thread reads its lines as they come."""

    def __init__(self, server: Any, *more: Any) -> None:
        self._server = server
        with server.listened():
            self.run: Started = server.begin("watch", *more)
        self.lines: List[Line] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            for line in self.run.process.stdout:
                self.lines.append(json.loads(line))
        except ValueError:
            if not self.run.process.stdout.closed:  # else the test has failed, and the run was ended
                raise

    def until(self, wanted: Callable[[Line], Any], seconds: float = LIMIT) -> Line:
        """The first line of that kind, once it has come."""
        self._server.until(lambda: [line for line in self.lines if wanted(line)], bool, seconds)
        return next(line for line in self.lines if wanted(line))

    def end(self, exit_code: int = 0) -> Line:
        """The envelope, once the run has ended; before it, every line is numbered, timed and has its source."""
        self.run.process.wait(LIMIT)
        self._reader.join(LIMIT)
        stderr = self.run.process.stderr.read() if self.run.process.stderr else ""
        self.run.end()
        assert self.run.process.returncode == exit_code and "Traceback" not in stderr, (stderr, self.lines)
        *reported, envelope = self.lines
        assert [line["seq"] for line in reported] == list(range(1, len(reported) + 1))
        times = [datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%f%z") for line in reported]
        assert times == sorted(times) and all(time.utcoffset() == datetime.timedelta(0) for time in times)
        assert {line["source"] for line in reported} <= {"push", "poll"}
        schemas.check_answer(self.run.line, envelope)
        return envelope

    def stop(self) -> Line:
        self.run.send(signal.SIGINT)
        return self.end(130)


def events(lines: List[Line]) -> List[str]:
    return [line["event"] for line in lines if line.get("type") == "event"]


def phases(lines: List[Line]) -> List[str]:
    """The phases in their order, each once where it comes again with other words."""
    found = [line["phase"] for line in lines if line.get("type") == "state"]
    return [phase for phase, before in zip(found, ["", *found]) if phase != before]


def test_watch_reports_a_print_from_start_to_end(server: Any, short: Path) -> None:
    server.cli("upload", short)
    watch = Watching(server, "--interval", "0.5")
    server.cli("print", "--stored", "short.gcode", "--confirm")
    watch.until(lambda line: line.get("event") == "PrintDone")
    watch.until(lambda line: line["type"] == "state" and line["phase"] == "idle" and line["seq"] > 5)
    watch.stop()
    reported = watch.lines[:-1]
    shown = [phase for phase in phases(reported) if phase not in ("starting", "finishing")]
    assert shown == ["idle", "printing", "idle"], shown
    assert [event for event in events(reported) if event.startswith("Print")] == ["PrintStarted", "PrintDone"]
    progress = [line["completion"] for line in reported if line["type"] == "progress" and line["completion"] is not None]
    assert len(progress) >= 3 and progress == sorted(progress), progress
    assert any(line["type"] == "temperature" and "tool0" in line["temperature"] for line in reported)
    assert not any(line["type"] == "terminal" for line in reported)


def test_watch_until_done_reports_only_requested_events(server: Any, short: Path) -> None:
    server.cli("print", short, "--confirm")
    watch = Watching(server, "--until", "done", "--events", "PrintDone,state")
    envelope = watch.end()
    assert (envelope["status"], envelope["data"]["met"], envelope["data"]["last_job"]["outcome"]) == ("success", "done", "finished")
    reported = watch.lines[:-1]
    assert {line["type"] for line in reported} <= {"state", "event"}
    assert (events(reported), reported[0]["phase"]) == (["PrintDone"], "printing")
    assert {line["source"] for line in reported if line["type"] == "event"} == {"push"}


def test_watch_until_done_ends_with_job_error(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    watch = Watching(server, "--until", "done")
    watch.until(lambda line: line["source"] == "push" and line["type"] in ("progress", "temperature"))  # it misses nothing now
    cancel(server)
    assert watch.end(4)["error"]["code"] == "JOB_CANCELLED"


@pytest.fixture
def asking(server: Any) -> Iterator[Any]:
    """The server, set to take its printer for one that asks questions: the virtual one does not announce it."""
    server.post("/api/settings", {"plugins": {"action_command_prompt": {"enable": "always"}}})
    yield server
    server.post("/api/settings", {"plugins": {"action_command_prompt": {"enable": "detected"}}})


def test_firmware_prompt_is_reported(asking: Any, tmp_path: Path) -> None:
    server = asking
    server.cli("upload", write(tmp_path / "change.gcode", "G4 P500\nM600\n" + "G4 P100\n" * 300))
    watch = Watching(server)
    server.cli("print", "--stored", "change.gcode", "--confirm")
    asked = watch.until(lambda line: line["type"] == "notification")
    server.until(server.state, lambda state: state == "Paused")
    prompt = server.cli("status").data["prompt"]
    assert (prompt["text"], prompt["choices"]) == (asked["text"], asked["choices"]) and asked["text"], asked
    cancel(server)
    watch.until(lambda line: line.get("event") == "PrintFailed")
    watch.until(lambda line: line["type"] == "state" and line["phase"] == "idle" and line["seq"] > asked["seq"])
    assert watch.stop()["error"]["code"] == "INTERRUPTED"
    assert server.cli("status").data["prompt"] is None


def test_terminal_lines_are_reported_on_request(server: Any) -> None:
    watch = Watching(server, "--events", "terminal")
    server.gcode("M117 hello there")
    watch.until(lambda line: "M117 hello there" in line["line"])
    assert watch.stop()["status"] == "error"


def test_progress_is_reported_at_requested_interval(server: Any, slow: Path) -> None:
    watch = Watching(server, "--interval", "600", "--timeout", "3", "--events", "progress,state")
    server.cli("print", slow, "--confirm")
    watch.end()
    assert 1 <= len([line for line in watch.lines if line.get("type") == "progress"]) <= 1 + len(phases(watch.lines[:-1]))


def test_closed_reader_ends_watch(server: Any) -> None:
    run = server.begin("watch", "--interval", "0.5")
    assert run.process.stdout.readline().startswith("{")
    run.process.stdout.close()
    assert run.process.wait(LIMIT) == 141
    assert "Traceback" not in run.process.stderr.read()
    run.process.stderr.close()
