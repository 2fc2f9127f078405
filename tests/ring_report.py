"""Run pytest, and write down line by line what became of each test, for `rings.py` to read while the tests run.

tests/ring_report.py REPORT [what pytest takes ...]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, List

import pytest


class Report:
    """A plugin of pytest that writes a file: a line of `kind TAB name TAB reason` for each thing that becomes known."""

    def __init__(self, path: Path) -> None:
        # Opened once, and written by its number: a test may have put something else in the place of `Path.open`.
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._write_to = os.write

    def _write(self, *fields: str) -> None:
        line = "\t".join(" ".join(field.split()) for field in fields)
        self._write_to(self._file, f"{line}\n".encode("utf-8", "backslashreplace"))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:  # with xdist only the workers have any
            self._write("total", str(len(session.items)), "")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: List[str]) -> None:
        self._write("total", str(len(ids)), "")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if not report.passed:
            self._write(report.outcome, report.nodeid, _reason(report))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self._write(report.outcome, report.nodeid, _reason(report))


def _reason(report: Any) -> str:
    """Why it was skipped, or was expected to fail; empty if it was not."""
    if not report.skipped:
        return ""
    if isinstance(report.longrepr, tuple):  # file, line, "Skipped: why"
        return str(report.longrepr[-1]).replace("Skipped: ", "")
    return str(getattr(report, "wasxfail", "") or report.longrepr)[:300]


if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[2:], plugins=[Report(Path(sys.argv[1]))]))
