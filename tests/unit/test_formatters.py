"""The output formats, and what a stranger's text can do in each of them: nothing."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
from argparse import Namespace

import pytest
import yaml

from octoprint_cli.api import Bytes, Heater, Rows, ShowOne, errors
from octoprint_cli.output.formats.envelope import failure, success
from octoprint_cli.output.formats.flat import CELL_LIMIT
from octoprint_cli.output.formats.registry import load

HOSTILE = "a\x1b[31m\x07'\"$(touch x)`id`;\n=cmd|x\u202eb\u200b\ud800"
RAW = ("\x1b", "\x07", "\u202e", "\u200b", "\ud800")


def one(name, data, **options):
    out = io.StringIO()
    options = {"max_width": 0, "fit_width": False, "print_empty": False, **options}
    load(name).emit_one(list(data), list(data.values()), out, Namespace(**options))
    return out.getvalue()


def many(name, columns, rows, **options):
    out = io.StringIO()
    options = {"max_width": 0, "fit_width": False, "print_empty": False, **options}
    load(name).emit_list(columns, rows, out, Namespace(**options))
    return out.getvalue()


@pytest.mark.parametrize(("name", "parse"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_an_envelope_holds_raw_values(name, parse):
    data = {"size": Bytes(2048), "heat": Heater(20.5, None), "list": [1, None, True], "text": HOSTILE.replace("\ud800", "")}
    found = parse(one(name, data))
    assert found == {
        "status": "success",
        "data": {"size": 2048, "heat": {"actual": 20.5, "target": None}, "list": [1, None, True], "text": data["text"]},
    }


@pytest.mark.parametrize(("name", "parse"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_an_envelope_holds_rows_under_their_plural_name(name, parse):
    text = many(name, ("a", "b"), [(1, Bytes(2)), (None, "x")], rows_name="things", rows_extra={"free": Bytes(9)})
    assert parse(text) == {"status": "success", "data": {"free": 9, "things": [{"a": 1, "b": 2}, {"a": None, "b": "x"}]}}


@pytest.mark.parametrize("name", ["json", "yaml"])
def test_an_envelope_is_ascii(name):
    assert one(name, {"text": f"Ünï {HOSTILE}"}).isascii()


def test_yaml_keeps_text_that_looks_like_another_type():
    data = {"a": "yes", "b": "1e3", "c": "null", "d": "- x", "e": "2020-01-01", "f": "!!python/object:x"}
    assert yaml.safe_load(one("yaml", data))["data"] == data


def test_unknown_type_is_serialised_as_text():
    assert json.loads(one("json", {"x": object}))["data"]["x"].startswith("<class")
    assert yaml.safe_load(one("yaml", {"x": object}))["data"]["x"].startswith("<class")


def test_json_may_stand_on_one_line():
    assert one("json", {"a": 1}, noindent=True) == '{"status": "success", "data": {"a": 1}}\n'


def test_error_envelope_holds_known_data():
    error = errors.PrinterBusy("busy", hint="wait", details={"size": Bytes(5)}, data={"heat": Heater(1, 2)})
    assert failure(error) == {
        "status": "error",
        "data": {"heat": {"actual": 1, "target": 2}},
        "error": {"code": "PRINTER_BUSY", "message": "busy", "hint": "wait", "retryable": True, "details": {"size": 5}},
    }
    assert failure(errors.NoActiveJob("none"))["data"] is None
    assert success({})["data"] == {}


@pytest.mark.parametrize("name", ["text", "table", "value", "shell", "json", "yaml"])
def test_hostile_text_of_one_object_is_escaped_on_terminal(name):
    shown = one(name, {"text": HOSTILE, HOSTILE: 1, "deep": {HOSTILE: HOSTILE}, "list": [HOSTILE]})
    assert not any(character in shown for character in RAW)


@pytest.mark.parametrize("name", ["text", "table", "value", "csv", "json", "yaml"])
def test_hostile_text_of_a_list_is_escaped_on_terminal(name):
    shown = many(name, ("a", "b"), [(HOSTILE, [HOSTILE]), (1, {HOSTILE: HOSTILE})], rows_extra={"x": HOSTILE, "y": [HOSTILE]})
    assert not any(character in shown for character in RAW)


def test_a_newline_in_a_value_makes_no_second_line():
    assert one("value", {"a": "x\ny", "b": 2}).splitlines() == [r"x\ny", "2"]
    assert many("value", ("a",), [("x\ny",), ("z",)]).splitlines() == [r"x\ny", "z"]
    assert len(many("csv", ("a",), [("x\r\ny",)]).splitlines()) == 2


def test_value_format_is_raw_and_flat():
    data = {"size": Bytes(2048), "heat": Heater(20.5, None), "on": True, "none": None, "list": [1, 2]}
    assert one("value", data).splitlines() == ["2048", "20.5", "", "true", "", "[1, 2]"]


def test_csv_format_is_readable_by_csv_reader():
    text = many("csv", ("name", "size"), [('a, "b"', Bytes(3)), ("c", Bytes(None))])
    assert list(csv.reader(io.StringIO(text))) == [["name", "size"], ['a, "b"', "3"], ["c", ""]]


def test_shell_sets_variables_and_runs_nothing(tmp_path):
    text = one("shell", {"job": {"file": HOSTILE}, "x; touch y": "$HOME", "heat": Heater(1, None)}, prefix="op_")
    assert [line.split("=")[0] for line in text.splitlines()] == [
        "op_job_file",
        "op_x__touch_y",
        "op_heat_actual",
        "op_heat_target",
    ]
    script = text + 'printf "%s|" "$op_job_file" "$op_x__touch_y" "$op_heat_actual" "$op_heat_target"'
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=str(tmp_path), stdout=subprocess.PIPE, check=True)
    assert done.stdout.decode().endswith("|$HOME|1||")
    assert list(tmp_path.iterdir()) == []


def test_shell_variable_name_is_an_identifier():
    name = one("shell", {"3d": 1}).split("=")[0]
    assert name.isidentifier()


def test_shell_quotes_every_value():
    (line,) = one("shell", {"a": "it's"}).splitlines()
    assert shlex.split(line) == ["a=it's"]


def test_table_shows_human_readable_values():
    table = one(
        "table", {"size": Bytes(2048), "none": None, "on": True, "off": False, "list": ["x", "y"], "empty": [], "deep": {"a": 1}}
    )
    for shown in ("2.0 KiB", " - ", "yes", "no", "deep.a"):
        assert shown in table
    assert "None" not in table and "True" not in table


def test_table_shows_heater_in_one_cell():
    assert "20.5 °C, target 60.0 °C" in one("table", {"bed": Heater(20.5, 60)})


def test_table_cell_is_truncated_and_other_formats_are_not():
    assert "…" in one("table", {"a": "x" * (CELL_LIMIT + 1)}) and "x" * CELL_LIMIT not in one(
        "table", {"a": "x" * (CELL_LIMIT + 1)}
    )
    assert "x" * (CELL_LIMIT + 1) in one("value", {"a": "x" * (CELL_LIMIT + 1)})


def test_empty_table_shows_extra_fields_only():
    assert many("table", ("a",), [], rows_extra={"free": Bytes(1024)}) == "free: 1.0 KiB\n"


def test_fields_keep_order_of_the_command(server):
    assert list(server.run_ok("version")) == ["cli", "python", "host", "server", "conflict"]
    assert server.run("status", "-f", "value").stdout.startswith("Operational\nidle\n")


def test_rows_may_be_mappings_or_sequences():
    assert Rows("x", ("a", "b"), [{"b": 2, "a": 1, "c": 3}, [4, 5]]).rows == [(1, 2), (4, 5)]


def test_unknown_format_loads_none():
    assert load("nonsense") is None


@pytest.mark.parametrize(
    ("columns", "data"),
    [
        (("state",), {"state": "Operational"}),
        (("job.file", "state"), {"job": {"file": None}, "state": "Operational"}),
        (("temperature.tool0",), {"temperature": {"tool0": {"actual": 21.3, "target": 0.0}}}),
        (
            ("temperature.tool0.actual", "temperature.bed.actual"),
            {"temperature": {"tool0": {"actual": 21.3}, "bed": {"actual": 21.1}}},
        ),
    ],
)
def test_fields_can_be_chosen_by_dotted_names(server, columns, data):
    assert server.run_ok("status", *(word for name in columns for word in ("-c", name))) == data


@pytest.mark.parametrize("name", ["colour", "job.colour", "state.x", "temperature.tool0.actual.x", "", "."])
def test_unknown_field_is_a_usage_error(server, name):
    server.run_error(4, "USAGE_ERROR", "status", "-c", name)


def test_plugin_format_is_found_and_used(server, extra_plugins):
    class Loud:
        def add_argument_group(self, parser):
            pass

        def emit_one(self, names, data, stdout, parsed_args):
            stdout.write("!".join(names) + "\n")

    extra_plugins.add("formatter.show", "loud", lambda: Loud)
    assert server.run("version", "--client", "-f", "loud").stdout == "cli!python!host!server!conflict\n"


def test_plugin_format_that_fails_to_load_is_named(server, extra_plugins):
    def load_it():
        raise ImportError("no module named acme")

    extra_plugins.add("formatter.show", "loud", load_it)
    result = server.run("version", "--client", "-f", "loud")
    assert result.exit_code == 4 and "acme-tools" in result.stderr and "PLUGIN_ERROR" in result.stderr


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("options", [{}, {"max_width": 50}], ids=["terminal", "option"])
def test_table_on_a_terminal_is_as_wide_as_columns_or_the_option_says(monkeypatch, options):
    monkeypatch.setenv("COLUMNS", "40")
    out, words = Terminal(), "no file on the server has a print on record"
    options = {"max_width": 0, "fit_width": False, "print_empty": False, **options}
    load("table").emit_one(["unknown.last_job"], [words], out, Namespace(**options))
    widths = set(map(len, out.getvalue().splitlines()))
    assert len(widths) == 1 and max(widths) <= (options["max_width"] or 40) and "unknown.last_job" in out.getvalue()
    assert len(one("table", {"unknown.last_job": words}).splitlines()[0]) > 50


def test_text_method_is_used_for_default_output_only(server, extra_plugins):
    class WithText(ShowOne):
        """tell"""

        def take_action(self, parsed_args):
            return {"a": 1}

        def text(self, data):
            return f"a is {data['a']}"

    extra_plugins.add("commands", "told", lambda: WithText)
    assert server.run("told").stdout == "a is 1\n"
    assert server.run("told", "-f", "value").stdout == "1\n"
    assert server.run_ok("told") == {"a": 1}
