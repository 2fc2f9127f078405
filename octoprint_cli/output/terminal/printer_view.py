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
    #: Whether the temperatures are those from before the printer was lost.
    temperatures_are_old: bool = False
    #: Earlier temperatures, the newest last: seconds since 1970 by this computer's clock, and the actual ones by heater.
    past: Sequence[Tuple[float, Mapping[str, Optional[float]]]] = ()
    #: The layer that is printed, counted from 1, and how many there are.
    layer: Optional[int] = None
    layers: Optional[int] = None
    #: Height of the nozzle in mm.
    z: Optional[float] = None
    #: Speed of the fan that cools the part, in percent.
    fan: Optional[float] = None
    #: The text on the printer's display (M117).
    display: Optional[str] = None
    #: How the last job ended, as a sentence such as `Finished at 01:33 in 1 min 39 s`; None before that.
    ending: Optional[str] = None
    #: How it ended in one word: `finished`, `cancelled`, `failed` ...
    outcome: Optional[str] = None
    #: What keys do now, such as `q leave`, or the question that they answer.
    keys: str = ""
    #: How often the terminal's bell was to ring so far.
    rings: int = 0
