"""The process: its signals, its streams and its exit code."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import List, Optional

from octoprint_cli.app import signals
from octoprint_cli.app.stdout import Stdout
from octoprint_cli.errors import Exit


def main(argv: Optional[List[str]] = None) -> int:
    """Run the program and return its exit code. stdout and stderr never raise for a character they lack."""
    _collect_less_garbage()  # before most of the program is imported
    from octoprint_cli.app.program import Program
    from octoprint_cli.plugins.entry_points import forgo_cache_without_home

    forgo_cache_without_home()
    signals.install()
    if sys.stdout is None:  # closed: nobody would hear the answer, so nothing is done
        return int(Exit.PIPE_CLOSED)
    _prepare_streams()
    code = Program().run(sys.argv[1:] if argv is None else argv)
    _flush_stdout()
    return int(code)


def _collect_less_garbage() -> None:
    """Save a fifth of a short run: importing makes many objects and no garbage, and so does ending."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _prepare_streams() -> None:
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for the rest of the run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.stdout = Stdout.around(sys.stdout)


def _flush_stdout() -> None:
    try:
        sys.stdout.flush()
    except OSError:  # it has been reported; the interpreter must not try once more, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
