"""Run every installed check on one file and one printer."""

from __future__ import annotations

import logging
from typing import Any, Collection

from octoprint_cli.errors import PRECEDENCE, CliError, PluginError, UsageError
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding, Severity, Skip
from octoprint_cli.preflight.report import CheckResult, Report

_LOG = logging.getLogger(__name__)


def run_preflight(context: CheckContext, ignore: Collection[str] = (), strict: bool = False) -> Report:
    """Run every installed check, and return what they found.

    A failure of a check in `ignore` forbids nothing; with `strict` a warning forbids, too. Raises UsageError
    for a check to ignore that does not exist.
    """
    extensions = EntryPointGroup(CHECKS)
    known = extensions.claimed()
    unknown = [name for name in ignore if name not in known]
    if unknown:
        raise UsageError(f"there is no check {', '.join(unknown)}; there are {', '.join(known)}", hint="octoprint-cli preflight")
    results = [_run_one(extensions, name, context).weighed(ignore, strict) for name in known]
    return Report(sorted(results, key=_rank), strict)


def _run_one(extensions: EntryPointGroup, name: str, context: CheckContext) -> CheckResult:
    try:
        check: Check = extensions.load(name)()
    except (Exception, SystemExit) as error:  # a broken plugin costs its own check, and is named
        return CheckResult(name, "skip", Severity.WARN, f"not run: {error}")
    severity = _severity(check)
    try:
        answer = check.run(context)
    except Skip as reason:
        return CheckResult(name, "skip", severity, str(reason))
    except CliError as error:
        return CheckResult(name, "fail", severity, error.message, error, error.details)
    except (Exception, SystemExit) as error:  # it was about to say something: not knowing what, say no
        crash = PluginError(f"the check {name} crashed: {type(error).__name__}: {error}", hint="octoprint-cli plugins list")
        _LOG.debug(crash.message, exc_info=error)
        return CheckResult(name, "fail", severity, crash.message, crash, {"crashed": type(error).__name__})
    finding = answer if isinstance(answer, Finding) else Finding(answer)
    return CheckResult(name, "pass", severity, finding.message, evidence=finding.evidence)


def _severity(check: Check) -> Severity:
    """Return a check's severity. One that is none of ours counts as BLOCK."""
    try:
        return Severity(check.severity)
    except ValueError:
        return Severity.BLOCK


def _rank(result: CheckResult) -> Any:
    urgency = PRECEDENCE.index(result.error.exit_code) if result.error else len(PRECEDENCE)
    return (not result.blocks, result.status != "fail", urgency, result.id)
