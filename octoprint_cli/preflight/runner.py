"""Running the checks, and what their answers add up to."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from octoprint_cli.errors import PRECEDENCE, CliError, PluginError
from octoprint_cli.extensions import CHECKS, Extensions
from octoprint_cli.preflight.check import Check, Severity, Skip, Subject


class Result(NamedTuple):
    """A check's answer: status pass, fail or skip."""

    id: str
    status: str
    severity: Severity
    message: str
    error: Optional[CliError] = None

    @property
    def blocks(self) -> bool:
        """Whether this forbids the print."""
        return self.status == "fail" and self.severity is Severity.BLOCK

    def as_dict(self) -> Dict[str, Any]:
        """The row of the report."""
        return {"id": self.id, "status": self.status, "severity": self.severity.value, "message": self.message}


class Report(NamedTuple):
    """All answers, the refusals first in the order in which they decide the exit code."""

    results: List[Result]

    @property
    def ready(self) -> bool:
        """Whether nothing forbids the print."""
        return not any(result.blocks for result in self.results)

    def as_dict(self) -> Dict[str, Any]:
        """`{"ready": ..., "checks": [...]}`."""
        return {"ready": self.ready, "checks": [result.as_dict() for result in self.results]}

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


def run_preflight(subject: Subject) -> Report:
    """Every installed check, on this subject."""
    extensions = Extensions(CHECKS)
    results = [_run_one(extensions, name, subject) for name in extensions.claimed()]
    return Report(sorted(results, key=_rank))


def _run_one(extensions: Extensions, name: str, subject: Subject) -> Result:
    try:
        check: Check = extensions.load(name)()
    except (Exception, SystemExit) as error:  # a broken add-on costs its own check, and is named
        return Result(name, "skip", Severity.WARN, f"not run: {error}")
    severity = _severity(check)
    try:
        return Result(name, "pass", severity, check.run(subject))
    except Skip as reason:
        return Result(name, "skip", severity, str(reason))
    except CliError as error:
        return Result(name, "fail", severity, error.message, error)
    except (Exception, SystemExit) as error:  # it was about to say something: not knowing what, say no
        crash = PluginError(f"the check {name} crashed: {type(error).__name__}: {error}", hint="octoprint-cli plugins list")
        return Result(name, "fail", severity, crash.message, crash)


def _severity(check: Check) -> Severity:
    """A check's severity; one that does not say it in our words blocks."""
    try:
        return Severity(check.severity)
    except ValueError:
        return Severity.BLOCK


def _rank(result: Result) -> Any:
    urgency = PRECEDENCE.index(result.error.exit_code) if result.error else len(PRECEDENCE)
    return (not result.blocks, result.status != "fail", urgency, result.id)
