"""A Python that has imported the program once, and runs each module as a fork of itself: a process, without the second of imports.

It has one thread, so that it can be forked. Of what is installed after it began, the forks see what a new process would see.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Dict, List

_SERVER = """
import json, os, runpy, site, sys
import octoprint_cli.app.program, octoprint_cli.client.client, octoprint_cli.preflight.checks
import octoprint_cli.testing.cli_runner, octoprint_cli.testing.plugin_check, octoprint_cli.testing.server.fault_server
import cliff.lister, cliff.show, requests, yaml, pytest, setuptools.build_meta

def run(name, argv, folder, output):
    os.chdir(folder)
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY), (2, output, os.O_WRONLY)):
        os.dup2(os.open(path, how | (os.O_APPEND if number else 0)), number)
    site.addsitedir({site!r})  # a file of paths may have come since
    sys.argv = [name, *argv]
    sys.path[0] = folder
    if name.endswith(".py"):
        runpy.run_path(name, run_name="__main__")
    else:
        runpy.run_module(name, run_name="__main__", alter_sys=True)

for line in sys.stdin:
    if os.fork() == 0:
        sys.stdin = open(os.devnull)
        run(**json.loads(line))
        break
    print(os.wait()[1] >> 8, flush=True)
"""


class WarmPython:
    """The interpreter of a virtual environment, warm. `site`: where it finds what is installed."""

    def __init__(self, python: Path, site: Path, env: Dict[str, str]) -> None:
        how = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": env}
        self._process = subprocess.Popen([str(python), "-c", _SERVER.format(site=str(site))], **how)  # type: ignore[call-overload]
        self._output = site / "output"

    def run(self, name: str, argv: List[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a module, or a script if its name ends so. Its stdout and stderr are in one."""
        self._output.write_text("")
        call = {"name": name, "argv": argv, "folder": str(folder), "output": str(self._output)}
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        code = self._process.stdout.readline()
        assert code, "the warm Python has ended"
        return subprocess.CompletedProcess([name, *argv], int(code), self._output.read_text(encoding="utf-8"))

    def close(self) -> None:
        """End it; it has no fork that runs."""
        self._process.communicate(timeout=60)
