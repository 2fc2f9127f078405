"""The arguments of a tool: their JSON Schema, and the command line they translate to.

They are made from a command's row in the catalogue. Must not know MCP.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, NoReturn, Optional, Sequence

from octoprint_cli.api import errors


class Argument(NamedTuple):
    """An argument of a tool: its name, and the properties that the catalogue gives."""

    name: str
    option: Optional[str]  # None for a positional argument
    type: str
    many: bool
    repeated: bool
    required: bool
    default: Any
    choices: Optional[Sequence[Any]]
    help: str

    @property
    def schema(self) -> Dict[str, Any]:
        """The argument's JSON Schema."""
        item: Dict[str, Any] = {"type": self.type, **({"enum": list(self.choices)} if self.choices else {})}
        if self.many:
            item = {"type": "array", "items": item, **({"minItems": 1} if self.required else {})}
        default = {} if self.default in (None, []) or self.type == "boolean" else {"default": self.default}
        return {**item, **default, **({"description": self.help} if self.help else {})}

    def to_words(self, value: Any) -> List[str]:
        """Return the value as command-line words. Raises UsageError for a value of another type."""
        if not self.many:
            return [self._to_word(value, self.name)]
        if not isinstance(value, list):
            _refuse(f"{self.name} must be a list, not {_shorten(value)}")
        return [self._to_word(item, f"{self.name}[{index}]") for index, item in enumerate(value)]

    def _to_word(self, value: Any, name: str) -> str:
        if self.type == "boolean" and not isinstance(value, bool):
            _refuse(f"{name} must be true or false, not {_shorten(value)}")
        if self.type != "boolean" and (isinstance(value, bool) or not isinstance(value, (str, int, float))):
            _refuse(f"{name} must be a {self.type}, not {_shorten(value)}")
        # A number for a string, or a string for a number, is accepted: the command parses the word and reports what is wrong.
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def from_catalogue(rows: Iterable[Mapping[str, Any]]) -> List[Argument]:
    """Make a tool's arguments from those of the catalogue. An option is named by its longest form, with underscores."""
    return [_from_row(row) for row in rows]


def _from_row(row: Mapping[str, Any]) -> Argument:
    option = max(row["options"], key=len, default=None)
    name = option.lstrip("-").replace("-", "_") if option else row["name"]
    copied = {key: row[key] for key in ("type", "many", "repeated", "required", "default", "choices", "help")}
    return Argument(name=name, option=option, **copied)


def input_schema(arguments: Sequence[Argument]) -> Dict[str, Any]:
    """Return the JSON Schema of a tool's input. It is simple enough for hosts that know only properties and required."""
    schema: Dict[str, Any] = {"type": "object", "properties": {argument.name: argument.schema for argument in arguments}}
    required = [argument.name for argument in arguments if argument.required]
    return {**schema, **({"required": required} if required else {}), "additionalProperties": False}


def to_argv(arguments: Sequence[Argument], values: Mapping[str, Any], next_words: Sequence[str] = ()) -> List[str]:
    """Return the words after the command's name that express the values. A null counts as not given. Raises UsageError.

    `next_words` are the words with which longer command names go on. No value is ever parsed as an option or as one of these.
    """
    values = {name: value for name, value in values.items() if value is not None}
    _require_known(arguments, values)
    given = [argument for argument in arguments if argument.name in values]
    options = [word for one in given if one.option for word in _option_words(one, one.option, values[one.name])]
    positionals = [word for one in given if not one.option for word in one.to_words(values[one.name])]
    greedy = any(one.option and one.many and not one.repeated for one in given)  # such an option takes every word after it
    misread = any(word.startswith("-") for word in positionals)
    misread = misread or (not options and any(word in next_words for word in positionals[:1]))
    return [*options, *(["--"] if positionals and (greedy or misread) else []), *positionals]


def _option_words(argument: Argument, option: str, value: Any) -> List[str]:
    words = argument.to_words(value)
    if argument.type == "boolean":
        return [option] if value else []
    if argument.many and not argument.repeated:
        _refuse_options(argument, words)
        return [option, *words]
    return [f"{option}={word}" for word in words]


def _require_known(arguments: Sequence[Argument], values: Mapping[str, Any]) -> None:
    known = [argument.name for argument in arguments]
    unknown = [name for name in values if name not in known]
    if unknown:
        _refuse(
            f"there is no argument {unknown[0]} (choose from {', '.join(known)})"
            if known
            else f"there is no argument {unknown[0]}: the tool takes none"
        )
    missing = [argument.name for argument in arguments if argument.required and argument.name not in values]
    if missing:
        _refuse(f"{' and '.join(missing)} must be given")


def _refuse_options(argument: Argument, words: Sequence[str]) -> None:
    for word in words:
        if word.startswith("-"):
            _refuse(f"{argument.name} holds {word!r}, which would be taken for an option")


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _refuse(message: str) -> NoReturn:
    raise errors.UsageError(message, hint="octoprint-cli commands  # or see the tool's input schema")
