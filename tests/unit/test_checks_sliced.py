"""printer_model, nozzle, tools: which printer the file was sliced for."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Severity
from octoprint_cli.gcode.analysis.contents import HeaterTargets, Sliced
from octoprint_cli.preflight.checks.sliced_for import (
    Nozzle,
    PrinterModel,
    Tools,
    normalised_model,
)

from .subjects import judge, profile


def model(wanted, model="Generic RepRap Printer", name="Default", models=()):
    return judge(PrinterModel(), of=profile(model=model, name=name), models=models, sliced=Sliced(printer=wanted))


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        ("Ender-3", "Ender 3"),
        ("ENDER3", "Creality Ender-3"),
        ("Creality Ender-3 V2", "ender3v2"),
        ("MK3S", "Original Prusa i3 MK3S"),
        ("Original Prusa MK4", "Prusa MK4"),
        ("MK3S+", "Prusa MK3S Plus"),
        ("Bambu Lab X1 Carbon", "BambuLab X1-Carbon"),
        ("Voron 2.4", "Voron 2.4 (0.4 mm nozzle)"),
        ("Prusa i3", "prusa i3"),
    ],
)
def test_spelling_variants_of_a_printer_model_match(wanted, has):
    assert model(wanted, model=has).said == "pass"
    assert model(wanted, name=has).said == "pass"
    assert model(wanted, model="Something Else", models=[has]).said == "pass"
    assert model(has, model=wanted).said == "pass"


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        ("Ender-3", "Ender-3 V2"),
        ("Ender-3", "Ender-5"),
        ("MK3S", "MK3S+"),
        ("MK3", "MK3S"),
        ("Prusa i3", "Prusa MINI"),
        ("X1 Carbon", "X1"),
        ("Ender 3", "CR-10"),
    ],
)
def test_different_model_is_reported_with_both_names(wanted, has):
    found = model(wanted, model=has, models=["Elsewhere"])
    assert found.said == "WRONG_PRINTER" and wanted in found.message and has in found.message
    assert found.evidence == {"file": wanted, "printer": [has, "Elsewhere"]}


def test_any_configured_model_name_may_match():
    assert model("MK4", model="Ender-3", name="mk4", models=["CR-10"]).said == "pass"
    assert model("MK4", model="Ender-3", name="upstairs", models=["CR-10", "Prusa MK4"]).said == "pass"


@pytest.mark.parametrize("has", ["Generic RepRap Printer", "", None, "Default", "generic"], ids=str)
def test_default_profile_names_no_model(has):
    found = model("MK4", model=has)
    assert found.said == "skip" and "names no model" in found.message
    assert model("MK4", model=has, models=["MK3"]).said == "WRONG_PRINTER"


@pytest.mark.parametrize("wanted", [None, "", "Custom FFF printer", "Generic Klipper Printer", "Unknown", " - "], ids=str)
def test_generic_slicer_printer_names_no_model(wanted):
    assert model(wanted, model="MK4").said == "skip"


def test_plain_normalises_model_names():
    names = ("Original Prusa i3 MK3S+ (0.4 mm nozzle)", "Lab", "+++")
    assert [normalised_model(name) for name in names] == ["mk3splus", "lab", "plusplusplus"]


def nozzle(*sizes, has=0.4, tools=("tool0",)):
    return judge(Nozzle(), of=profile(extruder={"nozzleDiameter": has}), tools=tools, sliced=Sliced(nozzles=sizes))


@pytest.mark.parametrize(
    ("size", "said"), [(0.4, "pass"), (0.41, "pass"), (0.39, "pass"), (0.42, "WRONG_PRINTER"), (0.38, "WRONG_PRINTER")]
)
def test_nozzle_size_must_match_within_tolerance(size, said):
    assert nozzle(size).said == said


def test_different_nozzle_is_reported_with_both_sizes():
    found = nozzle(0.6)
    assert "0.6 mm" in found.message and "0.4 mm" in found.message and found.evidence == {"file": [0.6], "printer": 0.4}


def test_only_nozzles_of_used_tools_count():
    assert nozzle(0.4, 0.6).said == "pass" and nozzle(0.4, 0.6, tools=("tool1",)).said == "WRONG_PRINTER"
    assert nozzle(0.6, tools=()).said == "WRONG_PRINTER"


@pytest.mark.parametrize("has", [None, 0, -1, "0.4"], ids=str)
def test_nozzle_check_is_skipped_if_either_size_is_unknown(has):
    assert nozzle(0.4, has=has).said == "skip" and nozzle().said == "skip"


def tools(*used, count=1, heat=()):
    return judge(Tools(), of=profile(extruder={"count": count}), tools=used, heat=dict(heat))


def test_every_used_tool_must_exist():
    assert tools("tool0").said == "pass" and tools("tool0", "tool1", count=2).said == "pass"
    found = tools("tool0", "tool1")
    assert found.said == "WRONG_PRINTER" and "tool0, tool1" in found.message and "1 extruder" in found.message
    assert tools("tool4", count=4).said == "WRONG_PRINTER" and tools("tool10", "tool2", count=11).said == "pass"


def test_heated_tool_counts_as_used():
    assert tools("tool0", heat=[("tool1", HeaterTargets(200.0))]).said == "WRONG_PRINTER"
    assert tools("tool0", heat=[("tool1", HeaterTargets(0.0)), ("bed", HeaterTargets(60.0))]).said == "pass"


@pytest.mark.parametrize("count", [None, 0, "two"], ids=str)
def test_tools_check_is_skipped_if_either_count_is_unknown(count):
    assert tools("tool0", count=count).said == "skip" and tools().said == "skip"


def test_model_and_nozzle_warn_and_missing_tool_blocks():
    assert (PrinterModel.severity, Nozzle.severity, Tools.severity) == (Severity.WARN, Severity.WARN, Severity.BLOCK)
