"""The guard: its order, what it refuses, and that no subclass gets around it."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Guarded, Lister, ShowOne, errors, fields
from octoprint_cli.framework.base import ALIASES
from octoprint_cli.preflight.report import Report

READY = {
    "ready": True,
    "strict": False,
    "ignored": [],
    "exemptions": [],
    "checked": [],
    "skipped": [],
    "warnings": [],
}


def probe(**attributes):
    """A vendor's guarded command that writes down what was called."""
    called = []

    class Probe(Guarded, ShowOne):
        """probe"""

        destructive = "moves the nozzle"
        preflight = True
        skippable = True

        def consent(self, parsed_args):
            called.append("consent")
            return super().consent(parsed_args)

        def run_preflight(self, parsed_args):
            called.append("preflight")
            return Report([])

        def check(self, parsed_args):
            called.append("check")

        def perform(self, parsed_args):
            called.append("perform")
            self.client.printer.send(["G29"])
            return {"action": "probed"}

    for name, value in attributes.items():
        setattr(Probe, name, value)
    return Probe, called


@pytest.fixture
def vendor(server, extra_plugins):
    """Installs such a command; what was called."""
    server.on("POST", "/api/printer/command", status_code=204)

    def install(**attributes):
        command, called = probe(**attributes)
        extra_plugins.add("commands", "probe", lambda: command)
        return called

    return install


@pytest.mark.parametrize("name", ["take_action", "run"])
def test_subclass_overriding_final_method_is_refused(name):
    with pytest.raises(TypeError, match=name):
        type("Sly", (Guarded, ShowOne), {"destructive": None, name: lambda self, parsed_args: {}})


@pytest.mark.parametrize("name", ["take_action", "run"])
def test_subclass_inheriting_override_before_guard_is_refused(name):
    before = type("Before", (), {name: lambda self, parsed_args: {}})
    with pytest.raises(TypeError, match=name):
        type("Sly", (before, Guarded, ShowOne), {"destructive": None})


def test_subclass_with_guard_after_command_is_refused():
    with pytest.raises(TypeError, match="must not define"):
        type("Sly", (ShowOne, Guarded), {"destructive": None})


def test_subclass_of_subclass_overriding_final_method_is_refused():
    command, _ = probe()
    with pytest.raises(TypeError, match="take_action"):
        type("Sly", (command,), {"take_action": lambda self, parsed_args: {}})


def test_destructive_must_be_declared():
    with pytest.raises(TypeError, match="destructive"):
        type("Silent", (Guarded, ShowOne), {"perform": lambda self, parsed_args: {}})


def test_destructive_may_be_inherited():
    command, _ = probe()
    assert type("Heir", (command,), {}).destructive == "moves the nozzle"


def test_confirmation_is_checked_before_anything_else(server, vendor):
    called = vendor()
    result = server.run_error(4, "CONFIRMATION_REQUIRED", "probe", "--skip-if-printing")
    assert called == ["consent"] and server.requests == []
    assert result.envelope["error"]["message"] == "this moves the nozzle"
    assert result.envelope["error"]["hint"] == "octoprint-cli probe --skip-if-printing --json --confirm"


def test_guard_runs_preflight_then_check_then_perform(server, vendor):
    called = vendor()
    assert server.run_ok("probe", "--confirm") == {"action": "probed", "preflight": READY}
    assert called == ["consent", "preflight", "check", "perform"]
    assert len(server.sent) == 1


def test_skip_if_printing_comes_before_preflight(server, vendor):
    called = vendor()
    server.job(server.reading("Printing", "a.gcode"))
    assert server.run_ok("probe", "--confirm", "--skip-if-printing")["action"] == "skipped"
    assert called == ["consent"] and server.sent == []


def test_no_preflight_still_runs_check(server, vendor):
    called = vendor()
    assert server.run_ok("probe", "--confirm", "--no-preflight") == {"action": "probed", "preflight": None}
    assert called == ["consent", "check", "perform"]


def test_failing_check_prevents_perform(server, vendor):
    def refuse(self, parsed_args):
        raise errors.PrinterBusy("not now")

    called = vendor(check=refuse)
    server.run_error(3, "PRINTER_BUSY", "probe", "--confirm")
    assert "perform" not in called and server.sent == []


