"""What holds in every ring: plain signals, a home and a cache of the tests' own, and errors that the catalogue names."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import Any, Iterator, List, Tuple

import pytest

from octoprint_cli.app.run import Run
from octoprint_cli.errors import CliError
from octoprint_cli.framework.catalogue import error_codes
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup, is_own

# Signals that were ignored when this process began stay ignored, here and in all that it starts: SIGHUP below `nohup`, SIGINT
# in the background of a shell. Tests send both to processes of theirs.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _name in ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU"):
    if signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is collected stays to the end: no later collection of garbage has to look at it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """`cpu_limit(seconds)` fails a test that computes for longer: unlike a limit of the clock, it is the same on a busy machine."""
    marker = item.get_closest_marker("cpu_limit")
    if marker is None:
        yield
        return
    seconds = marker.args[0]
    before = signal.signal(signal.SIGPROF, lambda *_: pytest.fail(f"it has computed for {seconds} s and is not done"))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.fixture(scope="session", autouse=True)
def a_home_of_the_tests_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that a test runs reads or writes the home or the caches of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as environ:
        for settings in (Path.home() / ".pip" / "pip.conf", Path.home() / ".config" / "pip" / "pip.conf"):
            if settings.exists() and "PIP_CONFIG_FILE" not in os.environ:  # where servers are installed from
                environ.setenv("PIP_CONFIG_FILE", str(settings))
        environ.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        environ.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in ("HOST", "API_KEY", "PRINTER", "CLI_HOME", "CLI_FORMAT"):
            environ.delenv(f"OCTOPRINT_{name}", raising=False)
        # Untranslated, whatever the machine's language is. argparse looks for each of its sentences in four folders otherwise:
        # a tenth of what a run in this process computes.
        environ.setenv("LANGUAGE", "C")
        yield


#: What commands of this test have ended with, and do not declare: each command with the code.
_UNNAMED_CODES: List[Tuple[str, str]] = []


@pytest.fixture(scope="session", autouse=True)
def ends_are_noted() -> Iterator[None]:
    """Whatever a test does to a command in this process, the command declares the code that comes of it."""
    run_subcommand = Run.run_subcommand

    def noting(self: Run, argv: List[str]) -> int:
        try:
            return run_subcommand(self, argv)
        except CliError as error:
            _UNNAMED_CODES.extend(_unnamed(self.command_manager, argv, error))
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "run_subcommand", noting)
        yield


def pytest_runtest_setup() -> None:
    _UNNAMED_CODES.clear()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    assert not _UNNAMED_CODES, f"these codes are missing in the commands' `codes`: {sorted(set(_UNNAMED_CODES))}"


def _unnamed(manager: Any, argv: List[str], error: CliError) -> Iterator[Tuple[str, str]]:
    try:
        kind, name, _ = manager.find_command(argv)
    except Exception:  # no such command, or a plugin that is broken
        return
    if manager.owner(name) is None and error.code not in error_codes(kind) and not _a_vendors(error):
        yield name, error.code


def _a_vendors(error: CliError) -> bool:
    """Whether the check of a plugin has said no, with whatever code its maker chose."""
    checks = EntryPointGroup(CHECKS)
    failed = (error.details or {}).get("failed", [])
    return any(check in checks and not is_own(checks.entry_point(check)) for check in failed)
