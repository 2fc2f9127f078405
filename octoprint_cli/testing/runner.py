"""Run the program in this process and look at what it answered. Must not know a server."""

from __future__ import annotations

import io
import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, TextIO, Tuple, Union

from octoprint_cli.app.program import Program
from octoprint_cli.testing.server.request import Request

__all__ = ["Result", "run"]


class Result(NamedTuple):
    """What one run answered."""

    exit_code: int
    stdout: str
    stderr: str
    #: What the server has seen meanwhile, if the runner knows it: `octoprint_run` does.
    requests: Tuple[Request, ...] = ()

    @property
    def envelope(self) -> Dict[str, Any]:
        """stdout, which must be exactly one JSON document."""
        document: Dict[str, Any] = json.loads(self.stdout)
        return document

    @property
    def data(self) -> Any:
        """The envelope's data."""
        return self.envelope["data"]

    @property
    def code(self) -> Optional[str]:
        """The error code, None for a success."""
        code: Optional[str] = self.envelope.get("error", {}).get("code")
        return code

    @property
    def changes(self) -> List[Request]:
        """Of the requests those that were meant to change something, done or not."""
        return [request for request in self.requests if request.is_act]


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class _Stdin(io.TextIOWrapper):
    """A stdin as a process has it: text, and the bytes below."""

    def __init__(self, content: Union[str, bytes], terminal: bool) -> None:
        super().__init__(io.BytesIO(content if isinstance(content, bytes) else content.encode()), "utf-8")
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def run(*argv: str, env: Optional[Mapping[str, str]] = None, stdin: Union[str, bytes] = "", terminal: bool = False) -> Result:
    """Run a command line, with just these environment variables and this stdin.

    With `terminal`, stdin and stderr say that a person is there. Set OCTOPRINT_CLI_HOME in `env` to keep
    the run to a folder of the test's own.
    """
    stream = _Terminal if terminal else io.StringIO
    stdout: TextIO = io.StringIO()
    stderr: TextIO = stream()
    code = Program(_Stdin(stdin, terminal), stdout, stderr, dict(env or {})).run(list(argv))
    return Result(int(code), stdout.getvalue(), stderr.getvalue())  # type: ignore[attr-defined]
