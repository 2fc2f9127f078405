"""Colours of a terminal: whether it has them, and the escape codes. Must not know what is coloured."""

from __future__ import annotations

from typing import Any, Mapping

#: The codes of the styles. The sixteen colours of every terminal, so that they suit a light background as well as a dark one.
_CODES = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


def has_colours(stream: Any, environ: Mapping[str, str]) -> bool:
    """Whether colours may be written: to a terminal that has them, unless NO_COLOR is set."""
    if environ.get("NO_COLOR") or not is_terminal(stream):
        return False
    return (environ.get("TERM") or "dumb") != "dumb" or "WT_SESSION" in environ  # Windows Terminal sets no TERM


def is_terminal(stream: Any) -> bool:
    """Whether the stream is a terminal; a closed one is none."""
    try:
        return stream is not None and bool(stream.isatty())
    except ValueError:
        return False


def coloured(text: str, style: str) -> str:
    """Return the text with the escape codes of a style around it."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and text else text
