"""The pre-flight check that the firmware watches its heaters."""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.api import Check, CheckContext, CliError, Finding, Severity, Skip, converse, errors
from octoprint_cli_marlin.asking import is_marlin

#: The print waits for it: a firmware that is idle answers at once.
ASK_SECONDS = 5.0
CAPABILITY = "THERMAL_PROTECTION"


class ThermalProtection(Check):
    """The firmware watches its heaters, and switches them off when they run away (M115: THERMAL_PROTECTION).

    Asked of a printer that is idle, which takes a second. Marlins tell it since 1.1.9.
    """

    severity = Severity.WARN

    def run(self, subject: CheckContext) -> Finding:
        _require_idle(subject)
        firmware = self._asked(subject)
        name = firmware["firmware_name"] or "unknown"
        if not is_marlin(firmware):
            raise Skip(f"the firmware is no Marlin ({name})")
        state = firmware["capabilities"].get(CAPABILITY)
        evidence = {"firmware": name, "thermal_protection": state}
        if state is None:
            raise Skip(f"the firmware does not say whether it protects its heaters ({name})")
        if not state:
            raise errors.PreflightFailed(
                f"the firmware was built without thermal protection ({name}): a heater that runs away is not switched off",
                hint="build or get a firmware with thermal protection; do not leave this printer alone",
                details=evidence,
            )
        return Finding(f"the firmware protects its heaters ({name})", evidence)

    @staticmethod
    def _asked(subject: CheckContext) -> Dict[str, Any]:
        try:
            reply = converse(subject.client, ["M115"], ASK_SECONDS)[0]
        except CliError as error:  # whether to print does not hang on it
            raise Skip(f"the firmware cannot be asked: {error.message}") from error
        if reply["parsed"] is None:
            raise Skip("the firmware does not say what it is")
        firmware: Dict[str, Any] = reply["parsed"]
        return firmware


def _require_idle(subject: CheckContext) -> None:
    """Skip unless the printer is idle, and this is no rehearsal, in which nothing is sent."""
    subject.require_printer()
    if subject.client.rehearsing:
        raise Skip("not asked in a rehearsal, which sends nothing to the printer")
    try:
        subject.job.require_idle()
    except CliError as error:
        raise Skip("asked while the printer is idle alone") from error
