"""Escaping of untrusted text: control characters, and characters that the stream's encoding lacks."""

from __future__ import annotations

import re
from typing import TextIO

# C0 and C1 controls, line and paragraph separators, bidi controls and isolates, the byte-order mark,
# zero-width characters, lone surrogates: everything that can move the cursor or disguise text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def visible(text: str, limit: int = 0) -> str:
    """Return text with control and bidi characters escaped, so that it is safe on a terminal, cut to `limit` characters.

    A newline becomes the two characters `\\n`, an escape character becomes `\\x1b`. A `limit` of 0 means no limit.
    """
    if limit and len(text) > limit:
        text = text[: limit - 1] + "\u2026"
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def can_write(stream: TextIO, text: str) -> bool:
    """Return whether the stream's encoding can represent every character of the text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def written_for(stream: TextIO, text: str) -> str:
    """Return the text with characters that the stream's encoding lacks replaced.

    Call it before the layout: a replacement can be longer than the character, and a table's border would not fit.
    """
    if can_write(stream, text):
        return text
    text = text.replace("\u00b0", "").replace("\u2026", "...")
    return text.encode(stream.encoding, "backslashreplace").decode(stream.encoding)
