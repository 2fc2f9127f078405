"""What a live view shows of a printer at one moment. Plain values, no terminal.

Must not know the client: whoever asks the server makes the views.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional, Sequence, Tuple

#: Actual and target of a heater, in degrees Celsius; None is unknown, a target of 0 is off.
Reading = Tuple[Optional[float], Optional[float]]


class PrinterView(NamedTuple):
    """A printer as it is now. Texts are as the server sent them: the view makes them safe to show."""

    #: The server's own word, such as `Printing` or `Offline after error`.
    state: str
    #: What that means: `printing`, `paused`, `idle`, `offline`, `error` ...
    phase: str
    file: Optional[str] = None
    #: Percent of the file.
    completion: Optional[float] = None
    #: Seconds.
    print_time: Optional[int] = None
    print_time_left: Optional[int] = None
    #: By tool0, bed ...
    temperatures: Mapping[str, Reading] = {}
    #: The last lines of the terminal, the newest last.
    lines: Sequence[str] = ()
    #: Events, and prompts such as a filament change, the newest last.
    notes: Sequence[str] = ()
    #: How it is known: `push` or `poll`.
    connection: str = "push"


#: The former name of `PrinterView`.
Picture = PrinterView
