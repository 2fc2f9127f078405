"""The view model of the live view: what it shows of a printer at one moment, as plain values.

Must not know the client, whose data the presenter converts, nor the terminal.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Optional, Sequence, Tuple

#: Actual and target of a heater, and perhaps more, in degrees Celsius; None is unknown, a target of 0 is off.
Reading = Tuple[Optional[float], ...]


class PrinterView(NamedTuple):
    """The state of a printer at one moment. Texts are as the server sent them; the live view escapes them."""

    #: The server's text for the state, such as `Printing` or `Offline after error`.
    state: str
    #: The phase: `printing`, `paused`, `idle`, `offline`, `error` ...
    phase: str
    file: Optional[str] = None
    #: Percentage of the file.
    completion: Optional[float] = None
    #: Seconds.
    print_time: Optional[int] = None
    print_time_left: Optional[int] = None
    #: Heaters by name: `tool0`, `bed` ...
    temperatures: Mapping[str, Reading] = {}
    #: The last lines of the terminal, the newest last.
    lines: Sequence[str] = ()
    #: Events, and prompts such as a filament change, the newest last.
    notes: Sequence[str] = ()
    #: Where the state comes from: `push` or `poll`.
    connection: str = "push"
    #: Why the printer is offline, in the firmware's words.
    error: Optional[str] = None
    #: When the server was last heard, in seconds since 1970 by this computer's clock; None if that is now.
    heard: Optional[float] = None
    #: Why the server cannot be reached, None if it can.
    unreachable: Optional[str] = None
    #: Whether the server reports all the time, as it does during a job, so that silence means that something is wrong.
    reports: bool = False
