"""Secrets: where they stand, and how they are kept out of what is shown.

One table of secret names serves output, logs and tracebacks. Knows nothing else of the program.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Callable, List, Sequence, Set

#: Names under which a secret stands, in settings, headers and query strings (lower case, `-` as `_`).
SECRET_NAMES = frozenset({"api_key", "apikey", "x_api_key", "authorization", "password", "cookie"})

_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):([^/\s]+)@")


def is_secret(name: str) -> bool:
    """Return whether a setting or header of this name holds a secret."""
    return name.lower().replace("-", "_") in SECRET_NAMES


def mask(secret: str) -> str:
    """Return a secret as it may be shown: enough of it to tell two keys apart, no more."""
    return f"{secret[:4]}****" if len(secret) >= 16 else "****"


def mask_url(url: str) -> str:
    """Return a URL without the password that it may carry."""
    return _URL_PASSWORD.sub(r"\1:****@", url)


def without_key(words: Sequence[str]) -> List[str]:
    """Return a command line with KEY for the API key, and without the password of a URL."""
    shown = ["KEY" if before == "--api-key" else word for before, word in zip(["", *words], words)]
    return ["--api-key=KEY" if word.startswith("--api-key=") else mask_url(word) for word in shown]


#: RepRapFirmware lists its own configuration for M503: M551 sets the printer's password, M587 joins a wireless network.
_PRINTERS_OWN = re.compile(r"""(\bM(?:551|587|588|589)\b.*?\bP\s*)("(?:[^"]|"")*"|[^"\s]\S*)""", re.IGNORECASE)


def without_passwords(line: str) -> str:
    """Return a line of the firmware with the passwords in it masked."""
    return _PRINTERS_OWN.sub(lambda found: f'{found.group(1)}"****"', line)


def _mapped(change: Callable[[str], str], value: Any) -> Any:
    """Apply the change to every string in nested dicts and lists."""
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
        """Never show the password that a URL, with or without a scheme, may carry."""
        userinfo = url.rpartition("@")[0].rpartition("/")[2]
        self.learn(userinfo.partition(":")[2])

    def scrub(self, text: str) -> str:
        """Return the text with each known secret and each password of a URL masked."""
        return mask_url(self.hide(text))

    def hide(self, text: str) -> str:
        """Return the text with each known secret masked."""
        for secret in sorted(self._secrets, key=len, reverse=True):  # one may be the beginning of another
            text = text.replace(secret, mask(secret))
        return text

    def scrub_all(self, value: Any) -> Any:
        """Apply `scrub` to every string in nested dicts and lists."""
        return _mapped(self.scrub, value)

    def hide_all(self, value: Any) -> Any:
        """Apply `hide` to every string in nested dicts and lists."""
        return _mapped(self.hide, value) if self._secrets else value

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.scrub(record.getMessage()), None
        if record.exc_info:
            record.exc_text = self.scrub(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True
