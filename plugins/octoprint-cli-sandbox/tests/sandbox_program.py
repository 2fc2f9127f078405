"""Running the program with a home of the test's own: in this process, or as the installed script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional
from unittest import mock

from octoprint_cli.testing import Result, run

PROGRAM = Path(sys.executable).with_name("octoprint-cli")
RUN_SECONDS = 60


def environment(folder: Path, **more: str) -> Dict[str, str]:
    """The test's own: nothing reads or writes the real home, configuration or caches."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    own = {"HOME": folder / "home", "XDG_CACHE_HOME": folder / "cache", "OCTOPRINT_CLI_HOME": folder / "cli"}
    (folder / "home").mkdir(exist_ok=True)
    return {**inherited, **{name: str(path) for name, path in own.items()}, **more}


def inside(environ: Dict[str, str], *argv: Any, expect: Optional[int] = 0) -> Result:
    """Run `octoprint-cli ... --json` in this process, with the environment of one. Another exit code fails the test."""
    line = [*map(str, argv), "--json"]
    with mock.patch.dict(os.environ, environ, clear=True):
        return _checked(line, expect, run(*line, env=environ))


def program(environ: Dict[str, str], *argv: Any, expect: Optional[int] = 0, seconds: float = RUN_SECONDS) -> Result:
    """Run the installed `octoprint-cli ... --json`. An exit code that was not asked for fails the test."""
    line = [str(PROGRAM), *map(str, argv), "--json"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False)
    return _checked(line, expect, Result(done.returncode, done.stdout, done.stderr))


def _checked(line: List[str], expect: Optional[int], result: Result) -> Result:
    assert expect is None or result.exit_code == expect, (line, result)
    assert "Traceback" not in result.stderr, result.stderr
    return result
