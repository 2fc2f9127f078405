"""A job that is followed: its readings, its events, and what its tracker makes of them."""

from __future__ import annotations

from typing import Any, Dict, Optional

from octoprint_cli.client.push.updates import Event
from octoprint_cli.client.tracking.job_tracker import JobTracker

from .driver import Server
from .scripted_push import job, news

PRINTING = job("Printing", completion=50.0, seconds=60)


def print_history(success: int, failure: int, succeeded: bool = False) -> Dict[str, Any]:
    """Return a file's history: how often it was printed to its end or not, and which the last print was."""
    return {"success": success, "failure": failure, "last": {"date": 1795398168.5, "success": succeeded}}


def end_event(kind: str, **payload: Any) -> Event:
    """Return the event of an ending of the job."""
    return Event(kind, {"path": "cube.gcode", "origin": "local", **payload})


def process_all(tracker: JobTracker, *pieces: Any) -> Any:
    """Hand updates to the tracker. Return the ending that it knows after them."""
    for piece in pieces:
        tracker.process(news(piece))
    return tracker.ending


def conclude_after(
    server: Server,
    tracker: JobTracker,
    state: str,
    file: Optional[str] = "cube.gcode",
    completion: Any = None,
    history: Any = None,
    **more: Any,
) -> Any:
    """Return the ending that the tracker concludes when a reading says that the job is over, and no event comes."""
    if history is not None:
        server.falsify("cube.gcode", prints=history)
    server.job(server.reading(state, file, completion=completion, **more))
    process_all(tracker, job(state, file, completion=completion))
    assert tracker.due is not None and tracker.ending is None
    tracker.conclude()
    return tracker.ending
