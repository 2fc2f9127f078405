"""What a server that is broken, or no OctoPrint at all, may answer: any JSON, and recorded answers with one place spoilt."""

from __future__ import annotations

import copy
import json
from typing import Any, Iterator, List, Tuple

from hypothesis import HealthCheck, settings, strategies as st

#: Few examples, always the same ones; the clock of a busy machine fails no test.
few = settings(
    deadline=None, derandomize=True, database=None, max_examples=40, suppress_health_check=list(HealthCheck), print_blob=False
)
fewer = settings(few, max_examples=12)

_KEYS = "state job file files path name origin size progress temperature tool0 actual flags current options ports free".split()
_TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["", "\ud800", "\udfff\ud800", "a\x1b[2Jb\u202e\r\n", "Printing", "../..", "x" * 5000, "\x00", "local", "printer"]
    ),
)
_NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, -0.0, 10**18, 10**19, -(10**400), 10**400, 2**63, 1e308, float("nan"), float("inf"), float("-inf")]),
)
_LEAVES = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS)
anything = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(_KEYS), st.text(max_size=5)), inner, max_size=4)
    ),
    max_leaves=12,
)
#: What no JSON library makes, or a browser's user would see.
NOT_JSON = [
    "",
    " ",
    "<html>Sign in</html>",
    "{",
    "nul",
    "[" * 100_000,
    '{"a":' * 50_000,
    "1" * 5000,
    '{"state": ' + "9" * 5000 + "}",
    "\ufeff{}",
]


def spoilt(recorded: Any) -> st.SearchStrategy[Any]:
    """The answer with anything in one of its places, or without that place, or anything else altogether."""
    places = st.sampled_from(list(_places(recorded)))
    return st.one_of(st.builds(lambda place, value: _with(recorded, place, value), places, anything), anything)


#: One of each kind that is wrong somewhere.
ODD = [
    None,
    True,
    -1,
    0.5,
    float("nan"),
    float("inf"),
    float("-inf"),
    10**19,
    -(10**400),
    "",
    "\ud800",
    "7",
    [],
    [None],
    {},
    {"a": {}},
]


def spoilt_everywhere(recorded: Any) -> Iterator[Any]:
    """The answer with each odd value in each of its places."""
    for place in _places(recorded):
        yield from (_with(recorded, place, value) for value in ODD)


def leaves(value: Any) -> Iterator[Any]:
    """All that a reading holds."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def wire(body: Any) -> str:
    """As a careless server writes it: NaN and Infinity as they are, lone surrogates escaped."""
    return body if isinstance(body, str) and body in NOT_JSON else json.dumps(body)


def _places(value: Any, above: Tuple[Any, ...] = ()) -> Iterator[Tuple[Any, ...]]:
    yield above
    steps: List[Any] = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for step in steps:
        yield from _places(value[step], (*above, step))


def _with(recorded: Any, place: Tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    made = copy.deepcopy(recorded)
    target = made
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return made
