"""The arguments of a tool: their JSON Schema, and the command line that they stand for.

Made from a command's row in the catalogue. Must not know MCP.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, NoReturn, Optional, Sequence

from octoprint_cli.api import errors


class Argument(NamedTuple):
    """An argument: its name in the tool, and what the catalogue has of it."""

    name: str
    option: Optional[str]  # None: it is known by its place
    type: str
    many: bool
    repeated: bool
    required: bool
    default: Any
    choices: Optional[Sequence[Any]]
    help: str

    @property
    def schema(self) -> Dict[str, Any]:
        """Its JSON Schema."""
        item: Dict[str, Any] = {"type": self.type, **({"enum": list(self.choices)} if self.choices else {})}
        if self.many:
            item = {"type": "array", "items": item, **({"minItems": 1} if self.required else {})}
        known = {} if self.default in (None, []) or self.type == "boolean" else {"default": self.default}
        return {**item, **known, **({"description": self.help} if self.help else {})}

    def values(self, given: Any) -> List[str]:
        """The given value in words. Raises UsageError."""
        if not self.many:
            return [self._word(given, self.name)]
        if not isinstance(given, list):
            _refuse(f"{self.name} is {_shown(given)}, and must be a list")
        return [self._word(one, f"{self.name}[{index}]") for index, one in enumerate(given)]

    def _word(self, given: Any, where: str) -> str:
        if self.type == "boolean" and not isinstance(given, bool):
            _refuse(f"{where} is {_shown(given)}, and must be true or false")
        if self.type != "boolean" and (isinstance(given, bool) or not isinstance(given, (str, int, float))):
            _refuse(f"{where} is {_shown(given)}, and must be a {self.type}")
        # A number for a text, and the other way round, is no harm: the command reads words, and says what is wrong with them.
        return str(int(given) if isinstance(given, float) and given.is_integer() else given)


def arguments_of(described: Iterable[Mapping[str, Any]]) -> List[Argument]:
    """A command's arguments, from the catalogue's. An option's name is its longest, with underscores."""
    return [_argument(one) for one in described]


def _argument(one: Mapping[str, Any]) -> Argument:
    option = max(one["options"], key=len, default=None)
    name = option.lstrip("-").replace("-", "_") if option else one["name"]
    same = {key: one[key] for key in ("type", "many", "repeated", "required", "default", "choices", "help")}
    return Argument(name=name, option=option, **same)


def schema_of(arguments: Sequence[Argument]) -> Dict[str, Any]:
    """The JSON Schema of all of them. Plain enough for a host that knows nothing but properties and required."""
    schema: Dict[str, Any] = {"type": "object", "properties": {one.name: one.schema for one in arguments}}
    required = [one.name for one in arguments if one.required]
    return {**schema, **({"required": required} if required else {}), "additionalProperties": False}


def words_of(arguments: Sequence[Argument], given: Mapping[str, Any], next_words: Sequence[str] = ()) -> List[str]:
    """The words behind the command's name that say the same. null is as if it were not given. Raises UsageError.

    `next_words` are those with which the command's name could go on. Nothing that is given is ever taken for an option.
    """
    given = {name: value for name, value in given.items() if value is not None}
    _require_known(arguments, given)
    named = [one for one in arguments if one.name in given]
    options = [word for one in named if one.option for word in _option(one, one.option, given[one.name])]
    places = [word for one in named if not one.option for word in one.values(given[one.name])]
    swallowed = any(one.option and one.many and not one.repeated for one in named)  # such an option takes all that follows it
    mistaken = any(word.startswith("-") for word in places) or (not options and any(word in next_words for word in places[:1]))
    return [*options, *(["--"] if places and (swallowed or mistaken) else []), *places]


def _option(one: Argument, option: str, given: Any) -> List[str]:
    values = one.values(given)
    if one.type == "boolean":
        return [option] if given else []
    if one.many and not one.repeated:
        _require_plain(one, values)
        return [option, *values]
    return [f"{option}={value}" for value in values]


def _require_known(arguments: Sequence[Argument], given: Mapping[str, Any]) -> None:
    known = [one.name for one in arguments]
    unknown = [name for name in given if name not in known]
    if unknown:
        _refuse(f"there is no argument {unknown[0]}; there are {', '.join(known) or 'none'}")
    missing = [one.name for one in arguments if one.required and one.name not in given]
    if missing:
        _refuse(f"{' and '.join(missing)} must be given")


def _require_plain(one: Argument, values: Sequence[str]) -> None:
    for value in values:
        if value.startswith("-"):
            _refuse(f"{one.name} holds {value!r}, which would be taken for an option")


def _shown(given: Any) -> str:
    shown = repr(given)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."


def _refuse(message: str) -> NoReturn:
    raise errors.UsageError(message, hint="octoprint-cli commands (the tool's input schema says the same)")
