"""commands, schema, explain: what a machine is told is complete, and is what the commands do."""

from __future__ import annotations

import re
import shlex

import pytest

from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.app.program import Program
from octoprint_cli.errors import CODES, OWN_CODES
from octoprint_cli.framework.catalogue import error_codes
from octoprint_cli.framework.guard import Guarded
from octoprint_cli.framework.parser import parse
from octoprint_cli.framework.results import EFFECTS
from octoprint_cli.framework.stream import Stream

from .test_about import COMMANDS, NO_SERVER, fails

EACH = pytest.mark.parametrize("name", COMMANDS)
OWN = sorted(OWN_CODES)


@pytest.fixture(scope="module")
def kinds():
    manager = CommandManager()
    return {name: manager.load(name) for name in COMMANDS}


@pytest.fixture(scope="module")
def cached():
    """The catalogue, once the first test has asked for it: it is the same for all."""
    return {}


@pytest.fixture
def catalogue(server, cached):
    if not cached:
        cached.update((row["name"], row) for row in server.run_ok("commands", env=NO_SERVER)["commands"])
    return cached


# -- commands ---------------------------------------------------------------------------------------


def test_commands_lists_every_command_without_a_server(server, catalogue):
    assert list(catalogue) == COMMANDS
    assert all(row["distribution"] is None for row in catalogue.values())
    assert server.requests == []


def test_commands_can_be_filtered_by_name_or_group(server):
    def listed(*words):
        return [row["name"] for row in server.run_ok("commands", *words)["commands"]]

    assert listed("plugins", "new") == ["plugins new"]
    assert listed("plugins") == ["plugins check", "plugins list", "plugins new"]
    assert listed("print") == ["print"]
    server.run_error(4, "USAGE_ERROR", "commands", "prin")


def test_argument_description_matches_its_parser(catalogue):
    arguments = {one["name"]: one for one in catalogue["print"]["arguments"]}
    assert arguments["if_exists"] == {
        "name": "if_exists",
        "options": ["--if-exists"],
        "type": "string",
        "many": False,
        "repeated": False,
        "required": False,
        "default": "replace",
        "choices": arguments["if_exists"]["choices"],
        "help": arguments["if_exists"]["help"],
    }
    assert {"rename", "replace"} <= set(arguments["if_exists"]["choices"])
    assert (arguments["confirm"]["type"], arguments["confirm"]["default"]) == ("boolean", False)
    assert (arguments["ignore"]["repeated"], arguments["ignore"]["many"]) == (True, True)
    assert (arguments["wait_timeout"]["type"], arguments["wait_timeout"]["default"]) == ("number", None)
    (commands, *_) = catalogue["gcode"]["arguments"]
    assert (commands["name"], commands["options"], commands["required"], commands["many"]) == ("commands", [], True, True)


def test_formatter_options_are_not_listed_as_command_arguments(catalogue):
    found = {option for row in catalogue.values() for argument in row["arguments"] for option in argument["options"]}
    assert found and found & {"-f", "--format", "-c", "--column", "--help", "--json", "--prefix", "--sort-column"} == set()


@EACH
def test_listed_options_match_command_help(name, server, catalogue):
    shown = server.run_ok("help", *name.split())["help"]
    options = [argument["options"][0] for argument in catalogue[name]["arguments"] if argument["options"]]
    assert [option for option in options if option not in shown] == []
    own = shown.partition("\noutput:")[0]
    shown_options = set(re.findall(r"^  (--[a-z-]+)", own, re.MULTILINE))
    assert shown_options <= {option for argument in catalogue[name]["arguments"] for option in argument["options"]}


@EACH
def test_guarded_commands_declare_their_effects(name, kinds, catalogue):
    row, kind = catalogue[name], kinds[name]
    assert row["effects"] and set(row["effects"]) <= set(EFFECTS)
    assert row["dry_run"] == issubclass(kind, Guarded) and row["streams"] == issubclass(kind, Stream)
    if issubclass(kind, Guarded):
        assert set(row["effects"]) - {"reads"}
        assert row["confirm"] == kind.destructive
    assert ("confirm" in {argument["name"] for argument in row["arguments"]}) == (row["confirm"] is not None)


def test_dangerous_commands_need_confirm_and_starts_are_not_repeatable(catalogue):
    assert {name for name, row in catalogue.items() if row["confirm"]} == {"cancel", "disconnect", "gcode", "print", "resume"}
    assert {name for name, row in catalogue.items() if not row["repeatable"]} >= {"batch", "gcode", "print"}
    assert all(row["repeatable"] for row in catalogue.values() if row["effects"] == ["reads"])