def test_builtin_preflight_guards_plugin_command(server, vendor):
    vendor(run_preflight=Guarded.run_preflight)
    server.job("Paused")
    result = server.run_error(3, "PRINTER_BUSY", "probe", "--confirm")
    assert result.data["ready"] is False and server.sent == []


def test_dry_run_needs_no_confirm_runs_checks_and_sends_nothing(server, vendor):
    called = vendor()
    data = server.run_ok("probe", "--dry-run")
    assert called == ["consent", "preflight", "check", "perform"]
    assert data == {
        "dry_run": True,
        "requests": [{"method": "POST", "path": "/api/printer/command", "json": {"commands": ["G29"]}}],
        "preflight": READY,
        "needs_confirm": "this moves the nozzle",
    }
    assert server.sent == []


def test_dry_run_says_what_only_a_check_finds_to_need_confirm(server, vendor):
    def refuse(self, parsed_args):
        if not parsed_args.confirm:
            raise errors.ConfirmationRequired("the bed is hot")

    vendor(check=refuse, consent=lambda self, parsed_args: None)
    assert server.run_ok("probe", "--dry-run")["needs_confirm"] == "the bed is hot"
    assert "needs_confirm" not in server.run_ok("probe", "--dry-run", "--confirm") and server.sent == []


def test_own_rehearsal_says_that_it_needs_confirm(server, vendor):
    vendor(rehearse=lambda self, parsed_args: {"would": "probe"}, rehearsal=fields.record(would=fields.text()))
    assert server.run_ok("probe", "--dry-run") == {"dry_run": True, "would": "probe", "needs_confirm": "this moves the nozzle"}
    assert server.run_ok("probe", "--dry-run", "--confirm") == {"dry_run": True, "would": "probe"}


def test_consent_may_depend_on_arguments(server, vendor):
    vendor(consent=lambda self, parsed_args: None)
    assert server.run_ok("probe")["action"] == "probed"


def test_guard_options_are_offered_only_where_applicable(server, vendor):
    vendor(destructive=None, preflight=False, skippable=False)
    text = server.run_ok("help", "probe")["help"]
    assert "--dry-run" in text
    for option in ("--confirm", "--no-preflight", "--skip-if-printing"):
        assert option not in text
        server.run_error(4, "USAGE_ERROR", "probe", option)


def test_hint_repeats_command_line_quoted_and_without_key(server, vendor):
    vendor()
    hint = server.run_error(4, "CONFIRMATION_REQUIRED", "probe", "--api-key", "typed-key-0123456789", "--host", "a b").envelope[
        "error"
    ]["hint"]
    assert hint == "octoprint-cli probe --api-key KEY --host 'a b' --json --confirm"


def test_command_without_perform_is_a_plugin_error(server, extra_plugins):
    command = type("Lazy", (Guarded, ShowOne), {"destructive": None, "__doc__": "lazy"})
    extra_plugins.add("commands", "lazy", lambda: command)
    result = server.run_error(4, "PLUGIN_ERROR", "lazy")
    assert "acme-tools" in result.envelope["error"]["message"]


def test_list_command_cannot_be_guarded():
    with pytest.raises(TypeError):
        type("Sly", (Lister, Guarded), {"destructive": None})


def test_the_plan_of_the_check_reaches_a_perform_that_takes_one(server, vendor):
    vendor(
        check=lambda self, parsed_args: ("G28", "G29"),
        perform=lambda self, parsed_args, plan: {"action": "probed", "plan": list(plan)},
        afterwards=lambda self, parsed_args, outcome, plan: {**outcome, "waited": len(plan)},
    )
    assert server.run_ok("probe", "--confirm") == {"action": "probed", "plan": ["G28", "G29"], "waited": 2, "preflight": READY}


def test_a_perform_without_a_plan_is_called_without_one(server, vendor):
    vendor(check=lambda self, parsed_args: "a plan", perform=lambda self, parsed_args, more="nothing": {"action": more})
    assert server.run_ok("probe", "--confirm")["action"] == "nothing"


@pytest.mark.parametrize(("old", "new"), ALIASES.items())
def test_an_attribute_has_its_old_and_its_new_name(old, new):
    for declared in (old, new):
        command = type("Vendor", (ShowOne,), {declared: ("X",)})
        assert (getattr(command, old), getattr(command, new)) == (("X",), ("X",))
    assert getattr(ShowOne, old) is getattr(ShowOne, new)
