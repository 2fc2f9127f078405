"""What a check is, and what it is given to look at."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple, Optional, Union

if TYPE_CHECKING:
    from octoprint_cli.preflight.context import Subject


class Severity(str, enum.Enum):
    """What a failed check means: no print, a word of warning, a remark."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Skip(Exception):
    """Raised by a check that has nothing to say here, with the reason."""


class Finding(NamedTuple):
    """A good answer with its evidence: a sentence for a person, and the values behind it for a program."""

    message: str
    evidence: Optional[Mapping[str, Any]] = None


class Check:
    """One question. Its id is its entry point's name, its docstring says what it asks.

    `run` returns a sentence or a Finding if all is well, raises a CliError if not (its code becomes that of
    the refusal, its `details` are the evidence) or Skip if the question does not arise. Any other exception
    counts as a failure: the check was about to say something.
    """

    severity = Severity.BLOCK

    def run(self, subject: Subject) -> Union[str, Finding]:
        """Look at the subject."""
        raise NotImplementedError
