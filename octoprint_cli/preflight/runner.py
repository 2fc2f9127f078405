"""Run every installed check on one file and one printer."""

from __future__ import annotations

import logging
from typing import Any, Collection, Dict, List

from octoprint_cli.errors import PRECEDENCE, CliError, PluginError, UsageError
from octoprint_cli.plugins.entry_points import CHECKS, EntryPointGroup
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, OnlyWarning, Severity, Skip
from octoprint_cli.preflight.report import CheckResult, Report

_LOG = logging.getLogger(__name__)


def run_preflight(context: CheckContext, ignore: Collection[str] = (), strict: bool = False) -> Report:
    """Run every installed check, and return what they found.

    A failure of a check in `ignore`, or in that of the configuration, forbids nothing; with `strict` a warning forbids, too.
    Raises UsageError for a check to ignore that does not exist, and ConfigError for one that the configuration names.
    """
    extensions = EntryPointGroup(CHECKS)
    known = extensions.claimed()
    unknown = [name for name in ignore if name not in known]
    if unknown:
        raise UsageError(f"there is no check {', '.join(unknown)} (choose from {', '.join(known)})", hint="octoprint-cli preflight")
    lasting = context.lasting_ignore
    ignored = {*ignore, *(lasting.value if lasting else ())}
    results = _settled([_run_one(extensions, name, context).weighed(ignored, strict) for name in known])
    exemptions = [result.exemption.as_dict(result.id) for result in results if result.exemption]
    if lasting:
        by_setting = [result.id for result in results if result.ignored and result.id in lasting.value and result.id not in ignore]
        exemptions += [{"id": name, "setting": "ignore", "value": name, "origin": lasting.origin} for name in by_setting]
    return Report(sorted(results, key=_rank), strict, exemptions, context.look_again)


def _settled(results: List[CheckResult]) -> List[CheckResult]:
    """Return the results, where a check without an answer counts only if no other check refuses for the same reason."""
    refused = {result.id for result in results if result.blocks}
    return [result._replace(unanswered=False) if result.told_by in refused else result for result in results]


def _run_one(extensions: EntryPointGroup, name: str, context: CheckContext) -> CheckResult:
    try:
        check: Check = extensions.load(name)()
    except (Exception, SystemExit) as error:  # a broken plugin costs its own check, and is named
        cause = error if isinstance(error, CliError) else None
        return CheckResult(name, "skip", Severity.BLOCK, f"not run: {error}", cause, unanswered=True)
    severity = _severity(check)
    try:
        answer = check.run(context)
    except Skip as reason:
        return CheckResult(name, "skip", severity, str(reason), **_unanswered(reason))
    except OnlyWarning as warning:
        found = warning.error
        return CheckResult(name, "fail", Severity.WARN, found.message, found, found.details)
    except CliError as error:
        return CheckResult(name, "fail", severity, error.message, error, error.details)
    except (Exception, SystemExit) as error:  # it was about to say something: not knowing what, say no
        crash = PluginError(f"the check {name} crashed: {type(error).__name__}: {error}", hint="octoprint-cli plugins list")
        _LOG.debug(crash.message, exc_info=error)
        return CheckResult(name, "fail", severity, crash.message, crash, {"crashed": type(error).__name__})
    finding = answer if isinstance(answer, Finding) else Finding(answer)
    return CheckResult(name, "pass", severity, finding.message, evidence=finding.evidence, exemption=finding.exemption)


def _unanswered(reason: Skip) -> Dict[str, Any]:
    """Return what tells a check that cannot find its answer from one whose question does not arise."""
    if not isinstance(reason, CannotCheck):
        return {}
    return {"error": reason.error, "unanswered": True, "told_by": reason.told_by}


def _severity(check: Check) -> Severity:
    """Return a check's severity. One that is none of ours counts as BLOCK."""
    try:
        return Severity(check.severity)
    except ValueError:
        return Severity.BLOCK


def _rank(result: CheckResult) -> Any:
    error = result.error if result.status == "fail" else None
    urgency = PRECEDENCE.index(error.exit_code) if error else len(PRECEDENCE)
    return (not result.blocks, result.status != "fail", urgency, result.id)
