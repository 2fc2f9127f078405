"""Text from the server made harmless to show: control characters escaped, and in characters that the stream has."""

from __future__ import annotations

import re
from typing import TextIO

# C0 and C1 controls, line and paragraph separators, bidi controls and isolates, the byte-order mark,
# zero-width characters, lone surrogates: all that can move a cursor or make text look other than it is.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def visible(text: str, limit: int = 0) -> str:
    """Return server text made harmless for a terminal: control and bidi characters escaped, cut to `limit` characters.

    A newline becomes the two characters `\\n`, an escape `\\x1b`: what is harmless stays readable.
    """
    if limit and len(text) > limit:
        text = text[: limit - 1] + "\u2026"
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def can_write(stream: TextIO, text: str) -> bool:
    """Return whether the stream's encoding has every character of the text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def written_for(stream: TextIO, text: str) -> str:
    """Return the text in characters that the stream has. Call it before the text is laid out, or a table's border would not fit."""
    if can_write(stream, text):
        return text
    text = text.replace("\u00b0", "").replace("\u2026", "...")
    return text.encode(stream.encoding, "backslashreplace").decode(stream.encoding)
