"""The choice of columns with `-c`: checked against the declared answer before a command runs, applied to its result afterwards."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Sequence

from octoprint_cli.errors import UsageError
from octoprint_cli.framework.results import SKIPPED, rehearsal_of

if TYPE_CHECKING:
    from octoprint_cli.framework.fields import Field

Schema = Mapping[str, Any]


def require_columns(command: Any, parsed_args: Namespace) -> None:
    """Raise UsageError for a column that no answer to these arguments can have. What is not declared cannot be checked."""
    schemas = [field.schema for field in _answers(command, parsed_args)]
    unknown = [name for name in parsed_args.columns if not any(_is_possible(schema, name.split(".")) for schema in schemas)]
    if unknown:
        raise no_column(unknown, _names(schemas))


def require_row_columns(command: Any, parsed_args: Namespace) -> None:
    """Raise UsageError for a column that no row of the declared answer can have. Any list of the answer may hold the rows."""
    lists = [schema["items"] for schema in _members(command.result.schema).values() if "items" in schema]
    known = {normal(name): name for item in lists for name in _members(item)}
    unknown = [name for name in parsed_args.columns if known and normal(name) not in known]
    if unknown:
        raise no_column(unknown, list(known.values()))


def require_event_columns(command: Any, parsed_args: Namespace) -> None:
    """Raise UsageError for a column that no event of a stream can have."""
    schema = command.events.schema
    unknown = [name for name in parsed_args.columns if not _is_possible(schema, [name])]
    if unknown:
        raise no_column(unknown, _names([schema]))


def select(data: Dict[str, Any], columns: Sequence[str], declared: Sequence[Field] = ()) -> Dict[str, Any]:
    """Return the fields that `-c` names, which may be dotted (`temperature.tool0`); all fields without `-c`.

    A declared field that this answer lacks is None. Raises UsageError for any other name.
    """
    if not columns:
        return data
    chosen: Dict[str, Any] = {}
    unknown = []
    for name in columns:
        path = name.split(".")
        if any(".".join(path[:length]) in columns for length in range(1, len(path))):
            continue  # it is a part of another one
        try:
            _put(chosen, path, _value_at(data, path))
        except KeyError:
            if any(_is_declared(field.schema, path) for field in declared):
                _put(chosen, path, None)
            else:
                unknown.append(name)
    if unknown:
        raise no_column(unknown, list(data))
    return chosen


def answers(command: Any, parsed_args: Namespace) -> List[Field]:
    """Return the declarations of every answer that a command can give to these arguments."""
    return list(_answers(command, parsed_args))


def no_column(unknown: Sequence[str], known: Sequence[str]) -> UsageError:
    """Return the error for columns that do not exist."""
    return UsageError(f"there is no column {', '.join(unknown)} (choose from {', '.join(known)})")


def _answers(command: Any, parsed_args: Namespace) -> Iterator[Field]:
    if getattr(parsed_args, "dry_run", False) and hasattr(command, "rehearsal"):
        yield rehearsal_of(command)
        return
    yield command.result
    if getattr(parsed_args, "skip_if_printing", False):
        yield SKIPPED


def _is_possible(schema: Schema, path: Sequence[str]) -> bool:
    """Whether an answer of this schema may have a value at the path."""
    if not path:
        return True
    members = _members(schema)
    if path[0] in members:
        return _is_possible(members[path[0]], path[1:])
    if isinstance(schema.get("additionalProperties"), dict):
        return _is_possible(schema["additionalProperties"], path[1:])
    return "type" not in schema or (_is_object(schema) and not members)


def _is_declared(schema: Schema, path: Sequence[str]) -> bool:
    """Whether each name of the path is declared by itself."""
    members = _members(schema)
    return not path or (path[0] in members and _is_declared(members[path[0]], path[1:]))


def _members(schema: Schema) -> Mapping[str, Schema]:
    members: Mapping[str, Schema] = schema.get("properties", {})
    return members


def _is_object(schema: Schema) -> bool:
    kinds = schema["type"]
    return "object" in ([kinds] if isinstance(kinds, str) else kinds)


def _names(schemas: Sequence[Schema]) -> List[str]:
    return list(dict.fromkeys(name for schema in schemas for name in _members(schema)))


def _value_at(value: Any, path: Sequence[str]) -> Any:
    """Return the value at a path. Raises KeyError."""
    for name in path:
        value = value.machine_readable() if hasattr(value, "machine_readable") else value
        if not isinstance(value, dict):
            raise KeyError(name)
        value = value[name]
    return value


def _put(target: Dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value


def normal(column: str) -> str:
    """Return the name of a row's column as it is compared: `Server Name` is `server_name`."""
    return column.lower().strip().replace(" ", "_")
