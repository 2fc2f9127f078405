"""What a tool's arguments become, on the command line of the real program."""

from __future__ import annotations

import argparse
from typing import Any, Dict, List

import pytest
from octoprint_cli_mcp import line

from octoprint_cli.api import described, errors
from octoprint_cli.framework.parser import parse


class Command:
    """do something"""

    def get_parser(self, name: str) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(name)
        parser.add_argument("file")
        parser.add_argument("more", nargs="*")
        parser.add_argument("-n", "--count", type=int, default=3, help="how many")
        parser.add_argument("--kind", choices=("a", "b"))
        parser.add_argument("--ignore", action="append", default=[])
        parser.add_argument("--pair", nargs=2)
        parser.add_argument("--dry-run", action="store_true")
        return parser


def arguments() -> List[line.Argument]:
    return line.arguments_of(described(Command(), "do", None)["arguments"])


def parsed(given: Dict[str, Any]) -> Dict[str, Any]:
    words = line.words_of(arguments(), given)
    return vars(parse(Command().get_parser("do"), "do", words))


def test_input_schema_has_types_defaults_choices_and_required() -> None:
    schema = line.schema_of(arguments())
    assert schema["required"] == ["file"] and schema["additionalProperties"] is False
    assert schema["properties"] == {
        "file": {"type": "string"},
        "more": {"type": "array", "items": {"type": "string"}},
        "count": {"type": "integer", "default": 3, "description": "how many"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "ignore": {"type": "array", "items": {"type": "string"}},
        "pair": {"type": "array", "items": {"type": "string"}},
        "dry_run": {"type": "boolean"},
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"file": "x"}, {}),
        ({"file": "x", "count": 5}, {"count": 5}),
        ({"file": "x", "count": "5"}, {"count": 5}),
        ({"file": "x", "count": 5.0}, {"count": 5}),
        ({"file": "x", "count": -5}, {"count": -5}),
        ({"file": "x", "count": None, "more": None}, {}),
        ({"file": "x", "dry_run": False}, {}),
        ({"file": "x", "dry_run": True, "kind": "b"}, {"dry_run": True, "kind": "b"}),
        ({"file": "x", "more": ["y", "z"]}, {"more": ["y", "z"]}),
        ({"file": "x", "ignore": ["one", "--two"]}, {"ignore": ["one", "--two"]}),
        ({"file": "x", "pair": ["1", "2"], "more": ["y"]}, {"pair": ["1", "2"], "more": ["y"]}),
        ({"file": "--dry-run", "more": ["-n", "-"]}, {"file": "--dry-run", "more": ["-n", "-"]}),
        ({"file": "", "kind": "a"}, {"file": "", "kind": "a"}),
    ],
)
def test_arguments_are_passed_to_the_command(given: Dict[str, Any], expected: Dict[str, Any]) -> None:
    usual = {"file": "x", "more": [], "count": 3, "kind": None, "ignore": [], "pair": None, "dry_run": False}
    assert parsed(given) == {**usual, **expected}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "file must be given"),
        ({"file": None}, "file must be given"),
        ({"file": "x", "nonsense": 1}, "there is no argument nonsense"),
        ({"file": ["x"]}, "file is ['x'], and must be a string"),
        ({"file": True}, "file is True, and must be a string"),
        ({"file": "x", "dry_run": "false"}, "dry_run is 'false', and must be true or false"),
        ({"file": "x", "dry_run": 1}, "dry_run is 1, and must be true or false"),
        ({"file": "x", "more": "y"}, "more is 'y', and must be a list"),
        ({"file": "x", "more": ["y", {}]}, "more[1] is {}, and must be a string"),
        ({"file": "x", "count": "many"}, "invalid int value: 'many'"),
        ({"file": "x", "kind": "c"}, "invalid choice: 'c'"),
        ({"file": "x", "pair": ["--dry-run", "y"]}, "would be taken for an option"),
    ],
)
def test_invalid_arguments_are_a_usage_error(given: Dict[str, Any], said: str) -> None:
    with pytest.raises(errors.UsageError) as raised:
        parsed(given)
    assert said in raised.value.message


def test_argument_value_is_not_taken_for_a_subcommand() -> None:
    """`files` with the argument `info` is not `files info`."""
    only = [argument for argument in arguments() if argument.name == "file"]
    assert line.words_of(only, {"file": "info"}, ["info"]) == ["--", "info"]
    assert line.words_of(only, {"file": "other"}, ["info"]) == ["other"]
