"""A nested command line: one line of `batch` or one MCP call, run in this process over the connection of the run around it."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from octoprint_cli.app.run import Run
from octoprint_cli.config.settings import Settings
from octoprint_cli.errors import UsageError
from octoprint_cli.framework.parser import merged_server_options
from octoprint_cli.output.terminal.terminal import Terminal

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client


class NestedRun(Run):
    """One nested command line. The options that it lacks, such as the server, are those of the run around it."""

    forced_formats = ("json",)

    def __init__(self, outer: Run, terminal: Optional[Terminal] = None) -> None:
        self._outer = outer
        super().__init__(io.StringIO(), io.StringIO(), outer.stderr, outer.environ, outer.command_manager)
        self.scrubber, self.terminal = outer.scrubber, terminal or self.terminal
        self.stdin = None  # stdin belongs to the run around it

    def result(self, argv: List[str]) -> Tuple[int, Dict[str, Any]]:
        """Run the line; return its exit code and its envelope."""
        code = int(self.run(argv))
        return code, json.loads(self.stdout.getvalue())

    def answer(self, argv: List[str], terminal: Optional[Terminal] = None) -> Tuple[int, Dict[str, Any]]:
        """Run another command line, nested in this one; see `Program.answer`."""
        return run_nested(self, argv, terminal)

    @property
    def client(self) -> Client:
        """The client of the outer run, unless this line names another server."""
        if self._client is None and self.settings is self._outer.settings:
            self._client = self._outer.client.fresh_copy()
        return super().client

    def server_options(self) -> Dict[str, Any]:
        """Return the options that choose the server: those of this line, completed by those of the outer run."""
        return merged_server_options(self.own_server_options(), self._outer.server_options())

    def apply_options(self, options: Namespace) -> None:
        """Apply the global options of this line, completed by those of the outer run."""
        outer = self._outer.options
        options.debug |= outer.debug
        if options.verbose_level == 1:  # neither -v nor -q was given
            options.verbose_level = outer.verbose_level
        super().apply_options(options)

    def _make_settings(self) -> Settings:
        outer = self._outer
        return outer.settings if self.server_options() == outer.server_options() else super()._make_settings()

    def _run_line(self, argv: List[str]) -> None:
        if any("\0" in word for word in argv):  # a JSON document can hold one, a shell's command line cannot
            raise UsageError("a word in the line contains a NUL character")
        super()._run_line(argv)

    def require_possible(self, name: str) -> None:
        """Raise UsageError for a command that streams."""
        if self.streaming:
            raise UsageError(
                f"{name} reports events as they happen, which a nested command cannot do", hint=f"octoprint-cli {name}"
            )


def run_nested(outer: Run, argv: List[str], terminal: Optional[Terminal]) -> Tuple[int, Dict[str, Any]]:
    """Run a line within `outer`, which learns from it whether something was changed."""
    line = NestedRun(outer, terminal)
    code, envelope = line.result(argv)
    if line.has_acted:
        outer.note_acted(here=line.settings is outer.settings)
    return code, envelope
