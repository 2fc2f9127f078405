"""The built-in checks of where the file goes: against the volume that the printer profile tells, in mm.

Inside the layers, what is outside the volume forbids the print. Before and after them, where slicers purge, wipe and park, it is
a warning: many printers reach farther than their profile says.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, NamedTuple, Optional

from octoprint_cli.errors import OutsideVolume
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.checks.volume_fit import Fit, around, excess, fit, grown, mm, sides, spans, where
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, OnlyWarning, Skip

if TYPE_CHECKING:
    from octoprint_cli.client.resources.profiles import Volume
    from octoprint_cli.gcode.analysis.contents import Contents, Extents

#: A Z offset for a thick sheet or a worn nozzle sends the first layer below 0. Whatever goes deeper is no offset.
Z_OFFSET = 0.99
#: How far off the bed a purge line may be: those of the printers that have one there are 2 to 4 mm off.
PURGE_REACH = 10.0


class _Subject(NamedTuple):
    """What a check of the volume looks at: all of it, what of it belongs to the layers, and how to speak of it."""

    check: str
    does: str
    everything: Extents
    layers: Extents
    remedy: str
    farthest: float = math.inf  # outside the layers, how far from the volume is still a warning


class PrintVolume(Check):
    """What is extruded lies in the printer's volume. A purge line beside the bed is a warning."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        if not contents.extrudes:
            raise Skip("nothing is extruded")
        return judge(context, _printed(contents))


class TravelVolume(Check):
    """Every move ends in the printer's volume; home is not looked at. Parking and wiping beside the bed is a warning."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        if not any(contents.moves):
            raise Skip("nothing moves")
        layers = _or_all(contents.layer_moves, contents.moves)
        remedy = "fix the slicer's start and end G-code, or slice for this printer"
        subject = _Subject("travel_volume", "moves", contents.moves, layers, remedy)
        volume = _volume(context)
        if _told_by_print_volume(context, contents, volume):
            evidence = _evidence(subject, volume, fit(contents.moves, volume))
            return Finding("the file moves no farther than it prints, which print_volume judges", evidence)
        return judge(context, subject)


def judge(context: CheckContext, subject: _Subject) -> Finding:
    """Return a finding if the extents lie in the profile's volume, or in that and the configured margin.

    Raises OutsideVolume, or OnlyWarning for what lies outside the layers.
    """
    volume = _volume(context)
    found = fit(subject.everything, volume)
    evidence = _evidence(subject, volume, found)
    if not found.fits:
        margin = context.exemption(subject.check, "margin")
        if margin is None or not fit(subject.everything, grown(volume, margin.value)).fits:
            raise _outside(context, subject, volume, found, margin.value if margin else 0.0)
        said = f"the file {subject.does} {where(subject.everything, volume, found)}, and the margin is {mm(margin.value)} mm"
        return Finding(said, evidence, margin)
    if found.may_cross_rim:
        return Finding("its sides are on the round bed; its extents do not show whether its corners are", evidence)
    return Finding(f"the file {subject.does} inside {spans(volume)}", evidence)


def _outside(context: CheckContext, subject: _Subject, volume: Volume, found: Fit, margin: float) -> Exception:
    """Return the error for extents that do not fit, as a warning if it is only a matter of the printer's habits."""
    layers = fit(subject.layers, grown(volume, margin))
    box = around(volume, context.contents.extruding, context.contents.moves)
    evidence = {**_evidence(subject, volume, found), "box": sides(box), "layers": subject.layers.as_dict()}
    if _forbidden(subject, grown(volume, margin)):
        shown, place = (subject.layers, layers) if not layers.fits else (subject.everything, found)
        message = f"the file {subject.does} {where(shown, volume, place)}"
        hint = f"{subject.remedy}; if the printer reaches that far, a person must correct its profile on the server"
        return OutsideVolume(message, hint=hint, details=evidence)
    if not layers.fits:
        message = f"the file {subject.does} {mm(excess(subject.layers, volume))} mm below the bed, as with a Z offset: "
        message += where(subject.everything, volume, found)
    else:
        message = f"before or after the layers the file {subject.does} {where(subject.everything, volume, found)}"
    return OnlyWarning(OutsideVolume(message, hint=_hint(context, subject, volume, box), details=evidence))


def _forbidden(subject: _Subject, volume: Volume) -> bool:
    """Whether what sticks out of the volume, with its margin, is in the layers, or too far off to be a purge line."""
    if not fit(subject.layers, grown(volume, 0, below=Z_OFFSET)).fits:
        return True
    return excess(subject.everything, volume) > subject.farthest


def _told_by_print_volume(context: CheckContext, contents: Contents, volume: Volume) -> bool:
    """Whether every move outside the volume is one that prints there, of which `print_volume` warns, or allows it."""
    if not contents.extrudes or fit(contents.moves, volume).fits or fit(contents.extruding, volume).fits:
        return False
    margin = context.exemption("print_volume", "margin")
    allowed = grown(volume, margin.value if margin else 0.0)
    forbidden = not fit(contents.extruding, allowed).fits and _forbidden(_printed(contents), allowed)
    return not forbidden and fit(contents.moves, around(volume, contents.extruding)).fits


def _printed(contents: Contents) -> _Subject:
    layers = _or_all(contents.layer_extruding, contents.extruding)
    remedy = "move or shrink the model in the slicer, or slice for this printer"
    return _Subject("print_volume", "prints", contents.extruding, layers, remedy, PURGE_REACH)


def _or_all(layers: Extents, everything: Extents) -> Extents:
    """Return the extents of the layers; those of everything where the file has none, which is the strict reading."""
    return layers if any(layers) else everything


def _volume(context: CheckContext) -> Volume:
    volume: Optional[Volume] = context.profile.volume
    if volume is None:
        raise CannotCheck("the printer profile has no size")
    return volume


def _evidence(subject: _Subject, volume: Volume, found: Fit) -> Dict[str, Any]:
    room = {**sides(volume), "radius": volume.circle}
    return {"file": subject.everything.as_dict(), "printer": room, "outside": found.outside}


def _hint(context: CheckContext, subject: _Subject, volume: Volume, box: Volume) -> str:
    """Return what a person does if the printer reaches that far: a custom box in the profile, or a margin."""
    needed = math.ceil(round(excess(subject.everything, volume), 2))
    margin = f"add checks: {{{subject.check}: {{margin: {needed}}}}} to the configuration"
    if box.circle is not None:  # a box no larger than the round bed's square changes nothing
        return f"if the printer reaches that far, {margin}"
    name = context.profile.name or context.profile.id
    return f"if the printer reaches that far, set the custom bounding box of its profile {name!r} to {spans(box)}, or {margin}"