@EACH
def test_listed_error_codes_match_listed_exit_codes(name, catalogue):
    row = catalogue[name]
    assert set(row["error_codes"]) <= set(CODES)
    assert row["exit_codes"] == sorted({0, *(int(CODES[code].exit_code) for code in row["error_codes"])})


def test_every_error_code_is_used_by_a_command_other_than_batch(kinds):
    """One that none can end with would be dead."""
    assert set(OWN) == {code for name, kind in kinds.items() if name != "batch" for code in error_codes(kind)}


def test_commands_lists_plugin_commands_and_reports_broken_plugins(server, extra_plugins, catalogue):
    from octoprint_cli.commands.printer.status import Status

    extra_plugins.add("commands", "acme_look", lambda: Status)
    extra_plugins.add("commands", "laser", fails(ImportError("no module named laser")))
    data = server.run_ok("commands", env=NO_SERVER)
    rows = {row["name"]: row for row in data["commands"]}
    assert set(rows) == {*COMMANDS, "acme look"} and rows["acme look"]["distribution"] == "acme-tools"
    assert len(data["broken"]) == 1 and "no module named laser" in data["broken"][0]
    assert {**rows["acme look"], "name": "status", "distribution": None} == catalogue["status"]


def test_plain_cliff_command_is_listed_without_promises(server, extra_plugins):
    from cliff.command import Command

    class Plain(Command):
        """do something of its own"""

        def take_action(self, parsed_args):
            self.app.stdout.write("done\n")

    extra_plugins.add("commands", "plain", lambda: Plain)
    (row,) = server.run_ok("commands", "plain")["commands"]
    assert (row["effects"], row["repeatable"], row["confirm"]) == (None, False, None)
    assert server.run_ok("schema", "plain")["schema"] == {"type": "object"}


@pytest.mark.parametrize("name", ["text", "table", "json", "yaml", "csv", "value"])
def test_commands_supports_every_list_format(name, server):
    assert server.run("commands", "-f", name, env=NO_SERVER).exit_code == 0


# -- schema -----------------------------------------------------------------------------------------


@EACH
def test_every_command_has_a_nonempty_schema(name, server):
    schema = server.run_ok("schema", *name.split())["schema"]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == f"data of octoprint-cli {name}"
    bodies = schema.get("anyOf", [schema])
    assert all(body["type"] == "object" and body["properties"] for body in bodies)


def test_schema_of_unknown_command_is_a_usage_error(server):
    server.run_error(4, "USAGE_ERROR", "schema", "nonsense")
    server.run_error(4, "USAGE_ERROR", "schema", "status", "more")
    server.run_error(4, "USAGE_ERROR", "schema")


# -- explain ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", OWN)
def test_every_error_code_is_explained(code, server):
    data = server.run_ok("explain", code, env=NO_SERVER)
    assert (data["code"], data["exit_code"]) == (code, int(CODES[code].exit_code))
    assert data["retryable"] is CODES[code].retryable
    assert data["meaning"].endswith(".") and len(data["meaning"]) > 10
    assert data["advice"] == CODES[code].advice and data["advice"].endswith(".")
    assert server.requests == []


@pytest.mark.parametrize("code", OWN)
def test_explained_next_step_is_a_valid_command_line(code, server):
    check_parses(server.run_ok("explain", code)["next"])


@pytest.mark.parametrize("code", OWN)
def test_every_command_line_in_an_advice_parses(code):
    for line in re.findall(r"`(octoprint-cli [^`]+)`", CODES[code].advice):
        check_parses(line)


def check_parses(line):
    name, *words = shlex.split(line, comments=True)  # a remark stands behind #, as in a shell
    assert name == "octoprint-cli", line
    app = Program(environ={})
    _, rest = app.parser.parse_known_args(words)
    kind, command, more = app.command_manager.find_command(rest)
    parse(kind(app, app.options, cmd_name=command).get_parser(command), command, more)


def test_explain_ignores_case_and_suggests_near_matches(server):
    assert server.run_ok("explain", "printer_busy")["code"] == "PRINTER_BUSY"
    result = server.run_error(4, "USAGE_ERROR", "explain", "PRINTER_BUZY")
    assert "PRINTER_BUSY" in result.envelope["error"]["message"]
