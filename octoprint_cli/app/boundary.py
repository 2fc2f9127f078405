"""The boundary of a run: every way in which a command line can end, as an exit code and an envelope.

Must not know a command.
"""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING, Any, Callable, Type

from octoprint_cli.app import signals
from octoprint_cli.app.stdout import StdoutClosed, StdoutFull
from octoprint_cli.errors import (
    CliError,
    Exit,
    InternalError,
    Interrupted,
    OutcomeUnknown,
    OutputError,
    Stopped,
    Terminated,
)
from octoprint_cli.output.formats.envelope import failure

if TYPE_CHECKING:
    from octoprint_cli.app.run import Run
    from octoprint_cli.client.client import Aftermath


class Boundary:
    """Turns what a run raises into an exit code, and reports it in the run's format."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def exit_code(self, act: Callable[[], None]) -> int:
        """Call `act` and return the exit code of the run. No exception gets past this method."""
        try:
            act()
            self._run.stdout.flush()
            return Exit.OK
        except StdoutClosed:
            return Exit.PIPE_CLOSED
        except KeyboardInterrupt as interruption:
            return self._interrupted(Interrupted, "interrupted", interruption)
        except Terminated as interruption:
            return self._interrupted(Stopped, "terminated", interruption)
        except OutcomeUnknown as error:
            return self._report(self._with_state_now(error))
        except CliError as error:
            return self._report(error)
        except StdoutFull as error:
            return self._report(self._run.unwritten.full(error.strerror))
        except Exception as error:
            return self._report(InternalError.of(error))

    def _interrupted(self, kind: Type[CliError], word: str, interruption: BaseException) -> int:
        """Report an interruption with what the server has now: whoever stopped the program has not stopped the server.

        A command may have put what it knew into `data` of the interruption.
        """
        signals.heard()
        data = getattr(interruption, "data", None)
        if not self._run.has_acted:
            elsewhere = self._run.acted_elsewhere
            sent = "what was sent to another server continues" if elsewhere else "nothing was sent that would change anything"
            return self._report(kind(f"{word}; {sent}", data=data))
        sentence, now = self._aftermath("the outcome is not known: the server was not asked")
        return self._report(kind(f"{word}; {sentence}", details=now, data=data))

    def _with_state_now(self, error: OutcomeUnknown) -> CliError:
        """Return the error with what the server shows now."""
        if not self._run.has_client:
            return error
        sentence, now = self._aftermath("the server was not asked again")
        details = {**(error.details or {}), "now": now}
        return OutcomeUnknown(f"{error.message}; {sentence}", hint=error.hint, details=details, data=error.data)

    def _aftermath(self, unasked: str) -> Aftermath:
        """Ask the server what it shows now. Whoever interrupts the question wants to go at once."""
        with contextlib.suppress(KeyboardInterrupt, Terminated):
            return self._run.client.aftermath()
        return unasked, {}

    def _report(self, error: CliError) -> int:
        """Write the error in the format of the run, and return its exit code."""
        run = self._run
        error.hint = run.hint_for_same_server(error.hint)
        if run.options.debug:
            run.stderr.write(run.scrubber.scrub("".join(traceback.format_exception(type(error), error, error.__traceback__))))
        try:
            formatter = run.envelope_formatter()
            if formatter is not None:
                self._emit(formatter, run.scrubber.scrub_all(failure(error)))
                run.stdout.flush()
            if formatter is None or run.stdout.absent:
                self._note(error)
        except StdoutClosed:
            return Exit.PIPE_CLOSED
        except StdoutFull as full:
            self._note(error)
            run.terminal.warn(f"stdout cannot be written: {full.strerror}")
        except Exception:  # the format of a plugin, which has failed before
            self._note(error)
        return error.exit_code

    def _note(self, error: CliError) -> None:
        """Write the error to stderr, and behind it as JSON the answer that could not be written, if something was changed."""
        run = self._run
        shown = run.scrubber.scrub_all(error.as_dict())
        run.terminal.note_error(shown["message"], shown["code"], shown["hint"])
        answer = run.unwritten.as_json() if isinstance(error, OutputError) else None
        if answer is not None:
            run.terminal.write_line(answer)

    def _emit(self, formatter: Any, envelope: Any) -> None:
        run = self._run
        if run.streaming and hasattr(formatter, "emit_line"):
            formatter.emit_line(envelope, run.stdout)
        else:
            formatter.emit_envelope(envelope, run.stdout, run.options)
