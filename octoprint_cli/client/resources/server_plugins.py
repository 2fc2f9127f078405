"""The warnings and prompts of OctoPrint's bundled plugins: firmware, power supply, server health."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from octoprint_cli.client.parsing import inner, mapping, members, text, texts
from octoprint_cli.client.resource import Resource
from octoprint_cli.errors import NotFound

#: Time limit in seconds for a request: the health check looks up two internet addresses at times.
SECONDS = 10.0


class PluginWarning(NamedTuple):
    """A warning from a server plugin."""

    name: str
    level: str  # of the firmware: critical, warning, info; of health: issue, warning, info
    message: Optional[str]
    context: Any  # more, as the server puts it


class Prompt(NamedTuple):
    """A firmware's question that waits for the user, such as after a filament change (M600)."""

    text: str
    choices: List[str]


class PowerTrouble(NamedTuple):
    """The reasons that slow a Raspberry Pi down, or did since its start. True is trouble."""

    undervoltage: bool
    overheat: bool
    other: bool  # slowed down for neither of these reasons
    undervoltage_before: bool
    overheat_before: bool
    other_before: bool


class Plugins(Resource):
    """The server's bundled plugins. Each method raises NotFound if its server plugin is missing or disabled."""

    def firmware(self) -> List[PluginWarning]:
        """Return firmware warnings by `GET /api/plugin/firmware_check` (permission PLUGIN_FIRMWARE_CHECK_DISPLAY)."""
        return [
            PluginWarning(name, text(warning.get("severity")) or "critical", text(warning.get("message")), warning.get("url"))
            for name, warning in sorted(self._ask("firmware_check", "DISPLAY").items())
            if isinstance(warning, dict)
        ]

    def health(self) -> List[PluginWarning]:
        """Return failed checks by `GET /api/plugin/health_check` (permission PLUGIN_HEALTH_CHECK_CHECK, since 1.11)."""
        found = {name: members(check) for name, check in sorted(inner(self._ask("health_check", "CHECK"), "health").items())}
        levels = {name: text(check.get("result")) or "unknown" for name, check in found.items()}
        return [PluginWarning(name, level, None, found[name].get("context")) for name, level in levels.items() if level != "ok"]

    def power(self) -> Optional[PowerTrouble]:
        """Return power trouble by `GET /api/plugin/pi_support` (permission PLUGIN_PI_SUPPORT_STATUS), on a Raspberry Pi only.

        None if the server does not monitor its power supply.
        """
        answer = self._ask("pi_support", "STATUS")
        if answer.get("throttle_enabled") is not True or answer.get("throttle_functional") is not True:
            return None
        state = inner(answer, "throttle_state")
        return PowerTrouble(*_troubles(state, "current"), *_troubles(state, "past"))

    def prompt(self) -> Optional[Prompt]:
        """Return the open prompt, None if there is none.

        Calls `GET /api/plugin/action_command_prompt` (permission PLUGIN_ACTION_COMMAND_PROMPT_INTERACT).
        """
        try:
            asked = self._ask("action_command_prompt", "INTERACT")
        except NotFound:
            return None
        return Prompt(text(asked.get("text")) or "", texts(asked.get("choices")))

    def _ask(self, plugin: str, permission: str) -> Dict[str, Any]:
        path = f"/api/plugin/{plugin}"
        with self._http.hurried(SECONDS):
            answer = self._http.get(path, needs=f"PLUGIN_{plugin.upper()}_{permission}", fresh=True)
        if answer is None:  # 204, or nothing to tell
            raise NotFound(f"{path} has no answer")
        return mapping(answer, path)


def _troubles(state: Dict[str, Any], when: str) -> Tuple[bool, bool, bool]:
    """Return undervoltage, overheat and other trouble; the server's `issue` stands for any of the three."""
    undervoltage, overheat, issue = (state.get(f"{when}_{what}") is True for what in ("undervoltage", "overheat", "issue"))
    return undervoltage, overheat, issue and not (undervoltage or overheat)
