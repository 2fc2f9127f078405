"""What firmwares say, and what a line of OctoPrint's terminal log is. Must not know HTTP, the client, or the printer's state.

Firmwares agree on little: Marlin, Prusa, Klipper, RepRapFirmware, Smoothieware and Repetier are read here, all
leniently, for what one of them says today another says with a space more tomorrow.
"""

from octoprint_cli.firmware.command import ASKS, only_asks
from octoprint_cli.firmware.replies import parsed as parsed_reply
from octoprint_cli.firmware.terminal import (
    FIRMWARE,
    HOST,
    SERVER,
    TerminalLine,
    is_chatter,
    is_error,
    is_ok,
    is_resend,
    is_start,
    read_terminal_line,
)

__all__ = [
    "ASKS",
    "FIRMWARE",
    "HOST",
    "SERVER",
    "TerminalLine",
    "is_chatter",
    "is_error",
    "is_ok",
    "is_resend",
    "is_start",
    "only_asks",
    "parsed_reply",
    "read_terminal_line",
]
