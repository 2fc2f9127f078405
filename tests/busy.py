"""How busy this machine is: limits that are about the clock are that much longer."""

from __future__ import annotations

import os

#: What runs below everything else, as `nice` makes it, waits longer for its turn.
NICE = 2.0
#: Beyond this a test is rather slow than wrong.
MOST = 12.0


def busy() -> float:
    """How many times longer something takes here now than on an idle machine: 1 or more."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(max(waiting * (NICE if os.nice(0) > 0 else 1.0), 1.0), MOST)
