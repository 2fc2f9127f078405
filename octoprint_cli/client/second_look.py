"""A second look before a claim: `/api/job` says what the printer does, and `/api/connection` says it, too.

A cache in front of OctoPrint may keep an answer of one of them for long, whatever it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from octoprint_cli.client.parsing import inner, mapping, text
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resource import GLANCE_SECONDS
from octoprint_cli.errors import CliError, OutcomeUnknown

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http
    from octoprint_cli.client.resources.job import Job

_CONNECTION, _JOB = "/api/connection", "/api/job"


def other_state(http: Http, job: Job) -> Optional[str]:
    """Return the state in `/api/connection` (permission STATUS) if the job's cannot be true as well; None otherwise."""
    state = _state_of_connection(http)
    return state if state is not None and _differ(job.phase, phase_of(state)) else None


def still_contradicted(http: Http, job: Job) -> Optional[OutcomeUnknown]:
    """Return OutcomeUnknown if the two resources contradict each other, None if they do not.

    They may do so because the printer has just gone on: then it is not known, either, what came of the request.
    """
    state = other_state(http, job)
    if state is None:
        return None
    return OutcomeUnknown(
        f"{_JOB} says {job.state}, and {_CONNECTION} says {state}: one of the two is old, as from a cache in front of OctoPrint",
        hint="octoprint-cli status",
        details={"state": None, "by_job": job.state, "by_connection": state},
    )


def _state_of_connection(http: Http) -> Optional[str]:
    try:
        with http.hurried(GLANCE_SECONDS):
            answer = mapping(http.get(_CONNECTION, needs="STATUS", fresh=True), _CONNECTION)
    except CliError:  # other servers do not have it
        return None
    return text(inner(answer, "current").get("state"))


def _differ(first: Phase, second: Phase) -> bool:
    """Whether the two say different things of a job. What is unknown contradicts nothing."""
    return Phase.UNKNOWN not in (first, second) and _kind(first) is not _kind(second)


def _kind(phase: Phase) -> Phase:
    """Return one phase for all those without a printer, and one for all those of a job that is not paused."""
    if not phase.connected:  # 1.x says Closed of one, and Offline after error of the other
        return Phase.OFFLINE
    return phase if phase in (Phase.IDLE, Phase.PAUSED) else Phase.PRINTING
