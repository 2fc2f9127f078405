"""The printer: its state, its heaters, and raw G-code."""

from __future__ import annotations

import re
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from octoprint_cli import errors
from octoprint_cli.client.parsing import inner, items, mapping, number, text
from octoprint_cli.client.resource import ACCEPTED, Resource

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http
    from octoprint_cli.config.values import Limits

_PATH = "/api/printer"
_HEATER = re.compile(r"tool\d+|bed|chamber")
#: For about 2 s after connecting the server has no temperature report of the printer yet.
FIRST_REPORT_SECONDS = 10.0
#: A target shows once the firmware has taken it, which it does not while it waits for a temperature.
TARGET_SECONDS = 60.0
#: The largest offset that the server's API accepts.
MAX_OFFSET = 50.0


class Temperature(NamedTuple):
    """A heater, in degrees Celsius. A target of 0 is off, None is unknown.

    The server adds the offset to every target that the file of a job asks for.
    """

    actual: Optional[float]
    target: Optional[float]
    offset: Optional[float] = None

    def hottest(self, target: float) -> float:
        """Return what a target may come to: with the offset if that is above 0, unless the heater is off."""
        return target + max(self.offset or 0.0, 0.0) if target > 0 else target

    def as_dict(self) -> Dict[str, Optional[float]]:
        """Return the reading as results have it: `offset` is there if the server adds one."""
        values = self._asdict()
        return values if self.offset else {name: values[name] for name in ("actual", "target")}


class Sample(NamedTuple):
    """All temperatures at one moment of the server's history; none where the printer was not connected."""

    time: float  # seconds since 1970, by the server's clock
    temperatures: Dict[str, Temperature]  # by heater, as in PrinterState


class PrinterState(NamedTuple):
    """A reading of `/api/printer`."""

    state: str
    error: Optional[str]
    flags: Dict[str, bool]
    temperatures: Dict[str, Temperature]  # by tool0, tool1, bed, chamber: those that the printer has

    @property
    def reported(self) -> bool:
        """Whether the printer has reported its temperatures, all in one report.

        Before the first one, a target that was set makes an entry of its own, without an actual temperature.
        """
        return any(heater.startswith("tool") and reading.actual is not None for heater, reading in self.temperatures.items())

    @classmethod
    def from_json(cls, body: Any) -> PrinterState:
        """Make the reading from the answer of `GET /api/printer`."""
        answer = mapping(body, _PATH)
        state = inner(answer, "state")
        flags = {str(name): value for name, value in inner(state, "flags").items() if isinstance(value, bool)}
        if flags.get("paused"):  # 2.0 says printing as well
            flags["printing"] = False
        return cls(
            state=text(state.get("text")) or "Unknown",
            error=text(state.get("error")),
            flags=flags,
            temperatures=readings_of(inner(answer, "temperature")),
        )


def readings_of(body: Mapping[str, Any]) -> Dict[str, Temperature]:
    """Return the heaters of a sample such as `{"tool0": {"actual": 21.3, "target": 0.0}, ...}`."""
    found = {}
    for heater in sorted(body, key=lambda name: (not name.startswith("tool"), len(name), name)):
        values = body[heater]
        if _HEATER.fullmatch(heater) and isinstance(values, dict):
            reading = Temperature(*(number(values.get(name)) for name in Temperature._fields))
            if reading[:2] != (None, None):
                found[heater] = reading
    return found


def _samples(answer: Dict[str, Any]) -> List[Sample]:
    """Return the temperature history in the answer of `GET /api/printer?history=true`."""
    kept = items(inner(answer, "temperature").get("history"))
    samples = [(number(sample.get("time")), readings_of(sample)) for sample in kept]
    return [Sample(time, temperatures) for time, temperatures in samples if time is not None]


