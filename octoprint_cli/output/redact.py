"""What must not be shown, and how what a stranger wrote is made safe to show.

One table of secret names serves output, logs and tracebacks. Knows nothing else of the program.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Callable, List, Sequence, Set, TextIO

#: Names under which a secret stands, in settings, headers and query strings (lower case, `-` as `_`).
SECRET_NAMES = frozenset({"api_key", "apikey", "x_api_key", "authorization", "password", "cookie"})

_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):([^/\s]+)@")

# C0 and C1 controls, line and paragraph separators, bidi controls and isolates, the byte-order mark,
# zero-width characters, lone surrogates: all that can move a cursor or make text look other than it is.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def is_secret(name: str) -> bool:
    """Whether a setting or header of this name holds a secret."""
    return name.lower().replace("-", "_") in SECRET_NAMES


def mask(secret: str) -> str:
    """A secret as it may be shown: enough of it to tell two keys apart, no more."""
    return f"{secret[:4]}****" if len(secret) >= 16 else "****"


def mask_url(url: str) -> str:
    """A URL without the password that it may carry."""
    return _URL_PASSWORD.sub(r"\1:****@", url)


def visible(text: str, limit: int = 0) -> str:
    """Server text for a terminal: control and bidi characters escaped, cut to `limit` characters.

    A newline becomes the two characters `\\n`, an escape `\\x1b`: what is harmless stays readable.
    """
    if limit and len(text) > limit:
        text = text[: limit - 1] + "\u2026"
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def can_write(stream: TextIO, text: str) -> bool:
    """Whether the stream's encoding has every character of the text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def written_for(stream: TextIO, text: str) -> str:
    """The text in characters that the stream has: before it is laid out, or a table's border would not fit."""
    if can_write(stream, text):
        return text
    text = text.replace("\u00b0", "").replace("\u2026", "...")
    return text.encode(stream.encoding, "backslashreplace").decode(stream.encoding)


def without_key(words: Sequence[str]) -> List[str]:
    """A command line with KEY for the API key, and without the password of a URL."""
    shown = ["KEY" if before == "--api-key" else word for before, word in zip(["", *words], words)]
    return ["--api-key=KEY" if word.startswith("--api-key=") else mask_url(word) for word in shown]


#: RepRapFirmware lists its own configuration for M503: M551 sets the printer's password, M587 joins a wireless network.
_PRINTERS_OWN = re.compile(r"""(\bM(?:551|587|588|589)\b.*?\bP\s*)("(?:[^"]|"")*"|[^"\s]\S*)""", re.IGNORECASE)


def without_passwords(line: str) -> str:
    """A firmware's line with the passwords in it masked."""
    return _PRINTERS_OWN.sub(lambda found: f'{found.group(1)}"****"', line)


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    """The same for every string in nested dicts and lists."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(change, item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(change, item) for item in value]
    return value


class Scrubber(logging.Filter):
    """Replaces every known secret in a text; also a logging filter that does so to each record."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: Set[str] = set()

    def learn(self, secret: str) -> None:
        """Never show this value from now on."""
        if len(secret) > 3:  # shorter ones would blot out ordinary words, and protect nothing
            self._secrets.add(secret)

    def learn_url(self, url: str) -> None:
        """The same for the password that a URL, with or without a scheme, may carry."""
        userinfo = url.rpartition("@")[0].rpartition("/")[2]
        self.learn(userinfo.partition(":")[2])

    def scrub(self, text: str) -> str:
        """The text with each known secret masked, and passwords in URLs too."""
        return mask_url(self.hide(text))

    def hide(self, text: str) -> str:
        """The text with each known secret masked, and otherwise as it was."""
        for secret in sorted(self._secrets, key=len, reverse=True):  # one may be the beginning of another
            text = text.replace(secret, mask(secret))
        return text

    def scrub_all(self, value: Any) -> Any:
        """What `scrub` does, for every string in nested dicts and lists."""
        return _mapped(self.scrub, value)

    def hide_all(self, value: Any) -> Any:
        """What `hide` does, for every string in nested dicts and lists."""
        return _mapped(self.hide, value) if self._secrets else value

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.scrub(record.getMessage()), None
        if record.exc_info:
            record.exc_text = self.scrub(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True
