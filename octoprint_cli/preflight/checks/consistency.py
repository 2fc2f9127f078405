"""The built-in check of the file as a whole: whether its lines, each of them sound, fit together."""

from __future__ import annotations

from octoprint_cli.errors import FileInvalid
from octoprint_cli.preflight.check import Check
from octoprint_cli.preflight.context import CheckContext
from octoprint_cli.preflight.finding import Finding, Severity, and_more

#: So many are named; the evidence has them all.
_NAMED = 3


class Consistency(Check):
    """The file is one print from its start to its end: no lines are missing, and none are repeated."""

    severity = Severity.WARN

    def run(self, context: CheckContext) -> Finding:
        doubts = context.contents.doubts
        if not doubts:
            return Finding("nothing in the file contradicts the rest of it")
        named = "; ".join(doubt.problem for doubt in doubts[:_NAMED])
        raise FileInvalid(
            f"the file does not fit together: {named}{and_more(len(doubts) - _NAMED)}",
            hint="slice the model again, or fetch the file again",
            details={"doubts": [doubt._asdict() for doubt in doubts]},
        )
