"""A plugin whose module takes for ever to import costs its own commands alone."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from octoprint_cli.app import time_limit
from octoprint_cli.testing import FaultServer

from .program import LIMIT, Program
from .reading import as_json, check_failure, check_success
from .third_party import COMMANDS, LIST, SHOW, Plugin, install

_SLEEPS = """
import os
import time
from pathlib import Path

with Path(os.environ["HOME"], "IMPORTED").open("a") as mark:
    mark.write("x")
time.sleep(3600)


class Slow:
    pass
"""
SLOW = Plugin(
    "slow-tools",
    {"slow_tools": _SLEEPS, "slow_formats": _SLEEPS},
    {
        COMMANDS: {"slow": "slow_tools:Slow", "slow_more": "slow_tools:Slow", "slow_most": "slow_tools:Slow"},
        SHOW: {"slowly": "slow_formats:Slow"},
        LIST: {"slowly": "slow_formats:Slow"},
    },
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("slow"), SLOW)


@pytest.fixture
def slow(program: Program, installed: Path) -> Program:
    """The program with the slow plugin."""
    program.add_path(installed)
    return program


def imports(program: Program) -> int:
    """How often one of its modules was begun to be imported."""
    mark = program.folder / "IMPORTED"
    return len(mark.read_text()) if mark.exists() else 0


@pytest.mark.parametrize(
    "argv",
    [
        "status",
        "status --help",
        "help status",
        "--version",
        "files",
        "upload {file}",
        "commands status",
        "schema status",
        "explain PRINTER_BUSY",
        "nonsense",
        "complete --words=slo",
        "complete --words=status\x1f-f\x1fsl",
    ],
)
def test_slow_plugin_is_not_imported_by_other_commands(argv: str, slow: Program) -> None:
    result = slow.inside(*argv.format(file=slow.file()).split(" "), "--json")
    assert as_json(result.stdout)["status"] == ("error" if argv == "nonsense" else "success")
    assert imports(slow) == 0


def test_slow_plugin_names_are_completed(slow: Program) -> None:
    assert check_success(as_json(slow.inside("complete", "--words=slo", "--json").stdout))["words"] == ["slow"]


@pytest.mark.parametrize("argv", ["--help", "help"])
def test_help_does_not_wait_for_slow_plugin(argv: str, slow: Program) -> None:
    """One module costs its time once, however many commands it has."""
    rows = check_success(as_json(slow.process(argv, "--json").stdout))["commands"]
    summaries = {row["name"]: row["summary"] for row in rows}
    assert {name for name, summary in summaries.items() if "slow-tools" in summary} == {"slow", "slow more", "slow most"}
    assert "TimeoutError" in summaries["slow"] and not summaries["status"].startswith("(")


def test_slow_plugin_command_can_be_terminated(slow: Program) -> None:
    """Whoever asks for the command itself waits for it, and can end that."""
    process = slow.start("slow", "--json")
    try:
        while imports(slow) == 0:
            assert process.poll() is None
            os.sched_yield()
        process.terminate()
        stdout, _ = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
    assert process.returncode == 143
    check_failure(as_json(stdout), "TERMINATED")


def test_time_limit_restores_existing_alarm(server: FaultServer) -> None:
    import signal

    before = signal.getitimer(signal.ITIMER_REAL)[0]
    with pytest.raises(TimeoutError), time_limit.time_limit(0.01):
        while True:
            time.sleep(1)
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (before > 0)
    with time_limit.time_limit(60):
        pass
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (before > 0)
