"""Every template names what its command declares, so that no clause drops out because of a misspelled field."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

import pytest

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.framework.results import REHEARSED_TEMPLATE, SKIPPED, SKIPPED_TEMPLATE, rehearsed
from octoprint_cli.output.template import paths

from .table import COMMANDS

Schema = Mapping[str, Any]


def command(name: str) -> Any:
    return CommandManager().load(name)


def declares(schema: Schema, path: str) -> bool:
    """Whether an answer of this schema may have a value at the path."""
    name, _, rest = path.partition(".")
    members = schema.get("properties", {})
    inner = members.get(name) or (schema.get("additionalProperties") if "properties" not in schema else None)
    return bool(inner) and (not rest or declares(inner, rest))


def item(schema: Schema, path: str) -> Optional[Schema]:
    """The schema of the items of a list, or of an object's values, at the path."""
    for name in path.split("."):
        schema = schema["properties"][name]
    found: Optional[Schema] = schema.get("items") or schema.get("additionalProperties")
    return found


def undeclared(template: Any, schema: Schema, arguments: List[str]) -> Iterator[str]:
    """Each path that a template names and the schema does not declare."""
    for path, loop in paths(template):
        within = item(schema, loop) if loop else None
        of_item = within is not None and (path in ("key", "value") or declares(within, path))
        if not (of_item or declares(schema, path) or path in ("verbose", *arguments)):
            yield f"{loop}: {path}" if loop else path


def row_schema(kind: Any) -> Schema:
    """The schema of a list's rows: of its only list of objects."""
    lists = [member["items"] for member in kind.result.schema["properties"].values() if "properties" in member.get("items", {})]
    return lists[-1]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", COMMANDS)
def test_template_names_declared_fields(name: str) -> None:
    kind = command(name)
    if kind.template is not None:
        assert list(undeclared(kind.template, kind.result.schema, [])) == []
    headings: Dict[str, Any] = getattr(kind, "headings", None) or {}
    assert list(undeclared(tuple(headings.values()), row_schema(kind), [])) == [] if headings else True


@pytest.mark.parametrize("name", [name for name in COMMANDS if getattr(command(name), "would", None)])
def test_dry_run_template_names_arguments_or_declared_fields(name: str) -> None:
    kind = command(name)
    schema = (kind.rehearsal or rehearsed(kind.preflight, kind.skippable)).schema
    parser = kind(*run_and_options(), cmd_name=name).get_parser(name)
    arguments = [action.dest for action in parser._actions]
    assert list(undeclared(kind.would, schema, arguments)) == []


def run_and_options() -> Any:
    from octoprint_cli.app.program import Program

    run = Program(environ={})
    return run, run.options


def test_shared_templates_name_declared_fields() -> None:
    assert list(undeclared(REHEARSED_TEMPLATE, rehearsed(True, True).schema, [])) == []
    assert list(undeclared(SKIPPED_TEMPLATE, SKIPPED.schema, [])) == []


def test_misspelled_field_is_found() -> None:
    schema = command("status").result.schema
    assert list(undeclared(["{job.flie}{state}", "{for unknown}{value}{nope}"], schema, [])) == ["job.flie", "unknown: nope"]


def test_every_command_that_acts_has_a_sentence() -> None:
    """What changes something says what is now true; the other formats of these commands are for programs."""
    acts = {name for name in COMMANDS if set(command(name).effects or ()) - {"reads", "asks"}}
    without = {name for name in acts if command(name).template is None and not _has_text(command(name))}
    assert without == {"batch"}


def _has_text(kind: Any) -> bool:
    from octoprint_cli.api import ShowOne

    return issubclass(kind, ShowOne) and kind.text is not ShowOne.text
