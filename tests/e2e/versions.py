"""What became of the tests on each version of OctoPrint: the table at the end of a run."""

from __future__ import annotations

import collections
from typing import Any, Counter, Dict, Iterator, List, Optional, Tuple

import pytest

_PROPERTY, PYTHON = "octoprint", "python"
_OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
#: The columns, which `rings.py` joins: the same for each version.
_HEAD = "| " + " | ".join(("OctoPrint", "on Python", *_OUTCOMES)) + " |"


def mark(items: List[pytest.Item]) -> None:
    """Write the version down with each test that runs on a server, so that its reports carry it."""
    for item in items:
        version = _version(item)
        if version:
            item.user_properties.append((_PROPERTY, version))


def _version(item: pytest.Item) -> Optional[str]:
    return getattr(item, "callspec", None) and item.callspec.params.get("running")  # type: ignore[attr-defined,no-any-return]


def spare(config: pytest.Config, items: List[pytest.Item]) -> None:
    """Deselect the tests that are `one_release` on 2.0: 1.x, which is in every run of all rings, shows what they are about."""
    spared = [item for item in items if item.get_closest_marker("one_release") and str(_version(item)).startswith("2")]
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in spared]


def report(terminal: pytest.TerminalReporter) -> None:
    """A row for each version, and below it why anything did not simply pass."""
    counts: Dict[str, Counter[str]] = collections.defaultdict(collections.Counter)
    pythons: Dict[str, str] = {}
    reasons: List[str] = []
    for version, outcome, done in _outcomes(terminal.stats):
        counts[version][outcome] += 1
        pythons.setdefault(version, dict(done.user_properties).get(PYTHON, "-"))
        if outcome != "passed":
            reasons.append(f"{version}: {outcome}: {done.nodeid.split('::')[-1]}: {_reason(done)}")
    if not counts:
        return
    terminal.section("OctoPrint")
    terminal.write_line(_HEAD)
    terminal.write_line("|" + "---|" * (len(_OUTCOMES) + 2))
    for version, count in counts.items():
        row = [version, pythons[version], *(str(count[outcome]) for outcome in _OUTCOMES)]
        terminal.write_line("| " + " | ".join(row) + " |")
    for reason in reasons:
        terminal.write_line(reason)


def _outcomes(stats: Dict[str, List[Any]]) -> Iterator[Tuple[str, str, Any]]:
    for outcome in _OUTCOMES:
        for done in stats.get(outcome, []):
            version = dict(getattr(done, "user_properties", ())).get(_PROPERTY)
            if version:
                yield version, outcome, done


def _reason(done: Any) -> str:
    wasxfail = getattr(done, "wasxfail", "")
    if wasxfail:
        return str(wasxfail)
    if isinstance(done.longrepr, tuple):  # a skip: file, line, "Skipped: why"
        return str(done.longrepr[-1]).replace("Skipped: ", "")
    crash = getattr(done.longrepr, "reprcrash", None)
    return str(crash.message if crash else done.longrepr).strip().splitlines()[0][:200]
