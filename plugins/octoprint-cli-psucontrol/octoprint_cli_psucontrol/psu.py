"""The power supply, as the server plugin PSU Control has it: its one endpoint, and the words of that.

The plugin answers as soon as it has tried, whether or not the switch has worked, and looks at the supply some moments
later. So what it says afterwards is read until it is so.
"""

from __future__ import annotations

from typing import Optional

from octoprint_cli.api import CliError, Resource, errors
from octoprint_cli_psucontrol.errors import PsuControlMissing

_PATH = "/api/plugin/psucontrol"
_CONTROL = "PLUGIN_PSUCONTROL_CONTROL"
#: The plugin looks at once after a switch, and again every 5 s unless it is set up otherwise; a supply takes its time, too.
SWITCH_SECONDS = 20.0


class Psu(Resource):
    """The one power supply that the plugin knows."""

    def is_on(self) -> Optional[bool]:
        """`GET /api/plugin/psucontrol` (permission STATUS): what the plugin believes; None if it cannot tell.

        A plugin without sensing believes that its last switching worked. Raises PsuControlMissing.
        """
        try:
            answer = self.get(_PATH, needs="STATUS")
        except errors.NotFound as error:
            raise _missing() from error
        if "isPSUOn" not in answer:
            raise errors.UnexpectedResponse(f"{_PATH} does not say whether the power is on")
        found = answer["isPSUOn"]
        return bool(found) if found in (True, False) else None  # sensing by GPIO that fails makes it 0

    def switch(self, on: bool, seconds: float = SWITCH_SECONDS) -> None:
        """`POST /api/plugin/psucontrol` turnPSUOn, turnPSUOff (PLUGIN_PSUCONTROL_CONTROL), then wait until the plugin says so.

        Raises PsuControlMissing, and StateNotReached after `seconds`.
        """
        try:
            self.act(_PATH, {"command": "turnPSUOn" if on else "turnPSUOff"}, needs=_CONTROL)
        except errors.ServerError as error:
            if (error.details or {}).get("http_status") == 400:  # so OctoPrint answers for a plugin that is not there
                raise _missing() from error
            raise

        def not_switched(found: Optional[bool]) -> CliError:
            after = f"after {self.grace(seconds):g} s"
            return errors.StateNotReached(
                f"{self.last_outcome}, but {after} PSU Control still says that the power is {word(found)}",
                hint="octoprint-cli power status (why the switch did not work, the server's octoprint.log tells)",
                details={"power": word(found), "wanted": word(on)},
            )

        self.poll_until(self.is_on, lambda is_on: is_on is on, seconds, not_switched)


def word(on: Optional[bool]) -> str:
    """Such as `off`."""
    return "unknown" if on is None else "on" if on else "off"


def _missing() -> PsuControlMissing:
    return PsuControlMissing("the server has no plugin PSU Control (psucontrol), or it is disabled there")
