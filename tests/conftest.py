"""Of every ring: an error with which a command of ours ends is one that the catalogue names for it."""

from __future__ import annotations

from typing import Any, Iterator, List, Tuple

import pytest

from octoprint_cli.app.run import Run
from octoprint_cli.errors import CliError
from octoprint_cli.framework.catalogue import error_codes
from octoprint_cli.plugins.entry_points import CHECKS, Extensions, is_own


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
    except Exception:  # no such command, or an add-on that is broken
        return
    if manager.owner(name) is None and error.code not in error_codes(kind) and not _a_vendors(error):
        yield name, error.code


def _a_vendors(error: CliError) -> bool:
    """Whether the check of an add-on has said no, with whatever code its maker chose."""
    checks = Extensions(CHECKS)
    failed = (error.details or {}).get("failed", [])
    return any(check in checks and not is_own(checks.entry_point(check)) for check in failed)
