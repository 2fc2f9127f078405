"""The storages of a server, and how each is spelled: `local` and `sdcard`."""

from __future__ import annotations

#: The storages of a server, as this program spells them.
LOCATIONS = ("local", "sdcard")
#: The names of the printer's own storage: OctoPrint 1.x calls it `sdcard`, 2.0 `printer`. The caller sees and says `sdcard`.
SD_NAMES = ("sdcard", "printer")


def location_name(origin: str) -> str:
    """Return the location that the server, or the user, calls `origin`, as this program spells it: `local` or `sdcard`."""
    return "sdcard" if origin in SD_NAMES else origin
