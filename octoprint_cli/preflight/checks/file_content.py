"""The built-in checks of what the file holds, whatever the printer: whether it is whole, sound, and a print."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, List

from octoprint_cli.errors import FileDamaged, FileIncomplete, FileInvalid
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import CannotCheck, Finding, OnlyWarning, Severity, Skip, and_more

if TYPE_CHECKING:
    from octoprint_cli.gcode.analysis.contents import BadLine, Notable

_AGAIN = "slice the model again, and check that the disk it is written to has enough space"
#: So many are named; the evidence has them all.
_NAMED = 3
#: As much of a bad line as a message takes.
_TEXT_LIMIT = 80


class Complete(Check):
    """The file ends as a print does, and not in the middle of one."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        complete, reason = contents.ending
        if contents.stale is not None:
            raise FileDamaged(
                f"{contents.stale.problem}: the rest of an older file follows this one",
                hint=_AGAIN,
                details=contents.stale._asdict(),
            )
        if complete is None:
            raise CannotCheck(f"whether it is complete cannot be determined: {reason}", told_by="extrusion")
        evidence = {"complete": complete, "reason": reason, "lines": contents.lines, "size": contents.size}
        if not complete:
            what = f"is cut off after line {contents.lines}" if contents.cut else f"has no end, up to line {contents.lines}"
            if not contents.end_expected:
                raise OnlyWarning(
                    FileIncomplete(
                        f"the file {what}: {reason}; as it heats nothing and names no slicer, it may be whole",
                        hint="look at the last lines of the file",
                        details=evidence,
                    )
                )
            raise FileIncomplete(f"the file {what}: {reason}", hint=_AGAIN, details=evidence)
        return Finding(f"the file is complete: {reason}", evidence)


class Placeholders(Check):
    """The slicer has filled every placeholder of its templates."""

    def run(self, context: CheckContext) -> Finding:
        bad = [bad for bad in context.contents.bad_lines if bad.kind == "placeholder" and not bad.comment]
        if bad:
            raise _damaged(bad, "fix the slicer's custom G-code and slice again")
        return Finding("every placeholder was filled")


class Damage(Check):
    """Nothing in the file is damaged: no control bytes, no web page, no endless line."""

    def run(self, context: CheckContext) -> Finding:
        lines = context.any_contents.bad_lines
        unfilled = [bad.line for bad in lines if bad.kind == "placeholder"]  # which are no numbers, either
        every = [bad for bad in lines if bad.kind != "placeholder" and bad.line not in unfilled]
        bad = [bad for bad in every if not bad.comment]
        if bad:
            raise _damaged(bad, "slice the model again, or fetch the file again")
        if every:
            first = every[0]
            evidence = {"bad_lines": [one._asdict() for one in every]}
            return Finding(f"a comment is damaged (line {first.line}: {first.problem}), which does no harm", evidence)
        return Finding("nothing is damaged")


class Extrusion(Check):
    """Something is extruded."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        evidence = {"extrusion": dict(contents.extrusion), "lines": contents.lines}
        if not contents.extrudes:
            raise FileInvalid(
                f"nothing is extruded in {contents.lines} lines: there is nothing to print",
                hint="slice the model first",
                details=evidence,
            )
        length = sum(contents.extrusion.values())
        shown = f"{length / 1000:.2f} m" if length >= 1000 else f"{length:.1f} mm"
        return Finding(f"{shown} of filament are extruded", evidence)


class ColdExtrusion(Check):
    """A hotend is given a temperature before it extrudes."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        cold = contents.cold_shared if _one_nozzle(context) else contents.cold
        if cold is None:
            return Finding("no hotend extrudes before it is heated")
        evidence = {"line": cold, "macro": contents.macro}
        if any(notable.code == "M302" and notable.line < cold for notable in contents.notable):
            return Finding(f"line {cold} extrudes with a cold hotend, which the file allows by M302", evidence)
        heated = [heater for heater, heat in contents.heat.items() if heater.startswith("tool") and heat.highest > 0]
        why = "with a hotend that has no temperature then" if heated else "and no hotend temperature is set in the file"
        if contents.macro is not None:
            raise Skip(f"line {cold} extrudes {why}, but {contents.macro} before it may heat")
        unclear = [bad.kind for bad in contents.bad_lines if bad.line < cold and not bad.comment]
        if unclear:
            reason = f"line {cold} extrudes {why}, but a line before it cannot be understood"
            raise CannotCheck(reason, told_by="file_placeholders" if unclear[0] == "placeholder" else "file_damage")
        raise FileInvalid(
            f"line {cold} extrudes {why}",
            hint="set a temperature in the slicer's filament settings or start G-code, and slice again",
            details=evidence,
        )


class RiskyCommands(Check):
    """No command in the file does what a print should not."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        notable = context.contents.notable
        if not notable:
            return Finding("no command is worth a look")
        named = [_described(one) for one in notable[:_NAMED]]
        raise FileInvalid(
            f"the file has commands that are worth a look: {'; '.join(named)}{and_more(len(notable) - _NAMED)}",
            hint="look at these lines; those that are meant for this printer may stay",
            details={"notable": [one._asdict() for one in notable]},
        )


def _one_nozzle(context: CheckContext) -> bool:
    """Whether the heat of one tool is every tool's: by the profile, or because the file heats no tool by its number."""
    if not context.contents.named_tools:
        return True
    with contextlib.suppress(Skip):
        return context.profile.shared_nozzle
    return False


def _described(notable: Notable) -> str:
    """Return `M600 on line 7 waits ...`; of what waits for a person also how often and where."""
    if not notable.waits or notable.count < 2:
        return f"{notable.code} on line {notable.line} {notable.does}"
    more = " ..." if notable.count > len(notable.lines) else ""
    return f"{notable.code} {notable.does} {notable.count} times, on line {', '.join(map(str, notable.lines))}{more}"


def _damaged(bad: List[BadLine], hint: str) -> FileDamaged:
    first = bad[0]
    text = first.text if len(first.text) <= _TEXT_LIMIT else first.text[: _TEXT_LIMIT - 1] + "\u2026"
    message = f"line {first.line}, at byte {first.offset}: {first.problem}: {text!r}{and_more(len(bad) - 1)}"
    return FileDamaged(message, hint=hint, details={"bad_lines": [one._asdict() for one in bad]})
