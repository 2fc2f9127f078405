"""Which commands there are: exact names, built-ins first, and each fault with its owner."""

from __future__ import annotations

import pytest
from cliff.command import Command
from cliff.lister import Lister as CliffLister
from cliff.show import ShowOne as CliffShowOne

from octoprint_cli.api import ShowOne
from octoprint_cli.app.command_loader import CommandManager
from octoprint_cli.errors import PluginError
from octoprint_cli.plugins.entry_points import Extensions, spoken, written


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
def test_a_name_is_never_abbreviated(server, abbreviated):
    server.refuses(4, "USAGE_ERROR", *abbreviated.split())
    assert server.requests == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("cancle", "cancel"), ("stauts", "status"), ("prnit x", "print"), ("config shwo", "config show"), ("Status", "status")],
)
def test_what_was_meant_is_proposed(server, typed, meant):
    result = server.refuses(4, "USAGE_ERROR", *typed.split())
    assert meant in result.envelope["error"]["message"]


def test_nothing_is_proposed_for_what_is_like_nothing(server):
    result = server.refuses(4, "USAGE_ERROR", "xyzzy")
    assert result.envelope["error"]["details"] == {"did_you_mean": []}
    assert "did you mean" not in result.envelope["error"]["message"]


def test_a_first_word_alone_is_told_what_stands_below_it(server):
    message = server.refuses(4, "USAGE_ERROR", "config").envelope["error"]["message"]
    assert "config show" in message


def test_an_underscore_is_a_space():
    assert (spoken("config_show"), written("config show")) == ("config show", "config_show")


def test_the_longest_name_wins(add_ons):
    add_ons.add("commands", "config", lambda: Mine)
    manager = CommandManager()
    assert manager.find_command(["config", "show"])[1:] == ("config show", [])
    assert manager.find_command(["config", "x"])[1:] == ("config", ["x"])
    assert manager.find_command(["config", "--x", "show"])[1:] == ("config", ["--x", "show"])


def test_listing_imports_nothing(add_ons):
    add_ons.add("commands", "broken", fails(AssertionError("it was imported")))
    assert {"broken", "cancel", "config show"} <= set(CommandManager().names())


def test_a_vendors_command_runs(server, add_ons):
    add_ons.add("commands", "acme_do", lambda: Mine)
    assert server.does("acme", "do") == {"who": "vendor"}


def test_a_built_in_cannot_be_shadowed(server, add_ons):
    add_ons.add("commands", "cancel", lambda: Mine)
    server.refuses(4, "CONFIRMATION_REQUIRED", "cancel")
    assert CommandManager().owner("cancel") is None


def test_a_built_in_format_cannot_be_shadowed(server, add_ons):
    add_ons.add("formatter.show", "json", lambda: Mine)
    assert server.does("version", "--client")["server"] is None


def test_what_two_claim_is_run_by_neither(server, add_ons):
    add_ons.add("commands", "laser", lambda: Mine, "acme-tools")
    add_ons.add("commands", "laser", lambda: Mine, "bolt-tools")
    result = server.refuses(4, "PLUGIN_ERROR", "laser")
    message = result.envelope["error"]["message"]
    assert "acme-tools" in message and "bolt-tools" in message
    assert "pip uninstall" in result.envelope["error"]["hint"]


@pytest.mark.parametrize("group", ["commands", "preflight", "formatter.show", "formatter.list"])
def test_the_built_ins_do_not_clash_and_can_all_be_loaded(group):
    extensions = Extensions(f"octoprint_cli.{group}")
    assert extensions.clashes() == []
    assert all(extensions.load(name) for name in extensions.names())


def test_both_who_claim_a_name_are_reported(add_ons):
    add_ons.add("commands", "laser", lambda: Mine, "acme-tools")
    add_ons.add("commands", "laser", lambda: Mine, "bolt-tools")
    assert [fault.distribution for fault in Extensions("octoprint_cli.commands").clashes()] == ["acme-tools", "bolt-tools"]


def test_a_clash_names_the_name_and_the_rival(add_ons):
    add_ons.add("commands", "cancel", lambda: Mine)
    (fault,) = Extensions("octoprint_cli.commands").clashes()
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
def test_a_broken_add_on_is_named_with_cause_and_remedy_and_costs_its_own_commands_only(server, add_ons, error):
    add_ons.add("commands", "laser", fails(error))
    result = server.refuses(4, "PLUGIN_ERROR", "laser")
    message, hint = result.envelope["error"]["message"], result.envelope["error"]["hint"]
    assert "acme-tools" in message and type(error).__name__ in message
    assert "pip install --upgrade acme-tools" in hint and "pip uninstall acme-tools" in hint
    assert server.does("status")["state"] == "Operational"
    assert {"name": "laser", "summary": f"(broken: {message})"} in server.does("help")["commands"]


def test_what_an_uninstalled_package_left_in_the_cache_is_told_so(add_ons, monkeypatch):
    add_ons.add("commands", "laser", fails(ImportError("gone")))
    monkeypatch.setattr("octoprint_cli.plugins.distributions.installed", lambda: iter(()))
    with pytest.raises(PluginError, match="no longer installed"):
        Extensions("octoprint_cli.commands").load("laser")


@pytest.mark.parametrize("thing", [object, lambda: None, "text"], ids=["class", "function", "text"])
def test_what_is_no_cliff_command_is_named(server, add_ons, thing):
    add_ons.add("commands", "laser", lambda: thing)
    assert "acme-tools" in server.refuses(4, "PLUGIN_ERROR", "laser").envelope["error"]["message"]


def test_a_plain_commands_output_becomes_the_envelopes(server, add_ons):
    add_ons.add("commands", "plain", lambda: Plain)
    assert server.does("plain") == {"output": "written\nprinted\n"}


def test_a_plain_command_that_returns_a_failure_is_one(server, add_ons):
    add_ons.add("commands", "plain", lambda: Plain)
    server.refuses(4, "PLUGIN_ERROR", "plain", "--returning", "3")


@pytest.mark.parametrize(("option", "cause"), [("--crash", "ZeroDivisionError"), ("--leave", "SystemExit")])
def test_a_strangers_crash_is_the_strangers(server, add_ons, option, cause):
    add_ons.add("commands", "plain", lambda: Plain)
    result = server.refuses(4, "PLUGIN_ERROR", "plain", option)
    assert "acme-tools" in result.envelope["error"]["message"] and cause in result.envelope["error"]["message"]
    assert result.envelope["error"]["details"] == {"distribution": "acme-tools"}


@pytest.mark.parametrize("option", ["--retur=1", "--nonsense", "--returning=x"])
def test_a_strangers_options_are_exact_too_and_its_usage_errors_ours(server, add_ons, option):
    add_ons.add("commands", "plain", lambda: Plain)
    server.refuses(4, "USAGE_ERROR", "plain", option)


def test_a_strangers_object_and_list_answer_in_the_envelope(server, add_ons):
    add_ons.add("commands", "shown", lambda: PlainShow)
    add_ons.add("commands", "listed", lambda: PlainList)
    assert server.does("shown") == {"a": 1, "b": "x"}
    assert server.does("listed") == {"rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}
    assert server.run("listed", "-f", "csv").stdout == "a,b\n1,x\n2,y\n"
