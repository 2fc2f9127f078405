"""The signals that end a run. Each raises where it arrives, and once more at the next `check` where that was not heard.

Python drops what is raised while it clears away an I/O object, such as the answer of a request, without a word.
"""

from __future__ import annotations

import signal
from typing import Any, List, NoReturn, Type

from octoprint_cli.errors import Terminated

_arrived: List[Type[BaseException]] = []


def install() -> None:
    """From now on; but what whoever started this program has it ignore (nohup), it ignores."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def check() -> None:
    """Raise KeyboardInterrupt or Terminated if one has arrived that was not `heard`. Cheap; called often while one waits."""
    if _arrived:
        raise _arrived[0]


def heard() -> None:
    """Whatever has arrived was acted upon."""
    _arrived.clear()


def _end(number: int, *_: Any) -> NoReturn:
    _arrived.append(KeyboardInterrupt if number == signal.SIGINT else Terminated)
    raise _arrived[-1]
