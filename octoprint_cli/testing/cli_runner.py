"""A runner for command lines against one server, with a configuration folder of its own. This module knows no pytest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Sequence

from octoprint_cli.testing.runner import Result, run
from octoprint_cli.testing.server.request import Request

_FORMATS = ("--json", "-f", "--format")


class CliRunner:
    """Runs command lines in this process: `octoprint_run("power", "status").data`.

    `env` is the whole environment that the program sees; a test may change it. `home` is OCTOPRINT_CLI_HOME, the folder of
    `config.yaml`. `seen` returns the requests that the server has received so far.
    """

    def __init__(self, home: Path, env: Mapping[str, str], seen: Callable[[], Sequence[Request]] = tuple) -> None:
        self.home = home
        self.env: Dict[str, str] = {**env, "OCTOPRINT_CLI_HOME": str(home)}
        self._seen = seen

    def __call__(self, *argv: Any, expect: Optional[int] = 0, env: Optional[Mapping[str, str]] = None, **how: Any) -> Result:
        """Run a command line, in JSON unless it names a format (`-f table`). `how` is passed on to `run`: stdin, terminal.

        Raises AssertionError if the exit code is not `expect`; None allows any.
        """
        words = [str(word) for word in argv]
        asked = any(word in _FORMATS or word.startswith("--format=") for word in words)
        before = len(self._seen())
        result = run(*([] if asked else ["--json"]), *words, env={**self.env, **(env or {})}, **how)
        result = result._replace(requests=tuple(self._seen()[before:]))
        assert expect in (None, result.exit_code), (
            f"{' '.join(words)}: exit code {result.exit_code}\n{result.stdout}{result.stderr}"
        )
        return result
