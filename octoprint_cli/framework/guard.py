"""The guard of commands that change something: consent, skipping, pre-flight and dry run.

    class Probe(Guarded, ShowOne):
        \"\"\"probe the bed mesh\"\"\"
        destructive = "moves the nozzle over the whole bed"

        def perform(self, parsed_args):
            self.client.printer.send(["G28", "G29"])
            return {"action": "sent"}

The order is fixed in `take_action`, which a subclass cannot override, nor `run`, so that every hook which changes the
arguments runs before the guard. Must not know which command it guards.
"""

from __future__ import annotations

import contextlib
from argparse import ArgumentParser, Namespace
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, ClassVar, ContextManager, Dict, Iterator, List, Mapping, Optional, Tuple

from octoprint_cli.config.locks import job_lock
from octoprint_cli.errors import ConfirmationRequired, UsageError
from octoprint_cli.framework.options import add_checks
from octoprint_cli.framework.results import REHEARSED_TEMPLATE, SKIPPED_TEMPLATE, UNDONE_TEMPLATE

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client
    from octoprint_cli.config.settings import Settings
    from octoprint_cli.framework.fields import Field
    from octoprint_cli.framework.run_context import CommandContext, RunContext
    from octoprint_cli.output.terminal.terminal import Terminal
    from octoprint_cli.preflight.context import CheckContext
    from octoprint_cli.preflight.report import Report

