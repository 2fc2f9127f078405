"""Which commands there are: exact names, built-ins first, and each fault with its owner."""

from __future__ import annotations

import pytest
from cliff.command import Command
from cliff.lister import Lister as CliffLister
from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.api import ShowOne
from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.errors import PluginError
from octoprint_cli.plugins.entry_points import EntryPointGroup, command_name_of, entry_point_name_of


class Mine(ShowOne):
    """do a vendor's thing"""

    def take_action(self, parsed_args):
        return {"who": "vendor"}


class Plain(Command):
    """a stranger's plain command"""

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument("--returning", type=int, default=0)
        parser.add_argument("--crash", action="store_true")
        parser.add_argument("--leave", action="store_true")
        return parser

    def take_action(self, parsed_args):
        if parsed_args.crash:
            raise ZeroDivisionError("division by zero")
        if parsed_args.leave:
            raise SystemExit(2)
        self.app.stdout.write("written\n")
        print("printed")
        return parsed_args.returning


class PlainShow(CliffShowOne):
    """a stranger's object"""

    def take_action(self, parsed_args):
        return ("a", "b"), (1, "x")


class PlainList(CliffLister):
    """a stranger's list"""

    def take_action(self, parsed_args):
        return ("a", "b"), [(1, "x"), (2, "y")]


def fails(error):
    def load():
        raise error

    return load


@pytest.mark.parametrize("abbreviated", ["can", "stat", "statu", "fil", "config sho", "plugins l"])
def test_command_names_cannot_be_abbreviated(server, abbreviated):
    server.run_error(4, "USAGE_ERROR", *abbreviated.split())
    assert server.requests == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("cancle", "cancel"), ("stauts", "status"), ("prnit x", "print"), ("config shwo", "config show"), ("Status", "status")],
)
def test_misspelled_command_gets_a_suggestion(server, typed, meant):
    result = server.run_error(4, "USAGE_ERROR", *typed.split())
    assert meant in result.envelope["error"]["message"]


def test_unlike_word_gets_no_suggestion(server):
    result = server.run_error(4, "USAGE_ERROR", "xyzzy")
    assert result.envelope["error"]["details"] == {"did_you_mean": []}
    assert "did you mean" not in result.envelope["error"]["message"]


def test_unknown_subcommand_lists_those_that_there_are(server):
    message = server.run_error(4, "USAGE_ERROR", "config", "xyzzy").envelope["error"]["message"]
    assert message == "'config xyzzy' is not a command (choose from config show)"


def test_command_group_alone_lists_its_subcommands(server):
    data = server.run_ok("config")
    assert data["group"] == "config" and [row["name"] for row in data["commands"]] == ["config show"]


def test_underscore_in_entry_point_name_means_space():
    assert (command_name_of("config_show"), entry_point_name_of("config show")) == ("config show", "config_show")


def test_longest_matching_command_name_wins(extra_plugins):
    extra_plugins.add("commands", "config", lambda: Mine)
    manager = CommandManager()
    assert manager.find_command(["config", "show"])[1:] == ("config show", [])
    assert manager.find_command(["config", "x"])[1:] == ("config", ["x"])
    assert manager.find_command(["config", "--x", "show"])[1:] == ("config", ["--x", "show"])


def test_listing_command_names_imports_nothing(extra_plugins):
    extra_plugins.add("commands", "broken", fails(AssertionError("it was imported")))
    assert {"broken", "cancel", "config show"} <= set(CommandManager().names())


def test_plugin_command_runs(server, extra_plugins):
    extra_plugins.add("commands", "acme_do", lambda: Mine)
    assert server.run_ok("acme", "do") == {"who": "vendor"}


def test_plugin_cannot_shadow_builtin_command(server, extra_plugins):
    extra_plugins.add("commands", "cancel", lambda: Mine)
    server.run_error(4, "CONFIRMATION_REQUIRED", "cancel")
    assert CommandManager().owner("cancel") is None


def test_a_built_in_format_cannot_be_shadowed(server, extra_plugins):
    extra_plugins.add("formatter.show", "json", lambda: Mine)
    assert server.run_ok("version", "--client")["server"] is None


def test_command_claimed_by_two_plugins_is_refused(server, extra_plugins):
    extra_plugins.add("commands", "laser", lambda: Mine, "acme-tools")
    extra_plugins.add("commands", "laser", lambda: Mine, "bolt-tools")
    result = server.run_error(4, "PLUGIN_ERROR", "laser")
    message = result.envelope["error"]["message"]
    assert "acme-tools" in message and "bolt-tools" in message
    assert "pip uninstall" in result.envelope["error"]["hint"]


