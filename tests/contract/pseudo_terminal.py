"""A process on a terminal that is not there, and what it shows on it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from typing import Dict, NamedTuple, Optional, Tuple, Union

from .program import LIMIT, Program

Answer = Union[str, int]


class Session(NamedTuple):
    """What was on the screen, and how it ended."""

    exit_code: int
    screen: str


def on_a_terminal(
    program: Program, *argv: str, answers: Tuple[Tuple[str, Answer], ...] = (), env: Optional[Dict[str, str]] = None
) -> Session:
    """Run on a terminal of its own. `answers` are typed in turn, each once its question is on the screen; one that is a number is a
    signal for the process.

    Without an answer that it waits for, it is killed after the limit, and that fails the test.
    """
    ours, theirs = pty.openpty()
    process = program.start(*argv, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        screen = _watch(ours, process, list(answers))
        return Session(process.wait(LIMIT), screen)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)


def _watch(ours: int, process: subprocess.Popen[str], answers: list[Tuple[str, Answer]]) -> str:
    """Read until the other end is closed; answer what is asked."""
    seen, answered, deadline = "", 0, time.monotonic() + LIMIT
    while True:
        assert time.monotonic() < deadline, f"it waits for something: {seen!r}"
        if not select.select([ours], [], [], 1)[0]:
            continue
        try:
            got = os.read(ours, 65536)
        except OSError:  # Linux says so when nobody has the other end any more
            return seen
        if not got:
            return seen
        seen += got.decode("utf-8", "replace")
        if answers and answers[0][0] in seen[answered:]:
            answered = len(seen)
            answer = answers.pop(0)[1]
            if isinstance(answer, int):
                process.send_signal(answer)
            else:
                os.write(ours, answer.encode() + b"\n")