_FINAL = ("take_action", "run")
_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class Guarded:
    """Mixin, placed before ShowOne, for every command that changes something.

    A class declares what harm it can do in `destructive` (None for no harm, and no `--confirm`), whether it
    starts a job (`preflight`) and whether it may be skipped during a job (`skippable`).

    `check(parsed_args)` may return a plan of any type. `perform` and `afterwards` receive it if they take it as their last
    argument, as in `perform(self, parsed_args, plan)`; otherwise they are called as `perform(self, parsed_args)`.
    `parsed_args` holds only the arguments of the command line. For values that `perform` passes to `afterwards` use typed
    attributes, since an instance lives for one run.
    """

    #: What the command does that needs consent, as in "this ...", or None. Every class must declare it.
    destructive: Optional[str]
    #: Whether the pre-flight runs before the command acts.
    preflight = False
    #: Whether the command has `--skip-if-printing`.
    skippable = False
    #: The schema of the result of `--dry-run` if `rehearse` is overridden: of what it returns. The guard adds `dry_run`, and
    #: `needs_confirm` where it is due.
    rehearsal: ClassVar[Optional[Field]] = None
    #: What the text format says of `--dry-run`: a template, whose fields are arguments too, such as `Would print {file}.`
    would: ClassVar[Any] = None

    app: RunContext
    client: Client
    settings: Settings
    terminal: Terminal
    #: The context of the pre-flight that has run.
    _checked: Optional[CheckContext] = None

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
                help="succeed without doing anything if a job is active",
            )
        if self.preflight:
            group.add_argument("--no-preflight", action="store_true", help="start without the pre-flight checks")
            add_checks(group)
        group.add_argument("--dry-run", action="store_true", help="show what would be sent, and change nothing")
        return parser

    def take_action(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Require consent, skip, check and act, in this order; in a dry run record the requests instead."""
        if not parsed_args.dry_run:
            self._require_consent(parsed_args)
        self.prepare(parsed_args)
        if parsed_args.dry_run:
            return self._rehearsed(parsed_args)
        with self._lock():
            outcome, plan = self._guarded(parsed_args)
        if outcome.get("action") == "skipped":
            return outcome
        return _call_with_plan(self.afterwards, parsed_args, outcome, plan=plan)

    def template_for(self, answer: Mapping[str, Any]) -> Any:
        """Return the template for an answer, which may be that of a dry run or of `--skip-if-printing`."""
        if answer.get("dry_run"):
            return [(UNDONE_TEMPLATE, self.would or []), *REHEARSED_TEMPLATE]
        if answer.get("action") == "skipped" and "reason" in answer:
            return SKIPPED_TEMPLATE
        return super().template_for(answer)  # type: ignore[misc]

    def _lock(self) -> ContextManager[Any]:
        """Hold the lock file for starting a job on the server, if the command starts one."""
        folder = self.settings.lock_folder if self.preflight else None
        return job_lock(self.settings.host, folder) if folder else contextlib.nullcontext()

    def consent(self, parsed_args: Namespace) -> Optional[str]:
        """Return what needs `--confirm` with these arguments, or None. Override it if that depends on the arguments."""
        return self.destructive

    def prepare(self, parsed_args: Namespace) -> None:
        """Wait for what the checks will look at, without the lock; it must only read. Override it."""

    def check(self, parsed_args: Namespace) -> Any:
        """Raise an error if the command must not act now; return the plan for `perform`, if it needs one. Override it."""

    def perform(self, parsed_args: Namespace, *plan: Any) -> Dict[str, Any]:
        """Carry out the command with the plan that `check` has returned, and return the result. Override it."""
        raise NotImplementedError

    def afterwards(self, parsed_args: Namespace, outcome: Dict[str, Any], *plan: Any) -> Dict[str, Any]:
        """Wait after `perform`, without the lock, and return the outcome with what was added to it. Override it."""
        return outcome

    def rehearse(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Return the result of `--dry-run`. Override it if the command does more than send requests to the server."""
        with self.client.rehearsal() as planned:
            outcome, _ = self._guarded(parsed_args)
        preflight = {"preflight": outcome["preflight"]} if "preflight" in outcome else {}
        action = {"action": "skipped"} if outcome.get("action") == "skipped" else {}
        return {**action, "requests": planned, **preflight}

    def _rehearsed(self, parsed_args: Namespace) -> Dict[str, Any]:
        """Return the result of `--dry-run`, with what the real run wants `--confirm` for: by its arguments, or by a look."""
        reason = self._missing_consent(parsed_args)
        wanted = f"this {reason}" if reason else None
        try:
            result = self.rehearse(parsed_args)
        except ConfirmationRequired as required:
            wanted = wanted or required.message
            result = self.rehearse(Namespace(**{**vars(parsed_args), "confirm": True}))
        needed = {"needs_confirm": wanted} if wanted and result.get("action") != "skipped" else {}
        return {"dry_run": True, **result, **needed}

    def _require_consent(self, parsed_args: Namespace) -> None:
        reason = self._missing_consent(parsed_args)
        if reason:
            raise ConfirmationRequired(f"this {reason}", hint=self.app.again("--confirm"), details={"reason": reason})

    def _missing_consent(self, parsed_args: Namespace) -> Optional[str]:
        """Return what needs `--confirm` with these arguments and has none, or None."""
        reason = self.consent(parsed_args)
        return None if getattr(parsed_args, "confirm", False) else reason

    def _guarded(self, parsed_args: Namespace) -> Tuple[Dict[str, Any], Any]:
        """Skip, or check and act, and return the outcome and the plan."""
        if self.skippable and parsed_args.skip_if_printing:
            job = self.client.job.current()
            if job.phase.has_job:
                skipped = {"action": "skipped", "reason": f"the printer is busy: {job.state}", "job": {"file": job.file}}
                return skipped, None
        checked = {"preflight": self._verdict(parsed_args)} if self.preflight else {}
        plan = self.check(parsed_args)
        return {**_call_with_plan(self.perform, parsed_args, plan=plan), **checked}, plan

    def _verdict(self, parsed_args: Namespace) -> Optional[Dict[str, Any]]:
        """Run the pre-flight, show its warnings and return its summary, or None with --no-preflight. Raises if a check fails."""
        if parsed_args.no_preflight:
            if parsed_args.ignore or parsed_args.strict:
                raise UsageError("--no-preflight runs no checks, so it cannot be combined with --ignore or --strict")
            return None
        report = self.run_preflight(parsed_args)
        error = report.error()
        if error:
            raise error
        summary = report.summary()
        for line in _warning_lines(summary["warnings"]):
            self.terminal.warn(line)
        return summary

    def require_unchanged(self, parsed_args: Namespace) -> None:
        """Raise FileChanged if the file has changed since the pre-flight read it."""
        if self._checked is not None:
            self._checked.require_unchanged()

    def run_preflight(self, parsed_args: Namespace) -> Report:
        """Run the pre-flight for the file and location in the arguments, and return its report."""
        from octoprint_cli.preflight.runner import run_preflight

        with _check_context(self, parsed_args) as context:
            self._checked = context
            return run_preflight(context, parsed_args.ignore, parsed_args.strict)


def preflight_report(command: CommandContext, parsed_args: Namespace) -> Report:
    """Run the pre-flight and return its report. Reads `file` or `stored`, `location` and what `add_checks` added."""
    from octoprint_cli.preflight.runner import run_preflight

    with _check_context(command, parsed_args) as context:
        return run_preflight(context, parsed_args.ignore, parsed_args.strict)


def _warning_lines(warnings: List[Dict[str, str]]) -> Iterator[str]:
    """Yield a line for each warning, with its hint; several checks with the same message share a line."""
    ids: Dict[Tuple[str, str], List[str]] = {}
    for warning in warnings:
        ids.setdefault((warning["message"], warning.get("hint", "")), []).append(warning["id"])
    for (message, hint), names in ids.items():
        yield f"{', '.join(names)}: {message}{f' ({hint})' if hint else ''}"


@contextlib.contextmanager
def _check_context(command: CommandContext, parsed_args: Namespace) -> Iterator[CheckContext]:
    """Open the context of the pre-flight checks, with a progress bar while a large file is read."""
    from octoprint_cli.preflight.context import CheckContext

    file = getattr(parsed_args, "file", None)
    stored = getattr(parsed_args, "stored", None)
    location = getattr(parsed_args, "location", None) or "local"
    with command.terminal.reading(file or stored) as progress:
        local = None if file is None else Path(file)
        name = getattr(parsed_args, "name", None)
        yield CheckContext(command.client, command.settings, local, location, stored=stored, name=name, progress=progress)


def _call_with_plan(method: Callable[..., Dict[str, Any]], *given: Any, plan: Any) -> Dict[str, Any]:
    """Call a method with the plan as its last argument if it takes one, since commands may omit that parameter."""
    parameters = signature(method).parameters.values()
    required = [one for one in parameters if one.kind in _POSITIONAL and one.default is Parameter.empty]
    takes_plan = len(required) > len(given) or any(one.name == "plan" and one.kind in _POSITIONAL for one in parameters)
    return method(*given, plan) if takes_plan else method(*given)
