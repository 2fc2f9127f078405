"""The REST answers about the printer, in the dialect of 1.11.8 or 2.0.0rc7. They read a `PrinterState` and change nothing."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Tuple

from octoprint_cli.testing.octoprint import profiles
from octoprint_cli.testing.octoprint.printer_state import (
    BAUDRATES,
    PORTS,
    SENDING,
    PrinterState,
)
from octoprint_cli.testing.octoprint.reply import Refused, Reply

_FLAGS = "cancelling closedOrError error finishing operational paused pausing printing ready resuming sdReady".split()
#: The flags that are true in each state; any other state counts as printing.
_ON = {
    "Operational": "operational ready sdReady",
    "Starting": "operational printing",
    "Starting print from SD": "operational printing",
    "Starting to send file to SD": "operational printing",
    "Pausing": "operational pausing printing",
    "Paused": "operational paused sdReady",
    "Resuming": "operational resuming printing",
    "Cancelling": "operational cancelling printing",
    "Finishing": "operational finishing printing",
    "Transferring file to SD": "operational",
    "Transferring file to printer": "operational",
}
_NO_FILE = ("date", "display", "name", "origin", "path", "size")


def job(octoprint: PrinterState) -> Reply:
    """Answer `GET /api/job`."""
    known = octoprint.completion is not None
    progress = {
        "completion": octoprint.completion,
        "filepos": None,
        "printTime": octoprint.print_time if known else None,
        "printTimeLeft": (0 if octoprint.completion == 100 else octoprint.print_time_left) if known else None,
        "printTimeLeftOrigin": "analysis" if known else None,
    }
    body: Dict[str, Any] = {"job": _job(octoprint), "progress": progress, "state": octoprint.state}
    if known and octoprint.selected:
        size = body["job"]["file"]["size"] or 0
        progress["filepos"] = int(size * max(0.0, octoprint.completion or 0.0) / 100)
    if octoprint.is_2:
        body["error"] = None
    elif octoprint.error:
        body["error"] = octoprint.error
    return Reply(200, body)


def _job(octoprint: PrinterState) -> Dict[str, Any]:
    chosen = octoprint.selected is not None
    file: Dict[str, Any] = dict.fromkeys(_NO_FILE)
    analysis: Dict[str, Any] = {}
    if octoprint.selected:
        location, path = octoprint.selected
        stored = octoprint.storage.get(location, path)
        name = path.rsplit("/", 1)[-1]
        file.update(name=name, path=path, origin=octoprint.storage.origin(location), display=stored.display if stored else name)
        file.update(size=stored.size if stored else None, date=stored.date if stored and location == "local" else None)
        analysis = stored.more.get("gcodeAnalysis") or {} if stored else {}
    body = {
        "estimatedPrintTime": analysis.get("estimatedPrintTime", 480.5) if chosen else None,
        "filament": {"length": None, "volume": None} if not chosen and not octoprint.is_2 else analysis.get("filament", {}),
        "file": {**file, "upload": octoprint.state == SENDING} if octoprint.is_2 else file,
        "lastPrintTime": None,
        "user": "_api" if chosen else None,
    }
    return body if octoprint.is_2 else {"averagePrintTime": None, **body}


def printer(octoprint: PrinterState, query: Mapping[str, str]) -> Reply:
    """Answer `GET /api/printer`. `exclude` in the query names parts to leave out, `history` and `limit` ask for the past."""
    octoprint.require_operational()
    body: Dict[str, Any] = {
        "sd": {"ready": True},
        "state": state(octoprint),
        "temperature": {name: _heater(octoprint, name) for name in octoprint.heaters},
    }
    if query.get("history", "").lower() in ("true", "yes", "y", "1"):
        body["temperature"]["history"] = _history(octoprint, query.get("limit", ""))
    return Reply(200, {name: part for name, part in body.items() if name not in query.get("exclude", "").split(",")})


def _history(octoprint: PrinterState, limit: str) -> List[Dict[str, Any]]:
    """Return the newest 300 temperatures, or as many as `limit` says if it is a number, where 0 means all."""
    return moments(octoprint.history[-(int(limit) if limit.isdigit() else 300) :])


def moments(history: Iterable[Tuple[int, Mapping[str, List[Any]]]]) -> List[Dict[str, Any]]:
    """Return earlier temperatures in the server's JSON."""
    return [
        {**{name: {"actual": actual, "target": target} for name, (actual, target) in heaters.items()}, "time": time}
        for time, heaters in history
    ]


def state(octoprint: PrinterState) -> Dict[str, Any]:
    """Return the state as `GET /api/printer` and the push socket show it. 2.0 does not show the error."""
    on = _ON.get(octoprint.state, "operational printing sdReady").split() if octoprint.connected else []
    if octoprint.is_2 and octoprint.state == "Paused":
        on.append("printing")
    if octoprint.state.startswith(("Offline", "Error")):
        on.append("closedOrError")
    flags = {**{name: name in on for name in _FLAGS}, **octoprint.flags}
    return {"error": "" if octoprint.is_2 else octoprint.error or "", "flags": flags, "text": octoprint.state}


def heaters(octoprint: PrinterState, kind: str) -> Reply:
    """Answer `GET /api/printer/tool|bed|chamber`."""
    octoprint.require_operational()
    if kind != "tool" and kind not in octoprint.heaters:
        raise Refused(409, f"Printer does not have a heated {kind}")
    return Reply(200, {name: _heater(octoprint, name) for name in octoprint.heaters if name.startswith(kind)})


def _heater(octoprint: PrinterState, name: str) -> Dict[str, Any]:
    actual, target = octoprint.heaters[name]
    return {"actual": actual, "offset": octoprint.offsets.get(name, 0), "target": target}


def connection(octoprint: PrinterState) -> Reply:
    """Answer `GET /api/connection`."""
    there = octoprint.connected
    closed = "Closed" if octoprint.state.startswith(("Offline", "Error")) and not octoprint.is_2 else octoprint.state
    current = {
        "baudrate": 115200 if there else None,
        "port": octoprint.port if there else None,
        "printerProfile": octoprint.profile if there else None if octoprint.is_2 else octoprint.default_profile,
        "state": octoprint.state if there else closed,
    }
    options = {
        "baudratePreference": 115200,
        "baudrates": list(BAUDRATES),
        "portPreference": "VIRTUAL",
        "ports": list(PORTS),
        **profiles.briefly(octoprint),
    }
    return Reply(200, {"current": current, "options": {**options, "autoconnect": False} if octoprint.is_2 else options})


def error(octoprint: PrinterState) -> Reply:
    """Answer `GET /api/printer/error`: empty after a broken cable, and always on 2.0, where the connection is closed by then."""
    if octoprint.is_2 or not octoprint.reported:
        return Reply(200, {"error": "", "reason": ""})
    return Reply(200, {"error": octoprint.reported, "reason": "firmware", "consequence": "emergency"})


def version(octoprint: PrinterState) -> Reply:
    """Answer `GET /api/version`."""
    return Reply(200, {"api": "0.1", "server": octoprint.version, "text": f"OctoPrint {octoprint.version}"})
