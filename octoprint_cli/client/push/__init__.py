"""OctoPrint's push socket: what the server tells by itself, as soon as it happens. Must not know what it means."""

from octoprint_cli.client.push.socket import Lost, Message, Socket, Wish

__all__ = ["Lost", "Message", "Socket", "Wish"]
