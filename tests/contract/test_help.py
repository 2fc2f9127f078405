"""Help: every command has a summary, every way of asking works, and none of them fails or needs a server."""

from __future__ import annotations

import itertools
import re

import pytest

from .program import Program
from .reading import READERS, as_json, as_lines, as_yaml, check_success
from .table import COMMANDS

EACH = pytest.mark.parametrize("command", COMMANDS)
WAYS = ["help {}", "{} --help", "{} -h", "--help {}", "-h {}"]
GLOBAL_OPTIONS = "--host --api-key --printer --timeout --config --json --format --verbose --quiet --debug --help --version".split()


@EACH
def test_a_command_has_a_summary_of_one_line(command: str, bare: Program) -> None:
    rows = {row["name"]: row["summary"] for row in check_success(as_json(bare.run("help", "--json").stdout))["commands"]}
    summary = rows[command]
    assert re.fullmatch(r"[a-z].{8,70}[^.\s]", summary), summary
    assert summary.isprintable() and len(summary) <= 61, "it stands behind the name, in 80 columns"


@EACH
@pytest.mark.parametrize("way", WAYS)
def test_command_help_as_plain_text(command: str, way: str, bare: Program) -> None:
    result = bare.run(*way.format(command).split())
    assert (result.exit_code, result.stderr) == (0, "")
    assert as_lines(result.stdout)[0].startswith(f"usage: octoprint-cli {command}")


@pytest.mark.parametrize(("command", "way"), list(zip(COMMANDS, itertools.cycle(WAYS))))
def test_command_help_as_json_and_yaml(command: str, way: str, bare: Program) -> None:
    result = bare.run(*way.format(command).split(), "--json")
    data = check_success(as_json(result.stdout))
    assert result.exit_code == 0
    assert data["command"] == command and data["help"].startswith(f"usage: octoprint-cli {command}")
    assert data["distribution"] is None
    in_yaml = check_success(as_yaml(bare.run("-f", "yaml", *way.format(command).split()).stdout))
    assert set(in_yaml) == set(data) and in_yaml["command"] == command


@EACH
def test_command_help_contains_docstring_and_options(command: str, bare: Program) -> None:
    text = bare.run("help", *command.split(), "--json").data["help"]
    summary = {row["name"]: row["summary"] for row in bare.run("help", "--json").data["commands"]}[command]
    assert summary in " ".join(text.split())
    assert "-c" in text and "==SUPPRESS==" not in text
    assert not re.search(r"^ +--[\w-]+( \S+)?$\n^ +--", text, re.MULTILINE), "an option without a word about it"


@pytest.mark.parametrize("argv", ["", "help", "--help", "-h", "--help --host nowhere.invalid"])
def test_the_overview_names_every_command_and_option(argv: str, bare: Program) -> None:
    result = bare.run(*argv.split())
    assert (result.exit_code, result.stderr) == (0, "")
    listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)  +\S", result.stdout, re.MULTILINE)
    assert set(COMMANDS) <= set(listed)
    assert [option for option in GLOBAL_OPTIONS if option not in result.stdout] == []


@pytest.mark.parametrize("argv", ["--json", "help --json", "--json --help", "-h --json"])
def test_help_overview_is_one_envelope(argv: str, bare: Program) -> None:
    result = bare.run(*argv.split())
    data = check_success(as_json(result.stdout))
    assert result.exit_code == 0 and set(COMMANDS) <= {row["name"] for row in data["commands"]}


def test_help_for_command_group_lists_subcommands(bare: Program) -> None:
    data = bare.run("help", "config", "--json").data
    assert [row["name"] for row in data["commands"]] == ["config show"]


def test_overview_groups_commands_by_topic_with_daily_ones_first(bare: Program) -> None:
    text = bare.run("help").stdout
    topics = ["print jobs", "printer", "files", "setup", "this program"]
    assert sorted(topics, key=lambda title: text.index(f"\n{title}:\n")) == topics
    jobs = re.findall(r"^  (\w+)  ", text.partition("\nprint jobs:\n")[2].partition("\n\n")[0], re.MULTILINE)
    assert jobs == ["print", "watch", "pause", "resume", "cancel", "preflight", "wait"]
    rows = {row["name"]: row["topic"] for row in bare.run("help", "--json").data["commands"]}
    assert (rows["print"], rows["files"], rows["config show"], rows["batch"]) == ("job", "files", "setup", "program")


@EACH
def test_command_help_has_own_options_then_safety_then_output_in_one_line(command: str, bare: Program) -> None:
    text = bare.run("help", *command.split()).stdout
    titles = [title for title in re.findall(r"^([a-z]+):", text, re.MULTILINE) if title != "usage"]
    own = titles[: titles.index("output")]
    assert titles[len(own) :] == ["output", "examples"] and "safety" not in own[:-1], titles
    assert text.count("help formats\n") >= 1 and "output formatter" not in text
    assert len(text.partition("\noutput:\n")[2].partition("\n\n")[0].splitlines()) == 1


@EACH
def test_options_with_a_default_name_it(command: str, bare: Program) -> None:
    for argument in bare.run("commands", *command.split(), "--json").data["commands"][0]["arguments"]:
        if argument["default"] not in (None, False, "", []):
            assert re.search(
                rf"\(default: {argument['default']:g}" if argument["type"] == "number" else r"\(default: ", argument["help"]
            )


def test_help_formats_describes_every_format(bare: Program) -> None:
    data = bare.run("help", "formats", "--json").data
    assert data["topic"] == "formats" and bare.run("help", "formats").stdout == data["help"] + "\n"
    assert [name for name in ("text", *READERS) if not re.search(rf"^  {name} +\S", data["help"], re.MULTILINE)] == []


def test_help_for_unknown_command_is_a_usage_error(bare: Program) -> None:
    for argv in (["help", "nonsense"], ["nonsense", "--help"], ["--help", "can"]):
        result = bare.run(*argv, "--json")
        assert (result.exit_code, result.code) == (4, "USAGE_ERROR")


def test_version_option_forms_agree(bare: Program) -> None:
    import octoprint_cli

    assert bare.run("--version").stdout == f"octoprint-cli {octoprint_cli.__version__}\n"
    assert bare.run("--version", "--json").data["cli"] == octoprint_cli.__version__
    assert bare.process("--version").stdout == bare.run("--version").stdout


def test_help_has_no_colour_and_no_pager(bare: Program) -> None:
    pager = bare.folder / "pager"
    pager.write_text(f"#!/bin/sh\ntouch {bare.folder}/PAGED\ncat\n")
    pager.chmod(0o755)
    result = bare.process("help", env={"PAGER": str(pager), "FORCE_COLOR": "1"})
    assert result.exit_code == 0 and "\x1b" not in result.stdout
    assert not (bare.folder / "PAGED").exists()
