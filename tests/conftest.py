"""What holds in every ring: plain signals, a home and a cache of the tests' own, and errors that the catalogue names."""

from __future__ import annotations

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
        yield


@pytest.fixture(autouse=True)
def codes_are_named(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test does to a command in this process, the command declares the code that comes of it."""
    unnamed: List[Tuple[str, str]] = []
    run_subcommand = Run.run_subcommand

    def watched(self: Run, argv: List[str]) -> int:
        try:
            return run_subcommand(self, argv)
        except CliError as error:
            unnamed.extend(_unnamed(self.command_manager, argv, error))
            raise

    monkeypatch.setattr(Run, "run_subcommand", watched)
    yield
    assert not unnamed, f"these codes are missing in the commands' `codes`: {sorted(set(unnamed))}"


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
