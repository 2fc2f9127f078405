"""The pre-flight check for thermal protection in the firmware."""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.api import Check, CheckContext, CliError, Finding, Severity, Skip, errors, send_and_read_replies
from octoprint_cli_marlin.firmware_command import is_marlin

#: The print waits for the check, and an idle firmware replies at once.
REPLY_SECONDS = 5.0
CAPABILITY = "THERMAL_PROTECTION"


class ThermalProtection(Check):
    """The firmware watches its heaters and switches off one that overheats (M115: THERMAL_PROTECTION).

    Only an idle printer is asked, which takes a second. Marlin reports it since 1.1.9.
    """

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        _require_idle(context)
        firmware = self._ask_firmware(context)
        name = firmware["firmware_name"] or "unknown"
        if not is_marlin(firmware):
            raise Skip(f"the firmware is not Marlin ({name})")
        state = firmware["capabilities"].get(CAPABILITY)
        evidence = {"firmware": name, "thermal_protection": state}
        if state is None:
            raise Skip(f"the firmware does not say whether it protects its heaters ({name})")
        if not state:
            raise errors.PreflightFailed(
                f"the firmware was built without thermal protection ({name}): an overheating heater is not switched off",
                hint="install a firmware with thermal protection; do not leave this printer unattended",
                details=evidence,
            )
        return Finding(f"the firmware protects its heaters ({name})", evidence)

    @staticmethod
    def _ask_firmware(context: CheckContext) -> Dict[str, Any]:
        try:
            reply = send_and_read_replies(context.client, ["M115"], REPLY_SECONDS)[0]
        except CliError as error:  # the print does not depend on it
            raise Skip(f"the firmware cannot be asked: {error.message}") from error
        if reply["parsed"] is None:
            raise Skip("the firmware does not say what it is")
        firmware: Dict[str, Any] = reply["parsed"]
        return firmware


def _require_idle(context: CheckContext) -> None:
    """Skip the check during a job, and in a dry run, which sends nothing to the printer."""
    context.require_printer()
    if context.client.rehearsing:
        raise Skip("not checked in a dry run, which sends nothing to the printer")
    try:
        context.job.require_idle()
    except CliError as error:
        raise Skip("checked only while the printer is idle") from error
