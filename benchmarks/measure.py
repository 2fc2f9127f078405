"""A process measured: its seconds and its memory. What the benchmarks beside it share."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
#: Everything that a benchmark installs or writes, and keeps.
FOLDER = REPOSITORY / ".cache" / "bench"
MIB = 1024 * 1024


class Ran(NamedTuple):
    """What a whole process took: seconds, the largest resident set in MiB; and what it printed."""

    seconds: float
    peak: float
    stdout: str


def run(line: List[str], environ: Dict[str, str]) -> Ran:
    """Run a process to its end. SystemExit if it fails."""
    # This process must stay small: a child's count begins with what its parent had when it was forked.
    begun = time.perf_counter()
    process = subprocess.Popen(line, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.read()
        _, process.returncode, usage = os.wait4(process.pid, 0)
    except BaseException:  # Ctrl-C
        process.kill()
        raise
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(line)} failed")
    return Ran(time.perf_counter() - begun, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MIB, said)


def install(name: str, *what: str) -> Path:
    """An environment of this name with these distributions, and our sources as they are now: its folder of programs."""
    programs = FOLDER / name / "bin"
    venv.create(FOLDER / name, with_pip=True)
    pip = [str(programs / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *what], check=True)
    ours = [path for path in what if path.startswith(str(REPOSITORY))]
    if ours:
        subprocess.run([*pip, "--no-deps", "--force-reinstall", *ours], check=True)
    return programs


@contextlib.contextmanager
def serving(programs: Path) -> Iterator[Dict[str, str]]:
    """A real OctoPrint of the sandbox, idle, and the environment that aims programs and scripts at it."""
    environ, sandbox = without_settings(FOLDER), [str(programs / "octoprint-cli"), "sandbox"]
    try:
        subprocess.run([*sandbox, "start", "--name", "bench"], env=environ, check=True, stdout=subprocess.DEVNULL)
        line = [str(programs / "python"), "-c", _READ_KEY]
        host, key = json.loads(subprocess.run(line, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout)
        yield {**environ, "OCTOPRINT_HOST": host, "OCTOPRINT_API_KEY": key}
    finally:
        subprocess.run([*sandbox, "stop", "--name", "bench"], env=environ, check=False, stdout=subprocess.DEVNULL)


_READ_KEY = """
import json
from octoprint_cli.config.settings import Settings
settings = Settings({"printer": "bench"})
print(json.dumps([settings.host, settings.get("api_key")]))
"""


def without_settings(folder: Path) -> Dict[str, str]:
    """An environment without another server, a configuration of the user's or a proxy."""
    strange = ("octoprint_", "http_proxy", "https_proxy", "all_proxy")
    environ = {name: value for name, value in os.environ.items() if not name.lower().startswith(strange)}
    return {**environ, "OCTOPRINT_CLI_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}
