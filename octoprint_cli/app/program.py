"""The program: a run that can run more command lines, for `batch`, MCP and whatever else serves several."""

from __future__ import annotations

import io
from typing import Any, Dict, List, Optional, Tuple

from octoprint_cli.app.nested_run import run_nested
from octoprint_cli.app.run import Run
from octoprint_cli.output.terminal.terminal import Terminal


class Program(Run):
    """octoprint-cli as a process or a test runs it."""

    def answer(self, argv: List[str], terminal: Optional[Terminal] = None) -> Tuple[int, Dict[str, Any]]:
        """Run another command line over this run's connection; return its exit code and its envelope, whatever format it names.

        `terminal` receives what the line tells an interactive user meanwhile. The exit code shows an interruption:
        end the whole run then.
        """
        return run_nested(self, argv, terminal)

    @staticmethod
    def _apart(run: Run) -> Run:
        return Program(io.StringIO(), io.StringIO(), run.stderr, run.environ, run.command_manager)
