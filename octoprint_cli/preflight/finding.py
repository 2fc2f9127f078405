"""What a check may say: a finding, a warning, that it has no answer, and how much a failure matters."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Optional

if TYPE_CHECKING:
    from octoprint_cli.config.values import Exemption
    from octoprint_cli.errors import CliError


class Severity(str, enum.Enum):
    """What a failed check means: it forbids the print, it warns, or it only informs."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Skip(Exception):
    """A check raises this, with the reason, where its question does not arise."""


class CannotCheck(Skip):
    """A check raises this, with the reason, where its question arises and it cannot find the answer.

    Where a failure would have forbidden the print, that is a warning, and with --strict a refusal. `error` is what kept the
    check from it. `told_by` names the check that fails for the same reason, and then one refusal is enough.
    """

    def __init__(self, reason: str, error: Optional[CliError] = None, told_by: Optional[str] = None) -> None:
        super().__init__(reason)
        self.error, self.told_by = error, told_by


class OnlyWarning(Exception):
    """A check raises this, with the error, where what it found forbids no print, although other failures of it do."""

    def __init__(self, error: CliError) -> None:
        super().__init__(error.message)
        self.error = error


def and_more(count: int) -> str:
    """Return ` (and 3 more)`, to be put behind those that are named; nothing for none."""
    return f" (and {count} more)" if count > 0 else ""


class Finding(NamedTuple):
    """What a check found where all is well: a sentence for people, and as evidence the values behind it for programs.

    `exemption` is the setting of the configuration without which the check would have failed.
    """

    message: str
    evidence: Optional[Mapping[str, Any]] = None
    exemption: Optional[Exemption] = None
