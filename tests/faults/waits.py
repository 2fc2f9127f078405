"""A run of the program that waits for a printer, beside the test that makes things happen there."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Dict, List, Optional, Type

from contract.program import Program

from octoprint_cli.testing import FaultServer, Result

from .kit import LIMIT
from .listener import PATH

#: The file of the job that is waited for, and of another one.
FILE, OTHER = "cube.gcode", "other.gcode"
#: Command lines that wait for the end of a job, in JSON.
LINES: Dict[str, List[str]] = {
    "wait": ["wait", "--json"],
    "print": ["print", "--stored", FILE, "--confirm", "--no-preflight", "--wait", "--json"],
    "watch": ["watch", "--json", "--until", "done"],
}


class Waiting:
    """`line` (of LINES, or words) runs in this process. Leave it by `with`: it must have ended by itself, soon.

    `job` begins first, unless the line starts one. Inside, it follows the job already.
    """

    def __init__(self, program: Program, server: FaultServer, line: str, *more: str, follows: bool = True) -> None:
        self.program, self.server = program, server
        self.words = [*(LINES.get(line) or line.split()), *more]
        self._starts, self._follows = self.words[0] == "print", follows
        self._run: Future[Result] = Future()

    def __enter__(self) -> Waiting:
        self.server.octoprint.store(FILE) if self.server.octoprint.stored(FILE) is None else None
        if not self._starts and self._follows:
            self.server.octoprint.printing(FILE)
        threading.Thread(target=self._work, daemon=True).start()  # one that hangs must not hang the tests
        if self._follows:
            self.server.wait_until(lambda: self.ended or self.asked(PATH) > 0 or self.asked("/api/job") > 5)
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if kind is not None:
            self.server.octoprint.finish()  # or it would wait for ever
        begun = time.monotonic()
        wait([self._run], LIMIT)
        assert kind is not None or self.ended, (time.monotonic() - begun, [str(one) for one in self.server.requests[-5:]])

    @property
    def result(self) -> Result:
        """What it answered, once it has ended."""
        return self._run.result(LIMIT)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._run.done()

    def _work(self) -> None:
        try:
            self._run.set_result(self.program.run(*self.words))
        except BaseException as bug:
            self._run.set_exception(bug)
        with self.server.octoprint.changed:
            self.server.octoprint.changed.notify_all()

    def polled(self, times: int = 2) -> None:
        """Wait until it has asked for the job so many times more."""
        before = self.asked("/api/job")
        self.server.wait_until(lambda: self.ended or self.asked("/api/job") >= before + times)

    def connected(self) -> None:
        """Wait until it listens to the socket, and has looked at the job once more: what happens now, the socket reports."""
        self.server.wait_until(lambda: self.ended or any(one.authed for one in self.server.sockets))
        self.polled(3)  # one may be on its way, one looks because the socket has come up

    def listening(self) -> None:
        """Wait until it listens to the socket, and does nothing else: `no_polls` and `pinging` are in force."""
        self.server.wait_until(lambda: self.ended or any(one.authed for one in self.server.sockets))
        self.settled()

    def settled(self) -> None:
        """Wait until it has processed all that was sent: it sends the second ping after the answer to the first (`pinging`)."""
        push_socket = self.server.sockets[-1]
        before = push_socket.pings
        self.server.wait_until(lambda: push_socket.pings > before + 1)

    def asked(self, path: str) -> int:
        """How often it has asked for that."""
        return sum(request.path == path for request in self.server.requests)


def envelope(result: Result) -> Result:
    """The answer without the lines before its envelope: those of a stream start like no envelope does."""
    lines = result.stdout.splitlines(keepends=True)
    return result._replace(stdout=lines[-1]) if lines and lines[0].startswith('{"seq"') else result
