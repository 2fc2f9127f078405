"""What is known of OctoPrint's releases: the Python each needs, and what must stand beside it.

The newest versions of its dependencies break some releases; what was seen to boot is written down here.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Tuple

#: The line whose newest stable release is the default.
DEFAULT = "1.11"

_VERSION = re.compile(r"\d+\.\d+(\.\d+((a|b|rc)\d+)?(\.(post|dev)\d+)?)?")

Minor = Tuple[int, int]


class Recipe(NamedTuple):
    """How a range of releases is installed."""

    since: Minor  # the first line that it holds for
    oldest: Minor  # the oldest Python
    newest: Minor  # the newest Python
    beside: Tuple[str, ...] = ()  # requirements given to pip together with OctoPrint
    before: Tuple[str, ...] = ()  # requirements installed before it

    def fits(self, python: str) -> bool:
        """Whether a Python of this version, such as 3.11.7, will do."""
        return self.oldest <= minor(python) <= self.newest

    @property
    def pythons(self) -> str:
        """The fitting Pythons, in words."""
        return f"{self.oldest[0]}.{self.oldest[1]} to {self.newest[0]}.{self.newest[1]}"


# They import pkg_resources, which a new setuptools lacks, and from Python 3.12 on an environment has none at all.
_OLD_SETUPTOOLS = ("setuptools<70",)

#: From new to old; the first whose `since` is not above the release counts. 3.8 is the oldest Python looked at.
RECIPES = (
    Recipe(since=(2, 0), oldest=(3, 9), newest=(3, 14)),
    Recipe(since=(1, 11), oldest=(3, 8), newest=(3, 13)),
    # limits 5 lacks a strategy that 1.10 names, and it dies; click 8.2 loses --basedir, and it serves ~/.octoprint.
    Recipe(since=(1, 10), oldest=(3, 8), newest=(3, 12), beside=("limits<5", "click<8.2"), before=_OLD_SETUPTOOLS),
    Recipe(since=(0, 0), oldest=(3, 8), newest=(3, 9), before=_OLD_SETUPTOOLS),
)


class Release(NamedTuple):
    """A release as it was asked for: exactly (1.11.8, 2.0.0rc7), or the newest of a line (1.11)."""

    asked: str

    @property
    def requirement(self) -> str:
        """For pip. It never takes a pre-release for a line that has a stable one."""
        return f"OctoPrint=={self.asked}.*" if self._is_line else f"OctoPrint=={self.asked}"

    @property
    def recipe(self) -> Recipe:
        """How it is installed."""
        line = minor(self.asked)
        return next(recipe for recipe in RECIPES if recipe.since <= line)

    def is_met_by(self, installed: str) -> bool:
        """Whether this installed version is what was asked for."""
        return installed.startswith(f"{self.asked}.") if self._is_line else installed == self.asked

    @property
    def _is_line(self) -> bool:
        return self.asked.count(".") == 1

    def __str__(self) -> str:
        return f"OctoPrint {self.asked}"


def release(text: str) -> Release:
    """From the command line. ValueError for what is no version."""
    if not _VERSION.fullmatch(text):
        raise ValueError(f"{text!r} is no version such as 1.11.8, 2.0.0rc7, or 1.11 for the newest of that line")
    return Release(text)


def minor(version: str) -> Minor:
    """The first two numbers of a version: `1.11.8` is (1, 11)."""
    major, second = version.split(".")[:2]
    return int(major), int(second)
