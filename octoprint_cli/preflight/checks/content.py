"""The built-in checks of what the file holds, whatever the printer: whether it is whole, sound, and a print."""

from __future__ import annotations

from typing import TYPE_CHECKING, List

from octoprint_cli.errors import FileDamaged, FileIncomplete, FileInvalid
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding, Severity, Skip

if TYPE_CHECKING:
    from octoprint_cli.gcode.analysis.contents import BadLine

_AGAIN = "slice the model again, and mind the room on the disk that the file is written to"
#: So many are named; the evidence has them all.
_NAMED = 3
#: As much of a bad line as a message takes.
_TEXT_LIMIT = 80


class Complete(Check):
    """The file ends as a print does, and not in the middle of one."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        complete, reason = contents.ending
        if complete is None:
            raise Skip(f"whether it is complete cannot be told: {reason}")
        evidence = {"complete": complete, "reason": reason, "lines": contents.lines, "size": contents.size}
        if not complete:
            raise FileIncomplete(f"the file is cut off after line {contents.lines}: {reason}", hint=_AGAIN, details=evidence)
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
        lines = context.contents.bad_lines
        unfilled = [bad.line for bad in lines if bad.kind == "placeholder"]  # which are no numbers, either
        every = [bad for bad in lines if bad.kind != "placeholder" and bad.line not in unfilled]
        bad = [bad for bad in every if not bad.comment]
        if bad:
            raise _damaged(bad, "slice the model again, or fetch the file again")
        if every:
            first = every[0]
            evidence = {"bad_lines": [one._asdict() for one in every]}
            return Finding(f"a comment is damaged (line {first.line}: {first.problem}), which harms no print", evidence)
        return Finding("nothing is damaged")


class Extrusion(Check):
    """Something is extruded."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        evidence = {"extrusion": dict(contents.extrusion), "lines": contents.lines}
        if not contents.extrudes:
            raise FileInvalid(
                f"nothing is extruded in {contents.lines} lines: there is nothing to print",
                hint="slice the model, or repeat with --ignore extrusion",
                details=evidence,
            )
        length = sum(contents.extrusion.values())
        shown = f"{length / 1000:.2f} m" if length >= 1000 else f"{length:.1f} mm"
        return Finding(f"{shown} of filament are extruded", evidence)


class ColdExtrusion(Check):
    """A hotend is given a temperature before it extrudes."""

    def run(self, context: CheckContext) -> Finding:
        contents = context.contents
        if contents.cold is None:
            return Finding("no hotend extrudes before it is heated")
        evidence = {"line": contents.cold, "macro": contents.macro}
        if any(notable.code == "M302" for notable in contents.notable):
            return Finding(f"line {contents.cold} extrudes with a cold hotend, which the file allows by M302", evidence)
        if contents.macro is not None:
            raise Skip(f"line {contents.cold} extrudes before any temperature is set, but {contents.macro} before it may heat")
        if any(bad.line < contents.cold and not bad.comment for bad in contents.bad_lines):
            raise Skip(f"line {contents.cold} extrudes before any temperature is set, but a line before it cannot be understood")
        raise FileInvalid(
            f"line {contents.cold} extrudes before any hotend temperature is set",
            hint="set a temperature in the slicer's filament settings or start G-code, or repeat with --ignore cold_extrusion",
            details=evidence,
        )


class RiskyCommands(Check):
    """No command in the file does what a print should not."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        notable = context.contents.notable
        if not notable:
            return Finding("no command deserves a second look")
        named = [f"{one.code} on line {one.line} {one.does}" for one in notable[:_NAMED]]
        more = f" (and {len(notable) - _NAMED} more)" if len(notable) > _NAMED else ""
        raise FileInvalid(
            f"the file has commands that deserve a look: {'; '.join(named)}{more}",
            hint="look at these lines; if they are meant, repeat with --ignore risky_commands",
            details={"notable": [one._asdict() for one in notable]},
        )


def _damaged(bad: List[BadLine], hint: str) -> FileDamaged:
    first, others = bad[0], len(bad) - 1
    text = first.text if len(first.text) <= _TEXT_LIMIT else first.text[: _TEXT_LIMIT - 1] + "\u2026"
    more = f" (and {others} more)" if others else ""
    message = f"line {first.line}, at byte {first.offset}: {first.problem}: {text!r}{more}"
    return FileDamaged(message, hint=hint, details={"bad_lines": [one._asdict() for one in bad]})
