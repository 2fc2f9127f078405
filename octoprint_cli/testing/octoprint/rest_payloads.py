"""What the fake server says of its printer, in the words of 1.11.8 or of 2.0.0rc7. Reads a `Machine`, changes nothing."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Tuple

from octoprint_cli.testing.octoprint import profiles
from octoprint_cli.testing.octoprint.printer_state import (
    BAUDRATES,
    PORTS,
    SENDING,
    Machine,
)
from octoprint_cli.testing.octoprint.reply import Refused, Reply

_FLAGS = "cancelling closedOrError error finishing operational paused pausing printing ready resuming sdReady".split()
#: The flags that are true by state; a state that is not here is one more way of printing.
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


def job(machine: Machine) -> Reply:
    """`GET /api/job`."""
    known = machine.completion is not None
    progress = {
        "completion": machine.completion,
        "filepos": None,
        "printTime": machine.print_time if known else None,
        "printTimeLeft": (0 if machine.completion == 100 else machine.print_time_left) if known else None,
        "printTimeLeftOrigin": "analysis" if known else None,
    }
    body: Dict[str, Any] = {"job": _job(machine), "progress": progress, "state": machine.state}
    if known and machine.selected:
        size = body["job"]["file"]["size"] or 0
        progress["filepos"] = int(size * max(0.0, machine.completion or 0.0) / 100)
    if machine.is_2:
        body["error"] = None
    elif machine.error:
        body["error"] = machine.error
    return Reply(200, body)


def _job(machine: Machine) -> Dict[str, Any]:
    chosen = machine.selected is not None
    file: Dict[str, Any] = dict.fromkeys(_NO_FILE)
    analysis: Dict[str, Any] = {}
    if machine.selected:
        location, path = machine.selected
        stored = machine.storage.get(location, path)
        name = path.rsplit("/", 1)[-1]
        file.update(name=name, path=path, origin=machine.storage.origin(location), display=stored.display if stored else name)
        file.update(size=stored.size if stored else None, date=stored.date if stored and location == "local" else None)
        analysis = stored.more.get("gcodeAnalysis") or {} if stored else {}
    body = {
        "estimatedPrintTime": analysis.get("estimatedPrintTime", 480.5) if chosen else None,
        "filament": {"length": None, "volume": None} if not chosen and not machine.is_2 else analysis.get("filament", {}),
        "file": {**file, "upload": machine.state == SENDING} if machine.is_2 else file,
        "lastPrintTime": None,
        "user": "_api" if chosen else None,
    }
    return body if machine.is_2 else {"averagePrintTime": None, **body}


def printer(machine: Machine, query: Mapping[str, str]) -> Reply:
    """`GET /api/printer`; of the query, `exclude` names parts to leave out, `history` and `limit` ask for earlier temperatures."""
    machine.require_operational()
    body: Dict[str, Any] = {
        "sd": {"ready": True},
        "state": state(machine),
        "temperature": {name: _heater(machine, name) for name in machine.heaters},
    }
    if query.get("history", "").lower() in ("true", "yes", "y", "1"):
        body["temperature"]["history"] = _history(machine, query.get("limit", ""))
    return Reply(200, {name: part for name, part in body.items() if name not in query.get("exclude", "").split(",")})


def _history(machine: Machine, limit: str) -> List[Dict[str, Any]]:
    """The newest 300, or so many as a limit says that is a number; 0 are all of them."""
    return moments(machine.history[-(int(limit) if limit.isdigit() else 300) :])


def moments(history: Iterable[Tuple[int, Mapping[str, List[Any]]]]) -> List[Dict[str, Any]]:
    """Earlier temperatures, as the server tells them."""
    return [
        {**{name: {"actual": actual, "target": target} for name, (actual, target) in heaters.items()}, "time": time}
        for time, heaters in history
    ]


def state(machine: Machine) -> Dict[str, Any]:
    """The state, as `GET /api/printer` and the push socket tell it. 2.0 keeps an error to itself."""
    on = _ON.get(machine.state, "operational printing sdReady").split() if machine.connected else []
    if machine.is_2 and machine.state == "Paused":
        on.append("printing")
    if machine.state.startswith(("Offline", "Error")):
        on.append("closedOrError")
    flags = {**{name: name in on for name in _FLAGS}, **machine.flags}
    return {"error": "" if machine.is_2 else machine.error or "", "flags": flags, "text": machine.state}


def heaters(machine: Machine, kind: str) -> Reply:
    """`GET /api/printer/tool|bed|chamber`."""
    machine.require_operational()
    if kind != "tool" and kind not in machine.heaters:
        raise Refused(409, f"Printer does not have a heated {kind}")
    return Reply(200, {name: _heater(machine, name) for name in machine.heaters if name.startswith(kind)})


def _heater(machine: Machine, name: str) -> Dict[str, Any]:
    actual, target = machine.heaters[name]
    return {"actual": actual, "offset": 0, "target": target}


def connection(machine: Machine) -> Reply:
    """`GET /api/connection`."""
    there = machine.connected
    closed = "Closed" if machine.state.startswith(("Offline", "Error")) and not machine.is_2 else machine.state
    current = {
        "baudrate": 115200 if there else None,
        "port": machine.port if there else None,
        "printerProfile": machine.profile if there else None if machine.is_2 else machine.default_profile,
        "state": machine.state if there else closed,
    }
    options = {
        "baudratePreference": 115200,
        "baudrates": list(BAUDRATES),
        "portPreference": "VIRTUAL",
        "ports": list(PORTS),
        **profiles.briefly(machine),
    }
    return Reply(200, {"current": current, "options": {**options, "autoconnect": False} if machine.is_2 else options})


def error(machine: Machine) -> Reply:
    """`GET /api/printer/error`: nothing of a line that broke, and on 2.0 nothing once the connection is closed."""
    if machine.is_2 or not machine.reported:
        return Reply(200, {"error": "", "reason": ""})
    return Reply(200, {"error": machine.reported, "reason": "firmware", "consequence": "emergency"})


def version(machine: Machine) -> Reply:
    """`GET /api/version`."""
    return Reply(200, {"api": "0.1", "server": machine.version, "text": f"OctoPrint {machine.version}"})
