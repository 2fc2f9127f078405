"""Read parsed JSON from the server without trusting its shape: a wrong type becomes None, an empty value, or a clear error."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from octoprint_cli.errors import UnexpectedResponse

#: Sizes, times and temperatures at or above this are treated as nonsense.
_LARGEST = 10**18


def mapping(value: Any, what: str) -> Dict[str, Any]:
    """Return a JSON object. Raises UnexpectedResponse for anything else."""
    if not isinstance(value, dict):
        raise UnexpectedResponse(f"{what} did not answer with a JSON object, as OctoPrint does")
    return value


def members(value: Any) -> Dict[str, Any]:
    """Return a JSON object, or an empty one if the value is null or something else."""
    return value if isinstance(value, dict) else {}


def inner(value: Dict[str, Any], key: str) -> Dict[str, Any]:
    """Return the object under `key`, or an empty one if it is null, absent or something else."""
    return members(value.get(key))


def items(value: Any) -> List[Dict[str, Any]]:
    """Return the objects in a JSON list; none if the value is no list."""
    return [item for item in elements(value) if isinstance(item, dict)]


def elements(value: Any) -> List[Any]:
    """Return the elements of a JSON list; none if the value is no list."""
    return value if isinstance(value, list) else []


def texts(value: Any) -> List[str]:
    """Return the strings in a JSON list; none if the value is no list."""
    return [item for item in elements(value) if isinstance(item, str)]


def number(value: Any) -> Optional[float]:
    """Return a finite number, or None: a value that the server does not know never becomes 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < _LARGEST else None  # so neither infinity nor NaN nor an endless integer


def whole(value: Any) -> Optional[int]:
    """Return a whole number of seconds or bytes, or None if it is negative or no number."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def text(value: Any) -> Optional[str]:
    """Return a string that is not empty, or None."""
    return value if isinstance(value, str) and value else None