class Printer(Resource):
    """The printer behind the server. Reading its state, heating and sending raise PrinterOffline if it is not connected.

    Nothing heats beyond the limits, which are read when something is to heat: LimitExceeded is raised before anything is sent.
    """

    def __init__(self, http: Http, limits: Callable[[], Optional[Limits]] = lambda: None) -> None:
        super().__init__(http)
        self._limits = limits
        self._readings: Optional[Dict[str, Temperature]] = None  # the newest that were read

    def require_within_limits(self, targets: Iterable[Tuple[str, float]], asked_by: str = "") -> None:
        """Raise LimitExceeded for a heater (tool0, bed ...) whose target, in degrees Celsius, is above its limit."""
        for heater, degrees in targets:
            self._require_within_limit(heater, degrees, 0.0, asked_by)

    def require_with_offsets(self, targets: Iterable[Tuple[str, float]], asked_by: str = "") -> None:
        """Raise LimitExceeded for a target that, with the server's offset for that heater, is above the limit.

        Reads the heaters by `GET /api/printer` (STATUS) if an offset could matter, and they were not read yet.
        """
        asked = list(targets)
        self.require_within_limits(asked, asked_by)
        limits = self._limits() if any(degrees > 0 for _, degrees in asked) else None
        if limits is None or not any(degrees <= limits.of(heater) < degrees + MAX_OFFSET for heater, degrees in asked):
            return
        readings = self._known_readings()
        for heater, degrees in asked:
            meant = [name for name in readings if name == heater or (heater == "tool" and name.startswith("tool"))]
            hottest = max([degrees, *(readings[name].hottest(degrees) for name in meant)])
            self._require_within_limit(heater, degrees, hottest - degrees, asked_by)

    def _known_readings(self) -> Dict[str, Temperature]:
        """Return the newest reading of the heaters; none with a key that may heat, but not see them."""
        try:
            return self.current().temperatures if self._readings is None else self._readings
        except errors.PermissionDenied:
            return {}

    def _require_within_limit(self, heater: str, degrees: float, offset: float, asked_by: str) -> None:
        limits = self._limits()
        if limits is None or degrees + offset <= limits.of(heater):
            return
        who = f"{asked_by!r} asks for {degrees:g} °C" if asked_by else f"{degrees:g} °C"
        added = f" and the server's offset of {offset:+g} °C" if offset else ""
        raise errors.LimitExceeded(
            f"{who} for {heater}{added}, above the limit of {limits.of(heater):g} °C",
            details={"heater": heater, "value": degrees, "limit": limits.of(heater), **({"offset": offset} if offset else {})},
        )

    def current(self) -> PrinterState:
        """Return the state by `GET /api/printer` (permission STATUS). Raises PrinterOffline (the server's 409)."""
        state = PrinterState.from_json(self._http.get(_PATH, needs="STATUS", fresh=True, exclude="sd"))
        self._readings = state.temperatures
        return state

    def error(self) -> Optional[str]:
        """Return the firmware's last error by `GET /api/printer/error` (STATUS, since 1.10); 2.0 forgets it on disconnect."""
        return text(mapping(self._http.get(f"{_PATH}/error", needs="STATUS", fresh=True), f"{_PATH}/error").get("error"))

    def heaters(self) -> Dict[str, Temperature]:
        """Return every heater, after a wait for the printer's first report if it has just connected.

        Raises StateNotReached if the printer reports none.
        """
        state, _ = self.poll(self.current, lambda state: state.reported, FIRST_REPORT_SECONDS)
        if not state.reported:
            raise errors.StateNotReached("the printer has not reported any temperature yet", hint="octoprint-cli temp")
        return state.temperatures

    def history(self, limit: Optional[int] = None) -> List[Sample]:
        """Return the temperature history of some 30 minutes, newest last, by `GET /api/printer?history=true` (STATUS).

        Without a `limit` its newest 300 samples, with 0 all of them. Raises PrinterOffline.
        """
        return _samples(self._with_history(limit, "sd,state"))

    def current_with_history(self) -> Tuple[PrinterState, List[Sample]]:
        """Return what `current` and `history(0)` return, by one request."""
        answer = self._with_history(0, "sd")
        state = PrinterState.from_json(answer)
        self._readings = state.temperatures
        return state, _samples(answer)

    def _with_history(self, limit: Optional[int], exclude: str) -> Dict[str, Any]:
        path = _PATH if limit is None else f"{_PATH}?limit={limit}"
        return mapping(self._http.get(path, needs="STATUS", fresh=True, history="true", exclude=exclude), _PATH)

    def set_targets(self, targets: Mapping[str, float], seconds: float = TARGET_SECONDS) -> Dict[str, Temperature]:
        """Set targets by `POST /api/printer/tool|bed|chamber` target (CONTROL), then wait until the server shows them.

        `targets` in degrees Celsius, 0 is off. Raises LimitExceeded; StateNotReached if they do not show in `seconds`:
        while the printer heats up and waits, it takes no other command.
        """
        self.require_with_offsets(targets.items())
        answers = [self._request(heater, body) for heater, body in _requests(targets)]
        refused = [answer for answer in answers if isinstance(answer, errors.CliError)]
        if refused:  # only now: one heater's trouble must not leave another one hot
            raise refused[0]
        self.last_outcome = next((outcome for outcome in map(str, answers) if outcome != ACCEPTED), ACCEPTED)
        return self._confirm(targets, seconds)

    def switch_off(self, seconds: float = TARGET_SECONDS) -> Dict[str, Temperature]:
        """Set every heater's target to 0, at once even if the printer has not reported any heater yet.

        Raises what `set_targets` raises.
        """
        state = self.glance_at(self.current)  # a failed or a slow read must not leave anything hot
        if state is not None and state.reported:
            return self.set_targets(dict.fromkeys(state.temperatures, 0.0), seconds)
        self.act(f"{_PATH}/command", {"commands": ["M104 S0", "M140 S0", "M141 S0"]}, needs="CONTROL")
        return self.set_targets(dict.fromkeys(self.heaters(), 0.0), seconds)

    def _request(self, heater: str, body: Dict[str, Any]) -> Union[str, errors.CliError]:
        try:
            return self.act(f"{_PATH}/{heater}", {"command": "target", **body}, needs="CONTROL")
        except errors.CliError as error:
            return error

    def _confirm(self, targets: Mapping[str, float], seconds: float) -> Dict[str, Temperature]:
        def shown(state: PrinterState) -> bool:
            return not _differing(state, targets)

        def not_shown(state: PrinterState) -> errors.CliError:
            differing = _differing(state, targets)
            return errors.StateNotReached(
                f"{self.last_outcome}, but after {self.grace(seconds):g} s the printer does not show the new target of "
                f"{', '.join(differing)}: it may still be heating up, and accepts no other command until it is done",
                hint="octoprint-cli temp  # octoprint-cli cancel --confirm ends a heat-up; gcode M112 stops everything",
                details={"wanted": dict(targets), "shown": differing},
            )

        return self.poll_until(self.current, shown, seconds, not_shown).temperatures

    def send(self, commands: Sequence[str]) -> None:
        """Send G-code lines, all in one request and in order, by `POST /api/printer/command` (CONTROL).

        The server queues them and says nothing about what the firmware makes of them. Raises LimitExceeded, and
        InvalidValue for what is no single line.
        """
        from octoprint_cli.gcode.command import parse_command  # slow to import, and most commands send none

        for command in commands:
            self.require_within_limits(parse_command(command).targets, command)
        self._http.post(f"{_PATH}/command", {"commands": list(commands)}, needs="CONTROL")


def _requests(targets: Mapping[str, float]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Yield the resource and body of each request that sets the targets: one request for all tools."""
    tools = {heater: target for heater, target in targets.items() if heater.startswith("tool")}
    if tools:
        yield "tool", {"targets": tools}
    for heater in ("bed", "chamber"):
        if heater in targets:
            yield heater, {"target": targets[heater]}


def _differing(state: PrinterState, targets: Mapping[str, float]) -> Dict[str, Optional[float]]:
    shown = {heater: reading.target for heater, reading in state.temperatures.items()}
    wrong: List[str] = [
        heater for heater, target in targets.items() if shown.get(heater) is None or abs((shown[heater] or 0) - target) > 0.5
    ]
    return {heater: shown.get(heater) for heater in wrong}
