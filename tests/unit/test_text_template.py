"""Templates of the text format: fields with units, optional clauses, conditions, alternatives, loops."""

from __future__ import annotations

from typing import Any, Mapping

import pytest

from octoprint_cli.output.columns import Bytes, Degrees, Display, Duration, Heater, Percent, Range, Time
from octoprint_cli.output.phrases import Surroundings, clock, in_words, size
from octoprint_cli.output.template import Scope, fill, paths

#: 2026-11-29 12:00 UTC.
NOON = 1795953600.0


def filled(template: Any, **values: Any) -> str:
    """The lines of a template, without styles."""
    scope = Scope((values,), Surroundings(width=40, now=lambda: NOON))
    return "\n".join(line.text for line in fill(template, scope))


@pytest.mark.parametrize(
    ("template", "values", "shown"),
    [
        ("Paused {file|the job}.", {"file": "a.gcode"}, "Paused a.gcode."),
        ("Paused {file|the job}.", {"file": None}, "Paused the job."),
        ("Started {file}[ ({size})].", {"file": "a", "size": Bytes(459776)}, "Started a (449 KiB)."),
        ("Started {file}[ ({size})].", {"file": "a", "size": Bytes(None)}, "Started a."),
        ("Started {file}[ ({size}[, {how}])].", {"file": "a", "size": Bytes(1), "how": None}, "Started a (1 B)."),
        ("{file} started", {"file": None}, ""),
        ("{changed=false}was so[ {x}]", {"changed": False}, "was so"),
        ("{changed=false}was so", {"changed": None}, ""),
        ("{changed=null}not known", {"changed": None}, "not known"),
        ("{met=done,idle}{met}", {"met": "idle"}, "idle"),
        ("{met=progress*}so far", {"met": "progress=50"}, "so far"),
        ("{how!=none}verified", {"how": "none"}, ""),
        ("{requests=[]}nothing", {"requests": []}, "nothing"),
        ("[{selected?}selected][{!selected}not selected]", {"selected": False}, "not selected"),
        ("<green>{job.file}</>", {"job": {"file": "a"}}, "a"),
        ("{last.outcome}: {last}", {"last": Display({"outcome": "failed"}, "a failed")}, "failed: a failed"),
        ("Watch it: {octoprint-cli watch}", {}, "Watch it: octoprint-cli watch"),
    ],
)
def test_field_clause_and_condition(template: str, values: Mapping[str, Any], shown: str) -> None:
    assert filled(template, **values) == shown


def test_first_alternative_that_can_be_filled_is_shown() -> None:
    template = ("{a}", "{b}, {c}", "{b}")
    assert [filled(template, **values) for values in ({"a": 1}, {"b": 2, "c": 3}, {"b": 2}, {})] == ["1", "2, 3", "2", ""]


def test_every_line_that_can_be_filled_is_shown() -> None:
    assert filled(["{a}", "{b}", ("{c}", "no c")], a=1) == "1\nno c"


def test_labels_are_aligned_and_missing_ones_left_out() -> None:
    assert (
        filled({"State": "{state}", "Error": "{error}", "Time left": "{left}"}, state="Idle", left=1)
        == "State:     Idle\nTime left: 1"
    )


def test_loop_repeats_a_line_for_each_item() -> None:
    checks = [{"id": "a", "status": "fail"}, {"id": "b", "status": "pass"}]
    assert filled("{for checks}{status=fail}{id} of {all}", checks=checks, all=2) == "a of 2"
    heaters = {"tool0": Heater(210.25, 215), "bed": Heater(21.0, 0)}
    assert filled({"{for heat}{key:heater}": "{value}"}, heat=heaters) == "Nozzle: 210.2 °C, target 215 °C\nBed:    21 °C, off"


def test_text_of_a_server_cannot_be_a_template_or_a_control_character() -> None:
    assert (
        filled("Paused {file}.", file="{state}[x]<red>\x1b[31m\u202e\n.gcode") == "Paused {state}[x]<red>\\x1b[31m\\u202e\\n.gcode."
    )


@pytest.mark.parametrize(
    ("template", "values", "shown"),
    [
        ("{done:bar}", {"done": Percent(50)}, "█████░░░░░"),
        ("{left:clock}", {"left": Duration(3600)}, "13:00"),
        ("{left:clock}", {"left": Duration(86400)}, "2026-11-30 12:00"),
        ("{at:clock}", {"at": Time(NOON)}, "12:00"),
        ("{at:clock}", {"at": Duration(1e30)}, ""),
        ("{warnings:count warning}", {"warnings": [1]}, "1 warning"),
        ("{warnings:count warning}", {"warnings": [1, 2]}, "2 warnings"),
        ("[with {warnings:count warning}]", {"warnings": []}, ""),
        ("{seconds:span}", {"seconds": 84.2}, "1 min 24 s"),
        ("{names:list}", {"names": ["a", "b", "c"]}, "a, b and c"),
        ("{set:targets}", {"set": {"tool0": 215.0, "bed": 0.0}}, "Set the nozzle to 215 °C and the bed to 0 °C (off)"),
        ("{set:targets}", {"set": {"bed": 0.0}}, "Switched the bed off"),
        ("{set:targets}", {"set": {}}, ""),
        (
            "{heat:hot}",
            {"heat": {"tool0": Heater(180, 0), "bed": Heater(60, 60)}},
            "The nozzle is still at 180 °C and the bed at 60 °C",
        ),
        ("{heat:hot}", {"heat": {"tool0": Heater(None, None), "bed": Heater(30, 0)}}, ""),
    ],
)
def test_ways_to_show_a_value(template: str, values: Mapping[str, Any], shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    __import__("time").tzset()
    assert filled(template, **values) == shown


def test_units() -> None:
    shown = [
        in_words(value) for value in (Degrees(60.0), Degrees(59.75), Percent(12.5), Percent(0.1), Percent(99.9), Range([0, 20.5]))
    ]
    assert shown == ["60 °C", "59.8 °C", "12 %", "0.1 %", "99.9 %", "0 to 20.5 mm"]
    assert [size(count) for count in (0, 1023, 1024, 10_000, 459776, 12345678)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "9.8 KiB",
        "449 KiB",
        "12 MiB",
    ]
    assert clock(NOON, NOON).endswith(":00")


def test_unknown_is_no_text() -> None:
    for value in (None, Bytes(None), Heater(None, None), [], {}, ""):
        assert in_words(value) is None


def test_paths_name_what_a_template_reads() -> None:
    template = ["{a.b|x}[{c?}, {d:count e}]", ("{for f}{g=h}{i}", {"J": "{j!=k} {octoprint-cli watch}"})]
    assert set(paths(template)) == {("a.b", None), ("c", None), ("d", None), ("f", None), ("g", "f"), ("i", "f"), ("j", None)}
