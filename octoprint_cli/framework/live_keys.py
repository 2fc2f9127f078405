"""The keys of the live view: q leaves it, p, r and c pause, resume and cancel by the very commands of these names."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional

if TYPE_CHECKING:
    from octoprint_cli.client.phase import Phase
    from octoprint_cli.client.tracking.snapshot import PrinterSnapshot
    from octoprint_cli.framework.live_presenter import LivePresenter
    from octoprint_cli.framework.run_context import CommandContext


class _Act(NamedTuple):
    """What a key does: a command line, and the phases in which it makes sense."""

    line: List[str]
    phases: str


_ACTS: Dict[str, _Act] = {
    "p": _Act(["pause"], "starting printing resuming"),
    "r": _Act(["resume"], "paused"),
    "c": _Act(["cancel", "--confirm"], "starting printing pausing paused resuming finishing unknown"),
}


class LiveKeys:
    """Does what keys ask for, in a thread of its own, so that the view goes on. A refusal is noted beside the events."""

    def __init__(self, command: CommandContext) -> None:
        self._command = command
        self._presenter: Optional[LivePresenter] = None
        self._asked: Optional[_Act] = None  # the act whose question is open
        self._file: Optional[str] = None  # of the job that it asks about
        self._doing: Optional[str] = None
        #: Whether the view was left by its key.
        self.left = False

    def show_in(self, presenter: LivePresenter) -> None:
        """Show what the keys do in the view of this presenter."""
        self._presenter, presenter.keys, presenter.on_snapshot = presenter, self.shown, self._withdraw

    def _withdraw(self, snapshot: PrinterSnapshot) -> None:
        """Withdraw the question once its job is over: the answer must not meet the next one."""
        if self._asked is not None and (snapshot.job.file != self._file or not _fits(self._asked, snapshot.phase)):
            self._asked = None

    def shown(self) -> str:
        """Return what keys do now, or the question that is open."""
        if self._asked is not None:
            return "Cancel the job for good? y/n"
        if self._doing is not None:
            return f"q leave   {self._doing} ..."
        phase = self._phase
        return "   ".join(["q leave", *(f"{key} {act.line[0]}" for key, act in _ACTS.items() if phase and _fits(act, phase))])

    @property
    def _known(self) -> Optional[PrinterSnapshot]:
        return self._presenter.snapshot if self._presenter else None

    @property
    def _phase(self) -> Optional[Phase]:
        return self._known.phase if self._known else None

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        key, asked, self._asked = key.lower(), self._asked, None
        if asked is not None and key == "y":
            self._begin(asked)
        elif key == "q" and asked is None:
            self.left = True
            main = threading.main_thread().ident
            if main is not None:
                signal.pthread_kill(main, signal.SIGINT)  # the way out of whatever is being waited for
        elif asked is None and self._doing is None and key in _ACTS and self._phase and _fits(_ACTS[key], self._phase):
            if key == "c":
                self._asked, self._file = _ACTS[key], self._known.job.file if self._known else None
            else:
                self._begin(_ACTS[key])
        if self._presenter is not None:
            self._presenter.refresh()

    def _begin(self, act: _Act) -> None:
        self._doing = act.line[0]
        threading.Thread(target=self._do, args=(act,), name=f"key: {act.line[0]}", daemon=True).start()

    def _do(self, act: _Act) -> None:
        command = self._command
        try:
            _, answer = command.app.answer(act.line, command.terminal)
        finally:
            self._doing = None
        if self._presenter is not None and answer.get("error"):
            self._presenter.note(f"! {answer['error']['message']}; hint: {answer['error']['hint']}")
        elif self._presenter is not None:
            self._presenter.refresh()


def _fits(act: _Act, phase: Phase) -> bool:
    return phase.value in act.phases.split()
