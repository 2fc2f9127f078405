"""The fake server's own plugins: the answers of bundled ones, and `ServerPlugin` for others. This module knows no HTTP.

octoprint.plugins["firmware_check"] = {"firmware-unsafe": {"message": "...", "severity": "critical", "url": "..."}}
octoprint.plugins["lamp"] = Lamp()  # a ServerPlugin
"""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Sequence

from octoprint_cli.testing.octoprint.printer_state import FORBIDDEN, PrinterState
from octoprint_cli.testing.octoprint.reply import Refused, Reply

#: The bundled server plugins that can warn, each with the permission that its answer requires.
PLUGINS = {
    "firmware_check": "PLUGIN_FIRMWARE_CHECK_DISPLAY",
    "health_check": "PLUGIN_HEALTH_CHECK_CHECK",
    "pi_support": "PLUGIN_PI_SUPPORT_STATUS",
}
#: The answer of both releases to a POST for a missing server plugin, or with a command that it does not have.
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

    Both methods are called with the server's lock held, and may raise `Refused`. `acted` says that something was changed; such a
    request is listed in `server.acts`. A server plugin with its own refusal text returns `Reply(403, "...", "text/html")`.
    """

    #: The commands, each with the other members that the body must have; anything else is answered with 400.
    commands: ClassVar[Mapping[str, Sequence[str]]] = {}

    def get(self, octoprint: PrinterState) -> Reply:
        """Answer `GET /api/plugin/ID`; by default with an empty body."""
        return Reply(204)

    def command(self, octoprint: PrinterState, name: str, body: Dict[str, Any]) -> Reply:
        """Carry out `POST /api/plugin/ID` with one of the `commands`, whose members are present but not checked."""
        return Reply(204)


def get(octoprint: PrinterState, name: str) -> Reply:
    """Answer `GET /api/plugin/NAME` from `plugins`. Raises Refused (404, 403)."""
    plugin: Any = octoprint.plugins.get(name)
    if plugin is None:
        raise Refused(404, "The requested URL was not found on the server.")
    if isinstance(plugin, ServerPlugin):
        return plugin.get(octoprint)
    if name in PLUGINS and not octoprint.may(PLUGINS[name]):
        raise Refused(403, FORBIDDEN)
    return Reply(200, plugin)


def post(octoprint: PrinterState, name: str, body: Dict[str, Any]) -> Reply:
    """Carry out `POST /api/plugin/NAME`. Raises Refused: 400 for an unknown plugin or command, 405 without any commands."""
    plugin: Any = octoprint.plugins.get(name)
    if plugin is None:
        raise Refused(400, _NOT_UNDERSTOOD)
    if not isinstance(plugin, ServerPlugin) or not plugin.commands:
        raise Refused(405, "The method is not allowed for the requested URL.")
    command = body.get("command")
    if not isinstance(command, str) or command not in plugin.commands or not set(plugin.commands[command]) <= set(body):
        raise Refused(400, _NOT_UNDERSTOOD)
    return plugin.command(octoprint, command, body)
