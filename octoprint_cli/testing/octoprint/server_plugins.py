"""The fake server's plugins: what bundled ones say, and a plugin with an API of its own. Must not know HTTP.

octoprint.plugins["firmware_check"] = {"firmware-unsafe": {"message": "...", "severity": "critical", "url": "..."}}
octoprint.plugins["lamp"] = Lamp()  # a ServerPlugin
"""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Sequence

from octoprint_cli.testing.octoprint.printer_state import FORBIDDEN, PrinterState
from octoprint_cli.testing.octoprint.reply import Refused, Reply

#: The bundled plugins that can warn, each with the permission that its answer takes.
PLUGINS = {
    "firmware_check": "PLUGIN_FIRMWARE_CHECK_DISPLAY",
    "health_check": "PLUGIN_HEALTH_CHECK_CHECK",
    "pi_support": "PLUGIN_PI_SUPPORT_STATUS",
}
#: What 1.11.8 and 2.0.0rc7 say alike of a plugin that is not there, to a POST, and of a command that it has not.
_NOT_UNDERSTOOD = "The browser (or proxy) sent a request that this server could not understand."


class ServerPlugin:
    """A server plugin with an API at `/api/plugin/ID`, of the kind that OctoPrint calls a SimpleApiPlugin.

        class Lamp(ServerPlugin):
            commands = {"turn": ["on"]}

            def __init__(self) -> None:
                self.on = False

            def get(self, octoprint):
                return Reply(200, {"on": self.on})

            def command(self, octoprint, name, body):
                octoprint.require("PLUGIN_LAMP_TURN")
                self.on = body["on"]
                return Reply(204, acted=True)

        server.octoprint.plugins["lamp"] = Lamp()

    Both are called with the server's lock held, and may raise `Refused`. `acted` says that something was really changed: such a
    request is in `server.acts`. A plugin that refuses in words of its own returns `Reply(403, "...", "text/html")`.
    """

    #: Its commands, each with the members that the body must have beside it; all else is a 400.
    commands: ClassVar[Mapping[str, Sequence[str]]] = {}

    def get(self, octoprint: PrinterState) -> Reply:
        """`GET /api/plugin/ID`: the answer, an empty one unless a plugin says more."""
        return Reply(204)

    def command(self, octoprint: PrinterState, name: str, body: Dict[str, Any]) -> Reply:
        """`POST /api/plugin/ID`: do one of the `commands`, of which no more is known than that it is complete."""
        return Reply(204)


def get(octoprint: PrinterState, name: str) -> Reply:
    """`GET /api/plugin/NAME`: what a test has put into `plugins`. Raises Refused (404, 403)."""
    plugin: Any = octoprint.plugins.get(name)
    if plugin is None:
        raise Refused(404, "The requested URL was not found on the server.")
    if isinstance(plugin, ServerPlugin):
        return plugin.get(octoprint)
    if name in PLUGINS and not octoprint.may(PLUGINS[name]):
        raise Refused(403, FORBIDDEN)
    return Reply(200, plugin)


def post(octoprint: PrinterState, name: str, body: Dict[str, Any]) -> Reply:
    """`POST /api/plugin/NAME`. Raises Refused: 400 for a plugin or a command that there is not, 405 for a plugin without any."""
    plugin: Any = octoprint.plugins.get(name)
    if plugin is None:
        raise Refused(400, _NOT_UNDERSTOOD)
    if not isinstance(plugin, ServerPlugin) or not plugin.commands:
        raise Refused(405, "The method is not allowed for the requested URL.")
    command = body.get("command")
    if not isinstance(command, str) or command not in plugin.commands or not set(plugin.commands[command]) <= set(body):
        raise Refused(400, _NOT_UNDERSTOOD)
    return plugin.command(octoprint, command, body)
