"""The house rules: each format parses, answers are as declared, the catalogue and `explain` know everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator

import marlin_replies as said
import pytest
import yaml
from conftest import Run

from octoprint_cli.testing import FaultServer, check_plugin, run

LINES = [
    *("info", "position", "endstops", "eeprom show", "mesh show"),
    *("eeprom save --confirm", "mesh probe --confirm", "pid-tune tool0 200 --confirm", "eeprom save --dry-run"),
]
NAMES = {" ".join(word for word in line.split() if word not in ("tool0", "200") and word[0] != "-") for line in LINES}
CODES = ["NOT_MARLIN"]
_TYPES: Dict[str, Any] = {
    **{"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)},
    **{"integer": int, "number": (int, float)},
}


@pytest.fixture(autouse=True)
def firmware(server: FaultServer) -> None:
    """Everything is answered."""
    server.octoprint.replies.update(
        {"M503": said.MARLIN_2_1_M503, "M420": said.UBL, "M303": said.MARLIN_M303, "M500": said.MARLIN_M500}
    )


def faults_of(value: Any, schema: Dict[str, Any], at: str = "data") -> Iterator[str]:
    """Where a value is not as the JSON Schema wants it."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    right = any(isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in kinds)
    if (kinds and not right) or value not in schema.get("enum", [value]):
        yield f"{at} is {value!r}"
    elif isinstance(value, dict):
        yield from (f"{at} has no {name}" for name in schema.get("required", ()) if name not in value)
        for name, one in value.items():
            others = schema.get("additionalProperties")
            yield from faults_of(
                one, schema.get("properties", {}).get(name, others if isinstance(others, dict) else {}), f"{at}.{name}"
            )
    elif isinstance(value, list):
        for one in value:
            yield from faults_of(one, schema.get("items", {}), f"{at}[]")


def test_plugin_follows_the_plugin_rules() -> None:
    assert check_plugin("octoprint-cli-marlin") == []


@pytest.mark.parametrize("line", LINES)
def test_every_answer_parses_in_every_format(line: str, marlin: Run) -> None:
    answers = {form: marlin(*line.split(), format=form) for form in ("json", "yaml", "table", "value", "shell")}
    assert {answer.exit_code for answer in answers.values()} == {0}
    assert json.loads(answers["json"].stdout).keys() == yaml.safe_load(answers["yaml"].stdout).keys() == {"status", "data"}
    assert all("=" in one for one in answers["shell"].stdout.splitlines() if one)
    assert answers["table"].stdout.strip() and answers["value"].stdout.strip()


@pytest.mark.parametrize("line", [line for line in LINES if "--dry-run" not in line])
def test_every_answer_matches_its_schema(line: str, marlin: Run, tmp_path: Path) -> None:
    name = " ".join(word for word in line.split() if word not in ("tool0", "200") and word[0] != "-")
    schema = run("schema", "marlin", *name.split(), "--json", env={"OCTOPRINT_CLI_HOME": str(tmp_path)}).data["schema"]
    for variant in schema.get("oneOf") or schema.get("anyOf") or [schema]:
        found = list(faults_of(marlin(*line.split()).data, variant))
        if not found:
            return
    raise AssertionError(found)


@pytest.mark.parametrize("line", LINES)
def test_every_failure_is_reported_in_every_format(line: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.lose_printer()
    argv = [word for word in line.split() if word != "--dry-run"] + ["--confirm"] * ("--dry-run" in line)
    for form, read in (("json", json.loads), ("yaml", yaml.safe_load)):
        answer = marlin(*argv, format=form)
        assert read(answer.stdout)["error"]["code"] == "PRINTER_OFFLINE" and answer.exit_code == 1
    for form in ("table", "value", "shell"):
        answer = marlin(*argv, format=form)
        assert answer.stdout == "" and "(PRINTER_OFFLINE)" in answer.stderr and "Traceback" not in answer.stderr


def test_commands_lists_every_marlin_command(tmp_path: Path) -> None:
    rows = run("commands", "marlin", "--json", env={"OCTOPRINT_CLI_HOME": str(tmp_path)}).data["commands"]
    assert {row["name"] for row in rows} == {f"marlin {name}" for name in NAMES}
    assert {row["distribution"] for row in rows} == {"octoprint-cli-marlin"}
    guarded = {row["name"]: (row["effects"], row["repeatable"]) for row in rows if row["confirm"]}
    assert guarded == {
        "marlin eeprom save": (["writes"], True),
        "marlin mesh probe": (["moves"], False),
        "marlin pid-tune": (["heats"], False),
    }
    assert all(row["effects"] == ["reads"] for row in rows if not row["confirm"])


@pytest.mark.parametrize("code", CODES)
def test_explain_knows_the_plugins_error_codes(code: str, tmp_path: Path) -> None:
    data = run("explain", code, "--json", env={"OCTOPRINT_CLI_HOME": str(tmp_path)}).data
    assert (data["exit_code"], data["retryable"]) == (4, False) and len(data["advice"]) > 60


def test_the_readme_names_every_command_and_code() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert [name for name in [*(f"marlin {name}" for name in NAMES), *CODES] if name not in readme] == []


def test_firmware_text_is_escaped_on_terminal(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = ["FIRMWARE_NAME:Marlin \x1b[31m2.1 PROTOCOL_VERSION:1.0", "ok"]
    server.octoprint.replies["M503"] = ["echo:; Steps \x1b[31m:", "echo: M92 X80.00", "ok"]
    for form in ("table", "value", "shell"):
        for line in ("info", "eeprom show"):
            assert "\x1b" not in marlin(*line.split(), format=form).stdout, (line, form)
