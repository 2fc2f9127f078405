"""What the answers of all checks add up to: whether the print may start, and which error refuses it."""

from __future__ import annotations

from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional

from octoprint_cli.errors import CliError
from octoprint_cli.preflight.finding import Severity


class CheckResult(NamedTuple):
    """What one check answered. `status` is pass, fail or skip; `ignored`: it failed, and the caller overrides it."""

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
        """Whether this is a warning."""
        return self.status == "fail" and self.severity is Severity.WARN and not self.ignored

    def as_dict(self) -> Dict[str, Any]:
        """Return the row of the report, as JSON has it."""
        evidence = dict(self.evidence) if self.evidence else None
        row = {"id": self.id, "status": self.status, "severity": self.severity.value, "message": self.message}
        return {**row, "evidence": evidence, "ignored": self.ignored}

    def weighed(self, ignore: Collection[str], strict: bool) -> CheckResult:
        """Apply --strict and --ignore."""
        severity = Severity.BLOCK if strict and self.severity is Severity.WARN else self.severity
        return self._replace(severity=severity, ignored=self.status == "fail" and self.id in ignore)


class Report(NamedTuple):
    """The answers of all checks, the refusals first, in the order in which they decide the exit code."""

    results: List[CheckResult]
    strict: bool = False

    @property
    def ready(self) -> bool:
        """Whether nothing forbids the print."""
        return not any(result.blocks for result in self.results)

    @property
    def ignored(self) -> List[str]:
        """The ids of the checks whose failure the caller overrides."""
        return [result.id for result in self.results if result.ignored]

    @property
    def warnings(self) -> List[CheckResult]:
        """The results that warn."""
        return [result for result in self.results if result.warns]

    def as_dict(self) -> Dict[str, Any]:
        """Return `{"ready": ..., "strict": ..., "ignored": [...], "checks": [...]}`."""
        return {**self._verdict(), "checks": [result.as_dict() for result in self.results]}

    def summary(self) -> Dict[str, Any]:
        """Return the verdict and the warnings alone: `{"ready": ..., "warnings": [{"id": ..., "message": ...}]}`."""
        return {**self._verdict(), "warnings": [{"id": result.id, "message": result.message} for result in self.warnings]}

    def _verdict(self) -> Dict[str, Any]:
        return {"ready": self.ready, "strict": self.strict, "ignored": self.ignored}

    def error(self) -> Optional[CliError]:
        """Return the error of the first refusal, with the report in its `data`; None if the print may start."""
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
