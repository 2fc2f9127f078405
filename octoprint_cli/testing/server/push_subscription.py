"""`Subscription`: what a client wants on the push socket, by its `subscribe` and `throttle`. This module knows no sockets."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping


class Subscription:
    """The messages that one client asks for: everything until the first `subscribe`, then only what that names."""

    def __init__(self) -> None:
        #: True for all, False for none, or a list of the kinds that are wanted.
        self.events: Any = True
        self.plugins: Any = True
        #: Whether `history` and `current` are wanted, and which lines in them: True, False, or a regular expression.
        self.state = True
        self.logs: Any = True
        self.messages: Any = True
        #: The number of intervals from one `current` to the next, at least.
        self.throttle = 1

    def subscribe(self, wanted: Mapping[str, Any]) -> None:
        """Apply a `subscribe`. An invalid regular expression turns the state off, as on the real servers."""
        self.events, self.plugins = wanted.get("events", False), wanted.get("plugins", False)
        state = wanted.get("state", False)
        self.state = state is True or isinstance(state, dict)
        lines = state if isinstance(state, dict) else {"logs": True}
        self.logs, self.messages = lines.get("logs", False), lines.get("messages", False)
        try:
            for pattern in (self.logs, self.messages):
                re.compile(pattern if isinstance(pattern, str) else "")
        except re.error:
            self.state = False

    def passes(self, message: Mapping[str, Any]) -> bool:
        """Return whether an event or plugin message is wanted."""
        if "event" in message:
            return _named(self.events, message["event"]["type"])
        return _named(self.plugins, message["plugin"]["plugin"]) if "plugin" in message else True

    def cut(self, body: Dict[str, Any]) -> Dict[str, Any]:
        """Return a `history` or a `current` with only the lines that are wanted."""
        return {**body, "logs": _chosen(self.logs, body["logs"]), "messages": _chosen(self.messages, body["messages"])}


def _named(wanted: Any, name: str) -> bool:
    return name in wanted if isinstance(wanted, list) else bool(wanted)


def _chosen(wanted: Any, lines: List[str]) -> List[str]:
    if isinstance(wanted, str):
        return [line for line in lines if re.search(wanted, line)]
    return lines if wanted else []
