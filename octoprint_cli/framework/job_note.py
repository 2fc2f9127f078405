"""A note in the answer of a command that heats or tunes: whether a job was under way, which it affects."""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.errors import CliError
from octoprint_cli.framework.fields import record, text
from octoprint_cli.framework.run_context import CommandContext
from octoprint_cli.output.safe_text import visible

#: The job that was under way; null if there was none, missing if that is not known.
UNDER_WAY = record(
    "the job that is under way and affected by this; null: none",
    file=text("path on the server").or_null,
    state=text("the server's word"),
    user=text("who started it").or_null,
).or_null


def job_under_way(command: CommandContext) -> Dict[str, Any]:
    """Look at the server once, and return `{"job_under_way": ...}` with a warning; nothing if the look fails."""
    try:
        job = command.client.job.current()
    except CliError:
        return {}
    if not job.phase.has_job:
        return {"job_under_way": None}
    command.terminal.warn(f"a job is under way, which this affects: {visible(job.file or '')} ({visible(job.state)})")
    return {"job_under_way": {"file": job.file, "state": job.state, "user": job.user}}
