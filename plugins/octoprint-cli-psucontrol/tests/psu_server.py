"""PSU Control as the server has it: what it answers, what it takes, whom it refuses. Read off its source, not off a server."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Mapping, Sequence

from octoprint_cli.testing import Reply, Result, ServerPlugin

PATH = "/api/plugin/psucontrol"
CONTROL = "PLUGIN_PSUCONTROL_CONTROL"
#: Flask makes a page of a bare text.
_REFUSED = Reply(403, "Insufficient rights", "text/html; charset=utf-8")


class PsuControl(ServerPlugin):
    """The plugin, and the supply that it switches."""

    commands: ClassVar[Mapping[str, Sequence[str]]] = {"turnPSUOn": [], "turnPSUOff": [], "togglePSU": [], "getPSUState": []}

    def __init__(self, on: Any = False) -> None:
        #: What the plugin believes; a failed sensing makes it 0, and a sub-plugin anything.
        self.on = on
        #: Whether the switch works. If it does not, the plugin says nothing of it.
        self.works = True
        #: So many readings after a switch still say what was before: it looks at the supply in a thread of its own.
        self.late = 0
        #: What the printer's state is when the power has come, if the plugin is set up to connect it.
        self.connects = ""
        #: The commands that it has taken.
        self.took: List[str] = []
        self._stale: List[Any] = []

    def get(self, octoprint: Any) -> Reply:
        if not octoprint.may("STATUS"):
            return _REFUSED
        return Reply(200, {"isPSUOn": self._stale.pop() if self._stale else self.on})

    def command(self, octoprint: Any, name: str, body: Dict[str, Any]) -> Reply:
        if name == "getPSUState":
            return self.get(octoprint)
        if not octoprint.may(CONTROL):
            return _REFUSED
        self.took.append(name)
        if self.works:
            self._stale = [self.on] * self.late
            self.on = {"turnPSUOn": True, "turnPSUOff": False, "togglePSU": not self.on}[name]
            octoprint.state = self.connects if self.on and self.connects else octoprint.state
        return Reply(204, acted=self.works)


def switches(result: Result) -> List[str]:
    """The commands that were sent to the plugin, in order."""
    return [request.json["command"] for request in result.changes if request.path == PATH]
