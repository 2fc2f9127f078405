"""Which cases of two independent axes are tested: every value of each, and every line with every class of faults."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterable, List, Sequence, Set, Tuple

import pytest

DIALECTS = ("1.11.8", "2.0.0rc7")


def with_classes(lines: Iterable[str], classes: Sequence[Sequence[str]], all_of: Sequence[str] = ()) -> List[Tuple[str, str]]:
    """Return pairs of a line and a fault: each line with one fault of each class, in turn, and those in `all_of` with every one.

    Where faults of one class are the same to every line (an answer without meaning is one, whatever its bytes), the full
    product proves no more.
    """
    found: Set[Tuple[str, str]] = set()
    for number, line in enumerate(lines):
        for faults in classes:
            chosen = faults if line in all_of else [faults[number % len(faults)]]
            found.update((line, fault) for fault in chosen)
    return sorted(found)


def in_turn(names: str, *axes: Iterable[Any]) -> pytest.MarkDecorator:
    """Parametrize with the product of the axes, and `server` with one of the dialects in turn, so that each value meets both."""
    rows = []
    for row in itertools.product(*map(enumerate, axes)):
        dialect = DIALECTS[sum(number for number, _ in row) % 2]
        rows.append((*(value for _, value in row), dialect))
    return pytest.mark.parametrize((*names.split(), "server"), rows, indirect=["server"])


def same_classes(classes: Sequence[Sequence[str]], faults: Dict[str, Any]) -> bool:
    """Whether the classes hold each fault, once."""
    return sorted(itertools.chain.from_iterable(classes)) == sorted(faults)
