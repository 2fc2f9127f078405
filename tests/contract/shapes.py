"""The golden table: the keys and types of every command's `data`, and how data is held against it.

A field may be added without a word here; one that goes, or changes its type, breaks somebody's script. The
words: text, number, whole, switch; with `?` null is allowed, and `null` is nothing but null. A list has the shape
of its elements; a dict with the one key `*` has any keys.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple

from .table import Scene, asking, cancelled, idle, offline, paused, printing, stocked, warm

_JOB_VERB = {"action": "text", "changed": "switch", "file": "text", "state": "text"}
_LINK = {"connected": "switch", "changed": "switch", "state": "text", "port": "text", "baudrate": "whole", "profile": "text"}
_NO_LINK = {**_LINK, "port": "null", "baudrate": "null", "profile": "null"}
_HEATERS = {"*": {"actual": "number?", "target": "number?"}}
_REHEARSED = {"dry_run": "switch", "requests": [{"method": "text", "path": "text"}]}
_VERDICT = {
    "ready": "switch",
    "strict": "switch",
    "ignored": ["text"],
    "exemptions": ["nothing"],
    "checked": ["text"],
    "skipped": [{"id": "text", "reason": "text"}],
    "warnings": [{"id": "text", "message": "text"}],
}
_CHECK = {"id": "text", "status": "text", "severity": "text", "message": "text", "evidence": "any", "ignored": "switch"}
_CHECKS = {**_VERDICT, "checks": [_CHECK]}
_FILES = {"free": "whole", "total": "whole"}
_STATUS = {
    "state": "text",
    "phase": "text",
    "temperature": _HEATERS,
    "job": {
        "file": "text",
        "location": "text",
        "size": "whole",
        "completion": "number",
        "print_time": "whole",
        "print_time_left": "whole",
        "estimated_print_time": "whole",
        "user": "text",
    },
    "last_job": "null",
    "prompt": "null",
    "error": "null",
    "flags": {"*": "switch"},
}
_LAST_JOB = {"outcome": "text", "reason": "null", "file": "text", "location": "text", "ended": "text", "certain": "switch"}
_WAITED = {"waited_for": ["text"], "met": "text", "seconds": "number"}
_NOT_MET = {**_WAITED, "met": "null"}
_REPLY = {
    "command": "text",
    "lines": ["text"],
    "ok": "switch",
    "ambiguous": "switch",
    "error": "null",
    "parsed": {"*": "any"},
    "chatter": ["text"],
}
_EXTENTS = {"x": ["number"], "y": ["number"], "z": ["number"]}
_CONTENTS = {
    "file": "text",
    "size": "whole",
    "lines": "whole",
    "complete": "switch",
    "ending": "text",
    "extents": {"extruding": _EXTENTS, "all": _EXTENTS},
    "dimensions": {"width": "number", "depth": "number", "height": "number"},
    "extrusion": {"*": "number"},
    "extrusion_mode": {"mode": "text", "certain": "switch", "reason": "text"},
    "tools": ["text"],
    "temperatures": {"*": {"highest": "number", "first_layer": "number?"}},
    "layers": {"count": "whole?", "height": "number?", "first_height": "number?", "source": "text?", "marked": "whole?"},
    "slicer": "null",
    "printer": "null",
    "nozzles": ["number"],
    "filaments": ["text"],
    "filament_used": ["number"],
    "estimated_time": "null",
    "bad_lines": ["any"],
    "notable": ["any"],
    "cold_extrusion": "null",
    "doubts": ["any"],
    "thumbnails": ["any"],
    "written": "null",
}
_ENDED_JOB = {**_STATUS["job"], "completion": "null", "print_time": "null", "print_time_left": "null"}  # type: ignore[dict-item]
_AFTER_CANCEL = {**_STATUS, "job": _ENDED_JOB, "last_job": _LAST_JOB}
_UNKNOWN_JOB = dict.fromkeys(_STATUS["job"], "null")  # type: ignore[call-overload]


_LINE = {"seq": "whole", "time": "text", "source": "text", "type": "text"}
_PROGRESS = {"file": "text", "completion": "number", "print_time": "whole", "print_time_left": "whole"}
#: The lines of `watch`, by their type.
LINES: Dict[str, Any] = {
    "state": {**_LINE, "state": "text", "phase": "text", "file": "text?", "location": "text?", "error": "text?"},
    "progress": {**_LINE, **_PROGRESS},
    "temperature": {**_LINE, "temperature": _HEATERS},
    "event": {**_LINE, "event": "text", "payload": "any"},
    "notification": {**_LINE, "text": "text?", "choices": ["text"]},
    "connection": {**_LINE, "to": "text", "up": "switch", "reason": "text?"},
    "terminal": {**_LINE, "line": "text"},
}


class Shape(NamedTuple):
    """What a command line answers, in a scene; with `code`, in the data of that error."""

    argv: str
    scene: Scene
    data: Dict[str, Any]
    code: str = ""


_ARGUMENT = {
    "name": "text",
    "options": ["text"],
    "type": "text",
    "many": "switch",
    "repeated": "switch",
    "required": "switch",
    "default": "any",
    "choices": "any",
    "help": "text",
}
_COMMAND = {
    "name": "text",
    "summary": "text",
    "description": "text",
    "distribution": "text?",
    "arguments": [_ARGUMENT],
    "effects": ["text"],
    "confirm": "text?",
    "dry_run": "switch",
    "repeatable": "switch",
    "streams": "switch",
    "exit_codes": ["whole"],
    "error_codes": ["text"],
}
_EXPLAINED = {"code": "text", "exit_code": "whole", "meaning": "text", "retryable": "switch", "advice": "text", "next": "text"}

SHAPES: List[Shape] = [
    Shape("batch", idle, {"lines": "whole", "failed": "whole"}),
    Shape("cancel --confirm", printing, {"action": "text", "file": "text", "state": "text"}),
    Shape("cancel --confirm --dry-run", printing, _REHEARSED),
    Shape("commands", idle, {"commands": [_COMMAND], "broken": ["nothing"]}),
    Shape("commands plugins", idle, {"commands": [{**_COMMAND, "confirm": "null", "distribution": "null"}]}),
    Shape("complete zsh", idle, {"shell": "text", "script": "text", "use": "text"}),
    Shape("complete --words=stat", idle, {"words": ["text"]}),
    Shape(
        "config show",
        idle,
        {"path": "text", "printers": ["text"], "settings": [{"name": "text", "value": "any", "origin": "text"}]},
    ),
    Shape("connect", offline, _LINK),
    Shape("connect", idle, _LINK),
    Shape("disconnect", idle, _NO_LINK),
    Shape("explain NO_ACTIVE_JOB", idle, _EXPLAINED),
    Shape(
        "files",
        stocked,
        {**_FILES, "files": [{"name": "text", "path": "text", "location": "text", "size": "whole", "date": "text?"}]},
    ),
    Shape("files", idle, {**_FILES, "files": ["nothing"]}),
    Shape("gcode G28 G4", idle, {"action": "text", "commands": ["text"]}),
    Shape("gcode M115 M114 --reply", idle, {"action": "text", "commands": ["text"], "replies": [_REPLY]}),
    Shape("gcode M117 --reply", idle, {"replies": [{**_REPLY, "lines": ["nothing"], "parsed": "null", "chatter": ["nothing"]}]}),
    Shape("help", idle, {"commands": [{"name": "text", "summary": "text"}]}),
    Shape("help status", idle, {"command": "text", "help": "text", "distribution": "null"}),
    Shape(
        "init",
        idle,
        {"path": "text", "printer": "null", "host": "text", "api_key": "text", "verified": "switch", "server": "text"},
    ),
    Shape("init --no-verify --printer mk3", idle, {"printer": "text", "verified": "switch", "server": "null"}),
    Shape("pause", printing, _JOB_VERB),
    Shape("pause", paused, _JOB_VERB),
    Shape(
        "plugins check octoprint-agent-cli",
        idle,
        {"plugins": [{"distribution": "text", "ok": "switch", "problems": ["nothing"]}]},
    ),
    Shape(
        "plugins list",
        idle,
        {
            "plugins": [
                {
                    "distribution": "text",
                    "version": "text",
                    "commands": ["text"],
                    "checks": ["text"],
                    "formats": ["text"],
                    "problems": ["text"],
                    "requires": ["text"],
                }
            ]
        },
    ),
    Shape("plugins new my-printer", idle, {"folder": "text", "files": ["text"], "next": ["text"]}),
    Shape("inspect {file}", idle, _CONTENTS),
    Shape("preflight {file}", idle, _CHECKS),
    Shape("preflight {wide} --ignore print_volume --ignore travel_volume", idle, _CHECKS),
    Shape("preflight {risky} --strict", idle, _CHECKS, "FILE_INVALID"),
    Shape("preflight {missing}", idle, _CHECKS, "FILE_NOT_FOUND"),
    Shape("print {missing} --confirm", idle, _CHECKS, "FILE_NOT_FOUND"),
    Shape(
        "print {file} --confirm",
        idle,
        {
            "action": "text",
            "started": "switch",
            "file": "text",
            "location": "text",
            "size": "whole",
            "sha1": "text",
            "state": "text",
            "preflight": {**_VERDICT, "warnings": ["nothing"]},
        },
    ),
    Shape(
        "print {risky} --confirm --ignore tools", idle, {"preflight": {**_VERDICT, "warnings": [{"id": "text", "message": "text"}]}}
    ),
    Shape("print {file} --confirm --no-preflight", idle, {"started": "switch", "preflight": "null"}),
    Shape("print {file} --confirm --skip-if-printing", printing, {"action": "text", "reason": "text", "job": {"file": "text"}}),
    Shape("print {file} --dry-run", idle, _REHEARSED),
    Shape("resume", paused, _JOB_VERB),
    Shape("resume", printing, _JOB_VERB),
    Shape("schema status", idle, {"command": "text", "schema": {"$schema": "text", "title": "text", "type": "text"}}),
    Shape("skill", idle, {"name": "text", "content": "text"}),
    Shape("status", printing, _STATUS),
    Shape("status", idle, {**_STATUS, "job": _UNKNOWN_JOB}),
    Shape("status", cancelled, _AFTER_CANCEL),
    Shape("status", asking, {"prompt": {"text": "text", "choices": ["text"]}}),
    Shape("status", offline, {**_STATUS, "job": _UNKNOWN_JOB}, "PRINTER_OFFLINE"),
    Shape("temp", idle, {"temperature": _HEATERS, "set": {}}),
    Shape("temp --tool 21 --wait", idle, {**_WAITED, **_STATUS, "job": _UNKNOWN_JOB, "set": {"tool0": "number"}}),
    Shape("temp --history", warm, {"temperature": _HEATERS, "set": {}, "history": [{"time": "text", "tool0": _HEATERS["*"]}]}),
    Shape(
        "temp --tool 200", idle, {"temperature": {"tool0": {"actual": "number", "target": "number"}}, "set": {"tool0": "number"}}
    ),
    Shape(
        "upload {file}",
        idle,
        {
            "name": "text",
            "path": "text",
            "location": "text",
            "size": "whole",
            "hash": "text",
            "sha1": "text",
            "selected": "switch",
        },
    ),
    Shape("wait --for idle", cancelled, {**_WAITED, **_AFTER_CANCEL}),
    Shape("wait --for idle --for progress=50", idle, {**_WAITED, **_STATUS, "job": _UNKNOWN_JOB}),
    Shape("wait", cancelled, {**_NOT_MET, **_AFTER_CANCEL}, "JOB_CANCELLED"),
    Shape("wait --for paused --timeout 0.2", printing, {**_NOT_MET, **_STATUS}, "WAIT_TIMEOUT"),
    Shape("watch --until idle", cancelled, {**_WAITED, **_AFTER_CANCEL}),
    Shape("watch --timeout 0.2", printing, {**_NOT_MET, "waited_for": ["nothing"], **_STATUS}),
    Shape("watch --until paused --timeout 0.2", printing, {**_NOT_MET, **_STATUS}, "WAIT_TIMEOUT"),
    Shape("version", idle, {"cli": "text", "python": "text", "host": "text", "server": "text", "conflict": "null"}),
    Shape("version --client", idle, {"cli": "text", "python": "text", "host": "null", "server": "null", "conflict": "null"}),
]


def is_a(word: str, value: Any) -> bool:
    """Whether the value is what the word says. A number is no switch and a switch no number."""
    if word == "any" or (value is None and (word == "null" or word.endswith("?"))):
        return True
    if isinstance(value, bool):
        return word.rstrip("?") == "switch"
    types = {"text": str, "whole": int, "number": (int, float)}
    return isinstance(value, types.get(word.rstrip("?"), ()))  # type: ignore[arg-type]


def differences(shape: Any, value: Any, path: str = "data") -> Iterator[str]:
    """Where the value has lost something of the shape."""
    if isinstance(shape, str):
        if not is_a(shape, value):
            yield f"{path} is {value!r}, not {shape}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{path} is no list"
        else:
            for index, item in enumerate(value):
                yield from differences(shape[0], item, f"{path}[{index}]")
    elif not isinstance(value, dict):
        yield f"{path} is no object"
    else:
        for key in value if "*" in shape else shape:
            if key not in value:
                yield f"{path}.{key} is gone"
            else:
                yield from differences(shape.get("*", shape.get(key)), value[key], f"{path}.{key}")
