"""What the live view says of a printer at one moment: how old it is, the title and its colour, the times. Knows no layout."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Iterator, List, NamedTuple, Optional

from octoprint_cli.output import units
from octoprint_cli.output.terminal.printer_view import PrinterView

#: Seconds of silence after which what is shown is called old, if the server should report all the time.
OLD = 5.0
#: Seconds without progress after which the time left, which the server counts on, is not shown any more.
STILL = 60.0

_COLOURS = {
    "printing": "green",
    "paused": "yellow",
    "pausing": "yellow",
    "resuming": "green",
    "starting": "green",
    "finishing": "green",
    "idle": "cyan",
    "error": "bold red",
    "offline": "red",
    "cancelling": "red",
}
#: The colours of an idle printer, by how its last job ended.
_ENDED = {"finished": "green", "cancelled": "yellow"}


class Moment(NamedTuple):
    """A printer as it is known at one moment."""

    view: PrinterView
    #: Local time.
    now: datetime
    #: Seconds since the last progress.
    still: float = 0.0

    @property
    def age(self) -> Optional[int]:
        """How many seconds ago the server was last heard, None if what is shown is not old."""
        view = self.view
        if view.heard is None or not (view.reports or view.unreachable):
            return None
        silence = max(0.0, self.now.timestamp() - view.heard)
        return int(silence) if view.unreachable or silence >= OLD else None

    @property
    def has_ended(self) -> bool:
        """Whether the last job is over, and nothing else is wrong."""
        return self.view.ending is not None and self.view.phase == "idle"

    @property
    def title(self) -> str:
        """The state, or for how long it is not known any more, or how the job ended."""
        if self.age is not None:
            return f"No answer for {units.duration(self.age)}; last known: {self.view.state}"
        return str(self.view.ending) if self.has_ended else self.view.state

    @property
    def colour(self) -> str:
        """The colour of the title, the border and the bar."""
        if self.age is not None:
            return "yellow"
        if self.has_ended and self.view.outcome is not None:
            return _ENDED.get(self.view.outcome, "red")
        return _COLOURS.get(self.view.phase, "none")

    @property
    def reasons(self) -> List[str]:
        """Why the printer is offline, and why the server cannot be reached."""
        unreachable = self.view.unreachable
        reasons = (self.view.error, unreachable and f"the server cannot be reached: {unreachable}")
        return [reason for reason in reasons if reason]

    def times(self) -> Iterator[str]:
        """Yield the time left, the end and the time spent. What is old, or stands still, is no forecast."""
        view = self.view
        if view.phase == "printing" and self.still >= STILL and self.age is None:
            yield f"no progress for {units.duration(self.still)}"
        elif view.print_time_left and self.age is None:
            yield f"{units.duration(view.print_time_left)} left"
            if view.phase == "printing":
                yield f"done at {self._time_in(view.print_time_left)}"
        if view.print_time is not None and not self.has_ended:
            yield f"{units.duration(view.print_time)} spent"

    def place(self) -> Iterator[str]:
        """Yield the layer, the height and the fan: what is known of them."""
        view = self.view
        if view.layer is not None:
            yield f"layer {view.layer}" + (f" of {view.layers}" if view.layers else "")
        if view.z is not None:
            yield f"Z {view.z:.2f} mm"
        if view.fan is not None:
            yield f"fan {view.fan:.0f} %" if view.fan else "fan off"

    def _time_in(self, seconds: float) -> str:
        """Return the local time `seconds` from now, with the date if that is not today."""
        try:
            then = self.now + timedelta(seconds=seconds)
        except (OverflowError, ValueError):
            return units.UNKNOWN
        return then.strftime("%H:%M" if then.date() == self.now.date() else "%Y-%m-%d %H:%M")
