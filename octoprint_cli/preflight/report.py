"""What the answers of all checks add up to: whether the print may start, what that rests on, and which error refuses it."""

from __future__ import annotations

import re
from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional, Sequence

from octoprint_cli.config.values import Exemption
from octoprint_cli.errors import CliError, PreflightFailed
from octoprint_cli.preflight.finding import Severity, and_more

#: How a hint begins that is a command line already.
_PROGRAM = re.compile(r"(octoprint-cli|ls|pip) ")


class CheckResult(NamedTuple):
    """What one check answered. `status` is pass, fail or skip.

    `ignored`: it counts against the print, and the caller overrides it. `unanswered`: its question arises, and it could not
    find the answer; `told_by` names the check that fails for the same reason.
    """

    id: str
    status: str
    severity: Severity
    message: str
    error: Optional[CliError] = None
    evidence: Optional[Mapping[str, Any]] = None
    ignored: bool = False
    unanswered: bool = False
    told_by: Optional[str] = None
    strict: bool = False
    exemption: Optional[Exemption] = None

    @property
    def blocks(self) -> bool:
        """Whether this forbids the print."""
        return self._counts and self.severity is Severity.BLOCK and (self.status == "fail" or self.strict)

    @property
    def warns(self) -> bool:
        """Whether this is a warning: a failure that forbids nothing, or no answer of a check that might have forbidden it."""
        if self.unanswered:
            return self._counts and self.severity is Severity.BLOCK and not self.strict
        return self._counts and self.severity is Severity.WARN

    @property
    def summary(self) -> str:
        """The message for a list of warnings, where the status is not shown."""
        return f"not checked: {self.message}" if self.unanswered else self.message

    @property
    def _counts(self) -> bool:
        return (self.status == "fail" or self.unanswered) and not self.ignored

    def as_dict(self) -> Dict[str, Any]:
        """Return the row of the report, as JSON has it."""
        evidence = dict(self.evidence) if self.evidence else None
        row = {"id": self.id, "status": self.status, "severity": self.severity.value, "message": self.message}
        return {**row, "evidence": evidence, "ignored": self.ignored}

    def weighed(self, ignore: Collection[str], strict: bool) -> CheckResult:
        """Apply --strict and --ignore. A check of severity WARN that has no answer never forbids the print."""
        hardened = strict and self.severity is Severity.WARN and self.status == "fail"
        severity = Severity.BLOCK if hardened else self.severity
        counts = self.status == "fail" or (self.unanswered and severity is Severity.BLOCK)
        return self._replace(severity=severity, strict=strict, ignored=counts and self.id in ignore)

    def refusal(self, look_again: str) -> CliError:
        """Return the error of a result that forbids the print. `look_again` is the command line that makes the checks once more."""
        if self.error is not None and not self.unanswered:
            return self.error
        kind, why = (PreflightFailed, None) if self.error is None else (type(self.error), self.error)
        return kind(
            f"the check {self.id} could not be made: {self.message}",
            hint=why.hint if why else look_again,
            details=why.details if why else None,
            retryable=why.retryable if why else None,
        )


class Report(NamedTuple):
    """The answers of all checks, the refusals first, in the order in which they decide the exit code."""

    results: List[CheckResult]
    strict: bool = False
    exemptions: Sequence[Dict[str, Any]] = ()
    look_again: str = "octoprint-cli help preflight"  # the command line that makes the checks once more

    @property
    def ready(self) -> bool:
        """Whether nothing forbids the print."""
        return not any(result.blocks for result in self.results)

    @property
    def ignored(self) -> List[str]:
        """The ids of the checks that count against the print, and that the caller or the configuration overrides."""
        return [result.id for result in self.results if result.ignored]

    @property
    def warnings(self) -> List[CheckResult]:
        """The results that warn."""
        return [result for result in self.results if result.warns]

    def as_dict(self) -> Dict[str, Any]:
        """Return the verdict and every check: `{"ready": ..., "warnings": [...], "skipped": [...], "checks": [...]}`."""
        return {**self.summary(), "checks": [result.as_dict() for result in self.results]}

    def summary(self) -> Dict[str, Any]:
        """Return the verdict, what it rests on, and the warnings, without the checks' evidence."""
        made = [result.id for result in self.results if result.status != "skip"]
        skipped = [{"id": result.id, "reason": result.message} for result in self.results if result.status == "skip"]
        return {
            "ready": self.ready,
            "strict": self.strict,
            "ignored": self.ignored,
            "exemptions": list(self.exemptions),
            "checked": sorted(made),
            "skipped": skipped,
            "warnings": [_warning(result) for result in self.warnings],
        }

    def error(self) -> Optional[CliError]:
        """Return the error of the first refusal, with the report in its `data`; None if the print may start."""
        blocking = [result for result in self.results if result.blocks]
        if not blocking:
            return None
        first = blocking[0].refusal(self.look_again)
        return type(first)(
            f"pre-flight failed: {first.message}{and_more(len(blocking) - 1)}",
            hint=_command_line(first.hint, self.look_again),
            details={**(first.details or {}), "failed": [result.id for result in blocking]},
            data=self.as_dict(),
            retryable=first.retryable,
        )


def _command_line(hint: str, look_again: str) -> str:
    """Return a check's hint as a command line: what a person does at the slicer or the printer is a remark behind it."""
    return hint if _PROGRAM.match(hint) else f"{look_again}  # {hint}"


def _warning(result: CheckResult) -> Dict[str, Any]:
    """Return a warning as JSON has it, with a hint if the check gave one of its own."""
    hint = result.error.hint if result.error and result.error.hint != type(result.error).remedy else None
    return {"id": result.id, "message": result.summary, **({"hint": hint} if hint else {})}
