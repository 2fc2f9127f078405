"""An answer that cannot be written: columns and formats are checked before anything is sent, and no answer of an act is lost."""

from __future__ import annotations

import json

import pytest

from octoprint_cli.api import Guarded, Lister, Rows, ShowOne, fields


class Lamp(Guarded, ShowOne):
    """switch the lamp"""

    destructive = None
    result = fields.record(
        action=fields.text(), lamps=fields.mapping(fields.text(), "by name"), job=fields.record().or_null.optional
    )
    effects = ("powers",)

    def perform(self, parsed_args):
        self.client.printer.send(["M355 S1"])
        return {"action": "switched", "lamps": {"top": "on"}}


class Lamps(Lister):
    """list the lamps"""

    result = fields.record(lamps=fields.listed(fields.record(name=fields.text(), watts=fields.number())))
    effects = ("reads",)

    def take_action(self, parsed_args):
        return Rows("lamps", ("name", "watts"), [("top", 5.0)])


class Dim(Lamp):
    """dim the lamp"""

    def text(self, data):
        raise ValueError("no text today")


class Broken:
    """A format that crashes after half a line."""

    def add_argument_group(self, parser):
        pass

    def emit_one(self, names, data, stdout, parsed_args):
        stdout.write("half a")
        raise ZeroDivisionError("format")

    emit_list = emit_one


class BrokenEnvelope(Broken):
    """A format that cannot write errors either."""

    def emit_envelope(self, envelope, stdout, parsed_args):
        raise ZeroDivisionError("envelope")


@pytest.fixture(autouse=True)
def lamps(extra_plugins):
    extra_plugins.add("commands", "lamp", lambda: Lamp)
    extra_plugins.add("commands", "lamps", lambda: Lamps)
    extra_plugins.add("commands", "dim", lambda: Dim)
    for group in ("formatter.show", "formatter.list"):
        extra_plugins.add(group, "broken", lambda: Broken, "loud-tools")
        extra_plugins.add(group, "worse", lambda: BrokenEnvelope, "loud-tools")


@pytest.mark.parametrize(
    "line", ["lamp -c nope", "lamp -c action -c action.nope", "lamp --dry-run -c action", "lamps -c name -c nope"]
)
def test_column_that_no_answer_can_have_is_refused_before_a_request(server, line):
    error = server.run_error(4, "USAGE_ERROR", *line.split())
    assert "there is no column" in error.envelope["error"]["message"]
    assert server.sent == [] and server.reads == []


def test_declared_column_that_the_answer_lacks_is_null(server):
    server.on("POST", "/api/printer/command", status_code=204)
    assert server.run_ok("lamp", "-c", "job", "-c", "action") == {"job": None, "action": "switched"}


def test_column_inside_another_chosen_one_is_part_of_it(server):
    server.on("POST", "/api/printer/command", status_code=204)
    assert server.run_ok("lamp", "-c", "lamps", "-c", "lamps.top") == {"lamps": {"top": "on"}}


def test_column_found_missing_after_an_act_is_an_output_error_with_the_answer(server):
    server.on("POST", "/api/printer/command", status_code=204)
    result = server.run("lamp", "-c", "lamps.bottom", "--json")
    error = result.envelope["error"]
    assert (result.exit_code, error["code"], error["details"]["acted"]) == (4, "OUTPUT_ERROR", True)
    assert result.envelope["data"] == {"action": "switched", "lamps": {"top": "on"}}


@pytest.mark.parametrize("name", ["broken", "worse"])
def test_crashing_format_is_named_and_the_answer_goes_to_stderr(server, name):
    server.on("POST", "/api/printer/command", status_code=204)
    result = server.run("lamp", "-f", name)
    assert result.exit_code == 4
    assert f"the format {name} of loud-tools crashed: ZeroDivisionError" in result.stderr and "(OUTPUT_ERROR)" in result.stderr
    answer = json.loads(result.stderr.splitlines()[-1])
    assert answer == {"status": "success", "data": {"action": "switched", "lamps": {"top": "on"}}}


def test_crashing_format_of_a_read_has_no_answer_on_stderr(server):
    result = server.run("lamps", "-f", "broken")
    assert result.exit_code == 4 and "the format broken of loud-tools crashed" in result.stderr
    assert not result.stderr.splitlines()[-1].startswith("{")


def test_crash_of_a_plugins_text_is_an_output_error_of_its_distribution(server):
    server.on("POST", "/api/printer/command", status_code=204)
    result = server.run("dim")
    assert "the answer of dim of acme-tools crashed: ValueError: no text today (OUTPUT_ERROR)" in result.stderr
    assert '"switched"' in result.stderr


def test_explanation_of_an_output_error_names_the_detail_that_tells(server):
    assert "`acted` in `details`" in server.run_ok("explain", "output_error")["advice"]
