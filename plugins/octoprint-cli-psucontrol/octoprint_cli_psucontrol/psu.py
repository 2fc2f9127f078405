"""The power supply as the server plugin PSU Control presents it: one endpoint.

The server plugin answers as soon as it has tried to switch, whether or not that has worked, and checks the supply some moments
later. Therefore its state is polled after a switch.
"""

from __future__ import annotations

from typing import Optional

from octoprint_cli.api import CliError, Resource, errors
from octoprint_cli_psucontrol.errors import PsuControlMissing

_PATH = "/api/plugin/psucontrol"
_CONTROL = "PLUGIN_PSUCONTROL_CONTROL"
#: PSU Control checks the supply right after a switch, then by default every 5 s; some supplies are slow, too.
SWITCH_SECONDS = 20.0


class Psu(Resource):
    """The power supply that PSU Control switches."""

    def is_on(self) -> Optional[bool]:
        """`GET /api/plugin/psucontrol` (permission STATUS): return whether the power is on; None if PSU Control cannot tell.

        Without a sensor, PSU Control reports the last switch. Raises PsuControlMissing.
        """
        try:
            answer = self.get(_PATH, needs="STATUS")
        except errors.NotFound as error:
            raise _missing() from error
        if "isPSUOn" not in answer:
            raise errors.UnexpectedResponse(f"{_PATH} does not say whether the power is on")
        state = answer["isPSUOn"]
        return bool(state) if state in (True, False) else None  # if sensing by GPIO fails, the state is 0

    def switch(self, on: bool, seconds: float = SWITCH_SECONDS) -> None:
        """`POST /api/plugin/psucontrol` (PLUGIN_PSUCONTROL_CONTROL): switch the power and wait until PSU Control confirms it.

        Raises PsuControlMissing, and StateNotReached after `seconds`.
        """
        self._send("turnPSUOn" if on else "turnPSUOff")

        def not_switched(state: Optional[bool]) -> CliError:
            after = f"after {self.grace(seconds):g} s"
            return errors.StateNotReached(
                f"{self.last_outcome}, but {after} PSU Control still says that the power is {power_word(state)}",
                hint="octoprint-cli power status  # the server's octoprint.log says why the switch failed",
                details={"power": power_word(state), "wanted": power_word(on)},
            )

        self.poll_until(self.is_on, lambda state: state is on, seconds, not_switched)

    def _send(self, command: str) -> None:
        try:
            self.act(_PATH, {"command": command}, needs=_CONTROL)
        except errors.ServerError as error:
            if (error.details or {}).get("http_status") == 400:  # OctoPrint's answer for a server plugin that is not installed
                raise _missing() from error
            raise


def power_word(on: Optional[bool]) -> str:
    """Return `on`, `off` or `unknown`."""
    return "unknown" if on is None else "on" if on else "off"


def _missing() -> PsuControlMissing:
    return PsuControlMissing("the server has no plugin PSU Control (psucontrol), or it is disabled")
