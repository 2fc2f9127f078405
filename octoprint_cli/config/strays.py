"""What other programs leave in a value: quotes, comments, a variable's name, placeholders, invisible characters.

Each is refused with what to change, since a request with such a value ends in an error that blames the network or the key.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any, Mapping, Optional, Tuple

from octoprint_cli.errors import ConfigError

_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
_ASSIGNMENT = re.compile(r"(?:export\s+|set\s+|env\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=|export\s", re.ASCII)
_HEADER = re.compile(r"(?:x-api-key\s*:|authorization\s*:|bearer\s)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"[<{\[$%].*[>}\]%]|\$\w+|(?:your|my)[ _-]?(?:api)?[ _-]?key|api[ _-]?key|changeme|xxx+|todo", re.IGNORECASE
)
_COMMENT = re.compile(r"\s+(?:#|//|;)")
#: Keys that mappings of these names are written around by mistake: the file has no such level.
_WRAPPERS = frozenset("octoprint octoprint_cli octoprint-cli octoprint_agent_cli octopi server settings config default".split())
_CONNECTION = ("host", "api_key")


def require_plain(text: str) -> None:
    """Raise ValueError for a text that another program, or a person who copied it, has left something in or around."""
    hidden = next((one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")), None)
    if hidden is not None:
        raise ValueError(f"has an invisible character (U+{ord(hidden):04X}): type it anew")
    if text[:1] in _QUOTES or text[-1:] in _QUOTES:
        raise ValueError("has quotes around it that are part of the value: remove them (docker --env-file keeps quotes)")
    if _ASSIGNMENT.match(text):
        raise ValueError("begins with a variable's name: give the value alone")
    if _COMMENT.search(text):
        raise ValueError("is followed by a comment: remove it")


def require_plain_key(key: str) -> None:
    """Raise ValueError for an API key that is a header, a placeholder, or has something left in it."""
    if _HEADER.match(key):
        raise ValueError("begins with a header's name: give the key alone")
    if _PLACEHOLDER.fullmatch(key):
        raise ValueError("is a placeholder: put the API key in its place")
    require_plain(key)


def folder_problem(path: str, variable: str) -> Optional[str]:
    """Return what is wrong with a folder that a variable names, or None."""
    try:
        require_plain(path)
    except ValueError as error:
        return f"{variable} {error}"
    return None


def misplaced(path: Tuple[str, ...], key: str, section: Any, known: Mapping[str, Any]) -> Optional[str]:
    """Return what is wrong with a section that holds settings of this program one level too deep, or None for a plugin's."""
    if not isinstance(section, dict):
        return None
    inside = [name for name in section if name in known]
    if (key.lower() in _WRAPPERS and inside) or all(name in section for name in _CONNECTION):
        place = f"printers.{path[1]}" if path else "the top level, or a name below printers"
        return f"holds {', '.join(inside)}, which are only read from {place}: move them there"
    return None


def home_folder() -> Optional[Path]:
    """Return the user's home folder, or None for a user without one: no HOME, and no entry in the password file."""
    try:
        return Path.home()
    except (RuntimeError, KeyError):
        return None


def expanded(written: str) -> Path:
    """Return a path with `~` replaced by a home folder. Raises ConfigError if there is none."""
    try:
        return Path(written).expanduser()
    except (RuntimeError, KeyError) as error:
        raise ConfigError(
            f"{written} needs a home folder, and there is none",
            hint="octoprint-cli config show  # once the path is written without ~",
        ) from error
