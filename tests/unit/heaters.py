"""What setting a heater's target sends: a path and its JSON, as `Server.sent` lists them."""

from __future__ import annotations

TOOL = "/api/printer/tool"
BED = "/api/printer/bed"
CHAMBER = "/api/printer/chamber"


def tools(**targets):
    return (TOOL, {"command": "target", "targets": targets})


def single(path, target):
    return (path, {"command": "target", "target": target})
