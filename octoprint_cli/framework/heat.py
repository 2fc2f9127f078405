"""Consent to resume a job whose heaters have cooled down since it was paused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict

from octoprint_cli.errors import ConfirmationRequired

if TYPE_CHECKING:
    from octoprint_cli.client.resources.job import Job
    from octoprint_cli.framework.run_context import CommandContext


def require_hot(command: CommandContext, job: Job) -> None:
    """Raise ConfirmationRequired, naming what was hot at the pause, if a paused job would go on with cold heaters."""
    from octoprint_cli.client.tracking.heat_at_pause import cold_heaters  # slow to import, and only `resume` needs it

    found = cold_heaters(command.client, job)
    if found.cold:
        named = ", ".join(f"{heater} {target:g} °C" for heater, target in found.cold.items())
        raise ConfirmationRequired(
            "heaters have cooled down or were turned down since the pause, so the rest would be printed into the air; "
            f"according to {found.source} these were hot: {named}",
            hint=_heating(command, found.cold),
            details={"cold": found.cold, "source": found.source},
        )
    if not found.source:
        raise ConfirmationRequired(
            "no hotend is hot, and what was hot at the pause is not known",
            hint=command.app.again("--confirm"),
            details={"cold": {}, "source": None},
        )


def _heating(command: CommandContext, cold: Dict[str, float]) -> str:
    """Return the command that heats up again, and the way around it."""
    words = " ".join(f"--{'tool' if heater == 'tool0' else heater} {target:g}" for heater, target in cold.items())
    return f"octoprint-cli temp {words} --wait  # then resume; or: {command.app.again('--confirm')}"
