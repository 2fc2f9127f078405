"""A real OctoPrint with its virtual printer, run by the add-on octoprint-cli-sandbox. Must not know pytest."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Dict, Iterator

from octoprint_cli.testing.cli_runner import CliRunner
from octoprint_cli.testing.runner import run

#: Which release is wanted; without, the sandbox's own choice.
VERSION_VARIABLE = "OCTOPRINT_CLI_TEST_VERSION"
#: A folder in which installations are kept from one test run to the next.
SERVERS_VARIABLE = "OCTOPRINT_CLI_TEST_SERVERS"


class RealOctoPrint:
    """One that runs: `real_octoprint.run("status").data`. It is left as one test leaves it for the next."""

    def __init__(self, answer: Dict[str, Any], run: CliRunner) -> None:
        #: Its address, such as `http://127.0.0.1:5000`, and its release.
        self.url: str = answer["host"]
        self.version: str = answer["octoprint"]
        #: The program aimed at it; the server's requests are not seen.
        self.run = run


def why_not() -> str:
    """Why there can be no real server here; empty if there can."""
    return "" if run("help", "sandbox", "start").exit_code == 0 else "octoprint-cli-sandbox is not installed"


@contextlib.contextmanager
def running(folder: Path) -> Iterator[RealOctoPrint]:
    """A server that is started now, and stopped at the end; the first start installs it, for half a minute.

    Raises AssertionError with what the sandbox says where it cannot be started.
    """
    version = os.environ.get(VERSION_VARIABLE, "")
    kept = os.environ.get(SERVERS_VARIABLE)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each process of a run has its own
    name = "-".join(["kit", *(version.split(".") if version else ["default"]), *([worker] if worker else [])])
    aimed = CliRunner(Path(kept) if kept else folder, {"HOME": str(folder), "OCTOPRINT_PRINTER": name})
    wanted = ["--octoprint", version] if version else []
    try:
        yield RealOctoPrint(aimed("sandbox", "start", "--name", name, *wanted).data, aimed)
    finally:
        aimed("sandbox", "stop", "--name", name, expect=None)
