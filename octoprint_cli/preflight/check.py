"""The base class of all checks, built in or from plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Sequence, Union

from octoprint_cli.preflight.finding import Finding, Severity

if TYPE_CHECKING:
    from octoprint_cli.preflight.context import CheckContext


class Check:
    """One question about a print. Its id is its entry point's name, its docstring says what must be true.

    `run` returns a sentence or a Finding if all is well. It raises a CliError if not (its code becomes that of
    the refusal, its `details` are the evidence), OnlyWarning with such an error if this one forbids nothing, Skip if the question
    does not arise, or CannotCheck if it does and the answer cannot be found. Any other exception counts as a failure: the check
    was about to say something.
    """

    severity = Severity.BLOCK
    #: What the check does to the world: `reads`, and `asks` if it sends the firmware a question such as M115. Commands that run
    #: the checks have these effects, too.
    effects: ClassVar[Sequence[str]] = ("reads",)

    def run(self, context: CheckContext) -> Union[str, Finding]:
        """Answer the question for this file and this printer."""
        raise NotImplementedError
