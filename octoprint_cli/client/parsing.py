"""Read parsed JSON from the server without trusting its shape: a wrong type becomes None, an empty value, or a clear error."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from octoprint_cli.errors import UnexpectedResponse

#: Sizes, times and temperatures at or above this are treated as nonsense.
_LARGEST = 10**18


def mapping(value: Any, what: str) -> Dict[str, Any]:
    """A JSON object, or UnexpectedResponse."""
    if not isinstance(value, dict):
        raise UnexpectedResponse(f"{what} answered something that OctoPrint does not: no JSON object")
    return value


def members(value: Any) -> Dict[str, Any]:
    """A JSON object; an empty one where it is null or something else."""
    return value if isinstance(value, dict) else {}


def inner(value: Dict[str, Any], key: str) -> Dict[str, Any]:
    """The object under `key`; an empty one where it is null, absent or something else."""
    return members(value.get(key))


def items(value: Any) -> List[Dict[str, Any]]:
    """The objects of a JSON list; none where it is no list."""
    return [item for item in elements(value) if isinstance(item, dict)]


def elements(value: Any) -> List[Any]:
    """The elements of a JSON list; none where it is no list."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> List[str]:
    """The texts of a JSON list; none where it is no list."""
    return [item for item in elements(value) if isinstance(item, str)]


def number(value: Any) -> Optional[float]:
    """A finite number, or None: what the server does not know is never made a 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < _LARGEST else None  # so neither infinity nor NaN nor an endless integer


def whole(value: Any) -> Optional[int]:
    """A number of seconds or bytes, or None; what is below 0 means nothing."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def text(value: Any) -> Optional[str]:
    """A text that is not empty, or None."""
    return value if isinstance(value, str) and value else None
