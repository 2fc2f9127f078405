"""SIGINT, SIGTERM and SIGHUP raise where they arrive; if that exception was swallowed, `check` raises it again.

Python drops what is raised while it destroys an I/O object, such as the response of a request, without a word.
"""

from __future__ import annotations

import signal
from typing import Any, List, NoReturn, Type

from octoprint_cli.errors import Terminated

_arrived: List[Type[BaseException]] = []


def install() -> None:
    """Begin to handle the signals, except those that whoever started this program ignores, as nohup does."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def check() -> None:
    """Raise KeyboardInterrupt or Terminated if a signal is pending. Cheap: it is called often during a wait."""
    if _arrived:
        raise _arrived[0]


def heard() -> None:
    """Forget pending signals: they have been handled."""
    _arrived.clear()


def _end(number: int, *_: Any) -> NoReturn:
    _arrived.append(KeyboardInterrupt if number == signal.SIGINT else Terminated)
    raise _arrived[-1]
