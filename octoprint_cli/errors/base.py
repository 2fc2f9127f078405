"""The base class of every error, and the exit codes of the process.

Exit codes are defined here only. Must not know the rest of the program.
"""

from __future__ import annotations

import enum
from typing import Any, ClassVar, Dict, Mapping, Optional, Type


class Exit(enum.IntEnum):
    """The exit codes of the process."""

    OK = 0
    OFFLINE = 1  # the printer is offline or the server cannot be reached
    FILE = 2  # something is wrong with a file
    BUSY = 3  # the printer is doing something else
    OTHER = 4  # anything else: auth, server, validation, usage
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    TERMINATED = 143


#: The precedence of exit codes if several checks of a pre-flight fail.
PRECEDENCE = (Exit.OFFLINE, Exit.BUSY, Exit.FILE, Exit.OTHER)

#: Every error class by its code, including those that plugins define.
CODES: Dict[str, Type[CliError]] = {}


class CliError(Exception):
    """An error that a user can do something about: one sentence, a code, a hint.

    `hint` says what to run or change next (default: the class's `remedy`), `details` holds machine-readable facts, and
    `data` a result to show in spite of the failure (a failed pre-flight keeps its report).
    A class that defines a `code` is registered in `CODES`; `explain` prints its docstring as the meaning of the code.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"
    exit_code: ClassVar[Exit] = Exit.OTHER
    #: The default hint: a command line.
    remedy: ClassVar[str] = "octoprint-cli status"
    #: What to do about the error, in one or two sentences, for `explain`.
    advice: ClassVar[str] = ""
    retryable: bool = False

    def __init__(
        self,
        message: str,
        *,
        hint: Optional[str] = None,
        details: Optional[Mapping[str, Any]] = None,
        data: Any = None,
        retryable: Optional[bool] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.remedy
        self.details = details
        self.data = data
        if retryable is not None:
            self.retryable = retryable

    def after(self, done: str, data: Any = None) -> CliError:
        """Return a copy of this error whose message begins with what had been done before it occurred."""
        return type(self)(f"{done}, but: {self.message}", hint=self.hint, details=self.details, data=data, retryable=self.retryable)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in cls.__dict__:
            CODES[cls.code] = cls

    def as_dict(self) -> Dict[str, Any]:
        """Return the `error` member of the envelope."""
        body: Dict[str, Any] = {"code": self.code, "message": self.message}
        body.update(hint=self.hint, retryable=self.retryable)
        if self.details:
            body["details"] = dict(self.details)
        return body


class OfflineError(CliError):
    """OctoPrint gave no usable answer, or no printer is connected to it."""

    exit_code = Exit.OFFLINE
    retryable = True


class BusyError(CliError):
    """The printer is doing something that the command would disturb."""

    exit_code = Exit.BUSY
    retryable = True


class FileError(CliError):
    """Something is wrong with a file, on this computer or on the server."""

    exit_code = Exit.FILE


class Terminated(BaseException):
    """The exception that SIGTERM raises. A BaseException, so that no `except Exception` swallows it."""
