"""The server itself: its version, and who the API key belongs to."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from octoprint_cli.client.parsing import inner, mapping, text, texts
from octoprint_cli.client.resource import Resource
from octoprint_cli.errors import CliError


class User(NamedTuple):
    """The user whom the API key belongs to. `name` is None for a key that the server does not know."""

    name: Optional[str]
    permissions: List[str]
    groups: List[str]


class Server(Resource):
    """The OctoPrint server itself."""

    def version(self) -> str:
        """Return the version by `GET /api/version` (permission STATUS), such as 1.11.8 or 2.0.0rc7; not always PEP 440."""
        answer = mapping(self._http.get("/api/version", needs="STATUS"), "/api/version")
        return text(answer.get("server")) or text(answer.get("text")) or "unknown"

    def user(self) -> User:
        """Return the key's user by `GET /api/currentuser`, the reliable test of a key because it answers 200 to any."""
        answer = mapping(self._http.get("/api/currentuser"), "/api/currentuser")
        return User(
            name=text(answer.get("name")),
            permissions=texts(answer.get("permissions")),
            groups=texts(answer.get("groups")),
        )

    def script(self, name: str) -> str:
        """Return the server's G-code script of that name, such as beforePrintResumed, by `GET /api/settings` (SETTINGS_READ).

        Its templates are not filled in. It is empty for one that is not set or may not be read; nothing is raised.
        """
        try:
            settings = mapping(self._http.get("/api/settings", needs="SETTINGS_READ"), "/api/settings")
        except CliError:
            return ""
        return text(inner(inner(settings, "scripts"), "gcode").get(name)) or ""
