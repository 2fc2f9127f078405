"""The connection between the server and the printer: its port, and opening and closing it."""

from __future__ import annotations

import shlex
from typing import Any, List, NamedTuple, Optional

from octoprint_cli import errors
from octoprint_cli.client.parsing import elements, inner, items, mapping, text, texts, whole
from octoprint_cli.client.phase import Phase, phase_of
from octoprint_cli.client.resource import Resource

_PATH = "/api/connection"
#: Closing a serial port is quick; a firmware that hangs in a command is given up on.
CLOSE_SECONDS = 15.0


class ConnectionState(NamedTuple):
    """A reading of `/api/connection`."""

    state: str
    port: Optional[str]
    baudrate: Optional[int]
    profile: Optional[str]  # the printer profile's id
    ports: List[str]  # what can be connected to now
    baudrates: List[int]
    profiles: List[str]
    preferred: Optional[str]  # the server's default port; None: it tries all of them

    @property
    def phase(self) -> Phase:
        """The phase that the state stands for."""
        return phase_of(self.state)

    @property
    def next_try(self) -> str:
        """The command line to try where no printer answered: with a port and a baud rate that the server has to choose from."""
        if not self.ports:
            return "octoprint-cli connect --wait 60  # is the printer switched on, and its cable in place?"
        rate = f" --baudrate {self.baudrates[0]}" if self.baudrates else ""
        return f"octoprint-cli connect --port {shlex.quote(self.ports[0])}{rate}  # or another port listed in details"

    @classmethod
    def from_json(cls, body: Any) -> ConnectionState:
        """Make the reading from the answer of `GET /api/connection`."""
        answer = mapping(body, _PATH)
        current, options = inner(answer, "current"), inner(answer, "options")
        state = text(current.get("state")) or "Unknown"
        if not phase_of(state).connected:
            current = {}  # 1.x goes on naming the profile
        return cls(
            state="Offline" if state == "Closed" else state,  # 1.x says Closed here
            port=text(current.get("port")),
            baudrate=whole(current.get("baudrate")),
            profile=text(current.get("printerProfile")),
            ports=texts(options.get("ports")),
            baudrates=[rate for rate in map(whole, elements(options.get("baudrates"))) if rate is not None],
            profiles=[str(profile.get("id")) for profile in items(options.get("printerProfiles"))],
            preferred=None if options.get("portPreference") == "AUTO" else text(options.get("portPreference")),
        )


class Connection(Resource):
    """The server's one serial connection to a printer."""

    def current(self) -> ConnectionState:
        """Return the connection by `GET /api/connection` (permission STATUS)."""
        return ConnectionState.from_json(self._http.get(_PATH, needs="STATUS", fresh=True))

    def glance(self) -> Optional[ConnectionState]:
        """Return the connection if the server answers at once, else None."""
        return self.glance_at(self.current)

    def wait_for_port(self, port: str, seconds: float) -> ConnectionState:
        """Wait until the server sees the port: a printer on a switched plug comes late.

        Raises NotFound with the ports that are there.
        """

        def missing(link: ConnectionState) -> errors.CliError:
            return errors.NotFound(
                f"the server sees no port {port}; it sees: {', '.join(link.ports) or 'none'}",
                hint="octoprint-cli connect --wait 60  # is the printer on?",
                details={"ports": link.ports},
            )

        return self.poll_until(self.current, lambda link: port == "AUTO" or port in link.ports, seconds, missing)

    def connect(self, port: Optional[str], baudrate: Optional[int], profile: Optional[str]) -> None:
        """Start to connect by `POST /api/connection` connect (CONNECTION); wait, then call `require_connected`.

        The server's preference replaces an argument that is None.
        """
        choices = {"port": port, "baudrate": baudrate, "printerProfile": profile}
        body = {"command": "connect", **{key: value for key, value in choices.items() if value is not None}}
        self.act(_PATH, body, needs="CONNECTION")

    def require_connected(self, seconds: float) -> ConnectionState:
        """Return the connection after `connect` and a wait of `seconds`. Raises PrinterOffline with the server's state."""
        link, _ = self.poll(self.current, lambda link: True, 0)
        if not link.phase.connected and not self._http.rehearsing:
            raise errors.PrinterOffline(
                f"{self.last_outcome}, but no printer answered within {self.grace(seconds):g} s: the server reports {link.state}",
                hint=link.next_try,
                details={"state": link.state, "port": link.port, "ports": link.ports, "baudrates": link.baudrates},
            )
        return link

    def disconnect(self) -> ConnectionState:
        """Disconnect by `POST /api/connection` disconnect (CONNECTION), then wait until the port is closed.

        The server does this in the middle of a job, too, and kills the job. Raises StateNotReached.
        """
        self.act(_PATH, {"command": "disconnect"}, needs="CONNECTION")

        def still_open(link: ConnectionState) -> errors.CliError:
            return errors.StateNotReached(
                f"{self.last_outcome}, but the server still reports {link.state}",
                hint="octoprint-cli status",
                details={"state": link.state},
            )

        return self.poll_until(self.current, lambda link: not link.phase.connected, CLOSE_SECONDS, still_open)
