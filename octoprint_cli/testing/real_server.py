"""A real OctoPrint with its virtual printer, run by the plugin octoprint-cli-sandbox. This module knows no pytest."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Dict, Iterator

from octoprint_cli.testing.cli_runner import CliRunner
from octoprint_cli.testing.runner import run

#: The variable that names the release; if it is unset, the sandbox chooses.
VERSION_VARIABLE = "OCTOPRINT_CLI_TEST_VERSION"
#: The variable that names a folder in which installations are kept between test runs.
SERVERS_VARIABLE = "OCTOPRINT_CLI_TEST_SERVERS"


class RealOctoPrint:
    """A running server: `real_octoprint.run("status").data`. Tests share it, and its state."""

    def __init__(self, answer: Dict[str, Any], run: CliRunner) -> None:
        #: The address, such as `http://127.0.0.1:5000`, and the release.
        self.url: str = answer["host"]
        self.version: str = answer["octoprint"]
        #: Runs the program against this server; its results list no requests.
        self.run = run


def why_not() -> str:
    """Return why no real server can be started here; empty if one can."""
    return "" if run("help", "sandbox", "start").exit_code == 0 else "octoprint-cli-sandbox is not installed"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[RealOctoPrint]:
    """Start a server, and stop it at the end; the first start installs it, which takes half a minute.

    Raises AssertionError with the sandbox's message if it does not start.
    """
    version = os.environ.get(VERSION_VARIABLE, "")
    kept = os.environ.get(SERVERS_VARIABLE)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each process of a run has its own
    name = "-".join(["kit", *(version.split(".") if version else ["default"]), *([worker] if worker else [])])
    runner = CliRunner(Path(kept) if kept else folder, {"HOME": str(folder), "OCTOPRINT_PRINTER": name})
    wanted = ["--octoprint", version] if version else []
    try:
        yield RealOctoPrint(runner("sandbox", "start", "--name", name, *wanted).data, runner)
    finally:
        runner("sandbox", "stop", "--name", name, expect=None)
