"""A firmware's or a server's own words, made fit for a place inside one of our sentences. The details keep them as they are."""

from __future__ import annotations

import re

#: The end of a sentence with another one behind it. A short word before the stop may be an abbreviation, unless a capital follows.
_STOP = re.compile(r"(?<=[^\s.!?])[.!?]+\s+(?=[\"'(]?[A-Z0-9])|(?<=\w\w\w\w)[.!?]+\s+(?=\S)|(?<=[)\]])[.!?]+\s+(?=\S)")
#: The longest words that are quoted in whole.
_LONGEST = 300


def in_one_sentence(words: str) -> str:
    """Return the words as one sentence without its stop, of 300 characters at most.

    Several sentences are joined: `Printer halted. kill() called!` becomes `Printer halted; kill() called`.
    """
    joined = _STOP.sub("; ", " ".join(words.split())).strip()
    if len(joined) > _LONGEST:
        joined = joined[: _LONGEST - 1].rstrip() + "\u2026"
    return re.sub(r"(?<=[^\s.!])[.!]+$", "", joined)
