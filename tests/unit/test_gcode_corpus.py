"""Real files of many slicers and printers, and damaged copies of them: the right verdict for the right reason."""

from __future__ import annotations

import random

import pytest

from .corpus import DAMAGE, FOLDER, FOREIGN, Sample, judge, samples

SAMPLES = list(samples()) if FOLDER else []
GOOD = [sample for sample in SAMPLES if sample.verdict != "refused" and sample.path.suffix == ".xz"]

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="OCTOPRINT_CLI_GCODE_CORPUS names no folder with real G-code files"),
    pytest.mark.timeout(600),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_real_file_gets_the_right_verdict_for_the_right_reason(sample: Sample) -> None:
    judged = judge(sample.text(), sample.profile)
    if sample.verdict == "refused":
        assert judged.refusals and sample.first in (None, *judged.refusals[0])
    elif sample.verdict == "warned":
        assert not judged.refusals and judged.warnings
    else:
        assert not judged.refusals
    assert sample.warnings is None or judged.warnings == sample.warnings


@pytest.mark.parametrize("sample", GOOD, ids=[sample.name for sample in GOOD])
def test_damaged_copy_is_refused_or_warned_of(sample: Sample) -> None:
    text, chance = sample.text(), random.Random(sample.name)
    sound = judge(text, sample.profile)
    for damage in DAMAGE:
        judged = judge(damage(text, chance), sample.profile)
        new = {*(name for name, _ in judged.refusals), *judged.doubts} - set(sound.doubts)
        assert new, damage.__name__


@pytest.mark.parametrize("sample", GOOD, ids=[sample.name for sample in GOOD])
def test_another_kind_of_file_is_refused_for_what_it_is_alone(sample: Sample) -> None:
    text, chance = sample.text(), random.Random(sample.name)
    for change in FOREIGN:
        assert judge(change(text, chance), sample.profile).refusals == [("file_damage", "FILE_DAMAGED")], change.__name__
