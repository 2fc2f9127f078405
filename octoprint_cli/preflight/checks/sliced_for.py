"""The built-in checks of which printer the file was sliced for: its model, its nozzle, its tools."""

from __future__ import annotations

import re
from typing import List, Optional

from octoprint_cli.errors import WrongPrinter
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.checks.tolerance import beyond
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, Severity, Skip

#: Words that a model's name is written with or without.
_VENDORS = frozenset(
    "anet anycubic artillery bambu bambulab biqu bq creality elegoo flashforge flsun geeetech i3 kingroon lab labs lulzbot "
    "monoprice original prusa prusa3d qidi raise3d research snapmaker sovol tevo the tronxy ultimaker voxelab wanhao".split()
)
#: What OctoPrint's default profile and slicers' custom printers are called: no model.
_NO_MODEL = frozenset(["", "custom", "customprinter", "customfffprinter", "default", "fdmprinter", "myprinter", "unknown"])
_NOZZLE = re.compile(r"\(?\b\d+([.,]\d+)?\s*mm\)?(\s+nozzle)?|\b\d+[.,]\d+\s+nozzle|\bnozzle\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+|\+")


class PrinterModel(Check):
    """The file was sliced for the printer's model."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        wanted = context.contents.sliced.printer
        if wanted is None or normalised_model(wanted) is None:
            raise Skip("the file names no printer model")
        profile = context.profile
        names = [name for name in (profile.model, profile.name, *context.models) if name and normalised_model(name)]
        if not names:
            raise CannotCheck(f"the printer profile {profile.name or profile.id!r} names no model")
        evidence = {"file": wanted, "printer": names}
        if normalised_model(wanted) not in [normalised_model(name) for name in names]:
            raise WrongPrinter(
                f"the file was sliced for {wanted}, the printer is {' or '.join(names)}",
                hint=f"slice it for this printer; if it is one, add {wanted!r} to models in the configuration",
                details=evidence,
            )
        return Finding(f"the file was sliced for {wanted}, which the printer is", evidence)


class Nozzle(Check):
    """The file was sliced for the nozzle that the printer has."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        if not contents.sliced.nozzles:
            raise Skip("the file names no nozzle")
        has = context.profile.nozzle
        if has is None:
            raise CannotCheck("the printer profile names no nozzle")
        used = [size for index, size in enumerate(contents.sliced.nozzles) if f"tool{index}" in contents.tools]
        wanted = used or list(contents.sliced.nozzles)
        evidence = {"file": wanted, "printer": has}
        if any(beyond(abs(size - has)) for size in wanted):
            sizes = ", ".join(f"{size:g}" for size in dict.fromkeys(wanted))
            raise WrongPrinter(
                f"the file was sliced for a nozzle of {sizes} mm, the printer has one of {has:g} mm",
                hint="slice it for this nozzle; if another one is mounted, say so in the printer profile on the server",
                details=evidence,
            )
        return Finding(f"the nozzle has {has:g} mm in the file and on the printer", evidence)


class Tools(Check):
    """The printer has every tool that the file uses."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        heated = [heater for heater, heat in contents.heat.items() if heater.startswith("tool") and heat.highest > 0]
        used = sorted({*contents.tools, *heated}, key=_index)
        if not used:
            raise Skip("the file uses no tool")
        count = context.profile.extruders
        if count is None:
            raise CannotCheck("the printer profile does not say how many extruders there are")
        missing = [tool for tool in used if _index(tool) >= count]
        evidence = {"file": used, "printer": count}
        if missing:
            raise WrongPrinter(
                f"the file uses {', '.join(used)}, the printer has {count} extruder{'' if count == 1 else 's'}",
                hint="slice it for this printer, or set the number of extruders in the printer profile on the server",
                details=evidence,
            )
        return Finding(f"the file uses {', '.join(used)} of {count}", evidence)


def normalised_model(name: str) -> Optional[str]:
    """Return a model's name without what slicers and people write in different ways; None for no model at all."""
    words: List[str] = _WORD.findall(_NOZZLE.sub(" ", name.lower()))
    bare = "".join("plus" if word == "+" else word for word in words if word not in _VENDORS)
    bare = bare or "".join(words)  # a model that is called as its maker
    return None if bare in _NO_MODEL or bare.startswith("generic") else bare


def _index(tool: str) -> int:
    digits = tool[len("tool") :]
    return int(digits) if digits.isdigit() else 0
