"""Reads past a cache in front of OctoPrint, and recognising an answer that comes from one.

OctoPrint forbids none of its answers to be stored, and some caches store whatever is not forbidden, also for a client that asks
for the current state. OctoPrint ignores query parameters that it does not know, so an address that nobody has asked for before
is answered by OctoPrint itself.
"""

from __future__ import annotations

import time
from typing import Any, Dict, Mapping, Optional

#: The parameter that makes an address a new one; OctoPrint and its plugins ignore it.
PARAMETER = "_"
#: Headers in which caches say whether they answered from their store.
_VERDICTS = ("X-Cache", "X-Cache-Status", "X-Proxy-Cache", "CF-Cache-Status", "Cache-Status")
_STORED = ("hit", "stale", "updating")


def past_caches(how: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a request's arguments with a query parameter whose value is new each time."""
    return {**how, "params": {**how.get("params", {}), PARAMETER: f"{time.time_ns():x}"}}


def stored_answer(headers: Mapping[str, str]) -> Optional[str]:
    """Return how an answer shows that it comes from a cache, such as "Age: 30"; None for one that does not."""
    age = headers.get("Age", "").strip()
    if age.isdigit() and int(age) > 0:
        return f"Age: {int(age)}"
    for name in _VERDICTS:
        verdict = headers.get(name, "")
        if any(word in _STORED for word in verdict.lower().replace(";", " ").replace(",", " ").replace("_", " ").split()):
            return f"{name}: {verdict[:60]}"
    return None
