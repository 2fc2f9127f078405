"""Run the program in this process and look at its result. This module knows no server."""

from __future__ import annotations

import io
import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, TextIO, Tuple, Union

from octoprint_cli.app.program import Program
from octoprint_cli.testing.server.request import Request

__all__ = ["Result", "run"]


class Result(NamedTuple):
    """The result of one run."""

    exit_code: int
    stdout: str
    stderr: str
    #: The requests that the server received during the run, if the runner knows them, as `octoprint_run` does.
    requests: Tuple[Request, ...] = ()

    @property
    def envelope(self) -> Dict[str, Any]:
        """The envelope on stdout, which must be exactly one JSON document."""
        document: Dict[str, Any] = json.loads(self.stdout)
        return document

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.envelope["data"]

    @property
    def error(self) -> Dict[str, Any]:
        """The envelope's error; of a success there is none."""
        error: Dict[str, Any] = self.envelope["error"]
        return error

    @property
    def code(self) -> Optional[str]:
        """The error code, None for a success."""
        code: Optional[str] = self.envelope.get("error", {}).get("code")
        return code

    @property
    def changes(self) -> List[Request]:
        """The requests that were meant to change something, whether or not they did."""
        return [request for request in self.requests if request.is_act]


class _Terminal(io.StringIO):
    """A text stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


class _Stdin(io.TextIOWrapper):
    """A stdin with the two layers that a process has: text, and bytes below it."""

    def __init__(self, content: Union[str, bytes], terminal: bool) -> None:
        super().__init__(io.BytesIO(content if isinstance(content, bytes) else content.encode()), "utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def run(*argv: str, env: Optional[Mapping[str, str]] = None, stdin: Union[str, bytes] = "", terminal: bool = False) -> Result:
    """Run a command line with only these environment variables and this stdin.

    With `terminal`, stdin and stderr claim to be a terminal. Set OCTOPRINT_CLI_HOME in `env` to give the run a
    configuration folder of its own.
    """
    stream = _Terminal if terminal else io.StringIO
    stdout: TextIO = io.StringIO()
    stderr: TextIO = stream()
    code = Program(_Stdin(stdin, terminal), stdout, stderr, dict(env or {})).run(list(argv))
    return Result(int(code), stdout.getvalue(), stderr.getvalue())  # type: ignore[attr-defined]
