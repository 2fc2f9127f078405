"""SIGINT, SIGTERM and SIGHUP raise where they arrive; if that exception was swallowed, `check` raises it again.

Python drops what is raised while it destroys an I/O object, such as the response of a request, without a word.
A signal that arrives while the program is still being imported is noted, and raised once it can be reported.
"""

from __future__ import annotations

import signal
from typing import Any, Callable, List, NoReturn, Type, Union

_arrived: List[Type[BaseException]] = []
_noted: List[int] = []  # by number: the module with their exceptions may be half imported


def note_only() -> None:
    """Begin to note the signals, except those that whoever started this program ignores, as nohup does."""
    _handle_by(lambda number, *_: _noted.append(number))


def install() -> None:
    """Begin to raise the signals, except those that are ignored. Raises the one that was noted before."""
    from octoprint_cli.errors import Terminated  # noqa: F401 - so that no handler has to import it

    _handle_by(_end)
    _arrived.extend(map(_kind, _noted))
    _noted.clear()
    check()


def restore() -> None:
    """Let the signals end the process by themselves: everything has been done and said."""
    _handle_by(signal.SIG_DFL)


def check() -> None:
    """Raise KeyboardInterrupt or Terminated if a signal is pending. Cheap: it is called often during a wait."""
    if _arrived:
        raise _arrived[0]


def heard() -> None:
    """Forget pending signals: they have been handled."""
    _arrived.clear()


def _handle_by(handler: Union[Callable[..., Any], signal.Handlers]) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _kind(number: int) -> Type[BaseException]:
    from octoprint_cli.errors import Terminated  # slow to import, and this module is imported first of all

    return KeyboardInterrupt if number == signal.SIGINT else Terminated


def _end(number: int, *_: Any) -> NoReturn:
    _arrived.append(_kind(number))
    raise _arrived[-1]
