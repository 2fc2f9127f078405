"""The plan of faults: which request fails, how often, and how. This module does not know what a fault does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, List, Optional

if TYPE_CHECKING:
    from octoprint_cli.testing.server.exchange import Exchange

#: A function that is called instead of answering the request correctly.
Fault = Callable[["Exchange"], None]


def named(name: str, fault: Fault) -> Fault:
    """Return the fault with a name that says how it was made, for messages and the ids of tests."""
    fault.__name__ = fault.__qualname__ = name
    return fault


class Rule:
    """A fault for a route, and how many requests it still lets through and makes fail."""

    def __init__(self, method: str, path: str, fault: Fault, times: Optional[int], after: int) -> None:
        self.route = (method, path)
        self.fault = fault
        self.times = times
        self.after = after

    def applies(self, method: str, path: str) -> bool:
        """Return whether this request fails, and count it."""
        if self.times == 0 or not matches(*self.route, method, path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class Plan:
    """The rules, in the order in which they were added. Callers hold the server's lock."""

    def __init__(self) -> None:
        self._rules: List[Rule] = []

    def add(self, method: str, path: str, fault: Fault, times: Optional[int], after: int) -> None:
        """Add a rule; it replaces an unlimited rule for the same route."""
        self._rules = [rule for rule in self._rules if rule.times is not None or rule.route != (method, path)]
        self._rules.append(Rule(method, path, fault, times, after))

    def clear(self) -> None:
        """Remove all rules."""
        self._rules = []

    def fault_for(self, method: str, path: str) -> Optional[Fault]:
        """Return the fault for this request, if there is one."""
        return next((rule.fault for rule in self._rules if rule.applies(method, path)), None)


def matches(method: str, pattern: str, asked: str, path: str) -> bool:
    """Return whether a request matches method and pattern, where `*` stands for anything."""
    return method in ("*", asked) and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path, re.DOTALL) is not None
