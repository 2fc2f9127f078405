"""Which commands are tools, and what a client is told of each. Plain values: must not know the SDK."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple, Type

from octoprint_cli.api import described, errors, schema_of
from octoprint_cli_mcp import line
from octoprint_cli_mcp.line import Argument

#: What every error of an envelope has.
_ERROR = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "what it means: explain CODE"},
        "message": {"type": "string"},
        "hint": {"type": "string", "description": "what to do next, as a command line"},
        "retryable": {"type": "boolean", "description": "the same call can succeed later without anything being changed"},
        "details": {"type": "object"},
    },
    "required": ["code", "message", "hint", "retryable"],
}


class Choice(NamedTuple):
    """Which commands are wanted. A name is a command's, or the first words of several; `only` empty is all that make sense."""

    only: Sequence[str] = ()
    without: Sequence[str] = ()
    read_only: bool = False

    def wants(self, name: str, kind: Type[Any]) -> bool:
        """Whether it wants this command. What streams is never a tool; what is a person's own only if it is named."""
        if getattr(kind, "streams", False) or _is_named(name, self.without):
            return False
        return name in self.only or (getattr(kind, "as_tool", True) and (not self.only or _is_named(name, self.only)))

    def require_known(self, names: Sequence[str]) -> None:
        """Raise UsageError for a name that no command has."""
        for word in (*self.only, *self.without):
            if not any(_is_named(name, [word]) for name in names):
                raise errors.UsageError(f"there is no command {word}", hint="octoprint-cli commands")


def _is_named(name: str, words: Iterable[str]) -> bool:
    return any(name == word or name.startswith(word + " ") for word in words)


class Tool:
    """A command as a tool."""

    def __init__(
        self, command: str, about: Mapping[str, Any], answer: Mapping[str, Any], urgent: Sequence[str], below: Sequence[str]
    ):
        self.command = command
        self.name = command.replace(" ", "_")
        self._about, self._answer, self._urgent, self._below = about, answer, urgent, below
        self.arguments: List[Argument] = line.arguments_of(about["arguments"])

    @property
    def reads_only(self) -> bool:
        """Whether it surely changes nothing: a command that declares no effects may do anything."""
        return self._effects == ["reads"] and not self._about["dry_run"]

    @property
    def _effects(self) -> List[str]:
        """What is declared; nothing is not the same as `reads`."""
        return list(self._about["effects"] or ())

    @property
    def description(self) -> str:
        """What it does, and what it wants for it."""
        reason = self._about["confirm"]
        consent = f"\n\nRefused without confirm: true where it would do harm: this {reason}." if reason else ""
        return f"{self._about['description']}{consent}"

    @property
    def annotations(self) -> Dict[str, bool]:
        """MCP's hints. The printer is a world of its own."""
        harm = self._about["confirm"] is not None or "deletes" in self._effects or not self._effects
        repeatable = self.reads_only or self._about["repeatable"]
        hints = {"readOnlyHint": self.reads_only, "destructiveHint": harm and not self.reads_only}
        return {**hints, "idempotentHint": repeatable, "openWorldHint": False}

    @property
    def input_schema(self) -> Dict[str, Any]:
        """The JSON Schema of its arguments."""
        return line.schema_of(self.arguments)

    @property
    def output_schema(self) -> Dict[str, Any]:
        """The JSON Schema of the envelope, with the command's data in it."""
        body = {key: value for key, value in self._answer.items() if key not in ("$schema", "title")}
        success = {"properties": {"status": {"const": "success"}, "data": body}}
        failed = {
            "properties": {"status": {"const": "error"}, "data": {"type": ["object", "null"]}, "error": _ERROR},
            "required": ["error"],
        }
        return {"type": "object", "required": ["status", "data"], "oneOf": [success, failed]}

    def words(self, given: Mapping[str, Any]) -> List[str]:
        """The command line that a call stands for. Raises UsageError."""
        return [*self.command.split(), *line.words_of(self.arguments, given, self._below)]

    def takes_turns(self, given: Mapping[str, Any]) -> bool:
        """Whether the call waits until those before it are done: it changes something, and stops nothing."""
        stops = "stops" in self._effects and "starts" not in self._effects
        return not (self.reads_only or stops or any(given.get(name) for name in self._urgent))


def installed(app: Any, choice: Choice) -> Tuple[List[Tool], List[str]]:
    """The wanted ones of all commands that are installed, and what is wrong with those that cannot be loaded.

    Imports them all. Raises UsageError.
    """
    manager = app.command_manager
    names: List[str] = manager.names()
    choice.require_known(names)
    tools, broken = [], []
    for name in names:
        try:
            kind = manager.load(name)
            if choice.wants(name, kind):
                tools.append(_tool(app, name, kind, names))
        except errors.PluginError as error:  # it costs itself alone
            broken.append(error.message)
    return [tool for tool in tools if tool.reads_only or not choice.read_only], broken


def _tool(app: Any, name: str, kind: Type[Any], names: Sequence[str]) -> Tool:
    command, _ = app.command_manager.described(name, app)
    below = [other.split()[len(name.split())] for other in names if other.startswith(name + " ")]
    answer = schema_of(kind, name) if hasattr(kind, "answer") else {"type": "object"}  # a stranger's: what it prints
    return Tool(name, described(command, name, app.command_manager.owner(name)), answer, getattr(kind, "urgent", ()), below)
