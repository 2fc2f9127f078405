"""Running the checks, and what their answers add up to."""

from __future__ import annotations

import logging
from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional

from octoprint_cli.errors import PRECEDENCE, CliError, PluginError, UsageError
from octoprint_cli.plugins.entry_points import CHECKS, Extensions
from octoprint_cli.preflight.check import Check, Finding, Severity, Skip
from octoprint_cli.preflight.context import Subject

_LOG = logging.getLogger(__name__)


class Result(NamedTuple):
    """A check's answer: status pass, fail or skip. `ignored`: it failed, and the caller wants it overridden."""

    id: str
    status: str
    severity: Severity
    message: str
    error: Optional[CliError] = None
    evidence: Optional[Mapping[str, Any]] = None
    ignored: bool = False

    @property
    def blocks(self) -> bool:
        """Whether this forbids the print."""
        return self.status == "fail" and self.severity is Severity.BLOCK and not self.ignored

    @property
    def warns(self) -> bool:
        """Whether this is a word of warning."""
        return self.status == "fail" and self.severity is Severity.WARN and not self.ignored

    def as_dict(self) -> Dict[str, Any]:
        """The row of the report."""
        evidence = dict(self.evidence) if self.evidence else None
        row = {"id": self.id, "status": self.status, "severity": self.severity.value, "message": self.message}
        return {**row, "evidence": evidence, "ignored": self.ignored}

    def weighed(self, ignore: Collection[str], strict: bool) -> Result:
        """The same, as the caller wants it to count."""
        severity = Severity.BLOCK if strict and self.severity is Severity.WARN else self.severity
        return self._replace(severity=severity, ignored=self.status == "fail" and self.id in ignore)


class Report(NamedTuple):
    """All answers, the refusals first in the order in which they decide the exit code."""

    results: List[Result]
    strict: bool = False

    @property
    def ready(self) -> bool:
        """Whether nothing forbids the print."""
        return not any(result.blocks for result in self.results)

    @property
    def ignored(self) -> List[str]:
        """The checks whose failure was overridden."""
        return [result.id for result in self.results if result.ignored]

    @property
    def warnings(self) -> List[Result]:
        """The checks that have a word of warning."""
        return [result for result in self.results if result.warns]

    def as_dict(self) -> Dict[str, Any]:
        """`{"ready": ..., "strict": ..., "ignored": [...], "checks": [...]}`."""
        return {**self._verdict(), "checks": [result.as_dict() for result in self.results]}

    def summary(self) -> Dict[str, Any]:
        """The same with nothing but the warnings: `{"ready": ..., "warnings": [{"id": ..., "message": ...}]}`."""
        return {**self._verdict(), "warnings": [{"id": result.id, "message": result.message} for result in self.warnings]}

    def _verdict(self) -> Dict[str, Any]:
        return {"ready": self.ready, "strict": self.strict, "ignored": self.ignored}

    def error(self) -> Optional[CliError]:
        """The first refusal's own error, with the report in `data`; None if ready."""
        blocking = [result for result in self.results if result.blocks and result.error]
        if not blocking:
            return None
        first = blocking[0].error
        assert first is not None
        others = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
        return type(first)(
            f"pre-flight says no: {first.message}{others}",
            hint=first.hint,
            details={**(first.details or {}), "failed": [result.id for result in blocking]},
            data=self.as_dict(),
            retryable=first.retryable,
        )


def run_preflight(subject: Subject, ignore: Collection[str] = (), strict: bool = False) -> Report:
    """Every installed check, on this subject.

    A failure of a check in `ignore` forbids nothing; with `strict` a warning forbids, too. Raises UsageError
    for a check to ignore that there is not.
    """
    extensions = Extensions(CHECKS)
    known = extensions.claimed()
    unknown = [name for name in ignore if name not in known]
    if unknown:
        raise UsageError(f"there is no check {', '.join(unknown)}; there are {', '.join(known)}", hint="octoprint-cli preflight")
    results = [_run_one(extensions, name, subject).weighed(ignore, strict) for name in known]
    return Report(sorted(results, key=_rank), strict)


def _run_one(extensions: Extensions, name: str, subject: Subject) -> Result:
    try:
        check: Check = extensions.load(name)()
    except (Exception, SystemExit) as error:  # a broken add-on costs its own check, and is named
        return Result(name, "skip", Severity.WARN, f"not run: {error}")
    severity = _severity(check)
    try:
        answer = check.run(subject)
    except Skip as reason:
        return Result(name, "skip", severity, str(reason))
    except CliError as error:
        return Result(name, "fail", severity, error.message, error, error.details)
    except (Exception, SystemExit) as error:  # it was about to say something: not knowing what, say no
        crash = PluginError(f"the check {name} crashed: {type(error).__name__}: {error}", hint="octoprint-cli plugins list")
        _LOG.debug(crash.message, exc_info=error)
        return Result(name, "fail", severity, crash.message, crash, {"crashed": type(error).__name__})
    finding = answer if isinstance(answer, Finding) else Finding(answer)
    return Result(name, "pass", severity, finding.message, evidence=finding.evidence)


def _severity(check: Check) -> Severity:
    """A check's severity; one that does not say it in our words blocks."""
    try:
        return Severity(check.severity)
    except ValueError:
        return Severity.BLOCK


def _rank(result: Result) -> Any:
    urgency = PRECEDENCE.index(result.error.exit_code) if result.error else len(PRECEDENCE)
    return (not result.blocks, result.status != "fail", urgency, result.id)
