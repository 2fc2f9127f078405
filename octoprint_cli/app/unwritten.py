"""The answer of a command while it is written, so that it is not lost if that fails, and the error for such a failure."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional

from octoprint_cli.app.stdout import StdoutClosed, StdoutFull
from octoprint_cli.errors import CliError, OutputError, UsageError
from octoprint_cli.output.columns import to_plain_data
from octoprint_cli.output.formats.envelope import success
from octoprint_cli.plugins.entry_points import EntryPointGroup, distribution_of, is_own

if TYPE_CHECKING:
    from octoprint_cli.app.run import Run

_OURS = "octoprint-cli version  # please report it, with the output of the same command and --debug"


class Unwritten:
    """The answer that a run is about to write, and the command that it belongs to."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._answer: Any = None
        self._command: Any = None
        self.pending = False

    @contextlib.contextmanager
    def writing(self, answer: Any, command: Any, format_name: Optional[str] = None) -> Iterator[None]:
        """Keep the answer while it is converted, or with a format written. Raises OutputError for what fails then."""
        self._answer, self._command, self.pending = answer, command, True
        try:
            yield
        except (StdoutClosed, StdoutFull):
            raise
        except UsageError as error:  # a column that only the answer itself could show to be missing
            raise self.unanswered(error, answer, command) from error
        except CliError:
            raise
        except Exception as error:
            raise self._failed(error, format_name) from error

    def unanswered(self, error: UsageError, answer: Any, command: Any) -> CliError:
        """Return the error to raise for a usage error that was found after the command: OutputError if something was changed."""
        self._answer, self._command, self.pending = answer, command, True
        if not self.acted:  # false, or unknown
            return error
        return self._error(f"{error.message}; the command was carried out", "octoprint-cli status")

    @property
    def acted(self) -> Optional[bool]:
        """Whether the command has changed something, on a server or in files; None for one that does not declare its effects."""
        run, effects = self._run, getattr(self._command, "effects", None)
        if run.has_acted or run.acted_elsewhere:
            return True
        return None if effects is None else "writes" in effects

    def full(self, reason: Optional[str]) -> OutputError:
        """Return the error for a stdout that cannot be written."""
        if not self.pending:
            return OutputError(f"stdout cannot be written: {reason}", details={"acted": self._run.has_acted})
        return self._error(f"stdout cannot be written: {reason}")

    def as_json(self) -> Optional[str]:
        """Return the envelope of the answer as a line of JSON, if it was not written and the command changed something."""
        if not self.pending or self.acted is False:
            return None
        return json.dumps(self._run.scrubber.scrub_all(success(_plain(self._answer))), default=str)

    def _failed(self, error: Exception, format_name: Optional[str]) -> OutputError:
        owner = self._owner(format_name)
        what = f"the format {format_name}" if format_name else f"the answer of {self._command.cmd_name}"
        whose = f"{what} of {owner}" if owner else f"{what}, which is a bug in octoprint-cli,"
        hint = f"octoprint-cli plugins list  # report it to the authors of {owner}, with the output of --debug" if owner else _OURS
        return self._error(f"{whose} crashed: {type(error).__name__}: {error}", hint, owner)

    def _error(self, message: str, hint: Optional[str] = None, owner: Optional[str] = None) -> OutputError:
        details: Dict[str, Any] = {"acted": self.acted, **({"distribution": owner} if owner else {})}
        answer = _plain(self._answer)
        return OutputError(message, hint=hint, details=details, data=answer if isinstance(answer, dict) else {"answer": answer})

    def _owner(self, format_name: Optional[str]) -> Optional[str]:
        """Return the distribution of the format, or without one of the command; None for our own."""
        if format_name is None:
            owner: Optional[str] = self._run.command_manager.owner(self._command.cmd_name)
            return owner
        group = self._command.formatter_namespace
        entry_point = EntryPointGroup(group).entry_point(format_name)
        return None if is_own(entry_point) else distribution_of(entry_point, group) or str(entry_point.value)


def _plain(answer: Any) -> Any:
    """Return the answer as plain data, with the values that cannot be converted as text: an object stays an object."""
    if isinstance(answer, dict):
        return {str(name): _plain_value(value) for name, value in answer.items()}
    return _plain_value(answer)


def _plain_value(value: Any) -> Any:
    try:
        return json.loads(json.dumps(to_plain_data(value), default=str))
    except Exception:  # a plugin's own, or a cycle
        return str(value)
