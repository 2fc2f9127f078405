"""Fields are only ever added: the shape of every command's data, held against a golden table."""

from __future__ import annotations

import copy
from typing import Any, List

import pytest

from octoprint_cli.testing import FaultServer

from .program import Program
from .reading import as_json, check_failure, check_success
from .shapes import SHAPES, Shape, differences
from .table import COMMANDS, Case, reader


def data_of(shape: Shape, program: Program, server: FaultServer) -> Any:
    """What the program answers in that scene."""
    shape.scene(server)
    read = reader(shape.argv.split()[0], "json") if shape.argv.split()[0] in COMMANDS else as_json
    envelope = read(program.run(*Case(shape.argv).words(program), "--json").stdout)
    if not shape.code:
        return check_success(envelope)
    check_failure(envelope, shape.code)
    return envelope["data"]


@pytest.mark.parametrize("shape", SHAPES, ids=[f"{shape.argv}, {shape.scene.__name__}" for shape in SHAPES])
def test_data_fields_keep_their_names_and_types(shape: Shape, program: Program, server: FaultServer) -> None:
    assert list(differences(shape.data, data_of(shape, program, server))) == []


def test_every_command_has_a_shape() -> None:
    lines = [f"{shape.argv} " for shape in SHAPES if not shape.code]
    assert [command for command in COMMANDS if not any(line.startswith(f"{command} ") for line in lines)] == []


def test_lists_in_shape_scenarios_are_not_empty(program: Program, server: FaultServer) -> None:
    """An empty list has every shape."""
    full = {
        "commands": "commands",
        "config show": "settings",
        "complete --words=stat": "words",
        "help": "commands",
        "plugins list": "plugins",
        "preflight": "checks",
    }
    for argv, name in full.items():
        assert program.run(*argv.split(), "--json").data[name]


GOOD = {
    "state": "Printing",
    "job": {"completion": 1.5, "size": 3, "user": None},
    "heaters": {"tool0": 20},
    "rows": [{"id": "a", "on": True}],
}
SHAPE = {
    "state": "text",
    "job": {"completion": "number", "size": "whole", "user": "text?"},
    "heaters": {"*": "number"},
    "rows": [{"id": "text", "on": "switch"}],
}


def changed(*path: Any, to: Any) -> Any:
    """The good data with one value replaced."""
    data: Any = copy.deepcopy(GOOD)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return data


def without(*path: Any) -> Any:
    data: Any = copy.deepcopy(GOOD)
    place = data
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return data


BROKEN: List[Any] = [
    without("state"),
    without("job", "user"),
    without("rows", 0, "on"),
    changed("state", to=None),
    changed("job", to=None),
    changed("job", "completion", to="1.5"),
    changed("job", "size", to=3.5),
    changed("job", "size", to=True),
    changed("heaters", "tool0", to="20 C"),
    changed("rows", to={}),
    changed("rows", 0, "on", to=1),
]


def test_shape_comparison_detects_differences() -> None:
    """A removed field and a retyped one are found, an added one is fine."""
    assert list(differences(SHAPE, {**GOOD, "more": 1})) == []
    assert [data for data in BROKEN if len(list(differences(SHAPE, data))) != 1] == []


def test_unknown_values_are_null_not_zero(program: Program, server: FaultServer) -> None:
    server.octoprint.completion = -100
    assert program.run("status", "--json").data["job"]["completion"] is None
    server.octoprint.heaters["tool0"] = [None, None]
    server.octoprint.heaters.pop("bed")
    unknown = {"actual": None, "target": None}
    assert program.run("status", "--json").data["temperature"] == {"tool0": unknown, "bed": unknown}
