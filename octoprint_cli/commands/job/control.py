"""cancel, pause, resume: commands that act on the active job."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, Dict, Optional

from octoprint_cli.api import Guarded, ShowOne, fields, lines, require_hot

#: The result of pause and resume.
_CHANGED = fields.record(
    action=fields.one_of("paused", "resumed"),
    changed=fields.switch("false if it was so before; null if not known").or_null,
    file=fields.text("path on the server").or_null,
    state=fields.text("the server's own word"),
)


class Cancel(Guarded, ShowOne):
    """cancel the print for good

    Success means that the job has stopped. Nothing is checked before the cancel is sent. If another client has started the
    next job already, "state" is that job's.
    """

    destructive = "ends the print for good"
    would = "Would cancel the job."
    result = fields.record(
        action=fields.one_of("cancelled"),
        file=fields.text("path on the server").or_null,
        state=fields.text("the server's own word"),
    )
    template = "<green>Cancelled</> {file|the job}. The printer is {state}."
    examples = (
        ("octoprint-cli cancel --confirm", "end the print; it cannot be resumed"),
        ("octoprint-cli cancel --dry-run", "show the request that would be sent"),
    )
    effects = ("stops",)
    error_codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STILL_CANCELLING")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        job = self.client.job.cancel()
        return {"action": "cancelled", "file": job.file, "state": job.state}


class Pause(Guarded, ShowOne):
    """pause the print

    A print that is paused already is a success with "changed": false. If the server is slow to answer, the pause is sent
    without looking, and "changed" is null.
    """

    destructive = None
    would = "Would pause the job."
    result = _CHANGED
    template = lines(
        (
            "{changed=false}{file|The job} was paused already.",
            "{changed=null}{file|The job} is paused; whether it was so before is not known.",
            "<green>Paused</> {file|the job}.",
        ),
        "Go on with it: {octoprint-cli resume}",
    )
    examples = (
        ("octoprint-cli pause", "pause the print; resume goes on with it"),
        ("octoprint-cli pause --json", "the same, and say in JSON whether that changed anything"),
    )
    effects = ("stops",)
    error_codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STATE_NOT_REACHED")

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        before = self._before()
        if before is not None and before.require_active().phase.value == "paused":
            return {"action": "paused", "changed": False, "file": before.file, "state": before.state}
        after = self.client.job.pause()
        return {
            "action": "paused",
            "changed": None if before is None else True,
            "file": (before or after).file,
            "state": after.state,
        }

    def _before(self) -> Optional[Any]:
        """Return the job before the pause, None if it is not known: nothing is left undone because of an old answer."""
        job = self.client.job.glance()
        if job is None or not (job.phase.at_rest or job.phase.value == "paused"):
            return job
        return None if self.client.job.is_contradicted(job) else job


class Resume(Guarded, ShowOne):
    """resume the paused print

    A job that is printing already is a success with "changed": false. Without --confirm the command is refused if a
    heater that was hot at the pause is cold now, or was turned down since.
    """

    destructive = "prints into the air if a heater that was hot at the pause is cold now"
    would = "Would resume the job."
    result = _CHANGED
    template = lines(
        ("{changed=false}{file|The job} was under way already.", "<green>Resumed</> {file|the job}."),
        "Watch it: {octoprint-cli watch}",
    )
    examples = (
        ("octoprint-cli resume", "go on with the paused print"),
        ("octoprint-cli resume --dry-run", "show the request that would be sent"),
    )
    effects = ("heats", "moves", "starts")
    error_codes = ("NO_ACTIVE_JOB", "PRINTER_OFFLINE", "STATE_NOT_REACHED")

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        """Return None: only `check` knows whether anything has cooled down."""
        return None

    def check(self, parsed_args: Namespace) -> Any:
        """Refuse to go on with cold heaters. Returns the job."""
        job = self.client.job.current()
        if job.phase.at_rest and self.client.job.is_contradicted(job):
            return job  # the server knows better whether there is a job
        job.require_active()
        if job.phase.value == "paused" and not parsed_args.confirm:
            require_hot(self, job)
        return job

    def perform(self, parsed_args: Namespace, plan: Any) -> Dict[str, Any]:
        printing = plan.phase.value in ("printing", "starting", "finishing")
        if printing and not self.client.job.is_contradicted(plan):
            return {"action": "resumed", "changed": False, "file": plan.file, "state": plan.state}
        after = self.client.job.resume()
        return {"action": "resumed", "changed": True, "file": plan.file, "state": after.state}
