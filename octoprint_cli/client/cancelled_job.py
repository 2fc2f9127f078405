"""A job that is being cancelled, told from the next one, which another client may start at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Optional

from octoprint_cli.client.phase import Phase

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job


class CancelledJob:
    """Follows the readings of the job from before the cancel is sent until the job has ended."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._known: Optional[Job] = None  # the last reading of the job, with the last print time that was known

    @property
    def was_seen(self) -> bool:
        """Whether a reading has shown the job itself."""
        return self._known is not None

    def is_over(self, job: Job) -> bool:
        """Process a reading, and return whether the job has ended: the printer is at rest, or has the next job."""
        if job.phase.at_rest or self._is_next(job):
            return True
        if self._known is None:
            self._known = job
        elif job.file is not None:
            self._known = job if job.print_time is not None else job._replace(print_time=self._known.print_time)
        return False

    def _is_next(self, job: Job) -> bool:
        known = self._known
        if known is None:  # a job that has printed for less time than has passed since the cancel
            printed = job.print_time if job.phase is Phase.PRINTING else None
            return printed is not None and printed + 1 < time.monotonic() - self._since
        if not job.phase.has_job:
            return False
        if job.file is not None and known.file is not None and not job.is_of(known.file, known.location or "local"):
            return True
        return job.print_time is not None and known.print_time is not None and job.print_time < known.print_time

    def with_state_of(self, job: Job) -> Job:
        """Return the cancelled job with the printer's state in `job`."""
        return job if self._known is None else self._known._replace(state=job.state, error=job.error)
