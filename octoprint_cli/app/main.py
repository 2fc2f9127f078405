"""The process: its signals, its streams and its exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import List, Optional, TextIO

from octoprint_cli.app import signals


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program and return its exit code. stdout and stderr never raise for a character they lack."""
    signals.note_only()  # before the imports: they take most of a short run's time
    _collect_less_garbage()  # before most of the program is imported, too
    from octoprint_cli.app.program import Program
    from octoprint_cli.errors import Interrupted, Stopped, Terminated
    from octoprint_cli.plugins.entry_points import forgo_cache_without_home

    forgo_cache_without_home()
    _prepare_streams()
    program = Program()
    program.on_start = signals.install
    try:
        code = int(program.run(sys.argv[1:] if argv is None else argv))
        _flush_stdout()
        signals.restore()
    except KeyboardInterrupt:  # a second signal, while the first one is reported
        code = Interrupted.exit_code
    except Terminated:
        code = Stopped.exit_code
    return int(code)


def _collect_less_garbage() -> None:
    """Save a fifth of a short run: importing makes many objects and no garbage, and so does ending."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _prepare_streams() -> None:
    from octoprint_cli.app.stdout import Stdout

    _occupy_descriptors()
    absent = sys.stdout is None
    if absent:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = Stdout.around(sys.stdout)
    sys.stdout.absent = absent


def _occupy_descriptors() -> None:
    """Open the null device for each standard stream that is closed, so that no file or socket gets its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one


def _nowhere() -> TextIO:
    return open(os.devnull, "w")  # noqa: PTH123 - for the rest of the run


def _flush_stdout() -> None:
    try:
        sys.stdout.flush()
    except OSError:  # it has been reported; the interpreter must not try once more, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
