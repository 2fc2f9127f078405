"""What the benchmarks share: measure processes, install programs, run a real OctoPrint, print Markdown tables."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, NamedTuple, Sequence, TypeVar

REPOSITORY = Path(__file__).resolve().parent.parent
#: Where the benchmarks keep everything that they install or write.
FOLDER = REPOSITORY / ".cache" / "bench"
#: What pip installs for most benchmarks: the program and the sandbox.
PROGRAM_AND_SANDBOX = [str(REPOSITORY), str(REPOSITORY / "plugins" / "octoprint-cli-sandbox")]
#: The name of the benchmarks' sandbox.
SANDBOX = "bench"
MIB = 1024 * 1024
_PIP_INSTALL = ["install", "--quiet", "--disable-pip-version-check"]

Result = TypeVar("Result")


class ProcessResult(NamedTuple):
    """The cost of a whole process, and its output."""

    seconds: float
    cpu: float  # seconds
    peak: float  # the largest resident set in MiB
    stdout: str


def run(line: List[str], environ: Dict[str, str], check: bool = True) -> ProcessResult:
    """Run a process to its end and measure it. Raises SystemExit if it fails, unless `check` is false."""
    # This process must stay small: on Linux a child's peak memory starts with what its parent had when it forked.
    begun = time.perf_counter()
    process = subprocess.Popen(line, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        stdout = process.stdout.read()
        _, process.returncode, usage = os.wait4(process.pid, 0)
    except BaseException:  # Ctrl-C, too
        process.kill()
        raise
    if check and process.returncode != 0:
        raise SystemExit(f"{' '.join(line)} failed")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MIB
    return ProcessResult(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, peak, stdout)


def in_turns(actions: Sequence[Callable[[], Result]], rounds: int, warm_up: bool = True) -> List[List[Result]]:
    """Run the actions in turns, so that a busy moment affects all of them. Returns the results of each action."""
    if warm_up:  # so that compiled files and caches exist for all
        for action in actions:
            action()
    every = [[action() for action in actions] for _ in range(rounds)]
    return [list(results) for results in zip(*every)]


def install(name: str, *requirements: str) -> Path:
    """Create an environment with these requirements; ours are installed as they are now. Returns its folder of programs."""
    programs = FOLDER / name / "bin"
    venv.create(FOLDER / name, with_pip=True)
    pip = [str(programs / "pip"), *_PIP_INSTALL]
    subprocess.run([*pip, *requirements], check=True)
    ours = [path for path in requirements if path.startswith(str(REPOSITORY))]
    if ours:
        subprocess.run([*pip, "--no-deps", "--force-reinstall", *ours], check=True)
    return programs


def install_plugins(programs: Path, folders: Sequence[str]) -> None:
    """Install plugins without isolated builds: to create an environment for each build would take minutes."""
    pip = [str(programs / "pip"), *_PIP_INSTALL]
    subprocess.run([*pip, "setuptools>=61", "wheel"], check=True)
    subprocess.run([*pip, "--no-build-isolation", "--no-deps", *folders], check=True)


@contextlib.contextmanager
def real_octoprint(programs: Path) -> Iterator[Dict[str, str]]:
    """Run an idle OctoPrint in the sandbox, and yield the environment that points programs and scripts at it."""
    environ, sandbox = clean_environment(FOLDER), [str(programs / "octoprint-cli"), "sandbox"]
    try:
        subprocess.run([*sandbox, "start", "--name", SANDBOX], env=environ, check=True, stdout=subprocess.DEVNULL)
        line = [str(programs / "python"), "-c", _READ_KEY]
        host, key = json.loads(subprocess.run(line, env=environ, check=True, stdout=subprocess.PIPE, text=True).stdout)
        yield {**environ, "OCTOPRINT_HOST": host, "OCTOPRINT_API_KEY": key}
    finally:
        subprocess.run([*sandbox, "stop", "--name", SANDBOX], env=environ, check=False, stdout=subprocess.DEVNULL)


_READ_KEY = f"""
import json
from octoprint_cli.config.settings import Settings
settings = Settings({{"printer": "{SANDBOX}"}})
print(json.dumps([settings.host, settings.get("api_key")]))
"""


def clean_environment(folder: Path) -> Dict[str, str]:
    """Return the environment without proxies and octoprint-cli's variables, with configuration and cache below the folder."""
    removed = ("octoprint_", "http_proxy", "https_proxy", "all_proxy")
    environ = {name: value for name, value in os.environ.items() if not name.lower().startswith(removed)}
    return {**environ, "OCTOPRINT_CLI_HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "cache")}


def option_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser whose help is a benchmark's docstring as it stands."""
    return argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)


def count(text: str) -> int:
    """Parse a positive number, as an argparse type."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return number


def markdown(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def report(conditions: str, *tables: str) -> None:
    """Print the conditions of a measurement, then its tables."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {conditions}:")
    for table in tables:
        print(f"\n{table}")
