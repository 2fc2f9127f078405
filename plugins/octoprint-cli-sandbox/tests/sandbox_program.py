"""Running the installed program with a home of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Optional

from octoprint_cli.testing import Result

PROGRAM = Path(sys.executable).with_name("octoprint-cli")
RUN_SECONDS = 60


def environment(folder: Path, **more: str) -> Dict[str, str]:
    """The test's own: nothing reads or writes the real home, configuration or caches."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPRINT_")}
    own = {"HOME": folder / "home", "XDG_CACHE_HOME": folder / "cache", "OCTOPRINT_CLI_HOME": folder / "cli"}
    (folder / "home").mkdir(exist_ok=True)
    return {**inherited, **{name: str(path) for name, path in own.items()}, **more}


def program(environ: Dict[str, str], *argv: Any, expect: Optional[int] = 0, seconds: float = RUN_SECONDS) -> Result:
    """Run `octoprint-cli ... --json`. An exit code that was not asked for fails the test."""
    line = [str(PROGRAM), *map(str, argv), "--json"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False)
    assert expect is None or done.returncode == expect, (line, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)
