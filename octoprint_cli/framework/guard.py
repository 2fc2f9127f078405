"""The guard: consent, skipping, pre-flight and rehearsal, around whatever a command does.

    class Probe(Guarded, ShowOne):
        \"\"\"probe the bed mesh\"\"\"
        destructive = "moves the nozzle over the whole bed"

        def perform(self, parsed_args):
            self.client.printer.send(["G28", "G29"])
            return {"action": "sent"}

The order is fixed in `take_action`, which a subclass cannot replace (nor `run`): a hook that changes the
arguments, and hooks that fail open, all act before it. Must not know which command it guards.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Dict, Optional

from octoprint_cli.config.locks import exclusively
from octoprint_cli.errors import ConfirmationRequired, UsageError
from octoprint_cli.framework.options import add_checks

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.framework.fields import Field
    from octoprint_cli.output.terminal.terminal import Terminal
    from octoprint_cli.preflight.report import Report

_FINAL = ("take_action", "run")


class Guarded:
    """Mixin, before ShowOne, for every command that changes something.

    A class says what harm it can do in `destructive` (None: none, `--confirm` is not offered), whether it
    starts a job (`preflight`) and whether it may be skipped during one (`skippable`).
    """

    #: What it does that wants consent, as in "this ...": required of every command, None must be said.
    destructive: Optional[str]
    #: Whether the pre-flight runs before it.
    preflight = False
    #: Whether `--skip-if-printing` makes sense.
    skippable = False
    #: What `--dry-run` answers where `rehearse` is overridden: what that returns, and `dry_run`.
    rehearsal: ClassVar[Optional[Field]] = None

    app: Any
    client: Client
    settings: Settings
    terminal: Terminal

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in _FINAL:
            if any(name in parent.__dict__ for parent in cls.__mro__[: cls.__mro__.index(Guarded)]):
                raise TypeError(f"{cls.__name__} must not define {name}(): the guard lives there; write perform()")
        if not hasattr(cls, "destructive"):
            raise TypeError(f"{cls.__name__} must say what is destructive about it, or destructive = None")

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser: ArgumentParser = super().get_parser(prog_name)  # type: ignore[misc]
        group = parser.add_argument_group("safety")
        if self.destructive:
            group.add_argument("--confirm", action="store_true", help=f"consent: this {self.destructive}")
        if self.skippable:
            group.add_argument(
                "--skip-if-printing",
                action="store_true",
                help="do nothing, and succeed, if a job is active",
            )
        if self.preflight:
            group.add_argument("--no-preflight", action="store_true", help="start without the pre-flight checks")
            add_checks(group)
        group.add_argument("--dry-run", action="store_true", help="show what would be done; only read")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Consent, then skip, then checks, then the act; in a rehearsal the act is written down."""
        if parsed_args.dry_run:
            return {"dry_run": True, **self.rehearse(parsed_args)}
        self._require_consent(parsed_args)
        outcome = self._alone(parsed_args) if self.preflight else self._guarded(parsed_args)
        return outcome if outcome.get("action") == "skipped" else self.afterwards(parsed_args, outcome)

    def _alone(self, parsed_args: Namespace) -> Dict[str, Any]:
        with exclusively(self.settings.host, self.settings.home / "locks"):  # it starts a job
            return self._guarded(parsed_args)

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        """What wants `--confirm` in this very call, or None. Override where it depends on the arguments."""
        return self.destructive

    def check(self, parsed_args: Namespace) -> None:
        """Raise if the act must not be done now. Override to refuse on the printer's state."""

    def perform(self, parsed_args: Namespace) -> Dict[str, Any]:
        """The act. Returns what is true afterwards."""
        raise NotImplementedError

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any]) -> Dict[str, Any]:
        """What is waited for once the act is done, while others may act again. Returns the outcome, and more of it."""
        return outcome

    def rehearse(self, parsed_args: Namespace) -> Dict[str, Any]:
        """What `--dry-run` shows. Override where the act is more than requests to the server."""
        with self.client.rehearsal() as planned:
            outcome = self._guarded(parsed_args)
        told = {"preflight": outcome["preflight"]} if "preflight" in outcome else {}
        skipped = {"action": "skipped"} if outcome.get("action") == "skipped" else {}
        return {**skipped, "requests": planned, **told}

    def _require_consent(self, parsed_args: Namespace) -> None:
        reason = self.consent(parsed_args)
        if reason and not getattr(parsed_args, "confirm", False):
            raise ConfirmationRequired(f"this {reason}", hint=self.app.again("--confirm"), details={"reason": reason})

    def _guarded(self, parsed_args: Namespace) -> Dict[str, Any]:
        if self.skippable and parsed_args.skip_if_printing:
            job = self.client.job.current()
            if job.phase.has_job:
                return {"action": "skipped", "reason": f"the printer is busy: {job.state}", "job": {"file": job.file}}
        checked = {"preflight": self._verdict(parsed_args)} if self.preflight else {}
        self.check(parsed_args)
        return {**self.perform(parsed_args), **checked}

    def _verdict(self, parsed_args: Namespace) -> Optional[Dict[str, Any]]:
        """What the pre-flight says if it does not forbid the act; its warnings are told. None if it was not wanted."""
        if parsed_args.no_preflight:
            if parsed_args.ignore or parsed_args.strict:
                raise UsageError("--no-preflight runs no check, so --ignore and --strict make no sense beside it")
            return None
        report = self.run_preflight(parsed_args)
        error = report.error()
        if error:
            raise error
        for warning in report.warnings:
            self.terminal.warn(f"{warning.id}: {warning.message}")
        return report.summary()

    def require_unchanged(self, parsed_args: Namespace) -> None:
        """Raise FileChanged if the file is no longer the one that the pre-flight has read, if it has."""
        if "subject" in parsed_args:
            parsed_args.subject.require_unchanged()

    def run_preflight(self, parsed_args: Namespace) -> Report:
        """The pre-flight for the file and location that the arguments name."""
        return preflight_report(self, parsed_args)


def preflight_report(command: Any, parsed_args: Namespace) -> Report:
    """A command's pre-flight: `file` or `stored`, `location`, and what `add_checks` took. A bar shows that a large file is read."""
    from octoprint_cli.preflight.context import Subject
    from octoprint_cli.preflight.runner import run_preflight

    file = getattr(parsed_args, "file", None)
    stored = getattr(parsed_args, "stored", None)
    location = getattr(parsed_args, "location", None) or "local"
    settings: Settings = command.settings
    with command.terminal.reading(file or stored) as progress:
        local = None if file is None else Path(file)
        subject = Subject(command.client, settings, local, location, stored=stored, progress=progress)
        parsed_args.subject = subject
        return run_preflight(subject, parsed_args.ignore, parsed_args.strict)
