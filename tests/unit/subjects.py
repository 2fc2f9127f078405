"""A subject with given contents, profile and warnings, and what a check says of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, NamedTuple, Optional, Sequence

from octoprint_cli.api import Check, CheckContext, CliError, Finding, Skip
from octoprint_cli.client.resources.profiles import Profile
from octoprint_cli.config.settings import Settings
from octoprint_cli.gcode.analysis.contents import Contents, Extents, FileEnding

from . import payloads

#: A small print in the middle of a bed of 200 mm.
EXTENTS = Extents((90, 110), (90, 110), (0, 20))
GOOD = Contents(
    size=1000,
    lines=40,
    extruding=EXTENTS,
    moves=EXTENTS,
    extrusion={"tool0": 1500.0},
    tools=("tool0",),
    ending=FileEnding(True, "M84 ends the print on line 40"),
)


class Verdict(NamedTuple):
    """What a check said: pass, skip, or an error's code."""

    said: str
    message: str
    evidence: Optional[Dict[str, Any]] = None


class Given(CheckContext):
    """A subject that asks nobody."""

    def __init__(self, contents: Contents, profile: Profile, models: Sequence[str], client: Any) -> None:
        super().__init__(client, Settings({"models": list(models)}, {}))
        self._contents, self._profile = contents, profile

    def read(self) -> Contents:
        return self._contents

    @property
    def profile(self) -> Profile:
        return self._profile

    def require_server(self) -> None:
        """It is there."""

    def require_printer(self) -> None:
        """It is there."""


def profile(**changes: Any) -> Profile:
    """Return the default profile, changed as `payloads.profile` does."""
    return Profile.from_json(payloads.profile(**changes))


def judge(check: Check, *, models: Sequence[str] = (), plugins: Any = None, of: Any = None, **contents: Any) -> Verdict:
    """What the check says of a good print with these contents instead. `of` is the printer's profile."""
    client = SimpleNamespace(plugins=plugins)
    subject = Given(GOOD._replace(**contents), profile() if of is None else of, models, client)
    try:
        answer = check.run(subject)
    except Skip as reason:
        return Verdict("skip", str(reason))
    except CliError as error:
        assert error.hint and error.message
        return Verdict(error.code, error.message, dict(error.details or {}))
    assert isinstance(answer, Finding)
    return Verdict("pass", answer.message, dict(answer.evidence) if answer.evidence else None)
