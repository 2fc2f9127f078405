"""Which commands are tools, and what is said of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest
from asking import app, environment, here
from cliff.command import Command
from jsonschema import Draft202012Validator
from mcp import Client
from octoprint_cli_mcp import tools
from octoprint_cli_mcp.tools import Tool, ToolFilter

from octoprint_cli.api import ShowOne, errors, failure, fields
from octoprint_cli.app.foreign_commands import adapt
from octoprint_cli.testing import check_plugin


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """A run of the program that is configured for no server."""
    return app(environment(tmp_path))


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, Tool]:
    """Every tool that such a run offers if nothing is chosen."""
    return found(app(environment(tmp_path_factory.mktemp("offered"))))


def found(run: Any, *choice: Any) -> Dict[str, Tool]:
    return {tool.name: tool for tool in tools.load_tools(run, ToolFilter(*choice))[0]}


def test_every_noninteractive_command_is_a_tool(offered: Dict[str, Tool]) -> None:
    names = set(offered)
    assert {"status", "files", "print", "upload", "cancel", "temp", "wait", "gcode", "config_show", "explain"} <= names
    assert names & {"init", "help", "complete", "batch", "watch", "mcp_serve", "sandbox_start"} == set()


def test_only_and_except_accept_commands_and_groups(run: Any) -> None:
    assert set(found(run, ["status", "config"])) == {"status", "config_show"}
    assert set(found(run, ["status", "config show"], ["config"])) == {"status"}
    assert "print" not in found(run, [], ["print"]) and "status" in found(run, [], ["print"])
    assert "complete" in found(run, ["complete"])  # asked for by its name
    assert found(run, ["watch"]) == {}  # a stream is none, whoever asks
    with pytest.raises(errors.UsageError):
        found(run, ["nonsense"])
    with pytest.raises(errors.UsageError):
        found(run, [], ["nonsense"])


def test_read_only_offers_no_changing_tools(run: Any) -> None:
    names = set(found(run, [], [], True))
    assert {"status", "files", "preflight", "wait"} <= names
    assert names & {"print", "upload", "cancel", "pause", "temp", "gcode", "connect"} == set()


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("status", [True, False, True]),
        ("wait", [True, False, True]),
        ("temp", [False, False, True]),
        ("pause", [False, False, True]),
        ("upload", [False, False, True]),
        ("cancel", [False, True, True]),
        ("print", [False, True, False]),
        ("gcode", [False, True, False]),
        ("plugins_new", [False, True, False]),
    ],
)
def test_annotations_follow_effects_confirm_and_repeatable(offered: Dict[str, Tool], name: str, hints: List[bool]) -> None:
    said = offered[name].annotations
    assert [said[f"{hint}Hint"] for hint in ("readOnly", "destructive", "idempotent")] == hints
    assert said["openWorldHint"] is False


class Unsaid(ShowOne):
    """do what nobody has declared"""

    answer = fields.record()

    def take_action(self, parsed_args: Any) -> Dict[str, Any]:
        return {}


class Said(Unsaid):
    """show what is declared"""

    effects = ("reads",)


class Plain(Command):
    """do what a stranger does"""

    def take_action(self, parsed_args: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "hints"), [(Unsaid, [False, True, False]), (Plain, [False, True, False]), (Said, [True, False, True])]
)
def test_command_without_declared_effects_counts_as_destructive(run: Any, kind: Any, hints: List[bool], monkeypatch: Any) -> None:
    monkeypatch.setattr(run.command_manager, "names", lambda: ["status"])
    monkeypatch.setattr(run.command_manager, "load", lambda name: adapt(kind))
    (tool,) = found(run).values()
    assert [tool.annotations[f"{hint}Hint"] for hint in ("readOnly", "destructive", "idempotent")] == hints
    assert tool.is_queued({}) is not hints[0]
    assert len(found(run, [], [], True)) == hints[0]


def test_plugin_follows_the_plugin_rules() -> None:
    assert check_plugin("octoprint-cli-mcp") == []


@pytest.mark.parametrize(
    ("name", "given", "waits"),
    [
        ("status", {}, False),
        ("wait", {}, False),
        ("cancel", {"confirm": True}, False),
        ("pause", {}, False),
        ("resume", {}, True),
        ("print", {"stored": "x.gcode"}, True),
        ("upload", {"file": "x.gcode"}, True),
        ("temp", {"bed": "60"}, True),
        ("temp", {"off": True}, False),
        ("temp", {"off": False, "bed": "60"}, True),
        ("gcode", {"commands": ["M112"]}, False),
    ],
)
def test_only_changing_tools_that_stop_nothing_take_turns(
    offered: Dict[str, Tool], name: str, given: Dict[str, Any], waits: bool
) -> None:
    assert offered[name].is_queued(given) is waits


def test_description_mentions_required_confirm(offered: Dict[str, Tool]) -> None:
    cancel = offered["cancel"]
    assert "ends the print for good" in cancel.description and "confirm: true" in cancel.description
    assert cancel.input_schema["properties"]["confirm"]["type"] == "boolean"
    assert "confirm" not in offered["status"].input_schema["properties"]


def test_tool_schemas_are_valid_and_simple(offered: Dict[str, Tool]) -> None:
    for tool in offered.values():
        for schema in (tool.input_schema, tool.output_schema):
            Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert {"anyOf", "oneOf", "allOf", "$ref"} & set(tool.input_schema) == set()
        assert set(tool.name) <= set("abcdefghijklmnopqrstuvwxyz_-") and len(tool.name) <= 64


def test_output_schema_describes_the_whole_envelope(offered: Dict[str, Tool]) -> None:
    schema = Draft202012Validator(offered["cancel"].output_schema)
    data = {"action": "cancelled", "file": None, "state": "Operational"}
    error = failure(errors.PrinterBusy("it prints"))
    assert all(schema.is_valid(good) for good in ({"status": "success", "data": data}, error, {**error, "data": {}}))
    for wrong in (
        {"status": "success", "data": {}},
        {"status": "error", "data": None},
        {**error, "status": "success"},
        {"data": data},
    ):
        assert not schema.is_valid(wrong)


def test_client_receives_schemas_and_annotations(environ: Dict[str, str]) -> None:
    async def ask(client: Client) -> None:
        told = {tool.name: tool for tool in (await client.list_tools()).tools}
        ours = found(app(environ))
        assert set(told) == set(ours)
        for name, tool in ours.items():
            assert told[name].input_schema == tool.input_schema and told[name].output_schema == tool.output_schema
            hints = told[name].annotations
            assert hints is not None and hints.model_dump(by_alias=True, exclude_none=True) == tool.annotations
        assert "confirm: true" in (client.instructions or "")

    here(environ, ask)


def test_command_that_writes_here_needs_confirm(offered: Dict[str, Tool]) -> None:
    tool = offered["plugins_new"]
    assert tool.input_schema["properties"]["confirm"]["type"] == "boolean" and "confirm: true" in tool.description
    for values in ({"name": "lamp"}, {"name": "lamp", "confirm": False}):
        with pytest.raises(errors.ConfirmationRequired):
            tool.argv(values)
    assert tool.argv({"name": "lamp", "confirm": True}) == ["plugins", "new", "lamp"]


def test_numbers_have_numeric_types(offered: Dict[str, Tool]) -> None:
    properties = offered["temp"].input_schema["properties"]
    types = {name: properties[name]["type"] for name in ("limit", "bed", "chamber", "tool0", "wait_timeout")}
    assert types == {"limit": "integer", "bed": "number", "chamber": "number", "tool0": "number", "wait_timeout": "number"}


def test_default_of_an_argument_has_the_type_of_the_argument(offered: Dict[str, Tool]) -> None:
    kinds = {"integer": int, "number": (int, float), "string": str, "boolean": bool}
    for tool in offered.values():
        for name, schema in tool.input_schema["properties"].items():
            if "default" in schema:
                assert isinstance(schema["default"], kinds[schema["type"]]), (tool.name, name)
