"""A command line within a run: a line of `batch`, a call of a server. On the run's connection, and answered to the run."""

from __future__ import annotations

import io
import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

from octoprint_cli.app.run import App
from octoprint_cli.config.settings import Settings
from octoprint_cli.errors import UsageError
from octoprint_cli.framework.options import aimed
from octoprint_cli.output.terminal.terminal import Terminal

if TYPE_CHECKING:
    from octoprint_cli.client.client import Client


class Within(App):
    """One line. What it does not say for itself was said for the run: the server, how much is told."""

    forced_formats = ("json",)

    def __init__(self, run: App, terminal: Optional[Terminal] = None) -> None:
        self._run_around = run
        super().__init__(io.StringIO(), io.StringIO(), run.stderr, run.environ, run.command_manager)
        self.scrubber, self.terminal = run.scrubber, terminal or self.terminal
        self.stdin = None  # what comes there is not for this line

    def answered(self, argv: List[str]) -> Tuple[int, Dict[str, Any]]:
        """Its exit code and its envelope."""
        code = int(self.run(argv))
        return code, json.loads(self.stdout.getvalue())

    @property
    def client(self) -> Client:
        """The run's connection, unless the line is for another server."""
        if self._client is None and self.settings is self._run_around.settings:
            self._client = self._run_around.client.anew()
        return super().client

    def aimed_at(self) -> Dict[str, Any]:
        """What chooses the server: the line's own words, and the run's."""
        return aimed(self.given(), self._run_around.aimed_at())

    def aim(self, options: Namespace) -> None:
        """Take these global options, and the run's."""
        around = self._run_around.options
        options.debug |= around.debug
        if options.verbose_level == 1:  # nothing was said
            options.verbose_level = around.verbose_level
        super().aim(options)

    def _settings(self) -> Settings:
        around = self._run_around
        return around.settings if self.aimed_at() == around.aimed_at() else super()._settings()

    def _run(self, argv: List[str]) -> None:
        if any("\0" in word for word in argv):  # a JSON document can hold one, and no command line of a shell
            raise UsageError("a word of the line holds a NUL character")
        super()._run(argv)

    def require_possible(self, name: str) -> None:
        """Raise UsageError for a command that tells things as they happen."""
        if self.streaming:
            raise UsageError(
                f"{name} tells things as they happen, which no line within another run can", hint=f"octoprint-cli {name}"
            )
