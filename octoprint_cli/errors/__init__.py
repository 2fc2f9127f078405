"""Every error that this program can end with: what one is in `error`, all of them in `codes` and `files`."""

from octoprint_cli.errors.base import (
    CODES,
    PRECEDENCE,
    CliError,
    Exit,
    Terminated,
)
from octoprint_cli.errors.codes import *  # noqa: F403 - each class there is one of ours
from octoprint_cli.errors.files import *  # noqa: F403 - the same

#: Those of this program, without those that add-ons define.
OWN_CODES = tuple(CODES)

__all__ = ["CODES", "OWN_CODES", "PRECEDENCE", "CliError", "Exit", "Terminated"]  # and the codes
