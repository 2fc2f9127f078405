"""Redaction: which names and texts hold secrets, and how they are masked in output, logs and tracebacks.

Must not know the rest of the program.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Callable, List, Sequence, Set

#: Names of settings, headers and query parameters that hold secrets (lower case, `-` as `_`).
SECRET_NAMES = frozenset({"api_key", "apikey", "x_api_key", "authorization", "password", "cookie"})

_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):([^/\s]+)@")


def is_secret(name: str) -> bool:
    """Return whether a setting or header of this name holds a secret."""
    return name.lower().replace("-", "_") in SECRET_NAMES


def mask(secret: str) -> str:
    """Return a secret masked, with just enough characters left to tell two keys apart."""
    return f"{secret[:4]}****" if len(secret) >= 16 else "****"


def mask_url(url: str) -> str:
    """Return a URL with its password, if any, masked."""
    return _URL_PASSWORD.sub(r"\1:****@", url)


def without_key(words: Sequence[str]) -> List[str]:
    """Return a command line with KEY in place of the API key, and passwords of URLs masked."""
    shown = ["KEY" if before == "--api-key" else word for before, word in zip(["", *words], words)]
    return ["--api-key=KEY" if word.startswith("--api-key=") else mask_url(word) for word in shown]


#: RepRapFirmware answers M503 with its configuration: M551 sets the printer's password, M587 joins a wireless network.
_FIRMWARE_PASSWORD = re.compile(r"""(\bM(?:551|587|588|589)\b.*?\bP\s*)("(?:[^"]|"")*"|[^"\s]\S*)""", re.IGNORECASE)


def without_passwords(line: str) -> str:
    """Return a line of firmware output with its passwords masked."""
    return _FIRMWARE_PASSWORD.sub(lambda found: f'{found.group(1)}"****"', line)


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
    """Masks every known secret in texts; as a logging filter, in each log record."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: Set[str] = set()

    def learn(self, secret: str) -> None:
        """Add a secret to those that are masked."""
        if len(secret) > 3:  # masking shorter ones would garble ordinary words, and protect nothing
            self._secrets.add(secret)

    def learn_url(self, url: str) -> None:
        """Add the password of a URL, with or without a scheme, to the secrets that are masked."""
        userinfo = url.rpartition("@")[0].rpartition("/")[2]
        self.learn(userinfo.partition(":")[2])

    def scrub(self, text: str) -> str:
        """Return the text with every known secret and every password of a URL masked."""
        return mask_url(self.hide(text))

    def hide(self, text: str) -> str:
        """Return the text with every known secret masked."""
        for secret in sorted(self._secrets, key=len, reverse=True):  # one may be a prefix of another
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
