"""OctoPrint's push socket: what the server tells by itself, as soon as it happens. Must not know what it means."""

from octoprint_cli.client.push.history import ready, recent_lines
from octoprint_cli.client.push.socket import OPEN_SECONDS, Lost, Message, Socket, Wish

__all__ = ["OPEN_SECONDS", "Lost", "Message", "Socket", "Wish", "ready", "recent_lines"]
