"""What a check may say: a finding, that the question does not arise, and how much a failure matters."""

from __future__ import annotations

import enum
from typing import Any, Mapping, NamedTuple, Optional


class Severity(str, enum.Enum):
    """What a failed check means: it forbids the print, it warns, or it only informs."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Skip(Exception):
    """A check raises this, with the reason, where its question does not arise."""


class Finding(NamedTuple):
    """What a check found where all is well: a sentence for people, and as evidence the values behind it for programs."""

    message: str
    evidence: Optional[Mapping[str, Any]] = None
