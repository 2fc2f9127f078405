"""Fields: the parts of a command's result, each with its type, unit and meaning, declared once on the command.

    result = record(
        file=text("path on the server").or_null,
        size=size("of the file"),
        temperature=mapping(heater()),
    )

The declaration determines how a value is shown in a table, its machine-readable form, and the JSON Schema that `schema`
prints; tests compare real results with the schema. Must not know HTTP.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from cliff.columns import FormattableColumn

from octoprint_cli.output.columns import (
    Bytes,
    Degrees,
    Display,
    Duration,
    Flags,
    Heater,
    Millimetres,
    Percent,
    Range,
    Time,
)

Formatter = Callable[[Any], Any]


class Field(NamedTuple):
    """A field of a result: the JSON Schema of its machine-readable form, and a formatter for raw values other than None."""

    schema: Dict[str, Any]
    formatter: Optional[Formatter] = None
    always: bool = True  # false for a field that a result may lack

    @property
    def or_null(self) -> Field:
        """A variant of the field that may be null, for an unknown value."""
        if "type" not in self.schema:
            return self
        values = {"enum": [*self.schema["enum"], None]} if "enum" in self.schema else {}
        return self._replace(schema={**self.schema, "type": [self.schema["type"], "null"], **values})

    @property
    def optional(self) -> Field:
        """A variant of the field that may be missing from a result."""
        return self._replace(always=False)

    def displayed_as(self, words: Callable[[Any], str]) -> Field:
        """Return a variant of the field that tables show as the text that `words` returns for a raw value."""
        inner = self.formatter
        return self._replace(formatter=lambda value: Display(inner(value) if inner else value, words(value)))

    def format(self, value: Any) -> Any:
        """Return a raw value as a column with a human-readable form. None and columns are returned unchanged."""
        if value is None or self.formatter is None or isinstance(value, FormattableColumn):
            return value
        return self.formatter(value)

    @property
    def look(self) -> Optional[Formatter]:
        """The old name of `formatter`."""
        return self.formatter

    @property
    def sometimes(self) -> Field:
        """The old name of `optional`."""
        return self.optional

    def told(self, words: Callable[[Any], str]) -> Field:
        """Return `displayed_as(words)`, of which this is the old name."""
        return self.displayed_as(words)

    def dress(self, value: Any) -> Any:
        """Return `format(value)`, of which this is the old name."""
        return self.format(value)


def _field(kind: str, meaning: str, formatter: Optional[Formatter] = None, **more: Any) -> Field:
    return Field({"type": kind, **more, **({"description": meaning} if meaning else {})}, formatter)


def text(meaning: str = "") -> Field:
    """Declare a text."""
    return _field("string", meaning)


def one_of(*words: str, meaning: str = "") -> Field:
    """Declare an enumeration: one of the given words."""
    return _field("string", meaning, enum=list(words))


def switch(meaning: str = "") -> Field:
    """Declare a boolean."""
    return _field("boolean", meaning)


def whole(meaning: str = "") -> Field:
    """Declare a whole number."""
    return _field("integer", meaning)


def number(meaning: str = "") -> Field:
    """Declare a number."""
    return _field("number", meaning)


def size(meaning: str) -> Field:
    """Declare a size in bytes."""
    return _field("integer", f"bytes: {meaning}", Bytes, minimum=0)


def span(meaning: str) -> Field:
    """Declare a duration in seconds."""
    return _field("number", f"seconds: {meaning}", Duration, minimum=0)


def percent(meaning: str) -> Field:
    """Declare a percentage, 0 to 100."""
    return _field("number", f"percent: {meaning}", Percent, minimum=0, maximum=100)


def degrees(meaning: str = "") -> Field:
    """Declare a temperature in degrees Celsius."""
    return _field("number", f"degrees Celsius: {meaning}".rstrip(": "), Degrees)


def length(meaning: str = "") -> Field:
    """Declare a length in millimetres."""
    return _field("number", f"mm: {meaning}".rstrip(": "), Millimetres)


def reach(meaning: str = "") -> Field:
    """Declare a range from the lowest to the highest position in millimetres, a list of two."""
    return _field("array", meaning, Range, items={"type": "number"}, minItems=2, maxItems=2)


def time(meaning: str) -> Field:
    """Declare a point in time. The raw value is seconds since 1970, the machine-readable form ISO 8601 in UTC."""
    return _field("string", meaning, Time, format="date-time")


def heater() -> Field:
    """Declare a heater. The raw value is `{"actual": ..., "target": ...}`, with the server's `offset` if it adds one."""
    reading = {"type": ["number", "null"], "description": "degrees Celsius; a target of 0 is off"}
    offset = {"type": "number", "description": "degrees Celsius that the server adds to what a job's file asks for; absent if none"}
    members = {"properties": {"actual": reading, "target": reading, "offset": offset}, "required": ["actual", "target"]}
    return _field("object", "", lambda value: Heater(**value), **members)


def flags(meaning: str) -> Field:
    """Declare an object with booleans by name."""
    return _field("object", meaning, Flags, additionalProperties={"type": "boolean"})


def anything(meaning: str) -> Field:
    """Declare a value of any kind."""
    return Field({"description": meaning})


def listed(item: Field, meaning: str = "") -> Field:
    """Declare a list of items."""
    return _field("array", meaning, lambda value: [item.format(one) for one in value], items=item.schema)


def mapping(item: Field, meaning: str = "") -> Field:
    """Declare an object with arbitrary names and items of one kind."""
    formatter = lambda value: {name: item.format(one) for name, one in value.items()}  # noqa: E731
    return _field("object", meaning, formatter, additionalProperties=item.schema)


def record(meaning: str = "", /, *parts: Mapping[str, Field], **more: Field) -> Field:
    """Declare an object with the given members. A result may have more, as members are added over time and never removed."""
    members = {name: member for part in (*parts, more) for name, member in part.items()}
    required = [name for name, member in members.items() if member.always]
    properties = {name: member.schema for name, member in members.items()}

    def formatter(value: Mapping[str, Any]) -> Dict[str, Any]:
        return {name: members[name].format(one) if name in members else one for name, one in value.items()}

    return _field("object", meaning, formatter, properties=properties, required=required)


def merged(first: Field, second: Field) -> Field:
    """Declare a record with the members of both records; where both have a name, the second takes precedence."""
    outer, inner = first.formatter, second.formatter
    assert outer is not None and inner is not None
    properties = {**first.schema["properties"], **second.schema["properties"]}
    required = list(dict.fromkeys([*first.schema["required"], *second.schema["required"]]))
    return Field({**first.schema, "properties": properties, "required": required}, lambda value: outer(inner(value)))


def optional(whole_record: Field) -> Field:
    """Return a variant of the record in which no member is required."""
    return whole_record._replace(schema={**whole_record.schema, "required": []})


def with_others(first: Field, item: Field) -> Field:
    """Declare a record that may have members with other names, each with an item of the given kind."""
    known, inner = first.schema["properties"], first.formatter
    assert inner is not None

    def formatted(value: Mapping[str, Any]) -> Dict[str, Any]:
        return inner({name: one if name in known else item.format(one) for name, one in value.items()})  # type: ignore[no-any-return]

    return Field({**first.schema, "additionalProperties": item.schema}, formatted)
