"""Explanations of error codes, for `octoprint-cli explain`."""

from __future__ import annotations

from typing import Any, Dict

from octoprint_cli.errors.base import CODES
from octoprint_cli.errors.suggest import close_matches, did_you_mean
from octoprint_cli.errors.usage import UsageError


def explained(code: str) -> Dict[str, Any]:
    """Return the explanation of an error code: its meaning, whether to try again, what to do, what to run next.

    Raises UsageError for an unknown code. A plugin's codes are known once the plugin has been imported.
    """
    kind = CODES.get(code)
    if kind is None:
        near = close_matches(code, CODES)
        raise UsageError(
            f"there is no error code {code}{did_you_mean(near)}", hint=f"octoprint-cli explain {(near or ['PRINTER_BUSY'])[0]}"
        )
    return {
        "code": code,
        "exit_code": int(kind.exit_code),
        "meaning": " ".join((kind.__doc__ or "").split()),
        "retryable": kind.retryable,
        "advice": kind.advice or kind.remedy,
        "next": kind.remedy,
    }
