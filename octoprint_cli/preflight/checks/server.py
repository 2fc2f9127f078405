"""The built-in checks of what the server itself warns of, by its bundled plugins. Where one is not there, they are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, TypeVar

from octoprint_cli.errors import CliError, NotFound, PermissionDenied, ServerWarning
from octoprint_cli.errors.foreign_words import in_one_sentence
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, Severity

if TYPE_CHECKING:
    from octoprint_cli.client.resources.server_plugins import PluginWarning

T = TypeVar("T")

#: A remark: nothing that anybody need act on.
_REMARK = "info"
_TROUBLES = {"undervoltage": "too low a voltage", "overheat": "overheating", "other": "throttling"}


class Firmware(Check):
    """The server knows of nothing wrong with the printer's firmware (plugin firmware_check)."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        context.require_printer()
        found = _asked(context, "firmware_check", context.client.plugins.firmware)
        said = [(in_one_sentence(warned.message or warned.name), warned.level) for warned in found]
        serious = [f"{words} ({level})" for words, level in said if level != _REMARK]
        if serious:
            raise ServerWarning(
                f"the server warns about the printer's firmware: {'; '.join(serious)}",
                hint=next((str(warned.context) for warned in found if warned.context), None),
                details=_evidence(found),
            )
        remarks = f", and remarks: {'; '.join(words for words, _ in said)}" if found else ""
        return Finding(f"the server knows of nothing wrong with the firmware{remarks}", _evidence(found))


class Health(Check):
    """The server finds itself in good health (plugin health_check)."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        found = _asked(context, "health_check", context.client.plugins.health)
        serious = [f"{warned.name} ({warned.level})" for warned in found if warned.level != _REMARK]
        if serious:
            raise ServerWarning(
                f"the server warns about its own health: {', '.join(serious)}",
                hint="look at the health check on the server's web page",
                details=_evidence(found),
            )
        return Finding("the server is in good health", _evidence(found))


class Power(Check):
    """The server's computer has had enough power, and was cool enough, since it was switched on (plugin pi_support)."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        power = _asked(context, "pi_support", context.client.plugins.power)
        if power is None:
            raise CannotCheck("the server does not monitor its power supply")
        state = power._asdict()
        now = [word for name, word in _TROUBLES.items() if state[name]]
        before = [word for name, word in _TROUBLES.items() if state[f"{name}_before"] and not state[name]]
        if now or before:
            said = [f"{what} {when}" for what, when in ((" and ".join(now), "now"), (" and ".join(before), "earlier")) if what]
            raise ServerWarning(
                f"the server's computer is slowed down: {', '.join(said)}",
                hint="give it a stronger power supply and a shorter cable, or a fan",
                details=state,
            )
        return Finding("the server's computer has enough power", state)


def _asked(context: CheckContext, plugin: str, ask: Callable[[], T]) -> T:
    context.require_server()
    try:
        return ask()
    except NotFound as error:
        raise CannotCheck(f"the server has no plugin {plugin}", error) from error
    except PermissionDenied as error:
        raise CannotCheck(error.message, error) from error
    except CliError as error:  # whether to print does not hang on it
        raise CannotCheck(f"the plugin {plugin} cannot be asked: {error.message}", error) from error


def _evidence(found: List[PluginWarning]) -> Dict[str, Any]:
    return {"warnings": [warned._asdict() for warned in found]}