@pytest.mark.parametrize("group", ["commands", "preflight", "formatter.show", "formatter.list"])
def test_builtin_entry_points_do_not_clash_and_all_load(group):
    extensions = EntryPointGroup(f"octoprint_cli.{group}")
    assert extensions.clashes() == []
    assert all(extensions.load(name) for name in extensions.names())


def test_clash_reports_both_distributions(extra_plugins):
    extra_plugins.add("commands", "laser", lambda: Mine, "acme-tools")
    extra_plugins.add("commands", "laser", lambda: Mine, "bolt-tools")
    assert [fault.distribution for fault in EntryPointGroup("octoprint_cli.commands").clashes()] == ["acme-tools", "bolt-tools"]


def test_clash_names_entry_point_and_rival(extra_plugins):
    extra_plugins.add("commands", "cancel", lambda: Mine)
    (fault,) = EntryPointGroup("octoprint_cli.commands").clashes()
    assert (fault.name, fault.distribution) == ("cancel", "acme-tools")
    assert "octoprint_cli.commands.job.control:Cancel" in fault.problem


@pytest.mark.parametrize(
    "error",
    [
        ImportError("no module named acme"),
        AttributeError("Thing"),
        SyntaxError("bad"),
        RuntimeError("boom"),
        SystemExit(0),
        SystemExit(2),
    ],
    ids=repr,
)
def test_broken_plugin_is_named_and_only_its_commands_fail(server, extra_plugins, error):
    extra_plugins.add("commands", "laser", fails(error))
    result = server.run_error(4, "PLUGIN_ERROR", "laser")
    message, hint = result.envelope["error"]["message"], result.envelope["error"]["hint"]
    assert "acme-tools" in message and type(error).__name__ in message
    assert "pip install --upgrade acme-tools" in hint and "pip uninstall acme-tools" in hint
    assert server.run_ok("status")["state"] == "Operational"
    assert {"name": "laser", "summary": f"(broken: {message})", "topic": None} in server.run_ok("help")["commands"]


def test_cached_entry_point_of_uninstalled_package_is_reported(extra_plugins, monkeypatch):
    extra_plugins.add("commands", "laser", fails(ImportError("gone")))
    monkeypatch.setattr("octoprint_cli.plugins.distributions.installed", lambda: iter(()))
    with pytest.raises(PluginError, match="no longer installed"):
        EntryPointGroup("octoprint_cli.commands").load("laser")


@pytest.mark.parametrize("thing", [object, lambda: None, "text"], ids=["class", "function", "text"])
def test_object_that_is_no_cliff_command_is_a_plugin_error(server, extra_plugins, thing):
    extra_plugins.add("commands", "laser", lambda: thing)
    assert "acme-tools" in server.run_error(4, "PLUGIN_ERROR", "laser").envelope["error"]["message"]


def test_plain_cliff_command_output_is_wrapped_in_envelope(server, extra_plugins):
    extra_plugins.add("commands", "plain", lambda: Plain)
    assert server.run_ok("plain") == {"output": "written\nprinted\n"}


def test_plain_cliff_command_with_nonzero_return_is_an_error(server, extra_plugins):
    extra_plugins.add("commands", "plain", lambda: Plain)
    server.run_error(4, "PLUGIN_ERROR", "plain", "--returning", "3")


@pytest.mark.parametrize(("option", "cause"), [("--crash", "ZeroDivisionError"), ("--leave", "SystemExit")])
def test_crash_in_plugin_command_is_a_plugin_error(server, extra_plugins, option, cause):
    extra_plugins.add("commands", "plain", lambda: Plain)
    result = server.run_error(4, "PLUGIN_ERROR", "plain", option)
    assert "acme-tools" in result.envelope["error"]["message"] and cause in result.envelope["error"]["message"]
    assert result.envelope["error"]["details"] == {"distribution": "acme-tools"}


@pytest.mark.parametrize("option", ["--retur=1", "--nonsense", "--returning=x"])
def test_plugin_options_are_exact_and_errors_are_usage_errors(server, extra_plugins, option):
    extra_plugins.add("commands", "plain", lambda: Plain)
    server.run_error(4, "USAGE_ERROR", "plain", option)


def test_plain_cliff_show_and_list_commands_use_the_envelope(server, extra_plugins):
    extra_plugins.add("commands", "shown", lambda: PlainShow)
    extra_plugins.add("commands", "listed", lambda: PlainList)
    assert server.run_ok("shown") == {"a": 1, "b": "x"}
    assert server.run_ok("listed") == {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
    assert server.run("listed", "-f", "csv").stdout == "a,b\n1,x\n2,y\n"
