"""Every error class says what it means and what to do, and the tree in the package's docstring shows all of them."""

import re

import pytest

from octoprint_cli import errors
from octoprint_cli.errors import CODES, OWN_CODES, CliError
from octoprint_cli.errors.suggest import close_matches, did_you_mean

OWN = sorted(OWN_CODES)


def tree():
    """Each row of the tree: the class, the class above it, and its code or exit code."""
    above, rows = [], []
    for indent, name, note in re.findall(r"^((?:    )+)(\w+) +(.*)$", errors.__doc__, re.MULTILINE):
        del above[len(indent) // 4 - 1 :]
        rows.append((name, above[-1] if above else "Exception", note))
        above.append(name)
    return rows


def subclasses(kind):
    for below in kind.__subclasses__():
        if below.__module__.startswith("octoprint_cli.errors."):
            yield below
            yield from subclasses(below)


@pytest.mark.parametrize("code", OWN)
def test_each_error_class_has_meaning_advice_and_remedy(code):
    kind = CODES[code]
    assert kind.__doc__.endswith(".") and kind.__dict__.get("advice", "").endswith(".")
    assert kind.remedy.startswith("octoprint-cli ")


@pytest.mark.parametrize("code", OWN)
def test_each_error_class_is_in_the_facade(code):
    name = CODES[code].__name__
    assert getattr(errors, name) is CODES[code] and name in errors.__all__


def test_the_tree_shows_every_error_class_below_its_base():
    expected = {("CliError", "Exception"), *((kind.__name__, kind.__base__.__name__) for kind in subclasses(CliError))}
    assert {(name, base) for name, base, _ in tree()} == expected and len(tree()) == len(expected)


def test_the_tree_shows_every_code_and_exit_code():
    for name, _, note in tree():
        kind = getattr(errors, name)
        own = int(kind.exit_code) != int(kind.__base__.exit_code) if kind is not CliError else True
        parts = [kind.code] if "code" in kind.__dict__ and kind is not CliError else []
        assert note == ", ".join([*parts, *([f"exit {int(kind.exit_code)}"] if own else [])])


def test_lost_outcome_is_available_under_old_and_new_name():
    error = errors.OutcomeUnknown.lost("the answer was lost")
    assert error.last_outcome == error.told == "the answer was lost"
    assert error.message == "the answer was lost: the request may have been carried out"


def test_misspelled_word_suggests_nearest_known_words():
    assert close_matches("stauts", ["status", "start", "temp"])[0] == "status"
    assert close_matches("xyz", ["status"]) == []
    assert did_you_mean(["a", "b"]) == "; did you mean a or b?" and did_you_mean([]) == ""
