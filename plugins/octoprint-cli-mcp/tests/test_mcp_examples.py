"""The examples in the help of mcp serve."""

from __future__ import annotations

from pathlib import Path
from typing import Dict

import pytest

from octoprint_cli.testing import examples, run, run_example


@pytest.mark.parametrize("line", examples("mcp serve"))
def test_an_example_in_help_serves_until_stdin_ends(line: str, environ: Dict[str, str], tmp_path: Path) -> None:
    result = run_example(line, lambda *words, stdin: run(*words, env=environ, stdin=stdin), tmp_path)
    assert result.exit_code == 0, result
