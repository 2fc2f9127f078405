"""A subject with given contents, profile and warnings, and what a check says of it."""

from __future__ import annotations

from types import MappingProxyType, SimpleNamespace
from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence

from octoprint_cli.api import CannotCheck, Check, CheckContext, CliError, Finding, OnlyWarning, Skip
from octoprint_cli.client.resources.printer import Temperature
from octoprint_cli.client.resources.profiles import Profile
from octoprint_cli.config.settings import Settings
from octoprint_cli.config.values import Exemption
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
    """What a check said: pass, skip, or an error's code.

    `warns`: the failure forbids nothing. `unanswered`: it was skipped although its question arises.
    """

    said: str
    message: str
    evidence: Optional[Dict[str, Any]] = None
    warns: bool = False
    unanswered: bool = False
    hint: str = ""
    exemption: Any = None


class Given(CheckContext):
    """A subject that asks nobody."""

    def __init__(
        self, contents: Contents, profile: Profile, models: Sequence[str], client: Any, heaters: Mapping[str, Temperature]
    ) -> None:
        super().__init__(client, Settings({"models": list(models)}, {}))
        self._contents, self._profile, self._heaters = contents, profile, heaters
        self.margins: Mapping[str, float] = {}

    def exemption(self, check: str, option: str) -> Any:
        """The margin of a check that a test gives, as if the configuration had it."""
        margin = self.margins.get(check)
        return None if margin is None else Exemption(f"checks.{check}.{option}", margin, "config.yaml")

    def read(self) -> Contents:
        return self._contents

    @property
    def profile(self) -> Profile:
        return self._profile

    @property
    def heaters(self) -> Dict[str, Temperature]:
        return dict(self._heaters)

    def require_server(self) -> None:
        """It is there."""

    def require_printer(self) -> None:
        """It is there."""


def profile(**changes: Any) -> Profile:
    """Return the default profile, changed as `payloads.profile` does."""
    return Profile.from_json(payloads.profile(**changes))


def judge(
    check: Check,
    *,
    models: Sequence[str] = (),
    plugins: Any = None,
    of: Any = None,
    heaters: Mapping[str, Temperature] = MappingProxyType({}),
    margins: Mapping[str, float] = MappingProxyType({}),
    **contents: Any,
) -> Verdict:
    """What the check says of a good print with these contents instead.

    `of` is the printer's profile, `heaters` what it reports, `margins` what the configuration allows, by check.
    """
    client = SimpleNamespace(plugins=plugins)
    subject = Given(GOOD._replace(**contents), profile() if of is None else of, models, client, heaters)
    subject.margins = margins
    try:
        answer = check.run(subject)
    except Skip as reason:
        return Verdict("skip", str(reason), unanswered=isinstance(reason, CannotCheck))
    except OnlyWarning as warning:
        return _failed(warning.error, warns=True)
    except CliError as error:
        return _failed(error)
    assert isinstance(answer, Finding)
    evidence = dict(answer.evidence) if answer.evidence else None
    return Verdict("pass", answer.message, evidence, exemption=answer.exemption)


def _failed(error: CliError, warns: bool = False) -> Verdict:
    assert error.hint and error.message
    return Verdict(error.code, error.message, dict(error.details or {}), warns, hint=error.hint)
