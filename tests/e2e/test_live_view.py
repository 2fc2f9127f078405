"""The live view of a real print on a terminal: where it is, that the server is silent, what the firmware says, how it ended."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List

import pytest

from .prints import write
from .program import PROGRAM
from .server import LIMIT

_CONTROLS = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
#: Two layers of a second and a half, each of which the printer's display names.
LAYERS = "".join(
    f";LAYER_CHANGE\nG1 Z{layer * 0.2:.1f} F6000\nM117 half {layer}\nM106 S{layer * 51}\n" + "G1 X20\nG4 P100\nG1 X30\n" * 15
    for layer in (1, 2)
)


class Shown:
    """A run of the program on a terminal of 80 columns, and what it has written there."""

    def __init__(self, server: Any, *argv: Any) -> None:
        self._ours, theirs = pty.openpty()
        environ = {**server.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "30", "OCTOPRINT_CLI_FORMAT": "text"}
        line = [str(PROGRAM), "--printer", server.name, *map(str, argv)]
        self._process = subprocess.Popen(line, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        self._seen, self._read_to = "", 0

    def until(self, *texts: str) -> str:
        """Return what was written since the last call, once these texts are in it."""
        deadline = time.monotonic() + LIMIT
        while not all(text in self._written for text in texts):
            assert time.monotonic() < deadline and self._read(), (texts, self._written)
        written, self._read_to = self._written, len(self._seen)
        return written

    def press(self, key: str) -> None:
        os.write(self._ours, key.encode())

    def end(self) -> int:
        """Return the exit code of a run that ends by itself."""
        while self._read():
            pass
        return self._process.wait(LIMIT)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    @property
    def _written(self) -> str:
        return _CONTROLS.sub("", self._seen[self._read_to :])

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], LIMIT)[0]:
            return False
        with contextlib.suppress(OSError):  # Linux says so when nobody has the other end any more
            got = os.read(self._ours, 65536)
            self._seen += got.decode("utf-8", "replace")
            return bool(got)
        return False


Show = Callable[..., Shown]


@pytest.fixture
def show(server: Any) -> Iterator[Show]:
    """Runs the program on a terminal."""
    begun: List[Shown] = []

    def shown(*argv: Any) -> Shown:
        begun.append(Shown(server, *argv))
        return begun[-1]

    yield shown
    for one in begun:
        one.close()


def test_print_watch_shows_layers_and_how_the_print_ended(server: Any, show: Show, tmp_path: Path) -> None:
    shown = show("print", write(tmp_path / "layers.gcode", LAYERS), "--confirm", "--watch")
    shown.until("Printing", "layer 2 of 2, Z 0.40 mm, fan 40 %", "display: half 2", "p pause   c cancel")
    shown.until("Finished at", "layers.gcode printed in")
    assert shown.end() == 0
    assert server.finished("layers.gcode") == 1


def test_watch_says_that_the_server_is_silent_and_what_the_firmware_says(server: Any, show: Show, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    shown = show("watch")
    shown.until("─ Printing ─", "tool0", "°C")
    os.kill(server.pid(), signal.SIGSTOP)
    try:
        shown.until("─ No answer for ", "s; last known: Printing ─")
    finally:
        os.kill(server.pid(), signal.SIGCONT)
    shown.until("─ Printing ─")
    server.gcode("!!DEBUG:trigger_fatal_error_marlin")
    shown.until("! Thermal Runaway", "last known temperatures:", "printer disconnected")
    shown.press("q")
    left = shown.until("Failed at")
    assert shown.end() == 0
    assert "slow.gcode" in left and re.search(r"tool0 +\d+\.\d °C", left), left
