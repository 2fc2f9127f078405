"""The printer profile: the server's settings for the printer's size, heaters and tools."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Tuple

from octoprint_cli.client.parsing import inner, items, mapping, members, number, text
from octoprint_cli.client.resource import Resource
from octoprint_cli.errors import UnexpectedResponse

_PATH = "/api/printerprofiles"

Span = Tuple[float, float]


class Volume(NamedTuple):
    """The volume that the nozzle can reach, in mm: lowest and highest per axis; a round bed has a radius around (0, 0)."""

    x: Span
    y: Span
    z: Span
    radius: Optional[float] = None
    custom: bool = False  # the profile has a custom box, at least as large as the bed

    @classmethod
    def from_json(cls, body: Dict[str, Any]) -> Optional[Volume]:
        """Make the volume from a profile's `volume`; None if that has no size.

        A round bed has its origin in its centre, whatever the profile says, and its width for a diameter.
        """
        width, depth, height = (number(body.get(name)) for name in ("width", "depth", "height"))
        circular = body.get("formFactor") == "circular"
        depth = width if circular else depth
        if not width or not depth or not height or min(width, depth, height) < 0:
            return None
        centred = circular or body.get("origin") == "center"
        box = {"x": _span(width, centred), "y": _span(depth, centred), "z": (0.0, height)}
        custom = members(body.get("custom_box"))
        for axis, (low, high) in box.items():
            box[axis] = (_or(custom.get(f"{axis}_min"), low), _or(custom.get(f"{axis}_max"), high))
        return cls(**box, radius=width / 2 if circular else None, custom=bool(custom))

    @property
    def circle(self) -> Optional[float]:
        """The radius beyond which the nozzle may not go; None for a box that reaches beyond the circle's own square."""
        square = (-(self.radius or 0.0), self.radius or 0.0)
        return self.radius if self.x == self.y == square else None


class Profile(NamedTuple):
    """A printer profile. What the server does not say is None."""

    id: str
    name: Optional[str]
    model: Optional[str]
    heated_bed: Optional[bool]
    heated_chamber: Optional[bool]
    extruders: Optional[int]
    shared_nozzle: bool
    nozzle: Optional[float]  # its diameter in mm
    volume: Optional[Volume]

    @classmethod
    def from_json(cls, body: Dict[str, Any]) -> Profile:
        """Make the profile from one of those in the answer."""
        extruder = inner(body, "extruder")
        count, nozzle = number(extruder.get("count")), number(extruder.get("nozzleDiameter"))
        return cls(
            id=text(body.get("id")) or "",
            name=text(body.get("name")),
            model=text(body.get("model")),
            heated_bed=_switch(body.get("heatedBed")),
            heated_chamber=_switch(body.get("heatedChamber")),
            extruders=int(count) if count and count >= 1 else None,
            shared_nozzle=extruder.get("sharedNozzle") is True,
            nozzle=nozzle if nozzle and nozzle > 0 else None,
            volume=Volume.from_json(inner(body, "volume")),
        )


class Profiles(Resource):
    """The server's printer profiles."""

    def current(self) -> Profile:
        """Return the profile in use by `GET /api/printerprofiles` (permission CONNECTION, which read-only users lack).

        Without a connected printer that is the default one. Raises UnexpectedResponse if there is none.
        """
        answer = mapping(self._http.get(_PATH, needs="CONNECTION"), _PATH)
        profiles = items(list(inner(answer, "profiles").values()))
        for mark in ("current", "default"):
            for profile in profiles:
                if profile.get(mark) is True:
                    return Profile.from_json(profile)
        raise UnexpectedResponse(f"{_PATH} names no printer profile that is in use")


def _span(size: float, centred: bool) -> Span:
    return (-size / 2, size / 2) if centred else (0.0, size)


def _or(value: Any, otherwise: float) -> float:
    found = number(value)
    return otherwise if found is None else found


def _switch(value: Any) -> Optional[bool]:
    return value if isinstance(value, bool) else None
