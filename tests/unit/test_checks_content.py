"""What the file holds, whatever the printer: complete, filled, sound, a print, heated, harmless."""

from __future__ import annotations

import pytest

from octoprint_cli.api import Severity
from octoprint_cli.gcode.analysis.contents import (
    BadLine,
    Extents,
    FileEnding,
    Notable,
)
from octoprint_cli.preflight.checks.file_content import (
    ColdExtrusion,
    Complete,
    Damage,
    Extrusion,
    Placeholders,
    RiskyCommands,
)

from .subjects import judge

PLACEHOLDER = BadLine("placeholder", 12, 345, "G1 F{travel_speed}", "has a placeholder that was not filled")
KINDS = ("control", "html", "binary", "long", "encoding", "number")
M302 = Notable("M302", 3, 1, "allows cold extrusion")
M500 = Notable("M500", 7, 2, "overwrites the stored settings")


def bad(kind, comment=False):
    return BadLine(kind, 7, 99, "G1 X\x00", f"is {kind}", comment)


@pytest.mark.parametrize(("complete", "said"), [(True, "pass"), (False, "FILE_INCOMPLETE"), (None, "skip")])
def test_file_must_end_like_a_complete_print(complete, said):
    found = judge(Complete(), ending=FileEnding(complete, "the last line is half a move"), lines=41)
    assert found.said == said and "the last line is half a move" in found.message
    assert complete is not False or ("line 41" in found.message and found.evidence["complete"] is False)


def test_placeholder_is_reported_with_line_and_offset():
    found = judge(Placeholders(), bad_lines=(PLACEHOLDER,))
    assert found.said == "FILE_DAMAGED"
    assert "line 12" in found.message and "byte 345" in found.message and "{travel_speed}" in found.message
    assert found.evidence["bad_lines"][0]["offset"] == 345


def test_placeholder_check_ignores_comments_and_other_damage():
    assert judge(Placeholders()).said == "pass"
    assert judge(Placeholders(), bad_lines=(PLACEHOLDER._replace(comment=True), *map(bad, KINDS))).said == "pass"


@pytest.mark.parametrize("kind", KINDS)
def test_damage_fails_the_check_except_in_comments(kind):
    found = judge(Damage(), bad_lines=(bad(kind),))
    assert found.said == "FILE_DAMAGED" and f"line 7, at byte 99: is {kind}" in found.message
    found = judge(Damage(), bad_lines=(bad(kind, comment=True),))
    assert found.said == "pass" and "comment" in found.message and found.evidence["bad_lines"][0]["kind"] == kind


def test_damage_message_does_not_count_damaged_comments():
    found = judge(Damage(), bad_lines=(bad("encoding", comment=True), bad("control"), bad("long")))
    assert found.said == "FILE_DAMAGED" and "is control" in found.message and "1 more" in found.message


def test_undamaged_file_and_placeholder_pass_damage_check():
    assert judge(Damage())[:3] == ("pass", "nothing is damaged", None)
    assert judge(Damage(), bad_lines=(PLACEHOLDER,)).said == "pass"


def test_placeholder_is_not_reported_again_as_bad_number():
    assert judge(Damage(), bad_lines=(PLACEHOLDER, bad("number")._replace(line=12))).said == "pass"
    assert judge(Damage(), bad_lines=(PLACEHOLDER, bad("number"))).said == "FILE_DAMAGED"


def test_long_damaged_line_is_shortened_in_message():
    assert len(judge(Damage(), bad_lines=(bad("long")._replace(text="x" * 5000),)).message) < 200


def test_file_must_extrude_something():
    assert judge(Extrusion()).said == "pass"
    found = judge(Extrusion(), extruding=Extents(), extrusion={})
    assert found.said == "FILE_INVALID" and "40 lines" in found.message and found.evidence["extrusion"] == {}


def test_cold_extrusion_fails():
    assert judge(ColdExtrusion()).said == "pass"
    found = judge(ColdExtrusion(), cold=9, notable=(M500,))
    assert found.said == "FILE_INVALID" and "line 9" in found.message and found.evidence["line"] == 9


def test_cold_extrusion_after_unknown_macro_is_skipped():
    found = judge(ColdExtrusion(), cold=9, macro="START_PRINT")
    assert found.said == "skip" and "START_PRINT" in found.message
    assert judge(ColdExtrusion(), macro="START_PRINT").said == "pass"


def test_cold_extrusion_after_unreadable_line_is_skipped():
    assert judge(ColdExtrusion(), cold=9, bad_lines=(PLACEHOLDER._replace(line=8),)).said == "skip"
    assert judge(ColdExtrusion(), cold=9, bad_lines=(PLACEHOLDER._replace(line=9),)).said == "FILE_INVALID"
    assert judge(ColdExtrusion(), cold=9, bad_lines=(PLACEHOLDER._replace(line=8, comment=True),)).said == "FILE_INVALID"


def test_cold_extrusion_allowed_by_m302_passes():
    found = judge(ColdExtrusion(), cold=9, notable=(M500, M302))
    assert found.said == "pass" and "M302" in found.message


def test_risky_commands_are_a_warning_with_line_numbers():
    assert RiskyCommands.severity is Severity.WARN and judge(RiskyCommands()).said == "pass"
    found = judge(RiskyCommands(), notable=(M302, M500))
    assert found.said == "FILE_INVALID" and "M302 on line 3" in found.message and "M500 on line 7" in found.message
    assert "more" not in found.message and [one["code"] for one in found.evidence["notable"]] == ["M302", "M500"]


def test_risky_commands_message_names_only_the_first_few():
    found = judge(RiskyCommands(), notable=(M302, M500, M500, M500._replace(code="M81")))
    assert "1 more" in found.message and "M81" not in found.message and len(found.evidence["notable"]) == 4


@pytest.mark.parametrize("check", [Complete, Placeholders, Damage, Extrusion, ColdExtrusion])
def test_content_checks_block(check):
    assert check.severity is Severity.BLOCK
