"""The printer profile of a real server, changed through its own API, and files that fit it or not."""

from __future__ import annotations

from typing import Any, Dict

from .program import Answer

PROFILE = "/api/printerprofiles/_default"


SQUARE = {"width": 200.0, "depth": 200.0, "height": 200.0, "formFactor": "rectangular", "origin": "lowerleft", "custom_box": False}


DEFAULT = {
    "name": "Default",
    "model": "Generic RepRap Printer",
    "heatedBed": True,
    "heatedChamber": False,
    "extruder": {"count": 1, "nozzleDiameter": 0.4},
    "volume": SQUARE,
}


def one_line(x: float, y: float, to_x: float, to_y: float, z: float = 0.2, travel: str = "", before: str = "") -> str:
    """A print of one line, at a height; before it and after it whatever else."""
    move = f"G1 X{x} Y{y} Z{z} F6000\nG1 X{to_x} Y{to_y} E1\n"
    return f"M109 S200\n{before}G28\nG90\nM82\n{move}{travel}M104 S0\nM84\n"


GOOD = one_line(20, 20, 80, 60)


def change(server: Any, profile: Dict[str, Any]) -> None:
    """Change the profile, and connect anew, with which it counts."""
    response = server.request("PATCH", PROFILE, json={"profile": profile})
    assert response.ok, response.text
    server.post("/api/connection", {"command": "disconnect"})
    server.until(server.state, lambda state: state.startswith("Offline"))
    server.post("/api/connection", {"command": "connect"})
    server.until(server.state, lambda state: state == "Operational")


def checks(answer: Answer) -> Dict[str, Any]:
    """The rows of the report, ready or not, by their ids."""
    return {row["id"]: row for row in answer.envelope["data"]["checks"]}
