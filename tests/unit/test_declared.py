"""What plugins declare, as a machine is told of it: their errors in `explain`, and effects that nobody has declared."""

from __future__ import annotations

import pytest

from octoprint_cli.api import EFFECTS, Guarded, ShowOne, errors, fields
from octoprint_cli.errors import CODES

from .test_extensions import Plain, PlainList, PlainShow, fails


@pytest.fixture(autouse=True)
def codes():
    """The codes of a test's errors go with it."""
    before = dict(CODES)
    yield
    CODES.clear()
    CODES.update(before)


def importing(code, **members):
    """An entry point's `load`, whose module defines such an error as it is imported."""

    def load():
        doc = {"__doc__": "There is not enough\n    filament left."}
        type("SpoolEmpty", (errors.BusyError,), {"code": code, **doc, **members})
        return Silent

    return load


class Silent(ShowOne):
    """do something that nobody has described"""

    answer = fields.record()

    def take_action(self, parsed_args):
        return {}


class Described(Silent):
    """show something that is described"""

    effects = ("reads",)


class Act(Guarded, Silent):
    """do something behind the guard"""

    destructive = "does something"


@pytest.mark.parametrize("group", ["commands", "preflight"])
def test_explain_finds_errors_of_plugins_not_yet_imported(server, extra_plugins, group):
    advice = {"remedy": "octoprint-cli spools", "advice": "Have a person change the spool."}
    extra_plugins.add("commands", "laser", fails(ImportError("no module named laser")))  # costs nobody the explanation
    extra_plugins.add(group, "spools", importing("SPOOL_EMPTY", **advice))
    assert server.run_ok("explain", "spool_empty") == {
        "code": "SPOOL_EMPTY",
        "exit_code": 3,
        "meaning": "There is not enough filament left.",
        "retryable": True,
        "advice": "Have a person change the spool.",
        "next": "octoprint-cli spools",
    }


def test_an_error_without_advice_is_explained_by_its_remedy(server, extra_plugins):
    extra_plugins.add("commands", "spools", importing("SPOOL_EMPTY", remedy="octoprint-cli spools"))
    assert server.run_ok("explain", "SPOOL_EMPTY")["advice"] == "octoprint-cli spools"


def test_explain_suggests_plugin_error_codes(server, extra_plugins):
    extra_plugins.add("commands", "spools", importing("SPOOL_EMPTY"))
    message = server.run_error(4, "USAGE_ERROR", "explain", "SPOOL_EMPT").envelope["error"]["message"]
    assert "did you mean SPOOL_EMPTY" in message


def test_explain_of_builtin_code_imports_no_plugin(server, extra_plugins):
    extra_plugins.add("commands", "laser", fails(AssertionError("it was imported")))
    assert server.run_ok("explain", "PRINTER_BUSY")["exit_code"] == 3


@pytest.mark.parametrize("kind", [Silent, Act, Plain, PlainShow, PlainList])
def test_undeclared_effects_are_unknown(server, extra_plugins, kind):
    extra_plugins.add("commands", "laser", lambda: kind)
    (row,) = server.run_ok("commands", "laser")["commands"]
    assert row["effects"] is None and row["repeatable"] is False
    assert "OUTCOME_UNKNOWN" in row["error_codes"]  # it may act


def test_declared_effects_are_listed(server, extra_plugins):
    extra_plugins.add("commands", "laser", lambda: Described)
    (row,) = server.run_ok("commands", "laser")["commands"]
    assert (row["effects"], row["repeatable"]) == (["reads"], True)
    assert "OUTCOME_UNKNOWN" not in row["error_codes"]


def test_every_builtin_command_declares_its_effects(server):
    rows = server.run_ok("commands")["commands"]
    assert len(rows) > 20
    assert [row["name"] for row in rows if not row["effects"] or not set(row["effects"]) <= {*EFFECTS}] == []
