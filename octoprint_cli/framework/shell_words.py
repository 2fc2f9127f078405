"""Splitting of unfinished command lines as a shell splits them: words, quotes, backslashes. Raises nothing."""

from __future__ import annotations

import re
from typing import List, NamedTuple


class Typed(NamedTuple):
    """The words of an unfinished line, without their quotes. The last is the word at the cursor, and may be empty."""

    words: List[str]
    #: The quote character that is open in the last word, or an empty text.
    quote: str
    #: The number of characters of the last word that bash keeps when it completes the word.
    kept: int

    def completed(self, word: str) -> str:
        """Return the completion that bash expects for a word: its part after the kept characters, quoted like the line."""
        rest = word[self.kept :]
        if self.quote == '"':
            return re.sub(r'(["$`\\])', r"\\\1", rest)
        if self.quote:
            return rest.replace("'", "'\\''")
        return re.sub(r"([^\w@%+=:,./-])", r"\\\1", rest)


def typed(line: str, breaks: str = "") -> Typed:
    """Split a line that ends at the cursor. `breaks` is bash's COMP_WORDBREAKS, the characters that start a new completion."""
    words, word, begun, quote, escaped, kept = [], "", False, "", False, 0
    for character in line:
        if escaped:
            escaped = False
            word += character if quote != '"' or character in '"$`\\' else f"\\{character}"
        elif character == "\\" and quote != "'":
            escaped = begun = True
        elif quote:
            quote, word = ("", word) if character == quote else (quote, word + character)
        elif character in "'\"":
            quote, begun, kept = character, True, len(word)
        elif character.isspace():
            words += [word] if begun else []
            word, begun, kept = "", False, 0
        else:
            word, begun = word + character, True
            kept = len(word) if character in breaks else kept
    return Typed([*words, word], quote, kept)


def unquoted(word: str) -> str:
    """Return one word without its quotes, of which the last may be unclosed."""
    return " ".join(typed(word).words)
