"""Answers of OctoPrint 1.11.8 and 2.0.0rc7, as recorded from real ones, with what a test varies filled in."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, Mapping, Optional, Sequence

_FLAGS = "cancelling closedOrError error finishing operational paused pausing printing ready resuming sdReady".split()
#: The flags that are true by state text, as recorded; a text that is not here is answered with a 409.
_ON = {
    "Operational": "operational ready sdReady",
    "Starting": "operational printing",
    "Printing": "operational printing sdReady",
    "Printing from SD": "operational printing sdReady",
    "Sending file to SD": "operational printing sdReady",
    "Pausing": "operational pausing printing",
    "Paused": "operational paused",
    "Resuming": "operational resuming printing",
    "Cancelling": "operational cancelling printing",
    "Finishing": "operational finishing printing",
    "Transferring file to SD": "operational",
    "Druckt gerade": "operational printing",
}
NO_FILE = dict.fromkeys(("date", "display", "name", "origin", "path", "size"))
NO_PROGRESS = dict.fromkeys(("completion", "filepos", "printTime", "printTimeLeft", "printTimeLeftOrigin"))


class Recorded:
    """The bodies in one dialect."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.is_2 = dialect.startswith("2")
        self.card = "printer" if self.is_2 else "sdcard"

    def reading(
        self, state: str, file: Optional[str] = None, completion: Any = None, left: Any = None, **more: Any
    ) -> Dict[str, Any]:
        """A reading of `/api/job` as recorded."""
        origin = more.pop("origin", "local")
        job: Dict[str, Any] = {
            "estimatedPrintTime": None,
            "filament": {},
            "file": dict(NO_FILE),
            "lastPrintTime": None,
            "user": None,
        }
        if file is not None:
            job["file"] = {"date": 1795333787, "display": file, "name": file, "origin": origin, "path": file, "size": 21953}
            job.update(estimatedPrintTime=93.565, filament={"tool0": {"length": 59.9, "volume": 0.0}}, user="_api")
        progress = dict(NO_PROGRESS, completion=completion, printTimeLeft=left)
        if completion is not None:
            progress.update(filepos=193, printTime=0, printTimeLeftOrigin="analysis")
        body = {"job": job, "progress": progress, "state": state}
        if self.is_2:
            body["error"] = None
            job["file"]["upload"] = False
        else:
            job["averagePrintTime"] = None
        return {**body, **more}

    def link(self, state: str, **current: Any) -> Dict[str, Any]:
        """A reading of `/api/connection` as recorded."""
        up = state == "Operational" or state.startswith("Printing")
        now: Dict[str, Any] = {"baudrate": 115200 if up else None, "port": "VIRTUAL" if up else None, "state": state}
        now["printerProfile"] = "_default" if up or not self.is_2 else None
        options = {
            "baudratePreference": 115200,
            "baudrates": [250000, 230400, 115200, 57600, 38400, 19200, 9600],
            "portPreference": "VIRTUAL",
            "ports": ["/dev/ttyS0", "VIRTUAL"],
            "printerProfilePreference": "_default",
            "printerProfiles": [{"id": "_default", "name": "Default"}],
        }
        return {"current": {**now, **current}, "options": options}

    @staticmethod
    def profile(**changes: Any) -> Dict[str, Any]:
        """The default printer profile as recorded, in use; `changes` replace its parts, or those of its parts."""
        found: Dict[str, Any] = {
            "axes": {"e": {"inverted": False, "speed": 300}, "z": {"inverted": False, "speed": 200}},
            "color": "default",
            "current": True,
            "default": True,
            "extruder": {"count": 1, "nozzleDiameter": 0.4, "offsets": [[0.0, 0.0]], "sharedNozzle": False},
            "heatedBed": True,
            "heatedChamber": False,
            "id": "_default",
            "model": "Generic RepRap Printer",
            "name": "Default",
            "resource": "http://octopi.test/api/printerprofiles/_default",
            "volume": {
                "custom_box": False,
                "depth": 200.0,
                "formFactor": "rectangular",
                "height": 200.0,
                "origin": "lowerleft",
                "width": 200.0,
            },
        }
        for name, value in changes.items():
            found[name] = {**found[name], **value} if isinstance(value, dict) else value
        return found

    def printer(self, text: str, heat: Mapping[str, Any], past: Optional[Sequence[Any]] = None) -> Dict[str, Any]:
        """A reading of `/api/printer`, or its refusal; with `past`, a time and heaters each, as its history."""
        if text not in _ON:
            return {"error": "Printer is not operational"}
        on = _ON[text].split() + (["printing"] if self.is_2 and text == "Paused" else [])
        shown: Dict[str, Any] = {name: {"actual": actual, "offset": 0, "target": target} for name, (actual, target) in heat.items()}
        if past is not None:
            shown["history"] = [{**_samples(heaters), "time": time} for time, heaters in past]
        state = {"error": "", "flags": {flag: flag in on for flag in _FLAGS}, "text": text}
        return {"sd": {"ready": True}, "state": state, "temperature": shown}

    def entry(self, path: str, content: bytes = b"", **more: Any) -> Dict[str, Any]:
        """An entry of a listing as recorded."""
        name = path.rsplit("/", 1)[-1]
        found: Dict[str, Any] = {"date": 1795333787, "display": name, "name": name, "origin": "local", "path": path}
        found.update(size=len(content), type="machinecode", typePath=["machinecode", "gcode"], refs={}, user="_api")
        found["gcodeAnalysis"] = {"estimatedPrintTime": 4.857, "filament": {"tool0": {"length": 19.9, "volume": 0.0}}}
        if not self.is_2:
            found["hash"] = hashlib.sha1(content).hexdigest()
        return {**found, **more}

    def card_entry(self, name: str) -> Dict[str, Any]:
        """An entry of the SD card's listing as recorded."""
        shown = name if self.is_2 else f"/{name}"
        return {"display": shown, "name": name, "origin": self.card, "path": name, "refs": {}, "size": 4693, "type": "machinecode"}


def _samples(heaters: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: {"actual": actual, "target": target} for name, (actual, target) in heaters.items()}
