"""What an answer is made of: each value's type, unit and meaning, declared once on the command that gives it.

    answer = record(
        file=text("path on the server").or_null,
        size=size("of the file"),
        temperature=mapping(heater()),
    )

From it come how a value looks in a table and what it is to a machine, the JSON Schema that `schema` shows, and the tests that
hold real answers against both. Must not know HTTP.
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

Look = Callable[[Any], Any]


class Field(NamedTuple):
    """A value: the JSON Schema of its machine's face, and how a raw value, never None, gets a person's face."""

    schema: Dict[str, Any]
    look: Optional[Look] = None
    always: bool = True  # whether each answer has it

    @property
    def or_null(self) -> Field:
        """The same, or null where it is not known."""
        if "type" not in self.schema:
            return self
        values = {"enum": [*self.schema["enum"], None]} if "enum" in self.schema else {}
        return self._replace(schema={**self.schema, "type": [self.schema["type"], "null"], **values})

    @property
    def sometimes(self) -> Field:
        """The same, in some answers alone."""
        return self._replace(always=False)

    def told(self, words: Callable[[Any], str]) -> Field:
        """The same, of which a person is told in these words."""
        look = self.look
        return self._replace(look=lambda value: Display(look(value) if look else value, words(value)))

    def dress(self, value: Any) -> Any:
        """The raw value with both faces; one that has them already is left alone."""
        if value is None or self.look is None or isinstance(value, FormattableColumn):
            return value
        return self.look(value)


def _plain(kind: str, meaning: str, look: Optional[Look] = None, **more: Any) -> Field:
    return Field({"type": kind, **more, **({"description": meaning} if meaning else {})}, look)


def text(meaning: str = "") -> Field:
    """A text."""
    return _plain("string", meaning)


def one_of(*words: str, meaning: str = "") -> Field:
    """One of these words."""
    return _plain("string", meaning, enum=list(words))


def switch(meaning: str = "") -> Field:
    """True or false."""
    return _plain("boolean", meaning)


def whole(meaning: str = "") -> Field:
    """A whole number."""
    return _plain("integer", meaning)


def number(meaning: str = "") -> Field:
    """A number."""
    return _plain("number", meaning)


def size(meaning: str) -> Field:
    """Bytes."""
    return _plain("integer", f"bytes: {meaning}", Bytes, minimum=0)


def span(meaning: str) -> Field:
    """Seconds, of a time span."""
    return _plain("number", f"seconds: {meaning}", Duration, minimum=0)


def percent(meaning: str) -> Field:
    """0 to 100."""
    return _plain("number", f"percent: {meaning}", Percent, minimum=0, maximum=100)


def degrees(meaning: str = "") -> Field:
    """Degrees Celsius."""
    return _plain("number", f"degrees Celsius: {meaning}".rstrip(": "), Degrees)


def length(meaning: str = "") -> Field:
    """Millimetres."""
    return _plain("number", f"mm: {meaning}".rstrip(": "), Millimetres)


def reach(meaning: str = "") -> Field:
    """From the lowest to the highest position, in millimetres: a list of two."""
    return _plain("array", meaning, Range, items={"type": "number"}, minItems=2, maxItems=2)


def time(meaning: str) -> Field:
    """A point in time: raw in seconds since 1970, to a machine ISO 8601 in UTC."""
    return _plain("string", meaning, Time, format="date-time")


def heater() -> Field:
    """A heater; raw `{"actual": ..., "target": ...}`."""
    reading = {"type": ["number", "null"], "description": "degrees Celsius; a target of 0 is off"}
    members = {"properties": {"actual": reading, "target": reading}, "required": ["actual", "target"]}
    return _plain("object", "", lambda value: Heater(**value), **members)


def flags(meaning: str) -> Field:
    """Switches by name."""
    return _plain("object", meaning, Flags, additionalProperties={"type": "boolean"})


def anything(meaning: str) -> Field:
    """A value of any kind."""
    return Field({"description": meaning})


def listed(item: Field, meaning: str = "") -> Field:
    """A list."""
    return _plain("array", meaning, lambda value: [item.dress(one) for one in value], items=item.schema)


def mapping(item: Field, meaning: str = "") -> Field:
    """An object with any names."""
    look = lambda value: {name: item.dress(one) for name, one in value.items()}  # noqa: E731
    return _plain("object", meaning, look, additionalProperties=item.schema)


def record(meaning: str = "", /, *parts: Mapping[str, Field], **more: Field) -> Field:
    """An object whose members are declared. One may have more: members are added over time, and never go."""
    members = {name: member for part in (*parts, more) for name, member in part.items()}
    required = [name for name, member in members.items() if member.always]
    properties = {name: member.schema for name, member in members.items()}

    def look(value: Mapping[str, Any]) -> Dict[str, Any]:
        return {name: members[name].dress(one) if name in members else one for name, one in value.items()}

    return _plain("object", meaning, look, properties=properties, required=required)


def merged(first: Field, second: Field) -> Field:
    """A record with the members of both; of a name that both have, the second's."""
    first_look, second_look = first.look, second.look
    assert first_look is not None and second_look is not None
    properties = {**first.schema["properties"], **second.schema["properties"]}
    required = list(dict.fromkeys([*first.schema["required"], *second.schema["required"]]))
    return Field({**first.schema, "properties": properties, "required": required}, lambda value: first_look(second_look(value)))


def optional(whole_record: Field) -> Field:
    """The same record, of which an answer may have all or nothing."""
    return whole_record._replace(schema={**whole_record.schema, "required": []})


def with_others(first: Field, item: Field) -> Field:
    """A record, and any other names with such an item."""
    known, look = first.schema["properties"], first.look
    assert look is not None

    def dressed(value: Mapping[str, Any]) -> Dict[str, Any]:
        return look({name: one if name in known else item.dress(one) for name, one in value.items()})  # type: ignore[no-any-return]

    return Field({**first.schema, "additionalProperties": item.schema}, dressed)
