"""Tools: which commands become one, and how each is described to a client. Must not know the SDK."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple, Type

from octoprint_cli.api import described, errors, schema_of
from octoprint_cli_mcp import tool_arguments
from octoprint_cli_mcp.tool_arguments import Argument

#: The JSON Schema of an envelope's error.
_ERROR_SCHEMA = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "see: explain CODE"},
        "message": {"type": "string"},
        "hint": {"type": "string", "description": "what to do next, as a command line"},
        "retryable": {"type": "boolean", "description": "the same call may succeed later"},
        "details": {"type": "object"},
    },
    "required": ["code", "message", "hint", "retryable"],
}


#: What a command that writes files on this computer needs consent for: its caller does not choose the folder.
_WRITES = "writes files on the computer of this server, in its working folder or its configuration"
_CONSENT = Argument("confirm", "--confirm", "boolean", False, False, False, None, None, f"consent: this {_WRITES}")


class ToolFilter(NamedTuple):
    """A choice of commands, each by its name or by the first words of several. An empty `only` means all suitable ones."""

    only: Sequence[str] = ()
    excluded: Sequence[str] = ()
    read_only: bool = False

    def accepts(self, name: str, kind: Type[Any]) -> bool:
        """Return whether this command becomes a tool. One that streams never does; one for interactive users only if named."""
        if getattr(kind, "streams", False) or _is_named(name, self.excluded):
            return False
        return name in self.only or (getattr(kind, "exposed_as_tool", True) and (not self.only or _is_named(name, self.only)))

    def require_known(self, names: Sequence[str]) -> None:
        """Raise UsageError for a name that matches no command."""
        for word in (*self.only, *self.excluded):
            if not any(_is_named(name, [word]) for name in names):
                raise errors.UsageError(f"there is no command {word}", hint="octoprint-cli commands")


def _is_named(name: str, words: Iterable[str]) -> bool:
    return any(name == word or name.startswith(word + " ") for word in words)


class Tool:
    """A command, described as a tool."""

    def __init__(
        self,
        command: str,
        row: Mapping[str, Any],
        result: Mapping[str, Any],
        unqueued_when: Sequence[str],
        next_words: Sequence[str],
        local: bool = False,
    ):
        self.command = command
        self.name = command.replace(" ", "_")
        self._row, self._result, self._unqueued_when, self._next_words = row, result, unqueued_when, next_words
        self.arguments: List[Argument] = tool_arguments.from_catalogue(row["arguments"])
        #: Whether the command writes files on this computer, and has no `--confirm` of its own.
        self._writes_here = local and "writes" in self._effects and row["confirm"] is None
        self._schema_arguments = [*self.arguments, _CONSENT] if self._writes_here else self.arguments

    @property
    def reads_only(self) -> bool:
        """Whether the command is known to change nothing. One that declares no effects may do anything."""
        return self._effects == ["reads"] and not self._row["dry_run"]

    @property
    def _effects(self) -> List[str]:
        """The declared effects. An empty list means undeclared, which does not imply `reads`."""
        return list(self._row["effects"] or ())

    @property
    def description(self) -> str:
        """The command's help, and which consent it requires."""
        reason = _WRITES if self._writes_here else self._row["confirm"]
        consent = f"\n\nIf it would do harm, it is refused without confirm: true. This {reason}." if reason else ""
        return f"{self._row['description']}{consent}"

    @property
    def annotations(self) -> Dict[str, bool]:
        """The annotations of MCP. A printer is a closed world."""
        destructive = self._row["confirm"] is not None or self._writes_here or "deletes" in self._effects or not self._effects
        repeatable = self.reads_only or self._row["repeatable"]
        hints = {"readOnlyHint": self.reads_only, "destructiveHint": destructive and not self.reads_only}
        return {**hints, "idempotentHint": repeatable, "openWorldHint": False}

    @property
    def input_schema(self) -> Dict[str, Any]:
        """The JSON Schema of the tool's arguments."""
        return tool_arguments.input_schema(self._schema_arguments)

    @property
    def output_schema(self) -> Dict[str, Any]:
        """The JSON Schema of the envelope that contains the command's result."""
        data = {key: value for key, value in self._result.items() if key not in ("$schema", "title")}
        success = {"properties": {"status": {"const": "success"}, "data": data}}
        failed = {
            "properties": {"status": {"const": "error"}, "data": {"type": ["object", "null"]}, "error": _ERROR_SCHEMA},
            "required": ["error"],
        }
        return {"type": "object", "required": ["status", "data"], "oneOf": [success, failed]}

    def argv(self, values: Mapping[str, Any]) -> List[str]:
        """Return the command line for a call with these arguments. Raises UsageError, or ConfirmationRequired if it writes here."""
        if self._writes_here:
            consent, values = values.get("confirm"), {name: value for name, value in values.items() if name != "confirm"}
            if consent is not True:
                raise errors.ConfirmationRequired(
                    f"this {_WRITES}", hint="call it again with confirm: true", details={"reason": _WRITES}
                )
        return [*self.command.split(), *tool_arguments.to_argv(self.arguments, values, self._next_words)]

    def is_queued(self, values: Mapping[str, Any]) -> bool:
        """Return whether the call waits for those before it: it changes something and stops nothing."""
        stops = "stops" in self._effects and "starts" not in self._effects
        return not (self.reads_only or stops or any(values.get(name) for name in self._unqueued_when))


def load_tools(app: Any, tool_filter: ToolFilter) -> Tuple[List[Tool], List[str]]:
    """Import all installed commands. Returns the accepted ones as tools, and the messages of those that cannot be loaded.

    Raises UsageError if the filter names a command that does not exist.
    """
    manager = app.command_manager
    names: List[str] = manager.names()
    tool_filter.require_known(names)
    tools, broken = [], []
    for name in names:
        try:
            kind = manager.load(name)
            if tool_filter.accepts(name, kind):
                tools.append(_make_tool(app, name, kind, names))
        except errors.PluginError as error:  # a broken plugin costs only its own tools
            broken.append(error.message)
    return [tool for tool in tools if tool.reads_only or not tool_filter.read_only], broken


def _make_tool(app: Any, name: str, kind: Type[Any], names: Sequence[str]) -> Tool:
    command, _ = app.command_manager.described(name, app)
    row = described(command, name, app.command_manager.owner(name))
    # A third-party command without a declared result returns an object of unknown shape.
    result = schema_of(kind, name) if hasattr(kind, "result") else {"type": "object"}
    next_words = [other.split()[len(name.split())] for other in names if other.startswith(name + " ")]
    local = not getattr(kind, "needs_server", True)
    return Tool(name, row, result, getattr(kind, "unqueued_when", ()), next_words, local)
