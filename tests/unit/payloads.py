"""Single answers of OctoPrint 1.11.8 or 2.0.0rc7, made by the kit's fake: what tests script, spoil and parse."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

from octoprint_cli.testing import FakeOctoPrint
from octoprint_cli.testing.octoprint import profiles, rest_payloads

DIALECTS = ("1.11.8", "2.0.0rc7")
#: What the server's own analysis says of a short print.
ANALYSIS = {"estimatedPrintTime": 4.857, "filament": {"tool0": {"length": 19.9, "volume": 0.0}}}
#: A longer print: its size, and its analysis.
_LONG = {"size": 21953, "gcodeAnalysis": {"estimatedPrintTime": 93.565, "filament": {"tool0": {"length": 59.9, "volume": 0.0}}}}


def reading(
    dialect: str,
    state: str,
    file: Optional[str] = None,
    completion: Any = None,
    left: Any = None,
    origin: str = "local",
    **more: Any,
) -> Dict[str, Any]:
    """Return an answer of `GET /api/job`; `more` replaces parts of it."""
    octoprint = FakeOctoPrint(dialect)
    octoprint.state = state
    octoprint.completion = completion if completion is None or isinstance(completion, (int, float)) else 0.0
    octoprint.print_time, octoprint.print_time_left = 0, left
    if file is not None:
        octoprint.selected = ("local" if origin == "local" else "sdcard", file)
        octoprint.store(file, location=octoprint.selected[0], **_LONG)
    body: Dict[str, Any] = {**rest_payloads.job(octoprint).body, **more}
    body["progress"]["completion"] = completion
    return body


def link(dialect: str, state: str, **current: Any) -> Dict[str, Any]:
    """Return an answer of `GET /api/connection`; `current` replaces parts of the connection."""
    octoprint = FakeOctoPrint(dialect)
    octoprint.state = state.replace("Closed with error", "Offline after error").replace("Closed", "Offline")
    body: Dict[str, Any] = rest_payloads.connection(octoprint).body
    body["current"].update({"state": state, **current})
    return body


def printer(dialect: str, state: str, heaters: Mapping[str, Any], history: Optional[Sequence[Any]] = None) -> Dict[str, Any]:
    """Return an answer of `GET /api/printer`; with `history`, of `GET /api/printer?history=true`."""
    octoprint = FakeOctoPrint(dialect)
    octoprint.state, octoprint.heaters, octoprint.history = state, dict(heaters), list(history or [])
    body: Dict[str, Any] = rest_payloads.printer(octoprint, {} if history is None else {"history": "true"}).body
    return body


def profile(**changes: Any) -> Dict[str, Any]:
    """Return the default printer profile; `changes` replace its parts, or those of its parts."""
    found: Dict[str, Any] = profiles.listing(FakeOctoPrint()).body["profiles"]["_default"]
    for name, value in changes.items():
        found[name] = {**found[name], **value} if isinstance(value, dict) else value
    return found


def entry(dialect: str, path: str, content: bytes = b"", **more: Any) -> Dict[str, Any]:
    """Return a local file's entry in a listing; `more` replaces parts of it."""
    octoprint = FakeOctoPrint(dialect)
    octoprint.store(path, content, gcodeAnalysis=ANALYSIS)
    return {**octoprint.storage.entry("local", path), **more}


def card_entry(dialect: str, name: str) -> Dict[str, Any]:
    """Return an entry of the SD card's listing."""
    octoprint = FakeOctoPrint(dialect)
    octoprint.store(name, location="sdcard", size=4693)
    return octoprint.storage.entry("sdcard", name)
