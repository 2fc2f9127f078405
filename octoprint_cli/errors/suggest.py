"""Suggestions for a misspelled word: "did you mean ...?" in error messages."""

from __future__ import annotations

from typing import Iterable, List, Sequence


def close_matches(word: str, known: Iterable[str], most: int = 3, similarity: float = 0.6) -> List[str]:
    """Return the known words that are similar to the given one, the most similar first."""
    import difflib  # slow to import, and only a misspelled word needs it

    return difflib.get_close_matches(word, list(known), most, similarity)


def did_you_mean(near: Sequence[str]) -> str:
    """Return the suffix `; did you mean X or Y?` for a message, or an empty text if there are no suggestions."""
    return f"; did you mean {' or '.join(near)}?" if near else ""
