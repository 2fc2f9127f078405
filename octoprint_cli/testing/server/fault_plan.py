"""Which request fails, how often, and how. Must not know what a fault does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, List, Optional

if TYPE_CHECKING:
    from octoprint_cli.testing.server.exchange import Exchange

#: What happens instead of the right answer.
Fault = Callable[["Exchange"], None]


def named(name: str, fault: Fault) -> Fault:
    """The fault under a name that says how it was made, for messages and the ids of tests."""
    fault.__name__ = fault.__qualname__ = name
    return fault


class Rule:
    """A fault for a route, and how many requests it still lets through and spoils."""

    def __init__(self, method: str, path: str, fault: Fault, times: Optional[int], after: int) -> None:
        self.route = (method, path)
        self.fault = fault
        self.times = times
        self.after = after

    def applies(self, method: str, path: str) -> bool:
        """Whether this request fails; counts it."""
        if self.times == 0 or not matches(*self.route, method, path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class Plan:
    """The rules, in the order in which they were made. The caller holds a lock."""

    def __init__(self) -> None:
        self._rules: List[Rule] = []

    def add(self, method: str, path: str, fault: Fault, times: Optional[int], after: int) -> None:
        """A rule more; a lasting one for the same route gives way."""
        self._rules = [rule for rule in self._rules if rule.times is not None or rule.route != (method, path)]
        self._rules.append(Rule(method, path, fault, times, after))

    def clear(self) -> None:
        """No rules."""
        self._rules = []

    def fault_for(self, method: str, path: str) -> Optional[Fault]:
        """What is to go wrong with this request."""
        return next((rule.fault for rule in self._rules if rule.applies(method, path)), None)


def matches(method: str, pattern: str, asked: str, path: str) -> bool:
    """Whether a request is one of those meant; `*` stands for anything in either."""
    return method in ("*", asked) and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path, re.DOTALL) is not None
